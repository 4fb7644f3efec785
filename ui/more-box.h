/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "More": what artists seldom need, folded away: steps and samplers of both stages, guidance as
 * numbers, precision, natural size. */
#ifndef UI_MORE_BOX_H
#define UI_MORE_BOX_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_MORE_BOX (ui_more_box_get_type ())
G_DECLARE_FINAL_TYPE (UiMoreBox, ui_more_box, UI, MORE_BOX, GtkExpander)

/* SCALE: the gradient scale as a number, which finds its place here; NULL: there is none. BACKEND
 * outlives the box. Signals: "changed" by the artist's hand, "folded" when opened or shut by it. */
GtkWidget *ui_more_box_new (const UiBackend *backend, UiTask task, GtkWidget *scale);
/* Ranges, and what can act, are MODEL's; NULL: there is none. */
void ui_more_box_set_model (UiMoreBox *box, const UiModel *model);
/* All that stands here: out of SETTINGS without a signal, into them. */
void ui_more_box_set (UiMoreBox *box, const UiSettings *settings);
void ui_more_box_get (UiMoreBox *box, UiSettings *settings);
/* "steps", "sampler", "guidance", "guide-from", "guide-to", "eta", "upsample", "upsample-steps",
 * "upsample-sampler", "exact", "natural-size"; NULL: no such part here. */
GtkWidget *ui_more_box_part (UiMoreBox *box, const char *name);

#endif
