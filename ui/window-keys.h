/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escape and F1, seen before the window or a search entry takes them. */
#ifndef UI_WINDOW_KEYS_H
#define UI_WINDOW_KEYS_H

#include <gtk/gtk.h>

typedef struct UiWindowKeys UiWindowKeys;

/* Follows WIDGET into whatever window it is put. ESCAPE is not called where a popover has the
 * focus, which closes itself. */
UiWindowKeys *ui_window_keys_new (GtkWidget *widget, void (*escape) (gpointer user),
                                  void (*help) (gpointer user), gpointer user);
/* Before WIDGET goes. NULL is fine. */
void ui_window_keys_free (UiWindowKeys *keys);

#endif
