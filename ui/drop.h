/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files and folders dropped on the window. */
#ifndef UI_DROP_H
#define UI_DROP_H

#include <gtk/gtk.h>

/* Called for each thing dropped: its path, or NULL where it is not on this machine. */
typedef void (*UiDropFunc) (const char *path, gboolean is_folder, gpointer user);

/* From now on WIDGET takes what file managers drop; the text entries in it leave that to it. */
void ui_drop_accept (GtkWidget *widget, UiDropFunc func, gpointer user);

/* What happens when these are dropped (NULL-terminated). */
void ui_drop_take (GtkWidget *widget, char *const *uris);

#endif
