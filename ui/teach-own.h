/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of the classes that the artist taught: rename, export, delete, import. */
#ifndef UI_TEACH_OWN_H
#define UI_TEACH_OWN_H

#include "teacher.h"

#include <gtk/gtk.h>

#define UI_TYPE_TEACH_OWN (ui_teach_own_get_type ())
G_DECLARE_FINAL_TYPE (UiTeachOwn, ui_teach_own, UI, TEACH_OWN, GtkBox)

/* Signal: "failed" (const char *message), NULL when something went well. */
GtkWidget *ui_teach_own_new (const UiTeacher *teacher);
/* Reads the list again, unless a name in it is being written. */
void ui_teach_own_fill (UiTeachOwn *own);

/* Of row I: "name", "export", "delete"; of none (-1): "import". NULL: no such part. */
GtkWidget *ui_teach_own_part (UiTeachOwn *own, int row, const char *name);

#endif
