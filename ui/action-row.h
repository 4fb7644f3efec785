/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The buttons at the bottom: Help, Reset and Reuse Settings at one end, Close and Add at the
 * other. */
#ifndef UI_ACTION_ROW_H
#define UI_ACTION_ROW_H

#include <gtk/gtk.h>

#define UI_TYPE_ACTION_ROW (ui_action_row_get_type ())
G_DECLARE_FINAL_TYPE (UiActionRow, ui_action_row, UI, ACTION_ROW, GtkBox)

/* Signals "help", "reset", "reuse", "close", "add-layers", "add-to-new-image". */
GtkWidget *ui_action_row_new (void);
/* TICKS pictures are ticked, one is SHOWN, there are ANY: what Add would add, or why it cannot. */
void ui_action_row_set_add (UiActionRow *row, guint ticks, gboolean shown, gboolean any);
/* "help", "reset", "reuse", "close", "add", "add-menu" and its item "add-new"; NULL: no such
 * button. */
GtkWidget *ui_action_row_button (UiActionRow *row, const char *name);

#endif
