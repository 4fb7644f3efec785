/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region of a layer: see region.h. */
#include "region.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "adm.h"
#include "pixels.h"
#include "plugin-error.h"
#include "resample.h"
#include "ui/settings.h"

/* The most pixels a side of what is shown. */
enum { SEEN = 768 };

void
region_set_no_memory (GError **error)
{
  g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                       _ ("There is not enough memory for this part of the layer. Select a smaller "
                          "one, or close other programs."));
}

void
region_free (Region *region)
{
  if (!region)
    return;
  g_free (region->layer);
  g_free (region->colors);
  g_free (region->alpha);
  g_free (region);
}

Region *
region_read (GimpLayer *layer, GError **error)
{
  g_autoptr (Region) region = g_new0 (Region, 1);
  gboolean has_alpha = gimp_drawable_has_alpha (GIMP_DRAWABLE (layer));
  int x, y, left, top;

  if (!gimp_drawable_mask_intersect (GIMP_DRAWABLE (layer), &x, &y, &region->width,
                                     &region->height)) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("The selection lies outside the layer. Move it, or select nothing."));
    return NULL;
  }
  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &left, &top);
  region->layer = gimp_item_get_name (GIMP_ITEM (layer));
  region->x = left + x;
  region->y = top + y;

  gsize area = (gsize) region->width * (gsize) region->height;
  g_autofree float *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  region->colors = g_try_malloc_n (area, 3 * sizeof (float));
  region->alpha = has_alpha ? g_try_malloc_n (area, sizeof (float)) : NULL;
  if (!pixels || !region->colors || (has_alpha && !region->alpha)) {
    region_set_no_memory (error);
    return NULL;
  }
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  pixels_read (buffer, GEGL_RECTANGLE (x, y, region->width, region->height), "R'G'B'A float",
               pixels);
  for (gsize i = 0; i < area; i++) {
    float alpha = CLAMP (pixels[4 * i + 3], 0.0F, 1.0F);
    for (gsize c = 0; c < 3; c++)
      region->colors[3 * i + c] = CLAMP (pixels[4 * i + c], 0.0F, 1.0F) * alpha + 1.0F - alpha;
    if (region->alpha)
      region->alpha[i] = alpha;
  }
  return g_steal_pointer (&region);
}

gboolean
region_input_size (const Region *region, int tile, int factor, gboolean tiles, int *width,
                   int *height)
{
  double grow = tiles ? MAX (1.0, (double) tile / MIN (region->width, region->height)) : 0.0;

  if (!tiles && MAX (region->width, region->height) > tile * factor) {
    *width = (region->width + factor - 1) / factor;
    *height = (region->height + factor - 1) / factor;
    return TRUE;
  }
  *width = MAX (tile, (int) lround (region->width * grow));
  *height = MAX (tile, (int) lround (region->height * grow));
  return tiles;
}

gboolean
region_check_size (const Region *region, int factor, int width, int height, GError **error)
{
  if (MAX (width, height) <= UI_SIDE_MAX / factor)
    return TRUE;
  g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
               _ ("%d × %d pixels of “%s” would become %d × %d, and a picture has at most %d a "
                  "side. Select a smaller part of the layer."),
               region->width, region->height, region->layer, width * factor, height * factor,
               UI_SIDE_MAX);
  return FALSE;
}

/* REGION at WIDTH × HEIGHT, [height][width][3]; NULL when memory is short. */
static guint8 *
reduce (const Region *region, int width, int height)
{
  gsize values = (gsize) width * (gsize) height * 3;
  g_autofree float *reduced = g_try_new (float, values);
  guint8 *pixels = g_try_malloc (values);

  if (!reduced || !pixels
      || !resample_picture (region->colors, region->width, region->height, 3, reduced, width,
                            height))
    g_clear_pointer (&pixels, g_free);
  for (gsize i = 0; pixels && i < values; i++)
    pixels[i] = (guint8) lrintf (CLAMP (reduced[i], 0.0F, 1.0F) * 255.0F);
  return pixels;
}

float *
region_input (const Region *region, int width, int height)
{
  g_autofree guint8 *pixels = reduce (region, width, height);
  float *input
      = pixels ? g_try_malloc_n ((gsize) width * (gsize) height, 3 * sizeof (float)) : NULL;

  if (input)
    adm_pixels_from_u8 (pixels, height, width, input);
  return input;
}

GdkPixbuf *
region_picture (const Region *region, int tile, int output)
{
  int most = MAX (region->width, region->height);
  gboolean whole = most <= output;
  double scale = MIN (1.0, (double) SEEN / most);
  int width = whole ? tile : MAX (1, (int) lround (region->width * scale)),
      height = whole ? tile : MAX (1, (int) lround (region->height * scale));
  guint8 *pixels = reduce (region, width, height);

  if (!pixels)
    return NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) width * (gsize) height * 3);
  return gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8, width, height, 3 * width);
}

/* The colour that looks like VALUE on white where it covers as much as COVERS (0 to 1); white where
 * nothing is seen of it. Darker than black is what was drawn beyond the edge of what is seen. */
static float
without_white (float value, float covers)
{
  return covers >= 1.0F   ? value
         : covers <= 0.0F ? 1.0F
                          : MAX (0.0F, 1.0F - (1.0F - value) / covers);
}

float *
region_fill_picture (const Region *region, const guint8 *result, int result_w, int result_h,
                     gboolean tiles, AdmPicture *picture)
{
  double factor
      = MAX (1.0, (double) MAX (result_w, result_h) / MAX (region->width, region->height));
  int width = tiles ? result_w : MAX (1, (int) lround (region->width * factor)),
      height = tiles ? result_h : MAX (1, (int) lround (region->height * factor));
  gsize area = (gsize) width * (gsize) height, small_area = (gsize) result_w * (gsize) result_h;
  g_autofree float *small = g_try_malloc_n (small_area, 3 * sizeof (float)),
                   *colors = g_try_malloc_n (area, 3 * sizeof (float)),
                   *alpha = region->alpha ? g_try_malloc_n (area, sizeof (float)) : NULL;
  float *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  gboolean ok = small && colors && pixels && (alpha || !region->alpha);

  for (gsize i = 0; ok && i < small_area * 3; i++)
    small[i] = (float) result[i] / 255.0F;
  ok = ok && resample_picture (small, result_w, result_h, 3, colors, width, height);
  ok = ok
       && (!alpha
           || resample_picture (region->alpha, region->width, region->height, 1, alpha, width,
                                height));
  for (gsize i = 0; ok && i < area; i++) {
    const float covers = alpha ? CLAMP (alpha[i], 0.0F, 1.0F) : 1.0F;
    for (gsize c = 0; c < 3; c++)
      pixels[4 * i + c] = without_white (colors[3 * i + c], covers);
    pixels[4 * i + 3] = covers;
  }
  if (!ok)
    g_clear_pointer (&pixels, g_free);
  picture->x = region->x;
  picture->y = region->y;
  picture->width = width;
  picture->height = height;
  picture->format = "R'G'B'A float";
  picture->pixels = pixels;
  return pixels;
}

char *
region_layer_name (const Region *region)
{
  /* Translators: a layer's name: the name of the layer it was made from. */
  return g_strdup_printf (_ ("%s, upsampled"), region->layer);
}
