/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One material for a large canvas of a texture. Windows that see noise alone each choose a material
 * of their own, and where they meet it is neither. So one window, a torus, goes all the way first;
 * pieces of it, moved about at random and blended, are what the canvas starts from (SDEdit, Meng et
 * al. 2022, arXiv 2108.01073): it keeps what it looks like, and forgets where it was. */
#ifndef ADM_PIPELINE_ANCHOR_H
#define ADM_PIPELINE_ANCHOR_H

#include "pipeline/stage.h"

/* Samples one window for each label, or one for all where none has a map, and makes of them what
 * the frame's first canvas starts from. STAGE is open, and RNG[0] and RNG[2] are seeded; PARAMS are
 * its sampler's, all steps. Errors as adm_diffusion_run. */
adm_status adm_anchor_make (adm_sampling *stage, const adm_denoiser *denoiser,
                            const adm_diffusion_params *params, adm_error *error);

/* How often it asks a network about a window and a label, in STEPS. */
int adm_anchor_evaluations (const adm_frame *frame, int steps);

/* How pieces of a window become a canvas. */
typedef struct adm_quilt {
  const adm_axis *axis;    /* [2], vertical first: the canvas, seen by windows of the tile's side */
  const float *map;        /* [H,W]: how much of each pixel they are; NULL: 1 */
  adm_rng moves;           /* how each is moved */
  float *work;             /* adm_anchor_work (axis) floats */
  float *canvas;           /* [3,H,W] */
  bool (*go) (void *user); /* asked in between, false stops; or NULL */
  void *user;
} adm_quilt;

/* Adds to the canvas pieces of TILE [3,side,side], a torus. They are blended so that contrast stays
 * what it is (Heitz & Neyret 2018, "High-performance by-example noise using a histogram-preserving
 * blending operator", section 3.1). False: it was stopped. */
bool adm_anchor_quilt (const adm_quilt *quilt, const float *tile);
size_t adm_anchor_work (const adm_axis axis[2]);

#endif
