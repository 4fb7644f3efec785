/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live picture, in one of three views: in its place in the image; alone, fitted smoothly, a
 * click or Space changing to natural size and back; three by three, where dragging or the arrows
 * shift it across the seam. Holding B shows what there was before. */
#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_PREVIEW (ui_preview_get_type ())
G_DECLARE_FINAL_TYPE (UiPreview, ui_preview, UI, PREVIEW, GtkDrawingArea)

typedef enum UiView { UI_VIEW_IN_PLACE, UI_VIEW_ALONE, UI_VIEW_TILED } UiView;

GtkWidget *ui_preview_new (void);
/* Takes a reference; NULL: the empty state, with HINT. DESCRIPTION is told to assistive
 * technologies. */
void ui_preview_set_picture (UiPreview *preview, GdkPixbuf *pixels, const char *description);
GdkPixbuf *ui_preview_get_picture (UiPreview *preview); /* borrowed, or NULL */
void ui_preview_set_hint (UiPreview *preview, const char *hint);
/* DIMMED: the picture shown is not the one that is wanted any more. */
void ui_preview_set_dimmed (UiPreview *preview, gboolean dimmed);
gboolean ui_preview_get_dimmed (UiPreview *preview);
/* In place acts where there are surroundings; without them it is as alone. */
void ui_preview_set_view (UiPreview *preview, UiView view);
/* Takes references; NULL: there are none. */
void ui_preview_set_surroundings (UiPreview *preview, const UiSurroundings *surroundings);
/* What the picture is made from (a reference is taken): shown while there is no picture, and while
 * HOLD says so. NULL: what lies there, if anything does. */
void ui_preview_set_before (UiPreview *preview, GdkPixbuf *before);
gboolean ui_preview_has_before (UiPreview *preview);
void ui_preview_hold_before (UiPreview *preview, gboolean hold);
/* How far three by three is shifted, as a share of the picture, 0 … 1. */
void ui_preview_get_shift (UiPreview *preview, double *x, double *y);

#endif
