/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way from noise to a picture: one loop over the schedule's steps, and a step function for each
 * sampler. The loop asks the network (and the classifier), draws the noise, checks the numbers and
 * reports; a sampler turns what it is given into the next x. A new sampler is one file with a step
 * function, its declaration here, and a case in sampler.c. */
#ifndef ADM_DIFFUSION_SAMPLER_H
#define ADM_DIFFUSION_SAMPLER_H

#include "base/layout.h"
#include "base/rng.h"
#include "diffusion/denoiser.h"
#include "diffusion/schedule.h"

/* Everything a sampler's step may look at, of one picture. Arrays have N = C * H * W entries unless
 * another shape is said. */
typedef struct adm_step {
  const adm_schedule *schedule;
  int i;      /* goes from schedule->steps - 1 down to 0 */
  bool first; /* there is no last step whose x0 could be looked at */
  size_t n;
  const float *eps;   /* what the network predicts; x0 itself where the schedule takes it so */
  const float *v;     /* of the learned variance, nominally in [-1, 1]; NULL: it is fixed */
  const float *grad;  /* of log p(y | x, t), unscaled; NULL: no guidance */
  const float *noise; /* standard normal */
  double scale;       /* s; 0 when GRAD is NULL */
  double eta;
  double threshold; /* quantile of dynamic thresholding, 0: none */
  float *scratch;   /* [N] */
  float *x;         /* in: x_i; out: x_{i-1} */
  float *x0;        /* in: the last step's, undefined at the first; out: this step's prediction */
} adm_step;

typedef void (*adm_step_function) (const adm_step *step);

void adm_ddpm_step (const adm_step *step); /* ancestral, Algorithm 1; ignores eta */
void adm_ddim_step (const adm_step *step); /* DDIM, Algorithm 2 */
/* DPM-Solver++(2M), and its stochastic form; both ignore eta, and they alone know a threshold. */
void adm_dpmpp_step (const adm_step *step);
void adm_sde_dpmpp_step (const adm_step *step);

typedef struct adm_diffusion_params {
  adm_sampler sampler;
  double eta;                  /* ddim: 0 deterministic … 1 */
  double scale;                /* s >= 0; > 0 needs denoiser->gradient */
  double threshold;            /* dpm++2m, sde-dpm++2m: 0 < p <= 1, or 0 */
  double guide_from, guide_to; /* guidance only where sigma is within; both 0: everywhere */
  /* seeded generators [pictures], each picture's own, or NULL when NOISE is given */
  adm_rng *rng;
  /* x_T [pictures,C,H,W], then one entry a step in the order used (the last is not used); NULL */
  const float *noise;
  size_t noise_stride; /* floats from one entry to the next, >= pictures * C * H * W */
  /* Other generators [pictures] (NULL: none): noise is the spherical interpolation between both,
   * VARY 0 … 1 of the way. Not with NOISE. */
  adm_rng *vary_rng;
  double vary;
  /* SDEdit (Meng et al. 2022, arXiv 2108.01073, section 3): begin with START [3,H,W], noised to the
   * level of the STEPS-th step before the end. NULL: from noise, all steps. */
  const float *start;
  int steps; /* 1 … schedule->steps; with START */
  /* RePaint (Lugmayr et al. 2022, arXiv 2201.09865, Algorithm 1): after each step x becomes, where
   * MASK [H,W] is below 1, KNOWN [3,H,W] noised to that level by KNOWN_RNG; every JUMP_LENGTH steps
   * that many are taken back, noised anew, and done again, RESAMPLINGS times in all. NULL: none */
  const float *known, *mask;
  adm_rng *known_rng;           /* [pictures] */
  int jump_length, resamplings; /* both >= 1; with KNOWN */
  /* After every step: DONE of STEPS, and X0 [pictures,C,H,W], what is predicted. False cancels. May
   * be NULL. X0 stays as it is while the networks are next asked. */
  bool (*stepped) (void *user, int done, int steps, const float *x0);
  /* Of a large canvas also asked between pieces of what is done to the whole, which takes a second.
   * False cancels. May be NULL. */
  bool (*poll) (void *user);
  void *user;
} adm_diffusion_params;

/* Steps that adm_diffusion_run will make: those of jumps are counted each time. */
int adm_diffusion_steps (const adm_schedule *schedule, const adm_diffusion_params *params);

/* What the steps work on: the workspace. */
typedef struct adm_diffusion_arrays {
  float *out;             /* [pictures,channels,H,W]: the network's, eps and v */
  float *grad, *x0;       /* [pictures,C,H,W] */
  float *drawn, *scratch; /* [C,H,W] */
} adm_diffusion_arrays;
adm_diffusion_arrays adm_diffusion_take (adm_layout *layout, const adm_denoiser *denoiser);
/* Floats of it that adm_diffusion_run needs. */
size_t adm_diffusion_workspace (const adm_denoiser *denoiser);

/* Samples the denoiser's pictures into X [pictures,C,H,W]: the final x, not clamped. They take each
 * step together and know nothing of each other. WORKSPACE belongs to the caller; nothing is
 * allocated. With RNG, x_T is the first draw and each step takes one more, also where its noise is
 * not used, as the reference does. ADM_ERROR_USAGE: a scale or eta that cannot be.
 * ADM_ERROR_VALUE: NaN or infinity in what the network or the classifier answers or in x, with the
 * step named. ADM_ERROR_CANCELLED. Errors of the denoiser are passed on. X is undefined then. */
adm_status adm_diffusion_run (const adm_denoiser *denoiser, const adm_schedule *schedule,
                              const adm_diffusion_params *params, float *workspace, float *x,
                              adm_error *error);

#endif
