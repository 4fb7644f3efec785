/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, Algorithm 2): a second-order step in lambda = ln (sqrt (a) / sqrt (1 - a)), from this
 * step's x0 and the last one's:
 *   D = x0 + (x0 - x0_last) / (2 r),  r = h_last / h,  h = lambda_{i-1} - lambda_i
 *   x_{i-1} = sqrt ((1 - a_{i-1}) / (1 - a_i)) x - sqrt (a_{i-1}) (e^{-h} - 1) D
 * The first step is of first order (D = x0); the last gives x0 itself, where lambda is infinite. x0 is guided as DDIM's. No noise.
 *
 * Dynamic thresholding (Saharia et al. 2022, arXiv 2205.11487, section 2.3) takes the place of the clamp before guidance, so that a
 * large gradient scale cannot saturate: with c the quantile p of |x0| over the picture, at least 1, x0 becomes clamp (x0, -c, c) / c. */
#include "diffusion/sampler.h"

#include "diffusion/guidance.h"

#include <math.h>

/* The quantile P of the N values of V, which are reordered, linear between neighbours. Quickselect (Hoare 1961). */
static double
quantile (float *v, size_t n, double p)
{
  double at = p * (double) (n - 1);
  size_t k = (size_t) at, from = 0, to = n - 1;
  while (from < to) {
    float pivot = v[from + (to - from) / 2];
    size_t i = from, j = to;
    for (;;) {
      while (v[i] < pivot)
        i++;
      while (v[j] > pivot)
        j--;
      if (i >= j)
        break;
      float swap = v[i];
      v[i++] = v[j];
      v[j--] = swap;
    }
    if (k <= j)
      to = j;
    else
      from = j + 1;
  }
  double below = (double) v[k], above = below;
  if (k + 1 < n) {
    above = (double) v[k + 1];
    for (size_t i = k + 2; i < n; i++)
      above = (double) v[i] < above ? (double) v[i] : above;
  }
  return below + (at - (double) k) * (above - below);
}

static double
unclamped (const adm_step *step, size_t j)
{
  return adm_guide_unclamped (&step->schedule->step[step->i], (double) step->x[j], (double) step->out[j], step->scale,
                              step->grad ? (double) step->grad[j] : 0.0);
}

/* c of the step's picture. */
static double
dynamic_threshold (const adm_step *step)
{
  for (size_t j = 0; j < step->n; j++)
    step->scratch[j] = (float) fabs (unclamped (step, j));
  double c = quantile (step->scratch, step->n, step->threshold);
  return c > 1.0 ? c : 1.0;
}

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
  double c = step->threshold > 0.0 ? dynamic_threshold (step) : 0.0;
  for (size_t j = 0; j < step->n; j++) {
    double x0 = c > 0.0 ? fmin (fmax (unclamped (step, j), -c), c) / c : adm_guide_prediction (s, step->x[j], step->out[j], step->scale, step->grad ? step->grad[j] : 0.0).x0;
    double d = slope > 0 ? x0 + slope * (x0 - (double) step->x0[j]) : x0;
    step->x0[j] = (float) x0;
    step->x[j] = (float) (from_x * step->x[j] + from_d * d);
  }
}
