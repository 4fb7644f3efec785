/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One material for a large canvas of a texture. Windows that see noise alone each choose a material
 * of their own, and where they meet it is neither. So one window, a torus, goes all the way first;
 * pieces of it, moved about at random and blended, are what the canvas starts from (SDEdit, Meng et
 * al. 2022, arXiv 2108.01073): it keeps what it looks like, and forgets where it was. */
#ifndef ADM_PIPELINE_ANCHOR_H
#define ADM_PIPELINE_ANCHOR_H

#include "pipeline/stage.h"

/* Samples one window for each label that has a map (or one for all), and makes of them what the
 * frame's first canvas starts from. STAGE is open, and RNG[0] and RNG[2] are seeded; PARAMS are its
 * sampler's, all steps. Errors as adm_diffusion_run. */
adm_status adm_anchor_make (adm_sampling *stage, const adm_denoiser *denoiser,
                            const adm_diffusion_params *params, adm_error *error);

/* How often it asks a network about a window and a label, in STEPS. */
int adm_anchor_evaluations (const adm_frame *frame, int steps);

/* CANVAS [3,size] += MAP (or 1) x pieces of TILE [3,side,side], a torus, along the axes; RNG says
 * how each is moved. Blended so that contrast stays what it is (Heitz & Neyret 2018,
 * "High-performance by-example noise using a histogram-preserving blending operator", section 3.1).
 * WORK: adm_anchor_work (axis) floats. GO (USER), which may be NULL, is asked in between: false
 * stops, and is the answer. */
bool adm_anchor_quilt (const adm_axis axis[2], const float *tile, const float *map, adm_rng rng,
                       float *work, float *canvas, bool (*go) (void *user), void *user);
size_t adm_anchor_work (const adm_axis axis[2]);

#endif
