/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Teach a texture": what it is taken from, its name, the crops as they will be seen, how far it
 * is; and the artist's own classes. It learns in the background, with this window or without. */
#ifndef UI_TEACH_DIALOG_H
#define UI_TEACH_DIALOG_H

#include "teacher.h"

#include <gtk/gtk.h>

#define UI_TYPE_TEACH_DIALOG (ui_teach_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiTeachDialog, ui_teach_dialog, UI, TEACH_DIALOG, GtkWindow)

/* TEACHER outlives it. A window of its own group: a modal one beside it does not lock it. */
GtkWidget *ui_teach_dialog_new (const UiTeacher *teacher);
/* Looks again at what can be taken, as when the artist comes back from an image. */
void ui_teach_dialog_look (UiTeachDialog *dialog);

/* "selection", "layer", "files", "choose", "what", "name", "tiles", "turns", "minutes", "crops",
 * "words", "progress", "picture", "message", "teach", "pause", "stop", "close", "own", "pages". */
GtkWidget *ui_teach_dialog_part (UiTeachDialog *dialog, const char *name);

#endif
