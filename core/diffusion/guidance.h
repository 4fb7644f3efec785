/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Classifier guidance (arXiv 2105.05233, section 4) for one pixel: how the classifier's gradient g
 * = d log p(y | x_t) / dx_t, scaled by s, enters a step. Written for single numbers in double so
 * that a sampler's loop over pixels keeps every intermediate unrounded; inline because they run
 * once a pixel. s = 0 gives the unguided result. */
#ifndef ADM_DIFFUSION_GUIDANCE_H
#define ADM_DIFFUSION_GUIDANCE_H

#include "diffusion/schedule.h"

typedef struct adm_prediction {
  double x0;  /* the clean picture */
  double eps; /* the noise that belongs to it: x = sqrt (a) x0 + sqrt (1 - a) eps */
} adm_prediction;

/* x0 of the network's OUT, eps or x0 itself, clamped. */
static inline double
adm_predict_x0 (const adm_schedule_step *step, double x, double out)
{
  double x0 = step->from_x * x - step->from_out * out;
  return x0 < -step->clamp ? -step->clamp : x0 > step->clamp ? step->clamp : x0;
}

/* Algorithm 1: the mean of an ancestral step moves by s * variance * g. */
static inline double
adm_guide_mean (double mean, double variance, double s, double g)
{
  return mean + s * variance * g;
}

/* Algorithm 2: eps, derived again from the clamped x0, moves by -s * sqrt (1 - a) * g; the x0 that
 * belongs to the moved eps is not clamped again. */
static inline adm_prediction
adm_guide_prediction (const adm_schedule_step *step, double x, double out, double s, double g)
{
  adm_prediction p;
  p.x0 = adm_predict_x0 (step, x, out);
  p.eps = (step->sqrt_recip_alpha_bar * x - p.x0) / step->sqrt_recipm1_alpha_bar;
  if (s != 0.0) {
    p.eps -= s * step->sqrt_one_minus_alpha_bar * g;
    p.x0 = step->sqrt_recip_alpha_bar * x - step->sqrt_recipm1_alpha_bar * p.eps;
  }
  return p;
}

/* The guided x0 without any clamp, for dynamic thresholding. */
static inline double
adm_guide_unclamped (const adm_schedule_step *step, double x, double out, double s, double g)
{
  return step->from_x * x - step->from_out * (out - s * step->guide * g);
}

#endif
