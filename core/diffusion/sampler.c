/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The step loop that all samplers share. */
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

adm_diffusion_arrays
adm_diffusion_take (adm_layout *layout, const adm_denoiser *denoiser)
{
  const uint64_t n = pixels (denoiser);
  adm_diffusion_arrays a;
  a.out = adm_layout_floats (layout, n * (uint64_t) (denoiser->channels / colours (denoiser)));
  a.grad = adm_layout_floats (layout, n);
  a.drawn = adm_layout_floats (layout, n);
  a.x0 = adm_layout_floats (layout, n);
  a.scratch = adm_layout_floats (layout, n);
  return a;
}

size_t
adm_diffusion_workspace (const adm_denoiser *denoiser)
{
  adm_layout layout = { 0 };
  adm_diffusion_take (&layout, denoiser);
  return (size_t) (layout.bytes / sizeof (float));
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

static int
number_of (const adm_step *step)
{
  return step->schedule->steps - step->i;
}

static int
timestep_of (const adm_step *step)
{
  return step->schedule->step[step->i].t;
}

static adm_status
check_params (const adm_denoiser *denoiser, const adm_diffusion_params *params, adm_error *error)
{
  if (!(params->scale >= 0.0 && isfinite (params->scale)))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_SCALE, params->scale, 0.0, 1e6);
  if (params->scale > 0.0 && !denoiser->gradient)
    return ADM_FAIL (error, SCALE_UNGUIDED, params->scale);
  if (!(params->eta >= 0.0 && params->eta <= 1.0))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_ETA, params->eta, 0.0, 1.0);
  if (!(params->guide_from >= 0.0 && params->guide_to >= params->guide_from))
    return ADM_FAIL (error, GUIDANCE_INTERVAL, params->guide_from, params->guide_to);
  if (!(params->threshold >= 0.0 && params->threshold <= 1.0))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_THRESHOLD, params->threshold, 0.0, 1.0);
  if (params->threshold > 0.0 && params->sampler != ADM_SAMPLER_DPMPP_2M
      && params->sampler != ADM_SAMPLER_SDE_DPMPP_2M)
    return ADM_FAIL (error, THRESHOLD_SAMPLER);
  if (!step_function (params->sampler))
    return ADM_FAIL (error, SAMPLER_NUMBER, (int) params->sampler);
  return ADM_OK;
}

/* Whether guidance acts at this noise level: sigma = sqrt ((1 - a) / a). */
static bool
guides_at (const adm_diffusion_params *params, const adm_schedule_step *step)
{
  double sigma = step->sqrt_one_minus_alpha_bar / sqrt (step->alpha_bar);
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
    status = all_finite (out, step->n * (step->v ? 2 : 1))
                 ? ADM_OK
                 : ADM_FAIL (error, OUTPUT_VALUE, denoiser->network ? denoiser->network : "network",
                             number_of (step), step->schedule->steps, timestep_of (step));
  if (!status && grad)
    status = denoiser->gradient (denoiser->user, step->x, t, grad, error);
  if (!status && grad && !all_finite (grad, step->n))
    status = ADM_FAIL (error, GRADIENT_VALUE,
                       denoiser->classifier ? denoiser->classifier : "classifier", number_of (step),
                       step->schedule->steps, timestep_of (step));
  return status;
}

/* ---- noise ----------------------------------------------------------------------------------- */

/* Z [N]: standard normal; OTHER [N] is free to use. Between two draws on the sphere (Shoemake
 * 1985): a straight line would leave less noise in the middle. */
static void
draw (const adm_diffusion_params *params, float *z, float *other, size_t n)
{
  adm_rng_randn (params->rng, z, n);
  if (!params->vary_rng)
    return;
  adm_rng_randn (params->vary_rng, other, n);
  double zz = 0, oo = 0, zo = 0;
  for (size_t j = 0; j < n; j++) {
    zz += (double) z[j] * z[j];
    oo += (double) other[j] * other[j];
    zo += (double) z[j] * other[j];
  }
  const double cosine = zo / sqrt (zz * oo), angle = acos (fmin (fmax (cosine, -1), 1)),
               sine = sin (angle);
  /* the same direction twice: nothing lies between */
  const double to_z = sine > 1e-6 ? sin ((1 - params->vary) * angle) / sine : 1,
               to_other = sine > 1e-6 ? sin (params->vary * angle) / sine : 0;
  for (size_t j = 0; j < n; j++)
    z[j] = (float) (to_z * z[j] + to_other * other[j]);
}

/* X [N] becomes PICTURE [N] with noise Z [N] at the level where A of its variance is left. */
static double
noised (double a, double picture, double z)
{
  return sqrt (a) * picture + sqrt (1 - a) * z;
}

