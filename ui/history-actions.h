/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be done with pictures of the history: variations, upsampling, pinning, deleting. */
#ifndef UI_HISTORY_ACTIONS_H
#define UI_HISTORY_ACTIONS_H

#include <gtk/gtk.h>

#define UI_TYPE_HISTORY_ACTIONS (ui_history_actions_get_type ())
G_DECLARE_FINAL_TYPE (UiHistoryActions, ui_history_actions, UI, HISTORY_ACTIONS, GtkBox)

/* Signals: "vary" (double amount), "upsample", "pin", "delete". VARY, UPSAMPLE: whether there are
 * such. */
GtkWidget *ui_history_actions_new (gboolean vary, gboolean upsample);
/* CHOSEN: a picture is, PINNED; TICKS: so many are ticked. */
void ui_history_actions_set (UiHistoryActions *actions, gboolean chosen, gboolean pinned,
                             guint ticks);
/* "vary", "amount", "make-variations", "upsample-ticked", "pin", "delete"; NULL: no such part. */
GtkWidget *ui_history_actions_part (UiHistoryActions *actions, const char *name);

#endif
