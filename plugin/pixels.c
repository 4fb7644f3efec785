/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * babl converts anything into anything, but some ways it looks for anew in every process, for more
 * than a second: from bytes to floating point, and from RGB to RGBA. Those of 8-bit sRGB, which
 * nearly every image is of, are gone here. */
#include "pixels.h"

#include <string.h>

enum { ROWS = 64 };

static gboolean
is_format (GeglBuffer *buffer, const char *name)
{
  return gegl_buffer_get_format (buffer) == babl_format (name);
}

/* RGB as RGBA. */
static void
add_alpha (const guint8 *rgb, gsize n, guint8 *rgba)
{
  for (gsize i = 0; i < n; i++) {
    memcpy (rgba + 4 * i, rgb + 3 * i, 3);
    rgba[4 * i + 3] = 255;
  }
}

void
pixels_write (GeglBuffer *buffer, int width, int height, const char *format, gconstpointer pixels)
{
  const guint8 *from = pixels;
  g_autofree guint8 *band = NULL;

  if (strcmp (format, "R'G'B' u8") == 0 && is_format (buffer, "R'G'B'A u8"))
    band = g_try_malloc_n ((gsize) width * ROWS, 4);
  if (!band) {
    gegl_buffer_set (buffer, GEGL_RECTANGLE (0, 0, width, height), 0, babl_format (format), pixels,
                     GEGL_AUTO_ROWSTRIDE);
    return;
  }
  for (int y = 0; y < height; y += ROWS) {
    const int rows = MIN (ROWS, height - y);
    const gsize n = (gsize) width * (gsize) rows;
    add_alpha (from, n, band);
    from += 3 * n;
    gegl_buffer_set (buffer, GEGL_RECTANGLE (0, y, width, rows), 0, NULL, band,
                     GEGL_AUTO_ROWSTRIDE);
  }
}

/* CHANNELS bytes a pixel, in [0,255], as OUT_CHANNELS in [0,1]: alpha that is not there is 1. */
static void
spread (const guint8 *bytes, int channels, int out_channels, gsize n, float *out)
{
  for (gsize i = 0; i < n; i++)
    for (int c = 0; c < out_channels; c++)
      *out++ = c < channels ? (float) bytes[i * (gsize) channels + (gsize) c] / 255.0F : 1.0F;
}

void
pixels_read (GeglBuffer *buffer, const GeglRectangle *area, const char *format, gpointer pixels)
{
  const gboolean colors = strcmp (format, "R'G'B'A float") == 0,
                 bytes = strcmp (format, "R'G'B'A u8") == 0, mask = strcmp (format, "Y float") == 0,
                 inside = gegl_rectangle_contains (gegl_buffer_get_extent (buffer), area);
  const int channels = !inside                                                ? 0
                       : colors && is_format (buffer, "R'G'B'A u8")           ? 4
                       : (colors || bytes) && is_format (buffer, "R'G'B' u8") ? 3
                       : mask && is_format (buffer, "Y u8")                   ? 1
                                                                              : 0,
            out_channels = mask ? 1 : 4;
  const gsize width = (gsize) area->width;
  g_autofree guint8 *band = channels ? g_try_malloc_n (width * ROWS, (gsize) channels) : NULL;

  if (!band) {
    gegl_buffer_get (buffer, area, 1.0, babl_format (format), pixels, GEGL_AUTO_ROWSTRIDE,
                     GEGL_ABYSS_NONE);
    return;
  }
  for (int y = 0; y < area->height; y += ROWS) {
    const int rows = MIN (ROWS, area->height - y);
    gegl_buffer_get (buffer, GEGL_RECTANGLE (area->x, area->y + y, area->width, rows), 1.0, NULL,
                     band, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    const gsize n = width * (gsize) rows, at = (gsize) y * width * (gsize) out_channels;
    if (bytes)
      add_alpha (band, n, (guint8 *) pixels + at);
    else
      spread (band, channels, out_channels, n, (float *) pixels + at);
  }
}