/* What is known takes its place in x, noised to the level that the step has reached. */
static void
keep_known (const adm_diffusion_params *params, const adm_step *step, float *z)
{
  const double a = step->schedule->step[step->i].alpha_bar_prev;
  const size_t plane = step->n / 3;
  if (a < 1)
    adm_rng_randn (params->known_rng, z, step->n);
  for (size_t j = 0; j < step->n; j++) {
    const double m = params->mask[j % plane];
    const double known = a < 1 ? noised (a, params->known[j], z[j]) : params->known[j];
    if (m < 1)
      step->x[j] = m > 0 ? (float) (m * step->x[j] + (1 - m) * known) : (float) known;
  }
}

/* Takes x from level FROM (steps left to do) back up to level TO, noised anew. */
static void
jump_back (const adm_diffusion_params *params, const adm_step *step, int from, int to, float *z)
{
  const adm_schedule_step *s = step->schedule->step;
  const double a = s[to - 1].alpha_bar / (from > 0 ? s[from - 1].alpha_bar : 1);
  adm_rng_randn (params->known_rng, z, step->n);
  for (size_t j = 0; j < step->n; j++)
    step->x[j] = (float) noised (a, step->x[j], z[j]);
}

/* ---- the loop -------------------------------------------------------------------------------- */

static void
begin (const adm_schedule *schedule, const adm_diffusion_params *params, int first, float *x,
       float *scratch, size_t n)
{
  if (params->noise)
    memcpy (x, params->noise, n * sizeof *x);
  else
    draw (params, x, scratch, n);
  for (size_t j = 0; params->start && j < n; j++)
    x[j] = (float) noised (schedule->step[first - 1].alpha_bar, params->start[j], x[j]);
}

static int
first_step (const adm_schedule *schedule, const adm_diffusion_params *params)
{
  return params->start ? params->steps : schedule->steps;
}

int
adm_diffusion_steps (const adm_schedule *schedule, const adm_diffusion_params *params)
{
  int first = first_step (schedule, params);
  if (!params->known || params->jump_length > first)
    return first;
  /* a jump from every level that is a multiple of its length, and does not lead above FIRST */
  return first + first / params->jump_length * params->jump_length * (params->resamplings - 1);
}

/* The walk over the levels: down a step at a time, and back up where RePaint jumps. */
typedef struct walk {
  int first, level, lowest, jumps;
} walk;

/* After a step: keeps what is known, and jumps back if it is time to. */
static void
harmonise (walk *w, const adm_diffusion_params *params, adm_step *step)
{
  const int length = params->jump_length;
  keep_known (params, step, step->scratch);
  if (w->level < w->lowest && w->level % length == 0 && w->level + length <= w->first)
    w->jumps = params->resamplings - 1;
  w->lowest = w->level < w->lowest ? w->level : w->lowest;
  if (w->level != w->lowest || w->jumps == 0)
    return;
  w->jumps--;
  jump_back (params, step, w->level, w->level + length, step->scratch);
  w->level += length;
  step->first = true;
}

adm_status
adm_diffusion_run (const adm_denoiser *denoiser, const adm_schedule *schedule,
                   const adm_diffusion_params *params, float *workspace, float *x, adm_error *error)
{
  adm_status status = check_params (denoiser, params, error);
  if (status != ADM_OK)
    return status;
  size_t n = pixels (denoiser);
  adm_layout layout = { .base = (unsigned char *) workspace };
  const adm_diffusion_arrays a = adm_diffusion_take (&layout, denoiser);
  adm_step step = { .schedule = schedule,
                    .n = n,
                    .eps = a.out,
                    .v = denoiser->channels == 2 * colours (denoiser) ? a.out + n : NULL,
                    .eta = params->eta,
                    .x = x,
                    .x0 = a.x0,
                    .threshold = params->threshold,
                    .scratch = a.scratch,
                    .first = true };
  const int first = first_step (schedule, params), steps = adm_diffusion_steps (schedule, params);
  walk w = { first, first, first, 0 };
  begin (schedule, params, first, x, step.scratch, n);

  for (int done = 1; done <= steps; done++) {
    step.i = --w.level;
    bool guided = params->scale > 0.0 && guides_at (params, &schedule->step[step.i]);
    step.grad = guided ? a.grad : NULL;
    step.scale = guided ? params->scale : 0.0;
    if ((status = ask_networks (denoiser, &step, a.out, guided ? a.grad : NULL, error)) != ADM_OK)
      return status;
    if (params->noise) {
      step.noise = params->noise + (size_t) done * params->noise_stride;
    } else {
      draw (params, a.drawn, step.scratch, n);
      step.noise = a.drawn;
    }
    step_function (params->sampler) (&step);
    step.first = false;
    if (!all_finite (x, n))
      return guided
                 ? ADM_FAIL (error, PICTURE_GUIDED, number_of (&step), steps, timestep_of (&step))
                 : ADM_FAIL (error, PICTURE_VALUE, number_of (&step), steps, timestep_of (&step));
    if (params->stepped && !params->stepped (params->user, done, steps, step.x0))
      return ADM_FAIL (error, STOPPED_AT, done, steps);
    if (params->known)
      harmonise (&w, params, &step);
  }
  return ADM_OK;
}
