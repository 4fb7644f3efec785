/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels into GIMP's buffers and out of them, in any format. */
#ifndef ADM_PIXELS_H
#define ADM_PIXELS_H

#include <gegl.h>

/* All of BUFFER, WIDTH × HEIGHT, becomes PIXELS [height][width] of FORMAT (a babl format in
 * sRGB). */
void pixels_write (GeglBuffer *buffer, int width, int height, const char *format,
                   gconstpointer pixels);

/* What AREA of BUFFER holds into PIXELS [height][width] of FORMAT (a babl format in sRGB); nothing,
 * zero, outside of it. */
void pixels_read (GeglBuffer *buffer, const GeglRectangle *area, const char *format,
                  gpointer pixels);

#endif
