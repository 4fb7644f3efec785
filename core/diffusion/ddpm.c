/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ancestral sampling (DDPM, arXiv 2006.11239, Algorithm 2) with the learned variance of Improved
 * DDPM (arXiv 2102.09672, equation 15) and classifier guidance (arXiv 2105.05233, Algorithm 1):
 *   x_{i-1} ~ N (mean (x0, x_i) + s Sigma g, Sigma),   log Sigma = f log beta + (1 - f) log
 *     beta~,  f = (v + 1) / 2.
 * Without v, Sigma is "fixed large". The last step adds no noise. */
#include "diffusion/sampler.h"

#include "diffusion/guidance.h"

#include <math.h>

void
adm_ddpm_step (const adm_step *step)
{
  const adm_schedule_step *s = &step->schedule->step[step->i];
  double middle = 0.5 * (s->log_beta + s->posterior_log_variance),
         spread = 0.5 * (s->log_beta - s->posterior_log_variance);
  double deviation = sqrt (s->fixed_variance);
  for (size_t j = 0; j < step->n; j++) {
    double x = step->x[j], x0 = adm_predict_x0 (s, x, step->eps[j]);
    if (step->v)
      deviation = exp (0.5 * (middle + step->v[j] * spread));
    double next = s->posterior_mean_coef1 * x0 + s->posterior_mean_coef2 * x;
    if (step->grad)
      next = adm_guide_mean (next, deviation * deviation, step->scale, step->grad[j]);
    if (step->i > 0)
      next += deviation * step->noise[j];
    step->x0[j] = (float) x0;
    step->x[j] = (float) next;
  }
}
