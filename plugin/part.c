/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A part of a layer: see part.h. */
#include "part.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plugin-error.h"
#include "resample.h"
#include "ui/settings.h"

/* The most pixels a side of what is shown. */
enum { SEEN = 768 };

void
part_set_no_memory (GError **error)
{
  g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                       _ ("There is not enough memory for this part of the layer. Select a smaller "
                          "one, or close other programs."));
}

void
part_free (Part *part)
{
  if (!part)
    return;
  g_free (part->layer);
  g_free (part->colors);
  g_free (part->alpha);
  g_free (part);
}

Part *
part_read (GimpLayer *layer, GError **error)
{
  g_autoptr (Part) part = g_new0 (Part, 1);
  gboolean has_alpha = gimp_drawable_has_alpha (GIMP_DRAWABLE (layer));
  int x, y, left, top;

  if (!gimp_drawable_mask_intersect (GIMP_DRAWABLE (layer), &x, &y, &part->width, &part->height)) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("The selection lies outside the layer. Move it, or select nothing."));
    return NULL;
  }
  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &left, &top);
  part->layer = gimp_item_get_name (GIMP_ITEM (layer));
  part->x = left + x;
  part->y = top + y;

  gsize area = (gsize) part->width * (gsize) part->height;
  g_autofree float *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  part->colors = g_try_malloc_n (area, 3 * sizeof (float));
  part->alpha = has_alpha ? g_try_malloc_n (area, sizeof (float)) : NULL;
  if (!pixels || !part->colors || (has_alpha && !part->alpha)) {
    part_set_no_memory (error);
    return NULL;
  }
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  gegl_buffer_get (buffer, GEGL_RECTANGLE (x, y, part->width, part->height), 1.0,
                   babl_format ("R'G'B'A float"), pixels, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (gsize i = 0; i < area; i++) {
    float alpha = CLAMP (pixels[4 * i + 3], 0.0F, 1.0F);
    for (gsize c = 0; c < 3; c++)
      part->colors[3 * i + c] = CLAMP (pixels[4 * i + c], 0.0F, 1.0F) * alpha + 1.0F - alpha;
    if (part->alpha)
      part->alpha[i] = alpha;
  }
  return g_steal_pointer (&part);
}

gboolean
part_input_size (const Part *part, int tile, int factor, gboolean tiles, int *width, int *height)
{
  double grow = tiles ? MAX (1.0, (double) tile / MIN (part->width, part->height)) : 0.0;

  if (!tiles && MAX (part->width, part->height) > tile * factor) {
    *width = (part->width + factor - 1) / factor;
    *height = (part->height + factor - 1) / factor;
    return TRUE;
  }
  *width = MAX (tile, (int) lround (part->width * grow));
  *height = MAX (tile, (int) lround (part->height * grow));
  return tiles;
}

gboolean
part_check_size (const Part *part, int factor, int width, int height, GError **error)
{
  if (MAX (width, height) <= UI_SIDE_MAX / factor)
    return TRUE;
  g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
               _ ("%d × %d pixels of “%s” would become %d × %d, and a picture has at most %d a "
                  "side. Select a smaller part of the layer."),
               part->width, part->height, part->layer, width * factor, height * factor,
               UI_SIDE_MAX);
  return FALSE;
}

guint8 *
part_reduce (const Part *part, int width, int height)
{
  gsize values = (gsize) width * (gsize) height * 3;
  g_autofree float *reduced = g_try_new (float, values);
  guint8 *pixels = g_try_malloc (values);

  if (!reduced || !pixels
      || !resample_picture (part->colors, part->width, part->height, 3, reduced, width, height))
    g_clear_pointer (&pixels, g_free);
  for (gsize i = 0; pixels && i < values; i++)
    pixels[i] = (guint8) lrintf (CLAMP (reduced[i], 0.0F, 1.0F) * 255.0F);
  return pixels;
}

GdkPixbuf *
part_picture (const Part *part, int tile, int output)
{
  int most = MAX (part->width, part->height);
  gboolean whole = most <= output;
  double scale = MIN (1.0, (double) SEEN / most);
  int width = whole ? tile : MAX (1, (int) lround (part->width * scale)),
      height = whole ? tile : MAX (1, (int) lround (part->height * scale));
  guint8 *pixels = part_reduce (part, width, height);

  if (!pixels)
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) width * (gsize) height * 3);
  return gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8, width, height, 3 * width);
}

float *
part_finish (const Part *part, const guint8 *result, int result_w, int result_h, gboolean tiles,
             AdmPicture *picture)
{
  double factor = MAX (1.0, (double) MAX (result_w, result_h) / MAX (part->width, part->height));
  int width = tiles ? result_w : MAX (1, (int) lround (part->width * factor)),
      height = tiles ? result_h : MAX (1, (int) lround (part->height * factor));
  gsize area = (gsize) width * (gsize) height, small_area = (gsize) result_w * (gsize) result_h;
  g_autofree float *small = g_try_malloc_n (small_area, 3 * sizeof (float)),
                   *colors = g_try_malloc_n (area, 3 * sizeof (float)),
                   *alpha = part->alpha ? g_try_malloc_n (area, sizeof (float)) : NULL;
  float *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  gboolean ok = small && colors && pixels && (alpha || !part->alpha);

  for (gsize i = 0; ok && i < small_area * 3; i++)
    small[i] = (float) result[i] / 255.0F;
  ok = ok && resample_picture (small, result_w, result_h, 3, colors, width, height);
  ok = ok
       && (!alpha
           || resample_picture (part->alpha, part->width, part->height, 1, alpha, width, height));
  for (gsize i = 0; ok && i < area; i++) {
    for (gsize c = 0; c < 3; c++)
      pixels[4 * i + c] = colors[3 * i + c];
    pixels[4 * i + 3] = alpha ? alpha[i] : 1.0F;
  }
  if (!ok)
    g_clear_pointer (&pixels, g_free);
  picture->x = part->x;
  picture->y = part->y;
  picture->width = width;
  picture->height = height;
  picture->format = "R'G'B'A float";
  picture->pixels = pixels;
  return pixels;
}

char *
part_layer_name (const Part *part)
{
  /* Translators: a layer's name: the name of the layer it was made from. */
  return g_strdup_printf (_ ("%s, upsampled"), part->layer);
}
