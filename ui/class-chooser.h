/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Choosing one of up to a thousand classes: a search entry, by name and synonym, over a list,
 * recent ones first, then favourites, "(no class)" where the model has it. Enter takes the best
 * match; an asterisk or the star makes a favourite. */
#ifndef UI_CLASS_CHOOSER_H
#define UI_CLASS_CHOOSER_H

#include "backend.h"
#include "store.h"

#include <gtk/gtk.h>

#define UI_TYPE_CLASS_CHOOSER (ui_class_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UiClassChooser, ui_class_chooser, UI, CLASS_CHOOSER, GtkBox)

/* Signals: "changed" when the artist takes another class, "activated" on Enter or a double click
 * (after "changed"). STORE outlives the chooser. */
GtkWidget *ui_class_chooser_new (UiStore *store);
/* The classes of MODEL (copied); the class is kept where the new model has it. NULL: none. */
void ui_class_chooser_set_model (UiClassChooser *chooser, const UiModel *model);
/* As in UiSettings.class_name: a name, a number where the name is not unique, "" for none. */
const char *ui_class_chooser_get (UiClassChooser *chooser);
/* Name or synonym in any case, or number; FALSE and no change when the model has no such class.
 * Without a signal. */
gboolean ui_class_chooser_set (UiClassChooser *chooser, const char *class_name);
/* Recents or favourites have changed. */
void ui_class_chooser_refresh (UiClassChooser *chooser);
GtkWidget *ui_class_chooser_entry (UiClassChooser *chooser);
GtkWidget *ui_class_chooser_list (UiClassChooser *chooser); /* a GtkTreeView */

#endif
