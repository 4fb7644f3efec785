/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Betas (linear: DDPM section 4; cosine: Improved DDPM equation 17), their thinning, and the posterior's coefficients. */
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
    return fmin (1.0 - cosine_alpha_bar ((t + 1.0) / diffusion_steps) / cosine_alpha_bar ((double) t / diffusion_steps), 0.999);
  double unit = 1000.0 / diffusion_steps, first = unit * 1e-4, last = unit * 0.02;
  return first + t * ((last - first) / (diffusion_steps - 1));
}

/* The steps' coefficients from their alpha-bars. The thinned chain is made from its betas again, in that order, so that
 * its rounding is the reference's. */
static void
fill_coefficients (adm_schedule *schedule)
{
  double alpha_bar = 1.0;
  for (int i = 0; i < schedule->steps; i++) {
    adm_schedule_step *s = &schedule->step[i];
    s->alpha_bar_prev = alpha_bar;
    alpha_bar *= 1.0 - s->beta;
    s->alpha_bar = alpha_bar;
    s->recip = sqrt (1.0 / alpha_bar);
    s->recip_m1 = sqrt (1.0 / alpha_bar - 1.0);
    s->root_m1 = sqrt (1.0 - alpha_bar);
    s->mean_x0 = s->beta * sqrt (s->alpha_bar_prev) / (1.0 - alpha_bar);
    s->mean_x = (1.0 - s->alpha_bar_prev) * sqrt (1.0 - s->beta) / (1.0 - alpha_bar);
    s->log_beta = log (s->beta);
    s->log_posterior_variance = log (s->beta * (1.0 - s->alpha_bar_prev) / (1.0 - alpha_bar));
    s->fixed_variance = s->beta;
  }
  schedule->step[0].log_posterior_variance = schedule->step[1].log_posterior_variance;
  schedule->step[0].fixed_variance = exp (schedule->step[1].log_posterior_variance);
}

adm_status
adm_schedule_new (adm_schedule_kind kind, int diffusion_steps, const char *respacing, adm_schedule **out, adm_error *error)
{
  *out = NULL;
  if (kind != ADM_SCHEDULE_LINEAR && kind != ADM_SCHEDULE_COSINE)
    return adm_fail (error, ADM_ERROR_USAGE, "noise_schedule: unknown: state \"linear\" or \"cosine\" in the network's description");
  if (diffusion_steps < ADM_SCHEDULE_MIN_T || diffusion_steps > ADM_SCHEDULE_MAX_T)
    return adm_fail (error, ADM_ERROR_USAGE, "diffusion_steps: %d is not within %d … %d", diffusion_steps, ADM_SCHEDULE_MIN_T,
                     ADM_SCHEDULE_MAX_T);
  bool *keep = malloc ((size_t) diffusion_steps * sizeof *keep);
  if (!keep)
    return adm_fail (error, ADM_ERROR_MEMORY, "noise schedule: no memory for %d timesteps: close other programs", diffusion_steps);
  adm_schedule *schedule = NULL;
  int steps;
  adm_status status = adm_respacing_parse (respacing, diffusion_steps, keep, &steps, error);
  if (status != ADM_OK)
    goto done;
  schedule = malloc (sizeof *schedule + (size_t) steps * sizeof schedule->step[0]);
  if (!schedule) {
    status = adm_fail (error, ADM_ERROR_MEMORY, "noise schedule: no memory for %d steps: close other programs", steps);
    goto done;
  }
  schedule->diffusion_steps = diffusion_steps;
  schedule->steps = 0;
  double alpha_bar = 1.0, kept_alpha_bar = 1.0;
  for (int t = 0; t < diffusion_steps; t++) {
    double beta = beta_of (kind, t, diffusion_steps);
    if (!(beta > 0.0 && beta < 1.0)) {
      status = adm_fail (error, ADM_ERROR_USAGE, "diffusion_steps: %d is too few for a %s noise schedule (beta %g at timestep %d)",
                         diffusion_steps, kind == ADM_SCHEDULE_COSINE ? "cosine" : "linear", beta, t);
      goto done;
    }
    alpha_bar *= 1.0 - beta;
    if (!keep[t])
      continue;
    schedule->step[schedule->steps++] = (adm_schedule_step) { .t = t, .beta = 1.0 - alpha_bar / kept_alpha_bar };
    kept_alpha_bar = alpha_bar;
  }
  fill_coefficients (schedule);
  *out = schedule;
  schedule = NULL;
done:
  free (schedule);
  free (keep);
  return status;
}

void
adm_schedule_free (adm_schedule *schedule)
{
  free (schedule);
}

adm_status
adm_respacing_for_steps (adm_sampler sampler, int steps, int diffusion_steps, char respacing[ADM_RESPACING_LENGTH], adm_error *error)
{
  if (steps < 2 || steps > diffusion_steps)
    return adm_fail (error, ADM_ERROR_USAGE, "steps: %d is not within 2 … %d, the steps this network was trained with", steps,
                     diffusion_steps);
  bool strided = sampler == ADM_SAMPLER_DDIM && adm_respacing_stride (steps, diffusion_steps) > 0;
  snprintf (respacing, ADM_RESPACING_LENGTH, "%s%d", strided ? "ddim" : "", steps);
  return ADM_OK;
}
