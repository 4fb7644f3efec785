/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The noise schedule a sampler walks: the T betas a network was trained with, thinned to the steps
 * asked for (Improved DDPM, arXiv 2102.09672, sections 3.2 and 4), with the coefficients of the
 * posterior q(x_{t-1} | x_t, x0) (DDPM, arXiv 2006.11239, equations 6 and 7). Everything is
 * computed in double. */
#ifndef ADM_DIFFUSION_SCHEDULE_H
#define ADM_DIFFUSION_SCHEDULE_H

#include "adm.h"

enum { ADM_SCHEDULE_MIN_T = 2, ADM_SCHEDULE_MAX_T = 100000 };

/* Step i of the thinned chain, 0 the cleanest, by the reference's names ("alpha_bar" for its
 * "alphas_cumprod"). a = alpha-bar, b = beta below. */
typedef struct adm_schedule_step {
  int t;                 /* ORIGINAL timestep number, what the network sees */
  double beta;           /* 1 - a_i / a_{i-1} */
  double alpha_bar;      /* a_i: share of the picture's variance left in x_i */
  double alpha_bar_prev; /* a_{i-1}; 1 at step 0 */
  /* x0 = sqrt (1/a_i) x - sqrt (1/a_i - 1) eps */
  double sqrt_recip_alpha_bar, sqrt_recipm1_alpha_bar;
  double sqrt_one_minus_alpha_bar; /* sqrt (1 - a_i) */
  /* x0 = from_x * x - from_out * out for the network's output: the two above where that is eps; 0
   * and -1 where it is x0 */
  double from_x, from_out;
  /* guidance moves out by -s * guide * gradient: sqrt_one_minus_alpha_bar for eps */
  double guide;
  double clamp; /* x0 is clamped to [-clamp, clamp]: 1, or infinity */
  /* posterior mean = coef1 * x0 + coef2 * x */
  double posterior_mean_coef1, posterior_mean_coef2;
  double log_beta;               /* upper end of a learned variance */
  double posterior_log_variance; /* lower end; entry 0 is 0 and takes entry 1's */
  /* "fixed large", for networks that learn no variance: b_i, entry 0 as above */
  double fixed_variance;
} adm_schedule_step;

typedef struct adm_schedule {
  int diffusion_steps; /* T */
  int steps;           /* N, 2 … T */
  adm_schedule_step step[];
} adm_schedule;

/* KIND's schedule over T = DIFFUSION_STEPS, thinned as RESPACING says, in the reference's spelling:
 *   "250"       evenly spread, first and last timestep included, rounded half to even
 *   "10,15,20"  so many in each of equal sections of the timesteps, the first sections one longer
 *   "ddim25"    every i-th timestep from 0, for the stride i that gives exactly that number
 * and, beyond the reference, "t=0,300,990": just these timesteps, ascending. ADM_ERROR_USAGE when
 * it cannot be parsed or met, or leaves fewer than 2 steps. Freed with adm_schedule_free. */
adm_status adm_schedule_new (adm_schedule_kind kind, int diffusion_steps, const char *respacing,
                             adm_schedule **out, adm_error *error);
void adm_schedule_free (adm_schedule *schedule);

/* How the network's output is taken, where not as eps of pictures in [-1, 1] with the variance
 * "fixed large". */
typedef struct adm_parametrization {
  bool predict_xstart; /* the output is x0 */
  bool sigma_small;    /* a variance that is not learned is the posterior's */
  bool unclamped;      /* x0 may leave [-1, 1] */
} adm_parametrization;
void adm_schedule_parametrize (adm_schedule *schedule, adm_parametrization how);

/* The schedule that `--steps STEPS` stands for: with ddim "ddimN" where such a stride exists, else
 * "N"; with ddpm "N". The solvers dpm++2m and sde-dpm++2m begin at the noisiest timestep whose
 * sigma = sqrt ((1 - a) / a) is at most 80 and go down evenly in sigma^(1/7) (Karras et al. 2022,
 * arXiv 2206.00364, table 1): beyond, nothing of a picture is left in x, and x0, a thousand times
 * magnified, is the network's error alone. STEPS outside 2 … T is ADM_ERROR_USAGE. */
adm_status adm_schedule_for_steps (adm_schedule_kind kind, int diffusion_steps, adm_sampler sampler,
                                   int steps, adm_schedule **out, adm_error *error);

#endif
