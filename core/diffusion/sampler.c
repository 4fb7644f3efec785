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

/* Entries of one picture. */
static size_t
pixels (const adm_denoiser *denoiser)
{
  return (size_t) colours (denoiser) * (size_t) denoiser->height * (size_t) denoiser->width;
}

static size_t
pictures (const adm_denoiser *denoiser)
{
  return denoiser->pictures > 0 ? (size_t) denoiser->pictures : 1;
}

adm_diffusion_arrays
adm_diffusion_take (adm_layout *layout, const adm_denoiser *denoiser)
{
  const uint64_t n = pixels (denoiser), all = pictures (denoiser) * n;
  adm_diffusion_arrays a;
  a.out = adm_layout_floats (layout, all * (uint64_t) (denoiser->channels / colours (denoiser)));
  a.grad = adm_layout_floats (layout, all);
  a.drawn = adm_layout_floats (layout, n);
  a.x0 = adm_layout_floats (layout, all);
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

/* Pictures on their way. */
typedef struct run {
  const adm_denoiser *denoiser;
  const adm_diffusion_params *params;
  adm_diffusion_arrays a;
  float *x;     /* [count,C,H,W] */
  size_t count; /* of pictures */
} run;

/* STEP's arrays become those of picture J. */
static void
turn_to (const run *r, adm_step *step, size_t j)
{
  const bool variance = r->denoiser->channels == 2 * colours (r->denoiser);
  step->eps = r->a.out + j * step->n * (variance ? 2 : 1);
  step->v = variance ? step->eps + step->n : NULL;
  step->grad = step->scale > 0 ? r->a.grad + j * step->n : NULL;
  step->x = r->x + j * step->n;
  step->x0 = r->a.x0 + j * step->n;
}

/* The network's output at STEP and, where it is guided, the classifier's gradient; both are
 * finite. */
static adm_status
ask_networks (const run *r, const adm_step *step, adm_error *error)
{
  const adm_denoiser *d = r->denoiser;
  const size_t all = r->count * step->n;
  const int t = timestep_of (step);
  adm_status status = d->predict (d->user, r->x, t, r->a.out, error);
  if (!status && !all_finite (r->a.out, all * (size_t) (d->channels / colours (d))))
    return ADM_FAIL (error, OUTPUT_VALUE, d->network ? d->network : "network", number_of (step),
                     step->schedule->steps, t);
  if (status || step->scale <= 0)
    return status;
  status = d->gradient (d->user, r->x, t, r->a.grad, error);
  return status || all_finite (r->a.grad, all)
             ? status
             : ADM_FAIL (error, GRADIENT_VALUE, d->classifier ? d->classifier : "classifier",
                         number_of (step), step->schedule->steps, t);
}

/* ---- in pieces ------------------------------------------------------------------------------- */

/* So many entries of a large canvas at a time: a multiple of ADM_RNG_BLOCK, so that pieces draw
 * what the whole would. */
enum { PIECE = 1 << 18 };

/* Length of the piece that begins at FROM of N entries; what would be left is the last one's. */
static size_t
piece (size_t from, size_t n)
{
  return n - from < PIECE + ADM_RNG_BLOCK ? n - from : PIECE;
}

/* After the entries up to DONE of N. */
static bool
goes_on (const adm_diffusion_params *params, size_t done, size_t n)
{
  return done == n || !params->poll || params->poll (params->user);
}

/* Z [N]: standard normal. False: cancelled. */
static bool
randn (const adm_diffusion_params *params, adm_rng *rng, float *z, size_t n)
{
  bool on = true;
  for (size_t from = 0; from < n && on;) {
    const size_t length = piece (from, n);
    adm_rng_randn (rng, z + from, length);
    on = goes_on (params, from += length, n);
  }
  return on;
}

/* The sampler's step. A threshold looks at the whole, all else at one pixel at a time. False:
 * cancelled. */
static bool
step_in_pieces (const adm_diffusion_params *params, const adm_step *step)
{
  bool on = true;
  for (size_t from = 0; from < step->n && on;) {
    adm_step part = *step;
    part.n = step->threshold > 0 ? step->n : piece (from, step->n);
    part.eps += from;
    part.v = step->v ? step->v + from : NULL;
    part.grad = step->grad ? step->grad + from : NULL;
    part.noise += from;
    part.scratch += from;
    part.x += from;
    part.x0 += from;
    step_function (params->sampler) (&part);
    on = goes_on (params, from += part.n, step->n);
  }
  return on;
}

/* ---- noise ----------------------------------------------------------------------------------- */

/* Z [N]: standard normal, the PICTURE's; OTHER [N] is free to use. Between two draws on the sphere
 * (Shoemake 1985): a straight line would leave less noise in the middle. False: cancelled. */
static bool
draw (const adm_diffusion_params *params, size_t picture, float *z, float *other, size_t n)
{
  if (!randn (params, &params->rng[picture], z, n))
    return false;
  if (!params->vary_rng)
    return true;
  if (!randn (params, &params->vary_rng[picture], other, n))
    return false;
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
  return true;
}

/* X [N] becomes PICTURE [N] with noise Z [N] at the level where A of its variance is left. */
static double
noised (double a, double picture, double z)
{
  return sqrt (a) * picture + sqrt (1 - a) * z;
}

/* What is known takes its place in x, noised to the level that the step has reached. False:
 * cancelled. */
static bool
keep_known (const run *r, const adm_step *step, size_t picture)
{
  const adm_diffusion_params *params = r->params;
  const double a = step->schedule->step[step->i].alpha_bar_prev;
  const size_t plane = step->n / 3;
  const float *z = step->scratch;
  bool on = a == 1 || randn (params, &params->known_rng[picture], step->scratch, step->n);
  for (size_t from = 0; from < step->n && on;) {
    const size_t to = from + piece (from, step->n);
    for (size_t j = from; j < to; j++) {
      const double m = params->mask[j % plane];
      const double known = a < 1 ? noised (a, params->known[j], z[j]) : params->known[j];
      if (m < 1)
        step->x[j] = m > 0 ? (float) (m * step->x[j] + (1 - m) * known) : (float) known;
    }
    on = goes_on (params, from = to, step->n);
  }
  return on;
}

/* Takes x from level FROM (steps left to do) back up to level TO, noised anew. False: cancelled. */
static bool
jump_back (const run *r, const adm_step *step, size_t picture, int from, int to)
{
  const adm_schedule_step *s = step->schedule->step;
  const double a = s[to - 1].alpha_bar / (from > 0 ? s[from - 1].alpha_bar : 1);
  if (!randn (r->params, &r->params->known_rng[picture], step->scratch, step->n))
    return false;
  for (size_t j = 0; j < step->n; j++)
    step->x[j] = (float) noised (a, step->x[j], step->scratch[j]);
  return true;
}

/* ---- the loop -------------------------------------------------------------------------------- */

/* False: cancelled. */
static bool
begin (const run *r, const adm_step *step, int first)
{
  const adm_diffusion_params *params = r->params;
  const size_t n = step->n;
  if (params->noise)
    memcpy (r->x, params->noise, r->count * n * sizeof *r->x);
  for (size_t k = 0; k < r->count; k++) {
    float *x = r->x + k * n;
    if (!params->noise && !draw (params, k, x, step->scratch, n))
      return false;
    for (size_t j = 0; params->start && j < n; j++)
      x[j] = (float) noised (step->schedule->step[first - 1].alpha_bar, params->start[j], x[j]);
  }
  return true;
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

/* After a step: keeps what is known, and jumps back if it is time to. False: cancelled. */
static bool
harmonise (walk *w, const run *r, adm_step *step)
{
  const int length = r->params->jump_length;
  for (size_t j = 0; j < r->count; j++) {
    turn_to (r, step, j);
    if (!keep_known (r, step, j))
      return false;
  }
  if (w->level < w->lowest && w->level % length == 0 && w->level + length <= w->first)
    w->jumps = r->params->resamplings - 1;
  w->lowest = w->level < w->lowest ? w->level : w->lowest;
  if (w->level != w->lowest || w->jumps == 0)
    return true;
  w->jumps--;
  for (size_t j = 0; j < r->count; j++) {
    turn_to (r, step, j);
    if (!jump_back (r, step, j, w->level, w->level + length))
      return false;
  }
  w->level += length;
  step->first = true;
  return true;
}

/* One step of all pictures, number DONE of those that are made. */
static adm_status
take_step (const run *r, adm_step *step, int done, adm_error *error)
{
  const adm_diffusion_params *params = r->params;
  const bool guided = params->scale > 0.0 && guides_at (params, &step->schedule->step[step->i]);
  step->scale = guided ? params->scale : 0.0;
  adm_status status = ask_networks (r, step, error);
  for (size_t j = 0; j < r->count && !status; j++) {
    turn_to (r, step, j);
    step->noise = params->noise ? params->noise + (size_t) done * params->noise_stride + j * step->n
                                : r->a.drawn;
    if ((!params->noise && !draw (params, j, r->a.drawn, step->scratch, step->n))
        || !step_in_pieces (params, step))
      status = ADM_FAIL (error, STOPPED_AT, done - 1, adm_diffusion_steps (step->schedule, params));
  }
  step->first = false;
  return status;
}

adm_status
adm_diffusion_run (const adm_denoiser *denoiser, const adm_schedule *schedule,
                   const adm_diffusion_params *params, float *workspace, float *x, adm_error *error)
{
  adm_status status = check_params (denoiser, params, error);
  if (status != ADM_OK)
    return status;
  adm_layout layout = { .base = (unsigned char *) workspace };
  const run r = { .denoiser = denoiser,
                  .params = params,
                  .a = adm_diffusion_take (&layout, denoiser),
                  .x = x,
                  .count = pictures (denoiser) };
  adm_step step = { .schedule = schedule,
                    .n = pixels (denoiser),
                    .eta = params->eta,
                    .threshold = params->threshold,
                    .scratch = r.a.scratch,
                    .first = true };
  const int first = first_step (schedule, params), steps = adm_diffusion_steps (schedule, params);
  walk w = { first, first, first, 0 };
  if (!begin (&r, &step, first))
    return ADM_FAIL (error, STOPPED_AT, 0, steps);

  for (int done = 1; done <= steps; done++) {
    step.i = --w.level;
    if ((status = take_step (&r, &step, done, error)) != ADM_OK)
      return status;
    if (!all_finite (x, r.count * step.n))
      return step.scale > 0
                 ? ADM_FAIL (error, PICTURE_GUIDED, number_of (&step), steps, timestep_of (&step))
                 : ADM_FAIL (error, PICTURE_VALUE, number_of (&step), steps, timestep_of (&step));
    if (params->stepped && !params->stepped (params->user, done, steps, r.a.x0))
      return ADM_FAIL (error, STOPPED_AT, done, steps);
    if (params->known && !harmonise (&w, &r, &step))
      return ADM_FAIL (error, STOPPED_AT, done, steps);
  }
  return ADM_OK;
}
