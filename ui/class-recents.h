/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row over the classes: favourites and those of the last runs, one press away. */
#ifndef UI_CLASS_RECENTS_H
#define UI_CLASS_RECENTS_H

#include <gtk/gtk.h>

#define UI_TYPE_CLASS_RECENTS (ui_class_recents_get_type ())
G_DECLARE_FINAL_TYPE (UiClassRecents, ui_class_recents, UI, CLASS_RECENTS, GtkBox)

/* Emits "picked" (int index) when the artist presses one. Hidden while there is none. */
GtkWidget *ui_class_recents_new (void);
void ui_class_recents_clear (UiClassRecents *recents);
/* INDEX is what "picked" says; NAME is shown. */
void ui_class_recents_append (UiClassRecents *recents, int index, const char *name,
                              gboolean favourite);

#endif
