/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Betas (linear: DDPM section 4; cosine: Improved DDPM equation 17), their thinning, and the
 * posterior's coefficients. */
#include "diffusion/schedule.h"

#include "base/error.h"
#include "diffusion/respacing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double
cosine_alpha_bar (double u)
{
  double c = cos ((u + 0.008) / 1.008 * 3.14159265358979323846 / 2);
  return c * c;
}

static double
beta_of (adm_schedule_kind kind, int t, int diffusion_steps)
{
  if (kind == ADM_SCHEDULE_COSINE)
    return fmin (1.0
                     - cosine_alpha_bar ((t + 1.0) / diffusion_steps)
                           / cosine_alpha_bar ((double) t / diffusion_steps),
                 0.999);
  double unit = 1000.0 / diffusion_steps, first = unit * 1e-4, last = unit * 0.02;
  return first + t * ((last - first) / (diffusion_steps - 1));
}

/* The steps' coefficients from their alpha-bars. The thinned chain is made from its betas again, in
 * that order, so that its rounding is the reference's. */
static void
fill_coefficients (adm_schedule *schedule)
{
  double alpha_bar = 1.0;
  for (int i = 0; i < schedule->steps; i++) {
    adm_schedule_step *s = &schedule->step[i];
    s->alpha_bar_prev = alpha_bar;
    alpha_bar *= 1.0 - s->beta;
    s->alpha_bar = alpha_bar;
    s->sqrt_recip_alpha_bar = sqrt (1.0 / alpha_bar);
    s->sqrt_recipm1_alpha_bar = sqrt (1.0 / alpha_bar - 1.0);
    s->sqrt_one_minus_alpha_bar = sqrt (1.0 - alpha_bar);
    s->posterior_mean_coef1 = s->beta * sqrt (s->alpha_bar_prev) / (1.0 - alpha_bar);
    s->posterior_mean_coef2 = (1.0 - s->alpha_bar_prev) * sqrt (1.0 - s->beta) / (1.0 - alpha_bar);
    s->log_beta = log (s->beta);
    s->posterior_log_variance = log (s->beta * (1.0 - s->alpha_bar_prev) / (1.0 - alpha_bar));
    s->fixed_variance = s->beta;
    s->from_x = s->sqrt_recip_alpha_bar;
    s->from_out = s->sqrt_recipm1_alpha_bar;
    s->guide = s->sqrt_one_minus_alpha_bar;
    s->clamp = 1.0;
  }
  schedule->step[0].posterior_log_variance = schedule->step[1].posterior_log_variance;
  schedule->step[0].fixed_variance = exp (schedule->step[1].posterior_log_variance);
}

void
adm_schedule_parametrize (adm_schedule *schedule, adm_parametrization how)
{
  for (int i = 0; i < schedule->steps; i++) {
    adm_schedule_step *s = &schedule->step[i];
    if (how.predict_xstart) {
      s->from_x = 0.0;
      s->from_out = -1.0;
      s->guide = -s->sqrt_recipm1_alpha_bar * s->sqrt_one_minus_alpha_bar;
    }
    if (how.sigma_small)
      s->fixed_variance = s->beta * (1.0 - s->alpha_bar_prev) / (1.0 - s->alpha_bar);
    if (how.unclamped)
      s->clamp = INFINITY;
  }
}

/* BARS [diffusion_steps]: alpha-bar of every timestep. */
static adm_status
alpha_bars (adm_schedule_kind kind, int diffusion_steps, double *bars, adm_error *error)
{
  double alpha_bar = 1.0;
  for (int t = 0; t < diffusion_steps; t++) {
    double beta = beta_of (kind, t, diffusion_steps);
    if (!(beta > 0.0 && beta < 1.0))
      return ADM_FAIL (error, STEPS_FEW, diffusion_steps,
                       kind == ADM_SCHEDULE_COSINE ? "cosine" : "linear", beta, t);
    bars[t] = alpha_bar *= 1.0 - beta;
  }
  return ADM_OK;
}

/* sigma = sqrt ((1 - a) / a): how much noise there is to one part of picture. */
static double
noise_level (double alpha_bar)
{
  return sqrt (1.0 / alpha_bar - 1.0);
}

