/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live picture, fitted smoothly to its place. A click or Space changes to natural size, pixel
 * for pixel, and back. */
#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include <gtk/gtk.h>

#define UI_TYPE_PREVIEW (ui_preview_get_type ())
G_DECLARE_FINAL_TYPE (UiPreview, ui_preview, UI, PREVIEW, GtkDrawingArea)

GtkWidget *ui_preview_new (void);
/* Takes a reference; NULL: the empty state, with HINT. DESCRIPTION is told to assistive
 * technologies. */
void ui_preview_set_picture (UiPreview *preview, GdkPixbuf *pixels, const char *description);
GdkPixbuf *ui_preview_get_picture (UiPreview *preview); /* borrowed, or NULL */
void ui_preview_set_hint (UiPreview *preview, const char *hint);

#endif
