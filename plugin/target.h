/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a picture covers: a selection, a layer, a whole image. What lies there is read in sRGB,
 * whatever the image's own precision, curve and profile are; nothing is written. */
#ifndef ADM_TARGET_H
#define ADM_TARGET_H

#include <libgimp/gimp.h>

#include "ui/settings.h"

typedef struct Target {
  UiWhere where;
  GimpImage *image;        /* NULL: a new image */
  GimpLayer *layer;        /* LAYER, MAP: what is covered; else the active one, or NULL */
  int x, y, width, height; /* place in the image, pixels; also partly outside; 0: a new image */
} Target;

/* The place WHERE in IMAGE, of which LAYER is the active one (NULL: the image is asked). FALSE with
 * ERROR set when nothing can be made there: nothing selected, several layers, a hidden one, an
 * indexed or a closed image, a side over UI_SIDE_MAX. */
gboolean target_find (GimpImage *image, GimpLayer *layer, UiWhere where, Target *target,
                      GError **error);

/* The one selected layer of IMAGE, or NULL. */
GimpLayer *target_active_layer (GimpImage *image);

/* VALUE, in [0, 1], as the core takes it, in [-1, 1]: the nearest of the 256 that 8 bits hold, so
 * that adm_pixels_to_u8, which rounds down, gives it back. An image of more bits starts the same
 * picture as its copy of 8. */
float target_value (float value);

/* What lies under TARGET, [3][height][width] in [-1, 1], transparent places as white: of a layer
 * its own pixels, else what the image shows. NULL with ERROR set; freed with g_free. */
float *target_read (const Target *target, GError **error);

/* The same with its transparency, [height][width][4], sRGB in 8 bits, not multiplied. */
guint8 *target_read_rgba (const Target *target, GError **error);

/* The selection within TARGET, [height][width] in [0, 1], 1 selected. NULL with ERROR set; freed
 * with g_free. */
float *target_read_mask (const Target *target, GError **error);

/* A cut of what the image shows: CUT's part of it, in pixels of the image, reduced by SCALE (at
 * most 1); 8-bit RGB, packed. NULL when memory is short; freed with g_free. */
guint8 *target_read_cut (GimpImage *image, const GeglRectangle *cut, double scale, int width,
                         int height);

#endif
