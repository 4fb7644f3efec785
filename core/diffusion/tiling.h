/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture from a network made for smaller ones. At every step the network sees overlapping
 * square tiles of x and of the low-resolution picture; its answers are blended where tiles overlap,
 * and the sampler then takes one step on the whole. All tiles follow one path through the noise, so
 * there are no seams to hide afterwards (Bar-Tal et al. 2023, "MultiDiffusion", section 3, with the
 * weights of Barbero Jiménez 2023, "Mixture of Diffusers": larger towards a tile's middle). */
#ifndef ADM_DIFFUSION_TILING_H
#define ADM_DIFFUSION_TILING_H

#include "adm.h"

typedef struct adm_tiling {
  int height, width; /* of the low-resolution picture, pixels */
  int tile;          /* side of the network's low-resolution input, <= height and width */
  int factor;        /* output pixels for each low-resolution pixel, on a side */
  int rows, columns; /* of tiles */
} adm_tiling;

/* Neighbours overlap by a quarter of a tile or more. */
adm_tiling adm_tiling_new (int height, int width, int tile, int factor);

/* Where tile I of COUNT begins on an axis of LENGTH: evenly spread, the first at 0, the last at
 * LENGTH - TILE. */
int adm_tiling_start (int i, int count, int length, int tile);

/* WEIGHTS [tile * factor]: tile I's share of each of its output pixels on that axis. Shares of all
 * tiles sum to 1. */
void adm_tiling_weights (int i, int count, int length, int tile, int factor, float *weights);

/* Evaluates one tile: OUT [channels,S,S] from X [3,S,S] and LOW [3,tile,tile]; S = tile * factor.
 * INDEX counts from 0. */
typedef adm_status (*adm_tile_function) (void *user, int index, const float *x, const float *low,
                                         float *out, adm_error *error);

/* Floats of workspace for adm_tiling_predict. */
size_t adm_tiling_workspace (const adm_tiling *tiling, int channels);

/* OUT [channels,height * factor,width * factor] from X [3,height * factor,width * factor] and LOW
 * [3,height,width], tile by tile. The first error of TILE is passed on, OUT is undefined then. */
adm_status adm_tiling_predict (const adm_tiling *tiling, int channels, const float *x,
                               const float *low, adm_tile_function tile, void *user,
                               float *workspace, float *out, adm_error *error);

#endif
