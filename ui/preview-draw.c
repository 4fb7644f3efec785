/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the preview draws. */
#include "preview-draw.h"

#include <math.h>

enum { SQUARE = 16, CHECK = 8, TILES = 3 };

UiPlace
ui_place_fit (UiPlace place, int w, int h)
{
  double factor = MIN (place.width / w, place.height / h);
  double width = w * factor, height = h * factor;

  return (UiPlace) { floor (place.x + (place.width - width) / 2),
                     floor (place.y + (place.height - height) / 2), width, height };
}

void
ui_draw_surface (cairo_t *cr, cairo_surface_t *surface, cairo_surface_t *mask, UiPlace place)
{
  int w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);

  cairo_save (cr);
  cairo_rectangle (cr, place.x, place.y, place.width, place.height);
  cairo_clip (cr);
  cairo_translate (cr, place.x, place.y);
  cairo_scale (cr, place.width / w, place.height / h);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  /* no pale seam round a fitted picture */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  if (mask) {
    cairo_pattern_t *hides = cairo_pattern_create_for_surface (mask);
    cairo_matrix_t over;

    cairo_matrix_init_scale (&over, (double) cairo_image_surface_get_width (mask) / w,
                             (double) cairo_image_surface_get_height (mask) / h);
    cairo_pattern_set_matrix (hides, &over);
    cairo_mask (cr, hides);
    cairo_pattern_destroy (hides);
  } else {
    cairo_paint (cr);
  }
  cairo_restore (cr);
}

void
ui_draw_tiled (cairo_t *cr, cairo_surface_t *surface, UiPlace place, double shift_x, double shift_y)
{
  int w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);
  UiPlace all = ui_place_fit (place, w, h);
  double scale = all.width / TILES / w;

  cairo_save (cr);
  cairo_rectangle (cr, all.x, all.y, all.width, all.height);
  cairo_clip (cr);
  cairo_translate (cr, all.x, all.y);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, floor (shift_x * w), floor (shift_y * h));
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_REPEAT);
  cairo_paint (cr);
  cairo_restore (cr);
}

void
ui_draw_checks (cairo_t *cr, UiPlace place)
{
  static const double grey[2] = { 0.4, 0.6 }; /* GIMP's own, and as large */

  cairo_save (cr);
  cairo_rectangle (cr, place.x, place.y, place.width, place.height);
  cairo_clip (cr);
  for (int light = 0; light < 2; light++) {
    cairo_set_source_rgb (cr, grey[light], grey[light], grey[light]);
    for (int y = 0; y * CHECK < place.height; y++) {
      for (int x = (y + light) % 2; x * CHECK < place.width; x += 2) {
        cairo_rectangle (cr, place.x + x * CHECK, place.y + y * CHECK, CHECK, CHECK);
      }
    }
    cairo_fill (cr);
  }
  cairo_restore (cr);
}

void
ui_draw_empty (GtkWidget *widget, cairo_t *cr, UiPlace place, const char *hint)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int side = (int) MIN (place.width, place.height) / SQUARE * SQUARE;
  int left = (int) (place.x + (place.width - side) / 2),
      top = (int) (place.y + (place.height - side) / 2);
  GdkRGBA ink;

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &ink);
  cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.045);
  for (int y = 0; y < side / SQUARE; y++) {
    for (int x = y % 2; x < side / SQUARE; x += 2) {
      cairo_rectangle (cr, left + x * SQUARE, top + y * SQUARE, SQUARE, SQUARE);
    }
  }
  cairo_fill (cr);
  if (hint) {
    g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, hint);
    int height = 0;

    pango_layout_set_width (layout, (int) (0.7 * place.width) * PANGO_SCALE);
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
    pango_layout_get_pixel_size (layout, NULL, &height);
    cairo_move_to (cr, place.x + 0.15 * place.width, place.y + (place.height - height) / 2);
    cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.75);
    pango_cairo_show_layout (cr, layout);
  }
}

void
ui_draw_outline (cairo_t *cr, UiPlace place)
{
  const double dash = 4.0;

  cairo_set_line_width (cr, 1.0);
  for (int i = 0; i < 2; i++) {
    cairo_set_source_rgb (cr, i, i, i);
    cairo_set_dash (cr, &dash, 1, i * dash);
    cairo_rectangle (cr, floor (place.x) + 0.5, floor (place.y) + 0.5, floor (place.width) - 1,
                     floor (place.height) - 1);
    cairo_stroke (cr);
  }
  cairo_set_dash (cr, NULL, 0, 0);
}

cairo_surface_t *
ui_mask_surface (const GdkPixbuf *pixels)
{
  int w = gdk_pixbuf_get_width (pixels), h = gdk_pixbuf_get_height (pixels),
      channels = gdk_pixbuf_get_n_channels (pixels);
  cairo_surface_t *mask = cairo_image_surface_create (CAIRO_FORMAT_A8, w, h);
  guint8 *to = cairo_image_surface_get_data (mask);

  for (int y = 0; to && y < h; y++) {
    const guint8 *from
        = gdk_pixbuf_read_pixels (pixels) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixels);

    for (int x = 0; x < w; x++) {
      to[(gsize) y * (gsize) cairo_image_surface_get_stride (mask) + (gsize) x]
          = from[x * channels];
    }
  }
  cairo_surface_mark_dirty (mask);
  return mask;
}
