/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections of the help page, by their ids there, and which of them tells of a widget: F1 opens the
 * one about what has the focus. */
#ifndef UI_HELP_SECTION_H
#define UI_HELP_SECTION_H

#include <gtk/gtk.h>

#define UI_HELP_WHERE "where"
#define UI_HELP_CLASSES "classes"
#define UI_HELP_CHARACTER "character"
#define UI_HELP_START_FROM "start-from"
#define UI_HELP_SEAMLESS "seamless"
#define UI_HELP_MATCH_EDGES "match-edges"
#define UI_HELP_MEND_SEAMS "mend-seams"
#define UI_HELP_MAP "map"
#define UI_HELP_SETTINGS "settings"
#define UI_HELP_HISTORY "history"
#define UI_HELP_UPSAMPLING "upsampling"
#define UI_HELP_TEACH "teach"
#define UI_HELP_OWN_MODELS "own-models"

/* SECTION, a constant, tells of WIDGET and of what is in it. */
void ui_help_set (GtkWidget *widget, const char *section);
/* What tells of WIDGET (may be NULL). NULL: nothing but the page as a whole. */
const char *ui_help_of (GtkWidget *widget);

#endif
