/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, Algorithm 2): a second-order step in lambda = ln (sqrt (a) / sqrt (1 - a)), from this
 * step's x0 and the last one's:
 *   D = x0 + (x0 - x0_last) / (2 r),  r = h_last / h,  h = lambda_{i-1} - lambda_i
 *   x_{i-1} = sqrt ((1 - a_{i-1}) / (1 - a_i)) x - sqrt (a_{i-1}) (e^{-h} - 1) D
 * The first step is of first order (D = x0); the last gives x0 itself, where lambda is infinite. x0 is guided as DDIM's. No noise. */
#include "diffusion/sampler.h"

#include "diffusion/guidance.h"

#include <math.h>

static double
lambda (double alpha_bar)
{
  return 0.5 * log (alpha_bar / (1.0 - alpha_bar));
}

void
adm_dpmpp_step (const adm_step *step)
{
  const adm_schedule_step *s = &step->schedule->step[step->i];
  bool first = step->i == step->schedule->steps - 1, last = step->i == 0;
  double from_x = 0, from_d = 1, slope = 0;
  if (!last) {
    double h = lambda (s->alpha_bar_prev) - lambda (s->alpha_bar);
    from_x = sqrt ((1.0 - s->alpha_bar_prev) / (1.0 - s->alpha_bar));
    from_d = -sqrt (s->alpha_bar_prev) * expm1 (-h);
    if (!first)
      slope = 0.5 * h / (lambda (s->alpha_bar) - lambda (s[1].alpha_bar));
  }
  for (size_t j = 0; j < step->n; j++) {
    double x0 = adm_guide_prediction (s, step->x[j], step->out[j], step->scale, step->grad ? step->grad[j] : 0.0).x0;
    double d = slope > 0 ? x0 + slope * (x0 - (double) step->x0[j]) : x0;
    step->x0[j] = (float) x0;
    step->x[j] = (float) (from_x * step->x[j] + from_d * d);
  }
}
