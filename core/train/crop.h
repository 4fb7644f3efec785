/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From pictures of any size to what a network is shown: the reference's reduction and crops. */
#ifndef ADM_TRAIN_CROP_H
#define ADM_TRAIN_CROP_H

#include "adm_error.h"
#include "base/rng.h"

#include <stdbool.h>

typedef struct adm_crop {
  int size;    /* of the result, both sides */
  bool random; /* a random square of 0.8 to 1 of the smaller side; else the centre */
  bool mirror; /* every other one, left to right */
} adm_crop;

/* PIXELS [HEIGHT,WIDTH,CHANNELS]: grey (1), RGB (3), or RGB times alpha, then alpha (4), which is
 * what may be averaged. */
typedef struct adm_pixmap {
  uint8_t *pixels;
  int height, width, channels;
} adm_pixmap;

/* In place: RGB as grey, the luma of ITU-R 601-2 (as Pillow's); colours beside alpha, as files have
 * them, as colours times alpha. */
void adm_pixmap_make_grey (adm_pixmap *picture);
void adm_pixmap_multiply (adm_pixmap *picture);
/* What a network of CHANNELS is shown of the file PATH: its pixels are freed with free (), also on
 * failure. */
adm_status adm_pixmap_read (const char *path, int channels, adm_pixmap *out, adm_error *error);

/* PICTURE to OUT [channels,size,size], u / 127.5 - 1. As the reference: halved by a box filter
 * while more than twice too large, then bicubic (Keys 1981, a = -1/2) to the exact size, in 8 bits
 * all the way; small pictures are enlarged. Colours of four channels are divided by alpha at the
 * end, as a sampled picture's are: those that nothing is seen of are white. */
adm_status adm_crop_picture (const adm_pixmap *picture, adm_crop crop, adm_rng *rng, float *out,
                             adm_error *error);

/* A square of 0.3 to 1 of the smaller side, anywhere, mirrored or not, to OUT as above. TILES: the
 * picture goes on at its edges; TURNS: by quarters, too. */
typedef struct adm_texture_crop {
  int size;
  bool tiles, turns;
} adm_texture_crop;
adm_status adm_crop_texture (const adm_pixmap *picture, adm_texture_crop crop, adm_rng *rng,
                             float *out, adm_error *error);

typedef enum adm_filter { ADM_FILTER_BOX, ADM_FILTER_BICUBIC } adm_filter;
/* IN to OUT's height and width: its pixels, malloc'ed, of IN's channels; rows, then columns, each
 * rounded to 8 bits. False: no memory. */
bool adm_pixmap_resize (const adm_pixmap *in, adm_filter filter, adm_pixmap *out);

/* X [3,S,S] to LOW [3,s,s]: means over areas, rounded to 8 bits; S a multiple of s. */
void adm_area_reduce (const float *x, int size, int small, float *low);

#endif