/* Marks STEPS timesteps from 0 to the noisiest whose sigma is at most LARGEST, evenly in
 * sigma^(1/ROOT) (Karras et al. 2022, arXiv 2206.00364, equation 5 and table 1). Each goes to the
 * nearest timestep that is still free. */
static void
mark_levels (const double *bars, int diffusion_steps, int steps, bool *keep)
{
  const double largest = 80.0, root = 7.0;
  int last = steps - 1;
  for (int t = last + 1; t < diffusion_steps && noise_level (bars[t]) <= largest; t++)
    last = t;
  double from = pow (noise_level (bars[0]), 1.0 / root),
         to = pow (noise_level (bars[last]), 1.0 / root);
  for (int i = 0, t = 0; i < steps; i++, t++) {
    double wanted = log (pow (from + (to - from) * i / (steps - 1), root));
    while (t < last - (steps - 1 - i)
           && fabs (log (noise_level (bars[t + 1])) - wanted)
                  <= fabs (log (noise_level (bars[t])) - wanted))
      t++;
    keep[t] = true;
  }
}

/* RESPACING, or with NULL what SAMPLER's STEPS stand for. */
static adm_status
new_schedule (adm_schedule_kind kind, int diffusion_steps, const char *respacing, int steps,
              adm_schedule **out, adm_error *error)
{
  *out = NULL;
  if (kind != ADM_SCHEDULE_LINEAR && kind != ADM_SCHEDULE_COSINE)
    return ADM_FAIL (error, SCHEDULE_UNKNOWN);
  if (diffusion_steps < ADM_SCHEDULE_MIN_T || diffusion_steps > ADM_SCHEDULE_MAX_T)
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_STEPS, (double) diffusion_steps,
                     (double) ADM_SCHEDULE_MIN_T, (double) ADM_SCHEDULE_MAX_T);
  bool *keep = calloc ((size_t) diffusion_steps, sizeof *keep);
  double *bars = malloc ((size_t) diffusion_steps * sizeof *bars);
  adm_status status = ADM_OK;
  if (!keep || !bars)
    status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_SCHEDULE);
  if (!status && respacing)
    status = adm_respacing_parse (respacing, diffusion_steps, keep, &steps, error);
  if (!status)
    status = alpha_bars (kind, diffusion_steps, bars, error);
  if (!status && !respacing)
    mark_levels (bars, diffusion_steps, steps, keep);
  adm_schedule *schedule
      = status ? NULL : malloc (sizeof *schedule + (size_t) steps * sizeof schedule->step[0]);
  if (!status && !schedule)
    status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_SCHEDULE);
  if (!status) {
    schedule->diffusion_steps = diffusion_steps;
    schedule->steps = 0;
    double kept = 1.0;
    for (int t = 0; t < diffusion_steps; t++) {
      if (!keep[t])
        continue;
      schedule->step[schedule->steps++]
          = (adm_schedule_step) { .t = t, .beta = 1.0 - bars[t] / kept };
      kept = bars[t];
    }
    fill_coefficients (schedule);
    *out = schedule;
  }
  free (bars);
  free (keep);
  return status;
}

adm_status
adm_schedule_new (adm_schedule_kind kind, int diffusion_steps, const char *respacing,
                  adm_schedule **out, adm_error *error)
{
  return new_schedule (kind, diffusion_steps, respacing, 0, out, error);
}

adm_status
adm_schedule_for_steps (adm_schedule_kind kind, int diffusion_steps, adm_sampler sampler, int steps,
                        adm_schedule **out, adm_error *error)
{
  char respacing[24];
  *out = NULL;
  if (steps < 2 || steps > diffusion_steps)
    return ADM_FAIL (error, STEPS_OUTSIDE, steps, diffusion_steps);
  if (sampler == ADM_SAMPLER_DPMPP_2M || sampler == ADM_SAMPLER_SDE_DPMPP_2M)
    return new_schedule (kind, diffusion_steps, NULL, steps, out, error);
  bool strided = sampler == ADM_SAMPLER_DDIM && adm_respacing_stride (steps, diffusion_steps) > 0;
  snprintf (respacing, sizeof respacing, "%s%d", strided ? "ddim" : "", steps);
  return new_schedule (kind, diffusion_steps, respacing, steps, out, error);
}

void
adm_schedule_free (adm_schedule *schedule)
{
  free (schedule);
}
