/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DDIM (arXiv 2010.02502, equation 12) with classifier guidance (arXiv 2105.05233, Algorithm 2):
 *   x_{i-1} = sqrt (a_{i-1}) x0 + sqrt (1 - a_{i-1} - sigma^2) eps + sigma z,
 *   sigma = eta sqrt ((1 - a_{i-1}) / (1 - a_i)) sqrt (1 - a_i / a_{i-1}).
 * eps is always the one that belongs to the clamped (or guided) x0. sigma is 0 at the last step,
 * where a_{i-1} = 1. */
#include "diffusion/sampler.h"

#include "diffusion/guidance.h"

#include <math.h>

void
adm_ddim_step (const adm_step *step)
{
  const adm_schedule_step *s = &step->schedule->step[step->i];
  double sigma = step->eta
                 * sqrt ((1.0 - s->alpha_bar_prev) / (1.0 - s->alpha_bar)
                         * (1.0 - s->alpha_bar / s->alpha_bar_prev));
  double to_x0 = sqrt (s->alpha_bar_prev),
         to_eps = sqrt (fmax (0.0, 1.0 - s->alpha_bar_prev - sigma * sigma));
  for (size_t j = 0; j < step->n; j++) {
    adm_prediction p = adm_guide_prediction (s, step->x[j], step->eps[j], step->scale,
                                             step->grad ? step->grad[j] : 0.0);
    step->x0[j] = (float) p.x0;
    step->x[j] = (float) (to_x0 * p.x0 + to_eps * p.eps + sigma * step->noise[j]);
  }
}
