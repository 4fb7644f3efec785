/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The step loop that all samplers share. Workspace: | out [channels,H,W] | grad [C,H,W] | noise
 * [C,H,W] | x0 [C,H,W] | scratch [C,H,W] |. */
#include "diffusion/sampler.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static int
colours (const adm_denoiser *denoiser)
{
  return denoiser->colours > 0 ? denoiser->colours : 3;
}

static size_t
pixels (const adm_denoiser *denoiser)
{
  return (size_t) colours (denoiser) * (size_t) denoiser->height * (size_t) denoiser->width;
}

size_t
adm_diffusion_workspace (const adm_denoiser *denoiser)
{
  return pixels (denoiser) * ((size_t) (denoiser->channels / colours (denoiser)) + 4);
}

static adm_step_function
step_function (adm_sampler sampler)
{
  switch (sampler) {
  case ADM_SAMPLER_DDPM:
    return adm_ddpm_step;
  case ADM_SAMPLER_DDIM:
    return adm_ddim_step;
  case ADM_SAMPLER_DPMPP_2M:
    return adm_dpmpp_step;
  case ADM_SAMPLER_SDE_DPMPP_2M:
    return adm_sde_dpmpp_step;
  }
  return NULL;
}

/* x - x is 0 for every finite x and NaN for all others; the sum keeps a NaN. */
static bool
all_finite (const float *x, size_t n)
{
  float sum = 0.0f;
  for (size_t i = 0; i < n; i++)
    sum += x[i] - x[i];
  return sum == 0.0f;
}

/* FILE may be NULL. */
static adm_status
check_values (const float *values, size_t n, const char *file, const char *what, const char *remedy,
              const adm_step *step, adm_error *error)
{
  if (all_finite (values, n))
    return ADM_OK;
  return adm_fail (error, ADM_ERROR_VALUE,
                   "%s%s%s: NaN or infinity at step %d of %d (timestep %d): %s", file ? file : "",
                   file ? ": " : "", what, step->schedule->steps - step->i, step->schedule->steps,
                   step->schedule->step[step->i].t, remedy);
}

static adm_status
check_params (const adm_denoiser *denoiser, const adm_diffusion_params *params, adm_error *error)
{
  if (!(params->scale >= 0.0 && isfinite (params->scale)))
    return adm_fail (error, ADM_ERROR_USAGE, "scale: %g is not a gradient scale: use 0 or more",
                     params->scale);
  if (params->scale > 0.0 && !denoiser->gradient)
    return adm_fail (error, ADM_ERROR_USAGE,
                     "scale: %g needs a classifier and a label: give both, or scale 0",
                     params->scale);
  if (!(params->eta >= 0.0 && params->eta <= 1.0))
    return adm_fail (error, ADM_ERROR_USAGE, "eta: %g is not within 0 … 1", params->eta);
  if (!(params->guide_from >= 0.0 && params->guide_to >= params->guide_from))
    return adm_fail (
        error, ADM_ERROR_USAGE,
        "guidance interval: %g to %g is none: give two noise levels, the smaller first",
        params->guide_from, params->guide_to);
  if (!(params->threshold >= 0.0 && params->threshold <= 1.0))
    return adm_fail (error, ADM_ERROR_USAGE, "threshold: %g is not within 0 … 1",
                     params->threshold);
  if (params->threshold > 0.0 && params->sampler != ADM_SAMPLER_DPMPP_2M
      && params->sampler != ADM_SAMPLER_SDE_DPMPP_2M)
    return adm_fail (error, ADM_ERROR_USAGE,
                     "threshold: only the samplers dpm++2m and sde-dpm++2m have one; choose one of "
                     "them or leave it out");
  if (!step_function (params->sampler))
    return adm_fail (error, ADM_ERROR_USAGE, "sampler: number %d is not a sampler",
                     (int) params->sampler);
  return ADM_OK;
}

/* Whether guidance acts at this noise level: sigma = sqrt ((1 - a) / a). */
static bool
guides_at (const adm_diffusion_params *params, const adm_schedule_step *step)
{
  double sigma = step->root_m1 / sqrt (step->alpha_bar);
  return (params->guide_from == 0.0 && params->guide_to == 0.0)
         || (sigma >= params->guide_from && sigma <= params->guide_to);
}

/* OUT becomes the network's output at STEP, GRAD (NULL: no guidance) the classifier's gradient;
 * both are finite. */
static adm_status
ask_networks (const adm_denoiser *denoiser, const adm_step *step, float *out, float *grad,
              adm_error *error)
{
  int t = step->schedule->step[step->i].t;
  adm_status status = denoiser->predict (denoiser->user, step->x, t, out, error);
  if (!status)
    status = check_values (out, step->n * (step->learned ? 2 : 1), denoiser->network,
                           "the network's output", "its weights are unusable, try another file",
                           step, error);
  if (!status && grad)
    status = denoiser->gradient (denoiser->user, step->x, t, grad, error);
  if (!status && grad)
    status = check_values (grad, step->n, denoiser->classifier, "the classifier's gradient",
                           "its weights are unusable, try another file or scale 0", step, error);
  return status;
}

adm_status
adm_diffusion_run (const adm_denoiser *denoiser, const adm_schedule *schedule,
                   const adm_diffusion_params *params, float *workspace, float *x, adm_error *error)
{
  adm_status status = check_params (denoiser, params, error);
  if (status != ADM_OK)
    return status;
  size_t n = pixels (denoiser);
  float *out = workspace, *grad = out + n * (size_t) (denoiser->channels / colours (denoiser)),
        *drawn = grad + n;
  adm_step step = { .schedule = schedule,
                    .n = n,
                    .learned = denoiser->channels == 2 * colours (denoiser),
                    .out = out,
                    .eta = params->eta,
                    .x = x,
                    .x0 = drawn + n,
                    .threshold = params->threshold,
                    .scratch = drawn + 2 * n };
  if (params->noise)
    memcpy (x, params->noise, n * sizeof *x);
  else
    adm_rng_randn (params->rng, x, n);

  for (int done = 1; done <= schedule->steps; done++) {
    step.i = schedule->steps - done;
    bool guided = params->scale > 0.0 && guides_at (params, &schedule->step[step.i]);
    step.grad = guided ? grad : NULL;
    step.scale = guided ? params->scale : 0.0;
    if ((status = ask_networks (denoiser, &step, out, guided ? grad : NULL, error)) != ADM_OK)
      return status;
    if (params->noise) {
      step.noise = params->noise + (size_t) done * params->noise_stride;
    } else {
      adm_rng_randn (params->rng, drawn, n);
      step.noise = drawn;
    }
    step_function (params->sampler) (&step);
    if ((status = check_values (x, n, NULL, "the picture",
                                guided ? "use a smaller scale" : "try another seed or sampler",
                                &step, error))
        != ADM_OK)
      return status;
    if (params->stepped && !params->stepped (params->user, done, schedule->steps, step.x0))
      return adm_fail (error, ADM_ERROR_CANCELLED, "cancelled at step %d of %d", done,
                       schedule->steps);
  }
  return ADM_OK;
}
