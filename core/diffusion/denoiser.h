/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a sampler knows of networks: two functions. Tests put an analytic denoiser in their
 * place. */
#ifndef ADM_DIFFUSION_DENOISER_H
#define ADM_DIFFUSION_DENOISER_H

#include "adm.h"

typedef struct adm_denoiser {
  int channels;      /* C: epsilon only; 2 C: epsilon, then v (learned variance) */
  int height, width; /* H, W; an image is [C,H,W] */
  /* OUT [pictures,channels,H,W] = network (X [pictures,C,H,W], T). */
  adm_status (*predict) (void *user, const float *x, int t, float *out, adm_error *error);
  /* GRAD [pictures,C,H,W] = gradient of log p(y | X, T) by X, unscaled; NULL: no guidance. */
  adm_status (*gradient) (void *user, const float *x, int t, float *grad, adm_error *error);
  void *user;
  /* where their weights come from, for messages; NULL: from nowhere that has a name */
  const char *network, *classifier;
  int colours;  /* C, channels of a picture; 0: 3 */
  int pictures; /* that are asked about together; 0: 1 */
} adm_denoiser;

#endif
