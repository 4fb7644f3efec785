/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the preview draws, without the widget: pictures fitted into a place. */
#ifndef UI_PREVIEW_DRAW_H
#define UI_PREVIEW_DRAW_H

#include <gtk/gtk.h>

/* A place on the screen, in its own pixels. */
typedef struct UiPlace {
  double x, y, width, height;
} UiPlace;

/* PLACE shrunk to the shape of W x H, in its middle. */
UiPlace ui_place_fit (UiPlace place, int w, int h);
/* SURFACE over all of PLACE, smoothly; MASK (A8, of any size) hides part of it; NULL: none. */
void ui_draw_surface (cairo_t *cr, cairo_surface_t *surface, cairo_surface_t *mask, UiPlace place);
/* SURFACE three by three in PLACE, shifted by SHIFT_X and SHIFT_Y of one of them. */
void ui_draw_tiled (cairo_t *cr, cairo_surface_t *surface, UiPlace place, double shift_x,
                    double shift_y);
/* What shows through what is transparent, over all of PLACE. */
void ui_draw_checks (cairo_t *cr, UiPlace place);
/* The checks and words of an empty place of WIDGET. */
void ui_draw_empty (GtkWidget *widget, cairo_t *cr, UiPlace place, const char *hint);
/* A dashed outline, seen on any ground. */
void ui_draw_outline (cairo_t *cr, UiPlace place);
/* PIXELS (8-bit RGB) as a mask: white is opaque. To be destroyed. */
cairo_surface_t *ui_mask_surface (const GdkPixbuf *pixels);

#endif
