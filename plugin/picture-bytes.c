/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as bytes: see picture-bytes.h. */
#include "picture-bytes.h"

#include <string.h>

int
picture_bytes_a_pixel (int channels)
{
  return channels == 4 ? 4 : 3;
}

/* One value of [-1, 1]; the reference's rounding, that of adm_pixels_to_u8. */
static guint8
to_byte (float value)
{
  float scaled = (value + 1.0F) * 127.5F;

  return scaled >= 255.0F ? 255 : scaled > 0.0F ? (guint8) scaled : 0;
}

/* RGB, packed, of what is not RGB; NULL when memory is short. */
static float *
to_rgb (const adm_picture *picture)
{
  gsize area = (gsize) picture->width * (gsize) picture->height;
  float *rgb = g_try_malloc_n (area, 3 * sizeof (float));

  if (rgb)
    adm_pixels_to_rgb (picture->pixels, picture->channels, picture->height, picture->width, rgb);
  return rgb;
}

gboolean
picture_bytes_write (const adm_picture *picture, int bytes, guint8 *out, gsize row)
{
  gsize width = (gsize) picture->width, area = width * (gsize) picture->height;
  gboolean apart = picture->channels == 4 && bytes == 4; /* colours stay as they are */
  g_autofree float *rgb = picture->channels == 3 || apart ? NULL : to_rgb (picture);
  gboolean straight = bytes == 3 && row == width * 3;
  g_autofree guint8 *packed = straight ? NULL : g_try_malloc_n (area, 3);

  if ((!packed && !straight) || (picture->channels != 3 && !apart && !rgb))
    return FALSE;
  /* of four planes the first three are the colours */
  adm_pixels_to_u8 (rgb ? rgb : picture->pixels, picture->height, picture->width,
                    straight ? out : packed);
  for (gsize y = 0; packed && y < (gsize) picture->height; y++) {
    const guint8 *from = packed + y * width * 3;
    guint8 *to = out + y * row;
    if (bytes == 3) {
      memcpy (to, from, width * 3);
      continue;
    }
    for (gsize x = 0; x < width; x++) {
      memcpy (to + 4 * x, from + 3 * x, 3);
      to[4 * x + 3] = apart ? to_byte (picture->pixels[3 * area + y * width + x]) : 255;
    }
  }
  return TRUE;
}
