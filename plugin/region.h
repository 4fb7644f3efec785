/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A region of a layer on its way through the upsampling network: read once, and turned into a layer
 * that begins at its place.
 *
 * Fit: the region is reduced to the network's square input; the result keeps the region's
 * proportions, its long side is the network's output size. Where the region is larger than that, so
 * that it would come back blurred, it is reduced by the network's factor alone, and goes through in
 * tiles to its own size. Tiles: the region goes in whole (enlarged where a side is shorter than the
 * network's input), and the result is larger by the network's factor. */
#ifndef ADM_REGION_H
#define ADM_REGION_H

#include <libgimp/gimp.h>

#include "layers.h"

typedef struct {
  char *layer;             /* the layer's name */
  int x, y, width, height; /* place in the image */
  float *colors;           /* [height][width][3] in [0, 1], on white */
  float *alpha;            /* [height][width] in [0, 1]; NULL: opaque */
} Region;

/* Reads the selection's part of LAYER, or all of it. NULL with ERROR set; free with region_free.
 * Talks with GIMP. */
Region *region_read (GimpLayer *layer, GError **error);
void region_free (Region *region);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Region, region_free)

/* How REGION goes through a network that makes FACTOR × TILE pixels a side of TILE: in tiles or not
 * (returned), and the size of what the network gets. TILES: the artist wants tiles. */
gboolean region_input_size (const Region *region, int tile, int factor, gboolean tiles, int *width,
                            int *height);

/* FALSE with ERROR set when what comes of REGION, WIDTH × HEIGHT of it through the network in
 * tiles, has more than UI_SIDE_MAX pixels a side. */
gboolean region_check_size (const Region *region, int factor, int width, int height,
                            GError **error);

/* The region at WIDTH × HEIGHT as a network takes it: [3][height][width] in [-1, 1], rounded to 8
 * bits as any picture from a file. NULL when memory is short; free with g_free. */
float *region_input (const Region *region, int width, int height);

/* REGION as the artist sees what a network that makes OUTPUT pixels a side of TILE begins with:
 * what goes in whole as the network gets it, what goes in tiles as it is, reduced. NULL when memory
 * is short. */
GdkPixbuf *region_picture (const Region *region, int tile, int output);

/* Fills PICTURE's place, size, format and pixels from RESULT [result_h][result_w][3], 8 bits; the
 * pixels, also returned, are freed with g_free once the layer is there. NULL when memory is
 * short. */
float *region_fill_picture (const Region *region, const guint8 *result, int result_w, int result_h,
                            gboolean tiles, AdmPicture *picture);

/* Name of the new layer; free with g_free. */
char *region_layer_name (const Region *region);

void region_set_no_memory (GError **error);

#endif
