/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip of finished pictures, oldest first, and at its end the one being made; over it what can
 * be done with them. Where there is a folder, pictures stay for the next window. */
#ifndef UI_HISTORY_H
#define UI_HISTORY_H

#include "backend.h"
#include "store.h"

#include <gtk/gtk.h>

#define UI_TYPE_HISTORY (ui_history_get_type ())
G_DECLARE_FINAL_TYPE (UiHistory, ui_history, UI, HISTORY, GtkBox)

/* Signals: "chosen" when the artist picks a picture (see ui_history_selected), "follow" when the
 * one being made, "ticks-changed" when what is ticked changes; "vary" (double amount) of the chosen
 * picture and "upsample" of the ticked ones; "deleted" after the chosen one has been; "failed"
 * (const char *message); "full" when older ones have gone from the disk. BACKEND and STORE outlive
 * the history. */
GtkWidget *ui_history_new (const UiBackend *backend, UiStore *store, UiTask task);

/* Appends a picture (copied), or finds the equal one that is there already: the same settings and
 * the same pixels. SELECT marks it as the one shown, without a signal. The result is the
 * history's. */
const UiResult *ui_history_append (UiHistory *history, const UiResult *result, gboolean select);
guint ui_history_count (UiHistory *history);
const UiResult *ui_history_nth (UiHistory *history, guint n); /* NULL past the end */
const UiResult *ui_history_selected (UiHistory *history); /* NULL: none, or the one being made */
void ui_history_choose (UiHistory *history, guint n);     /* as by a click */

/* Selects the one with these very PIXELS, without a signal; FALSE: there is none. */
gboolean ui_history_select_pixels (UiHistory *history, const GdkPixbuf *pixels);
void ui_history_unselect (UiHistory *history); /* without a signal */

/* The picture being made: shown at the end, selected when FOLLOW; NULL takes it away. */
void ui_history_set_live (UiHistory *history, GdkPixbuf *pixels, gboolean follow);

void ui_history_set_tick (UiHistory *history, guint n, gboolean tick);
guint ui_history_ticks (UiHistory *history);
/* Ticked results in order; free the array, not the results. */
GPtrArray *ui_history_ticked (UiHistory *history);
/* Marks RESULT as added, by the id LAYER (0: none), and takes its tick away. */
void ui_history_mark_added (UiHistory *history, const UiResult *result, guint layer);
/* The layer of an added one is gone, or there again. FALSE: it is none of these. */
gboolean ui_history_layer_gone (UiHistory *history, guint layer, gboolean gone);
/* Pictures of this window that have not been added. */
guint ui_history_unadded (UiHistory *history);
/* Whether pictures stay when the window closes. */
gboolean ui_history_is_kept (UiHistory *history);
/* The picture that was deleted last is there again, and chosen; FALSE: there is none. */
gboolean ui_history_undelete (UiHistory *history);
/* Title and buttons, to be put over the strip; the history's until then. */
GtkWidget *ui_history_head (UiHistory *history);
/* Parts of ui_history_actions_part. */
GtkWidget *ui_history_part (UiHistory *history, const char *name);

#endif
