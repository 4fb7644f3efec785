/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small pictures of classes: asked for one at a time, those in sight first, and kept while the
 * window lives. */
#ifndef UI_CLASS_SWATCHES_H
#define UI_CLASS_SWATCHES_H

#include "backend.h"

typedef struct UiSwatches UiSwatches;

/* MADE is called when there is one. BACKEND outlives the swatches. */
UiSwatches *ui_swatches_new (const UiBackend *backend,
                             void (*made) (const char *model, const char *class_name,
                                           GdkPixbuf *pixels, gpointer user),
                             gpointer user);
void ui_swatches_free (UiSwatches *swatches); /* NULL is fine */
/* The swatch, SIDE pixels wide, borrowed; NULL: there is none yet. */
GdkPixbuf *ui_swatches_get (UiSwatches *swatches, const char *model, const char *class_name);
/* From now on these of MODEL are wanted, in this order, and no others; NULL-terminated. */
void ui_swatches_want (UiSwatches *swatches, const char *model, const char *const *class_names);
void ui_swatches_event (UiSwatches *swatches, const UiEvent *event); /* UI_EVENT_SWATCH */

#endif
