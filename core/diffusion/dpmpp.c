/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DPM-Solver++(2M) and SDE-DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, Algorithm 2 and
 * section 5.2): second-order steps in lambda = ln (sqrt (a) / sqrt (1 - a)), from this step's x0
 * and the last one's:
 *   D = x0 + (x0 - x0_last) / (2 r),  r = h_last / h,  h = lambda_{i-1} - lambda_i
 *   2M:      x_{i-1} = sqrt ((1 - a_{i-1}) / (1 - a_i)) x + sqrt (a_{i-1}) (1 - e^{-h}) D
 *   SDE, 2M: x_{i-1} = sqrt ((1 - a_{i-1}) / (1 - a_i)) e^{-h} x + sqrt (a_{i-1}) (1 - e^{-2h}) D +
 *     sqrt (1 - a_{i-1}) sqrt (1 - e^{-2h}) z
 * The first step is of first order (D = x0); the last gives x0 itself, where lambda is infinite.
 * The SDE forgets a share of x at every step, and with it the errors that x has gathered; the ODE
 * of 2M keeps them to the end.
 *
 * Guidance moves the ODE's x0 as DDIM's (arXiv 2105.05233, Algorithm 2), and the SDE's mean by s
 * Sigma g, Sigma the variance of the noise that the step adds, as Algorithm 1 does: in the limit of
 * many steps they agree, but at high noise levels a moved x0 leaves [-1, 1] by far, and few steps
 * never bring it back.
 *
 * Dynamic thresholding (Saharia et al. 2022, arXiv 2205.11487, section 2.3) takes the place of the
 * clamp before guidance, so that a large gradient scale cannot saturate: with c the quantile p of
 * |x0| over the picture, at least 1, x0 becomes clamp (x0, -c, c) / c. */
#include "diffusion/sampler.h"

#include "diffusion/guidance.h"

#include <math.h>

/* The quantile P of the N values of V, which are reordered, linear between neighbours. Quickselect
 * (Hoare 1961). */
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

/* x0 of pixel J, not clamped, guided by G. */
static double
unclamped (const adm_step *step, size_t j, const float *g)
{
  return adm_guide_unclamped (&step->schedule->step[step->i], (double) step->x[j],
                              (double) step->eps[j], g ? step->scale : 0.0,
                              g ? (double) g[j] : 0.0);
}

/* c of the step's picture. */
static double
dynamic_threshold (const adm_step *step, const float *g)
{
  for (size_t j = 0; j < step->n; j++)
    step->scratch[j] = (float) fabs (unclamped (step, j, g));
  double c = quantile (step->scratch, step->n, step->threshold);
  return c > 1.0 ? c : 1.0;
}

static double
lambda (double alpha_bar)
{
  return 0.5 * log (alpha_bar / (1.0 - alpha_bar));
}

static void
solver_step (const adm_step *step, bool stochastic)
{
  const adm_schedule_step *s = &step->schedule->step[step->i];
  bool last = step->i == 0;
  double from_x = 0, from_d = 1, from_z = 0, slope = 0;
  if (!last) {
    double h = lambda (s->alpha_bar_prev) - lambda (s->alpha_bar), fresh = -expm1 (-2 * h);
    from_x
        = sqrt ((1.0 - s->alpha_bar_prev) / (1.0 - s->alpha_bar)) * (stochastic ? exp (-h) : 1.0);
    from_d = sqrt (s->alpha_bar_prev) * (stochastic ? fresh : -expm1 (-h));
    from_z = stochastic ? sqrt ((1.0 - s->alpha_bar_prev) * fresh) : 0.0;
    if (!step->first)
      slope = 0.5 * h / (lambda (s->alpha_bar) - lambda (s[1].alpha_bar));
  }
  const float *g = stochastic ? NULL : step->grad; /* what moves x0 */
  double c = step->threshold > 0.0 ? dynamic_threshold (step, g) : 0.0;
  for (size_t j = 0; j < step->n; j++) {
    double x0 = c > 0.0 ? fmin (fmax (unclamped (step, j, g), -c), c) / c
                        : adm_guide_prediction (s, step->x[j], step->eps[j], g ? step->scale : 0.0,
                                                g ? g[j] : 0.0)
                              .x0;
    double d = slope > 0 ? x0 + slope * (x0 - (double) step->x0[j]) : x0;
    step->x0[j] = (float) x0;
    double next = from_x * step->x[j] + from_d * d + from_z * step->noise[j];
    if (stochastic && step->grad)
      next = adm_guide_mean (next, from_z * from_z, step->scale, step->grad[j]);
    step->x[j] = (float) next;
  }
}

void
adm_dpmpp_step (const adm_step *step)
{
  solver_step (step, false);
}

void
adm_sde_dpmpp_step (const adm_step *step)
{
  solver_step (step, true);
}
