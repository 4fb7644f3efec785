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

/* PIXELS [HEIGHT,WIDTH,3] to OUT [3,size,size], u / 127.5 - 1. As the reference: halved by a box
 * filter while more than twice too large, then bicubic (Keys 1981, a = -1/2) to the exact size, in
 * 8 bits all the way; small pictures are enlarged. */
adm_status adm_crop_picture (const uint8_t *pixels, int height, int width, adm_crop crop,
                             adm_rng *rng, float *out, adm_error *error);

/* A square of 0.3 to 1 of the smaller side, anywhere, mirrored or not, to OUT as above. TILES: the
 * picture goes on at its edges; TURNS: by quarters, too. */
typedef struct adm_texture_crop {
  int size;
  bool tiles, turns;
} adm_texture_crop;
adm_status adm_crop_texture (const uint8_t *pixels, int height, int width, adm_texture_crop crop,
                             adm_rng *rng, float *out, adm_error *error);

typedef enum adm_filter { ADM_FILTER_BOX, ADM_FILTER_BICUBIC } adm_filter;
/* PIXELS [HEIGHT,WIDTH,3] to *OUT [OUT_HEIGHT,OUT_WIDTH,3], malloc'ed: rows, then columns, each
 * rounded to 8 bits. False: no memory. */
typedef struct adm_rgb {
  uint8_t *pixels;
  int height, width;
} adm_rgb;
bool adm_rgb_resize (const adm_rgb *in, adm_filter filter, adm_rgb *out);

/* X [3,S,S] to LOW [3,s,s]: means over areas, rounded to 8 bits; S a multiple of s. */
void adm_area_reduce (const float *x, int size, int small, float *low);

#endif
