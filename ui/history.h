/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip of finished pictures, oldest first, and at its end the one being made. Pictures stay
 * until the window goes. */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_HISTORY (ui_history_get_type ())
G_DECLARE_FINAL_TYPE (UiHistory, ui_history, UI, HISTORY, GtkBox)

/* Signals: "chosen" when the artist picks a picture (see ui_history_selected), "follow" when the
 * one being made, "ticks-changed" when what is ticked changes. */
GtkWidget *ui_history_new (gboolean upsample_only); /* of Upsample Layer: no scales */

/* Appends a picture, or finds the equal one that is there already: the same settings and the same
 * pixels. SELECT marks it as the one shown, without a signal. The result is the history's. */
const UiResult *ui_history_append (UiHistory *history, GdkPixbuf *pixels,
                                   const UiSettings *settings, const char *model_name,
                                   gboolean select);
guint ui_history_count (UiHistory *history);
const UiResult *ui_history_nth (UiHistory *history, guint n); /* NULL past the end */
const UiResult *ui_history_selected (UiHistory *history); /* NULL: none, or the one being made */
void ui_history_choose (UiHistory *history, guint n);     /* as by a click */

void ui_history_unselect (UiHistory *history); /* without a signal */

/* The picture being made: shown at the end, selected when FOLLOW; NULL takes it away. */
void ui_history_set_live (UiHistory *history, GdkPixbuf *pixels, gboolean follow);

void ui_history_set_tick (UiHistory *history, guint n, gboolean tick);
guint ui_history_ticks (UiHistory *history);
/* Ticked results in order; free the array, not the results. */
GPtrArray *ui_history_ticked (UiHistory *history);
/* Marks the ticked ones (or RESULT, if not NULL) as added and takes the ticks away. */
void ui_history_mark_added (UiHistory *history, const UiResult *result);

#endif
