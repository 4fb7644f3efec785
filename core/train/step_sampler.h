/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which timesteps are trained on: any alike, or by importance (Improved DDPM, arXiv 2102.09672,
 * section 3.3, equation 18). */
#ifndef ADM_TRAIN_STEP_SAMPLER_H
#define ADM_TRAIN_STEP_SAMPLER_H

#include "base/rng.h"

#include <stdbool.h>

enum { ADM_STEP_HISTORY = 10 }; /* losses kept of each timestep */

typedef struct adm_step_sampler {
  int steps;      /* T */
  float *history; /* [T,ADM_STEP_HISTORY], the last losses; NULL: any timestep alike */
  float *count;   /* [T] of them; floats, as a checkpoint holds them */
  /* both [T], or NULL: chances that are fixed, and the weights of what is drawn; no HISTORY then */
  const double *chance, *weight;
} adm_step_sampler;

/* Draws a timestep; *WEIGHT: as given, or what makes the mean loss that of
 * timesteps alike. CUMULATIVE [T] as
 * adm_step_sampler_prepare left it. */
int adm_step_sampler_draw (const adm_step_sampler *sampler, const double *cumulative, adm_rng *rng,
                           double *weight);
/* CUMULATIVE [T]: the chances of timesteps 0 … t, as they are now: in proportion to the root of the
 * mean square of their losses, and 0.001 of all alike, once each has its history. */
void adm_step_sampler_prepare (const adm_step_sampler *sampler, double *cumulative);
void adm_step_sampler_note (adm_step_sampler *sampler, int t, double loss);

#endif
