/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core's pictures as bytes, for GIMP and for the window: colours, and alpha where a network
 * makes it. */
#ifndef ADM_PICTURE_BYTES_H
#define ADM_PICTURE_BYTES_H

#include <glib.h>

#include "adm.h"

/* Bytes a pixel of a picture of CHANNELS (1, 3 or 4): 3, RGB, or 4, RGBA. Grey is three times the
 * same. */
int picture_bytes_a_pixel (int channels);

/* PICTURE into OUT, sRGB, rows of ROW bytes, BYTES (3 or 4) a pixel: rounded as adm_pixels_to_u8
 * does; 4 of a picture without alpha: opaque; 3 of one with alpha: on white. FALSE when memory is
 * short. */
gboolean picture_bytes_write (const adm_picture *picture, int bytes, guint8 *out, gsize row);

#endif
