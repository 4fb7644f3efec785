/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Choosing a class, of up to a thousand: a search by name and synonym, the recent ones, and a grid
 * of swatches in a fixed order, "Anything" last. What is typed highlights the best match; Enter, or
 * a run, takes what is highlighted. On a map the grid holds the classes' colours instead. */
#ifndef UI_CLASS_CHOOSER_H
#define UI_CLASS_CHOOSER_H

#include "backend.h"
#include "store.h"

#include <gtk/gtk.h>

#define UI_TYPE_CLASS_CHOOSER (ui_class_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UiClassChooser, ui_class_chooser, UI, CLASS_CHOOSER, GtkBox)

/* TASK: a second class and teaching one belong to UI_TASK_GENERATE. Signals: "changed" when the
 * artist takes another class, "activated" on Enter or a double click (after "changed"). BACKEND
 * and STORE outlive the chooser. */
GtkWidget *ui_class_chooser_new (const UiBackend *backend, UiStore *store, UiTask task);
/* The classes of MODEL (copied); the class is kept where the new model has it. NULL: none. */
void ui_class_chooser_set_model (UiClassChooser *chooser, const UiModel *model);
/* As in UiSettings.class_name: a name, a number where the name is not unique, "" for none. */
const char *ui_class_chooser_get (UiClassChooser *chooser);
/* Name or synonym in any case, or number; FALSE and no change when the model has no such class.
 * Without a signal. */
gboolean ui_class_chooser_set (UiClassChooser *chooser, const char *class_name);
/* Takes what is highlighted and ends the search. FALSE: nothing answers what was typed. */
gboolean ui_class_chooser_take (UiClassChooser *chooser);
/* The second class: out of SETTINGS without a signal, into them. */
void ui_class_chooser_set_second (UiClassChooser *chooser, const UiSettings *settings);
void ui_class_chooser_get_second (UiClassChooser *chooser, UiSettings *settings);
/* Shows the colours of a map instead, or no longer. */
void ui_class_chooser_set_map (UiClassChooser *chooser, gboolean map);
/* Recents or favourites have changed. */
void ui_class_chooser_refresh (UiClassChooser *chooser);
void ui_class_chooser_event (UiClassChooser *chooser, const UiEvent *event); /* UI_EVENT_SWATCH */
/* "class-entry", "class-list" (a GtkIconView), "recents", "second", "balance", "teach"; NULL: no
 * such part. */
GtkWidget *ui_class_chooser_part (UiClassChooser *chooser, const char *name);

#endif
