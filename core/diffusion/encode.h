/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back: from a picture to the noise that DDIM would make it of. */
#ifndef ADM_DIFFUSION_ENCODE_H
#define ADM_DIFFUSION_ENCODE_H

#include "diffusion/denoiser.h"
#include "diffusion/schedule.h"

typedef struct adm_encode_params {
  float *workspace; /* adm_diffusion_workspace floats, the caller's */
  /* After every step: DONE of STEPS, and X0 [3,H,W], the predicted picture. False cancels. May be
   * NULL. */
  bool (*stepped) (void *user, int done, int steps, const float *x0);
  void *user;
} adm_encode_params;

/* DDIM's ordinary differential equation in the other direction (arXiv 2010.02502, equation 14),
 * unguided: X [3,H,W], a picture in [-1, 1], becomes the latent x_T from which adm_diffusion_run
 * with ADM_SAMPLER_DDIM, eta 0 and the same schedule comes back to about that picture; the more
 * steps, the closer. Nothing is allocated. ADM_ERROR_VALUE: NaN or infinity, with the step named;
 * ADM_ERROR_CANCELLED; the denoiser's errors. X is undefined then. */
adm_status adm_diffusion_encode (const adm_denoiser *denoiser, const adm_schedule *schedule,
                                 const adm_encode_params *params, float *x, adm_error *error);

#endif
