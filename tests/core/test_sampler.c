/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The samplers on data whose answer is known: every pixel is N (MU, SD^2). Its best denoiser is
 * linear,
 *   E [x0 | x_t] = MU + SD^2 sqrt (a) (x_t - sqrt (a) MU) / P_t,   P_t = a SD^2 + 1 - a,
 * so that a whole chain is a linear map of its noise, and mean and variance of the pictures can be
 * computed by a scalar recursion with no part in common with the samplers. The label y tilts the
 * density by exp (TILT x0): given y the pixels are N (MU + TILT SD^2, SD^2), and log p (y | x_t)
 * has the gradient TILT sqrt (a) SD^2 / P_t. */
#include "diffusion/sampler.h"

#include "check.h"
#include "said.h"

#include <stdlib.h>

#define MU 0.1
#define SD 0.15
#define TILT 8.0 /* shifts the mean by TILT * SD^2 = 0.18 */

enum { SIDE = 64, N = 3 * SIDE * SIDE };

typedef struct gaussian {
  const adm_schedule *schedule;
  int calls, gradients;
  int bad_call; /* call that answers NaN; 0: none */
  bool bad_gradient;
  bool exact_variance; /* v says the true variance of x_{t-1} given x_t */
  int last_t;
  bool in_order;
} gaussian;

static const adm_schedule_step *
find_step (const adm_schedule *schedule, int t)
{
  for (int i = 0; i < schedule->steps; i++)
    if (schedule->step[i].t == t)
      return &schedule->step[i];
  return NULL;
}

static double
spread (double alpha_bar)
{
  return alpha_bar * SD * SD + 1.0 - alpha_bar;
}

/* v for the true variance: P' beta / (alpha P' + beta), with P' the spread one step cleaner. */
static double
true_variance (const adm_schedule_step *s)
{
  double p = spread (s->alpha_bar_prev);
  return p * s->beta / ((1.0 - s->beta) * p + s->beta);
}

static adm_status
predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  gaussian *g = user;
  (void) error;
  g->calls++;
  g->in_order = g->in_order && t < g->last_t;
  g->last_t = t;
  const adm_schedule_step *s = find_step (g->schedule, t);
  double a = s->alpha_bar, gain = sqrt (1.0 - a) / spread (a), centre = sqrt (a) * MU;
  for (int i = 0; i < N; i++)
    out[i] = (float) (gain * (x[i] - centre));
  if (g->exact_variance) {
    double v = 2.0 * (log (true_variance (s)) - s->posterior_log_variance)
                   / (s->log_beta - s->posterior_log_variance)
               - 1.0;
    for (int i = 0; i < N; i++)
      out[N + i] = (float) v;
  }
  if (g->calls == g->bad_call)
    out[N / 2] = NAN;
  return ADM_OK;
}

static adm_status
gradient (void *user, const float *x, int t, float *grad, adm_error *error)
{
  gaussian *g = user;
  (void) error;
  (void) x;
  g->gradients++;
  double a = find_step (g->schedule, t)->alpha_bar;
  for (int i = 0; i < N; i++)
    grad[i] = (float) (TILT * sqrt (a) * SD * SD / spread (a));
  if (g->bad_gradient)
    grad[7] = INFINITY;
  return ADM_OK;
}

typedef struct run_setup {
  adm_schedule_kind kind;
  const char *respacing;
  adm_sampler sampler;
  bool exact_variance;
  double eta, scale;
  double guide_from, guide_to;
} run_setup;

typedef struct moments {
  double mean, variance;
} moments;

static float picture[N], start[N];

static moments
moments_of (const float *x)
{
  moments m = { 0.0, 0.0 };
  for (int i = 0; i < N; i++)
    m.mean += (double) x[i] / N;
  for (int i = 0; i < N; i++)
    m.variance += (x[i] - m.mean) * (x[i] - m.mean) / N;
  return m;
}

/* Runs SETUP with seed 1 into PICTURE, and keeps x_T in START. */
static void
sample (const run_setup *setup, const adm_schedule *schedule, gaussian *g)
{
  *g = (gaussian) { .schedule = schedule, .last_t = schedule->diffusion_steps, .in_order = true };
  g->exact_variance = setup->exact_variance;
  adm_denoiser denoiser = { setup->exact_variance ? 6 : 3, SIDE, SIDE, predict, gradient, g };
  adm_rng rng;
  adm_rng_seed (&rng, 1);
  adm_rng copy = rng;
  adm_rng_randn (&copy, start, N);
  adm_diffusion_params params = { .sampler = setup->sampler,
                                  .eta = setup->eta,
                                  .scale = setup->scale,
                                  .guide_from = setup->guide_from,
                                  .guide_to = setup->guide_to,
                                  .rng = &rng };
  adm_error error = { 0 };
  float *workspace = malloc (adm_diffusion_workspace (&denoiser) * sizeof *workspace);
  if (!CHECK (workspace
              && adm_diffusion_run (&denoiser, schedule, &params, workspace, picture, &error)
                     == ADM_OK))
    printf ("  %s\n", said (&error));
  CHECK (g->calls == schedule->steps && g->in_order && g->last_t == schedule->step[0].t);
  int guided = 0;
  for (int i = 0; i < schedule->steps; i++) {
    double a = schedule->step[i].alpha_bar, sigma = sqrt ((1.0 - a) / a);
    guided
        += setup->scale > 0.0
           && (setup->guide_to == 0.0 || (sigma >= setup->guide_from && sigma <= setup->guide_to));
  }
  CHECK (g->gradients == guided);
  free (workspace);
}

/* What SETUP must give: x_{i-1} = p x_i + q + r z step by step, from the papers' equations. */
static moments
expected_moments (const run_setup *setup, const adm_schedule *schedule)
{
  moments m = { 0.0, 1.0 };
  for (int i = schedule->steps - 1; i >= 0; i--) {
    const adm_schedule_step *s = &schedule->step[i];
    double a = s->alpha_bar, b = s->alpha_bar_prev, alpha = a / b,
           g = setup->scale * TILT * sqrt (a) * SD * SD / spread (a);
    /* x0 = slope x + offset */
    double slope = SD * SD * sqrt (a) / spread (a), offset = MU - slope * sqrt (a) * MU;
    double p, q, r;
    if (setup->sampler == ADM_SAMPLER_DDPM) {
      double variance = setup->exact_variance ? true_variance (s)
                        : i > 0               ? 1.0 - alpha
                                              : s->fixed_variance;
      p = (1.0 - b) * sqrt (alpha) / (1.0 - a) + slope * (1.0 - alpha) * sqrt (b) / (1.0 - a);
      q = offset * (1.0 - alpha) * sqrt (b) / (1.0 - a) + variance * g;
      r = i > 0 ? sqrt (variance) : 0.0;
    } else {
      double sigma = setup->eta * sqrt ((1.0 - b) / (1.0 - a)) * sqrt (1.0 - alpha),
             c = sqrt (1.0 - b - sigma * sigma);
      /* guided: eps moves by -sqrt (1 - a) g, x0 by (1 - a) / sqrt (a) g */
      double eps_slope = (1.0 - sqrt (a) * slope) / sqrt (1.0 - a),
             eps_offset = -sqrt (a) * offset / sqrt (1.0 - a);
      p = sqrt (b) * slope + c * eps_slope;
      q = sqrt (b) * (offset + (1.0 - a) / sqrt (a) * g) + c * (eps_offset - sqrt (1.0 - a) * g);
      r = i > 0 ? sigma : 0.0;
    }
    m.mean = p * m.mean + q;
    m.variance = p * p * m.variance + r * r;
  }
  return m;
}

/* The same for SDE-DPM-Solver++(2M), whose step looks at the last x0 too: the joint moments of x
 * and that x0. */
static moments
expected_solver_moments (const run_setup *setup, const adm_schedule *schedule)
{
  double mean = 0.0, variance = 1.0, last_mean = 0.0, last_variance = 0.0, covariance = 0.0;
  for (int i = schedule->steps - 1; i >= 0; i--) {
    const adm_schedule_step *s = &schedule->step[i];
    double a = s->alpha_bar, b = s->alpha_bar_prev,
           g = setup->scale * TILT * sqrt (a) * SD * SD / spread (a);
    /* x0 = slope x + offset */
    double slope = SD * SD * sqrt (a) / spread (a), offset = MU - slope * sqrt (a) * MU;
    double from_x = 0.0, from_d = 1.0, noise = 0.0, extra = 0.0;
    if (i > 0) {
      double ratio = a * (1.0 - b) / (b * (1.0 - a)); /* e^{-2h} */
      from_x = sqrt ((1.0 - b) / (1.0 - a) * ratio);
      from_d = sqrt (b) * (1.0 - ratio);
      noise = (1.0 - b) * (1.0 - ratio);
      if (i < schedule->steps - 1)
        extra
            = 0.5 * -log (ratio) / -log (s[1].alpha_bar * (1.0 - a) / (a * (1.0 - s[1].alpha_bar)));
    }
    /* x' = p x - q last + r + sqrt (noise) z; last' = slope x + offset */
    double p = from_x + from_d * (1.0 + extra) * slope, q = from_d * extra,
           r = from_d * (1.0 + extra) * offset + noise * g;
    double next = p * p * variance - 2.0 * p * q * covariance + q * q * last_variance + noise;
    covariance = slope * (p * variance - q * covariance);
    double next_mean = p * mean - q * last_mean + r;
    last_mean = slope * mean + offset;
    last_variance = slope * slope * variance;
    mean = next_mean;
    variance = next;
  }
  return (moments) { mean, variance };
}

/* Sampled moments against the recursion, within five standard errors of N pixels; the recursion
 * against the data, within BIAS (what so few steps cost) of its mean and, relatively, of its
 * deviation. */
static void
test_moments (const run_setup *setup, double bias)
{
  adm_schedule *schedule;
  adm_error error;
  gaussian g;
  if (!CHECK (adm_schedule_new (setup->kind, 1000, setup->respacing, &schedule, &error) == ADM_OK))
    return;
  sample (setup, schedule, &g);
  bool solver = setup->sampler == ADM_SAMPLER_SDE_DPMPP_2M;
  moments found = moments_of (picture), expected = solver
                                                       ? expected_solver_moments (setup, schedule)
                                                       : expected_moments (setup, schedule);
  const char *name = adm_sampler_name ((int) setup->sampler),
             *learned = setup->exact_variance ? " learned" : "";
  printf ("%s %s%s eta %g scale %g: mean %.4f (chain %.4f), deviation %.4f (chain %.4f)\n",
          setup->respacing, name, learned, setup->eta, setup->scale, found.mean, expected.mean,
          sqrt (found.variance), sqrt (expected.variance));
  CHECK_NEAR (found.mean, expected.mean, 5.0 * sqrt (expected.variance / N));
  CHECK_NEAR (found.variance / expected.variance, 1.0, 5.0 * sqrt (2.0 / N));
  CHECK_NEAR (expected.mean, MU + setup->scale * TILT * SD * SD, bias);
  CHECK_NEAR (sqrt (expected.variance) / SD, 1.0, bias);
  adm_schedule_free (schedule);
}

/* Without noise the chain follows the probability flow: x_0 = MU + SD (x_T - sqrt (a_T) MU) / sqrt
 * (P_T). */
static double
test_flow (adm_sampler sampler, const char *respacing, double tolerance)
{
  run_setup setup = { ADM_SCHEDULE_LINEAR, respacing, sampler, false, 0.0, 0.0 };
  adm_schedule *schedule;
  adm_error error;
  gaussian g;
  if (!CHECK (adm_schedule_new (setup.kind, 1000, respacing, &schedule, &error) == ADM_OK))
    return NAN;
  sample (&setup, schedule, &g);
  double a = schedule->step[schedule->steps - 1].alpha_bar, worst = 0.0, square = 0.0;
  for (int i = 0; i < N; i++) {
    double off = picture[i] - (MU + SD * (start[i] - sqrt (a) * MU) / sqrt (spread (a)));
    worst = fmax (worst, fabs (off));
    square += off * off / N;
  }
  printf ("flow %s %s: worst %.5f, root mean square %.5f\n", adm_sampler_name ((int) sampler),
          respacing, worst, sqrt (square));
  CHECK_NEAR (worst, 0.0, tolerance);
  adm_schedule_free (schedule);
  return sqrt (square);
}

/* Guidance only where the noise level is within the interval: none outside, all inside. */
static void
test_interval (void)
{
  adm_schedule *schedule;
  adm_error error;
  gaussian g;
  float *none = malloc (sizeof picture), *all = malloc (sizeof picture),
        *high = malloc (sizeof picture);
  CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 1000, "50", &schedule, &error) == ADM_OK);
  run_setup setup = { ADM_SCHEDULE_LINEAR, "50", ADM_SAMPLER_DDIM, false, 0.0, 0.0 };
  sample (&setup, schedule, &g);
  memcpy (none, picture, sizeof picture);
  setup.scale = 1.0;
  sample (&setup, schedule, &g);
  memcpy (all, picture, sizeof picture);
  setup.guide_from = 1e6;
  setup.guide_to = 1e7;
  sample (&setup, schedule, &g);
  CHECK (memcmp (none, picture, sizeof picture) == 0);
  setup.guide_from = 1e-6;
  sample (&setup, schedule, &g);
  CHECK (memcmp (all, picture, sizeof picture) == 0);
  setup.guide_from = 1.0;
  sample (&setup, schedule, &g);
  memcpy (high, picture, sizeof picture);
  double of_none = moments_of (none).mean, of_all = moments_of (all).mean,
         of_high = moments_of (high).mean;
  CHECK (fabs (of_high - of_none) > 1e-4 && fabs (of_all - of_high) > 1e-4);
  adm_schedule_free (schedule);
  free (none), free (all), free (high);
}

typedef struct watcher {
  int seen, stop_at;
  bool orderly, clean;
} watcher;

static bool
stepped (void *user, int done, int steps, const float *x0)
{
  watcher *w = user;
  w->orderly = w->orderly && done == ++w->seen && steps == 10;
  for (int i = 0; i < N; i++)
    w->clean = w->clean && x0[i] >= -1.0f && x0[i] <= 1.0f;
  return done != w->stop_at;
}

static adm_status
run_ten (gaussian *g, const adm_diffusion_params *params, adm_error *error)
{
  adm_schedule *schedule;
  if (!CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 1000, "ddim10", &schedule, error) == ADM_OK))
    return error->status;
  g->schedule = schedule;
  g->last_t = 1000;
  adm_denoiser denoiser = { 3, SIDE, SIDE, predict, params->scale == 99.0 ? NULL : gradient, g };
  float *workspace = malloc (adm_diffusion_workspace (&denoiser) * sizeof *workspace);
  adm_status status = adm_diffusion_run (&denoiser, schedule, params, workspace, picture, error);
  free (workspace);
  adm_schedule_free (schedule);
  return status;
}

static void
test_callback_and_cancel (void)
{
  watcher w = { .stop_at = 4, .orderly = true, .clean = true };
  gaussian g = { 0 };
  adm_rng rng;
  adm_error error = { 0 };
  adm_rng_seed (&rng, 1);
  adm_diffusion_params params
      = { .sampler = ADM_SAMPLER_DDIM, .rng = &rng, .stepped = stepped, .user = &w };
  CHECK (run_ten (&g, &params, &error) == ADM_ERROR_CANCELLED);
  CHECK (error.status == ADM_ERROR_CANCELLED && w.seen == 4 && g.calls == 4 && w.orderly
         && w.clean);
  CHECK_CONTAINS (said (&error), "step 4 of 10");
}

/* Noise from memory, laid out for several images, gives what the generator gives. */
static void
test_noise_from_memory (adm_sampler sampler)
{
  enum { ENTRIES = 11, IMAGES = 2 };
  float *noise = calloc ((size_t) ENTRIES * IMAGES * N, sizeof *noise),
        *first = malloc (N * sizeof *first);
  if (!CHECK (noise && first))
    exit (1);
  gaussian g = { 0 };
  adm_rng rng;
  adm_error error;
  adm_rng_seed (&rng, 9);
  for (int e = 0; e < ENTRIES; e++)
    adm_rng_randn (&rng, noise + ((size_t) e * IMAGES + 1) * N, N);
  adm_rng_seed (&rng, 9);
  adm_diffusion_params params = { .sampler = sampler, .eta = 0.5, .scale = 1.0, .rng = &rng };
  CHECK (run_ten (&g, &params, &error) == ADM_OK);
  memcpy (first, picture, sizeof picture);
  params.rng = NULL;
  params.noise = noise + N;
  params.noise_stride = (size_t) IMAGES * N;
  CHECK (run_ten (&g, &params, &error) == ADM_OK);
  CHECK (memcmp (first, picture, sizeof picture) == 0);
  free (noise);
  free (first);
}

/* A network whose unclamped x0 is the ramp from -3 to 3, whatever x is. */
static adm_status
predict_ramp (void *user, const float *x, int t, float *out, adm_error *e)
{
  const adm_schedule *schedule = user;
  const adm_schedule_step *s = NULL;
  (void) e;
  for (int i = 0; i < schedule->steps; i++)
    if (schedule->step[i].t == t)
      s = &schedule->step[i];
  for (int j = 0; j < N; j++)
    out[j] = (float) ((s->sqrt_recip_alpha_bar * (double) x[j] - (6.0 * j / (N - 1) - 3))
                      / s->sqrt_recipm1_alpha_bar);
  return ADM_OK;
}

/* The quantile 0.9 of |ramp| is 2.7: the last step's x0 is the ramp clamped there, over 2.7. */
static void
test_threshold (void)
{
  adm_schedule *schedule;
  adm_error error;
  adm_rng rng;
  adm_rng_seed (&rng, 1);
  if (!CHECK (adm_schedule_new (ADM_SCHEDULE_LINEAR, 1000, "10", &schedule, &error) == ADM_OK))
    return;
  adm_denoiser denoiser = { 3, SIDE, SIDE, predict_ramp, NULL, schedule };
  float *workspace = malloc (adm_diffusion_workspace (&denoiser) * sizeof *workspace);
  for (int p = 0; p < 3; p++) {
    const double quantiles[] = { 0.9, 1.0, 0.2 }, expected[] = { 2.7, 3.0, 1.0 };
    adm_diffusion_params params
        = { .sampler = ADM_SAMPLER_DPMPP_2M, .threshold = quantiles[p], .rng = &rng };
    CHECK (adm_diffusion_run (&denoiser, schedule, &params, workspace, picture, &error) == ADM_OK);
    double worst = 0;
    for (int j = 0; j < N; j++) {
      double x0 = 6.0 * j / (N - 1) - 3, c = expected[p];
      worst = fmax (worst, fabs ((double) picture[j] - fmin (fmax (x0, -c), c) / c));
    }
    CHECK_NEAR (worst, 0, 0.01);
  }
  free (workspace);
  adm_schedule_free (schedule);
}

static void
test_refusals (void)
{
  adm_rng rng;
  adm_error error;
  adm_rng_seed (&rng, 1);
  adm_diffusion_params good = { .sampler = ADM_SAMPLER_DDPM, .rng = &rng }, bad;
  gaussian g = { .bad_call = 3 };
  CHECK (run_ten (&g, &good, &error) == ADM_ERROR_VALUE);
  CHECK_CONTAINS (said (&error),
                  "the network's output: NaN or infinity at step 3 of 10 (timestep 700)");
  g = (gaussian) { .bad_gradient = true };
  bad = good;
  bad.scale = 1.0;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_VALUE);
  CHECK_CONTAINS (said (&error),
                  "the classifier's gradient: NaN or infinity at step 1 of 10 (timestep 900)");
  g = (gaussian) { 0 };
  bad.scale = 1e300; /* finite, but no picture survives it */
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_VALUE);
  CHECK_CONTAINS (said (&error), "use a smaller scale");
  bad.scale = 99.0; /* run_ten gives no gradient then */
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "needs a classifier and a label");
  bad.scale = -1.0;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  bad.scale = NAN;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  bad = good;
  bad.eta = 1.5;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "eta: 1.5");
  bad = good;
  bad.threshold = 0.9;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "dpm++2m");
  bad.sampler = ADM_SAMPLER_DPMPP_2M;
  bad.threshold = 1.5;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "threshold: 1.5");
  bad = good;
  bad.sampler = (adm_sampler) 77;
  CHECK (run_ten (&g, &bad, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "77");
}

int
main (void)
{
  const struct {
    run_setup setup;
    double bias;
  } cases[] = {
    /* fixed large variance errs at few steps; with the true variance only the start N (0, 1) and
     * the noiseless end do */
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_DDPM, false, 0.0, 0.0 }, 0.02 },
    { { ADM_SCHEDULE_LINEAR, "250", ADM_SAMPLER_DDPM, true, 0.0, 0.0 }, 0.01 },
    { { ADM_SCHEDULE_COSINE, "250", ADM_SAMPLER_DDPM, true, 0.0, 0.0 }, 0.01 },
    { { ADM_SCHEDULE_LINEAR, "ddim250", ADM_SAMPLER_DDIM, false, 1.0, 0.0 }, 0.1 },
    { { ADM_SCHEDULE_LINEAR, "ddim250", ADM_SAMPLER_DDIM, false, 0.5, 0.0 }, 0.05 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_DDPM, true, 0.0, 1.0 }, 0.02 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_DDPM, true, 0.0, 2.0 }, 0.02 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_DDIM, false, 0.0, 1.0 }, 0.02 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_DDIM, false, 0.0, 2.0 }, 0.02 },
    { { ADM_SCHEDULE_COSINE, "t=0,44,179,461,737,880,942,970,983,990", ADM_SAMPLER_SDE_DPMPP_2M,
        false, 0.0, 0.0 },
      0.1 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_SDE_DPMPP_2M, false, 0.0, 0.0 }, 0.02 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_SDE_DPMPP_2M, false, 0.0, 1.0 }, 0.02 },
    { { ADM_SCHEDULE_LINEAR, "1000", ADM_SAMPLER_SDE_DPMPP_2M, false, 0.0, 2.0 }, 0.02 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    test_moments (&cases[i].setup, cases[i].bias);
  test_flow (ADM_SAMPLER_DDIM, "ddim100", 0.1);
  /* Few steps are where it is meant to be better; with more, the long last stride in lambda (to t =
   * 0) decides for both. */
  double ddim = test_flow (ADM_SAMPLER_DDIM, "20", 0.3);
  CHECK (test_flow (ADM_SAMPLER_DPMPP_2M, "20", 0.15) < 0.5 * ddim);
  test_flow (ADM_SAMPLER_DPMPP_2M, "250", 0.01);
  test_interval ();
  test_flow (ADM_SAMPLER_DDIM, "1000", 0.01);
  test_callback_and_cancel ();
  test_noise_from_memory (ADM_SAMPLER_DDPM);
  test_noise_from_memory (ADM_SAMPLER_DDIM);
  test_noise_from_memory (ADM_SAMPLER_SDE_DPMPP_2M);
  test_threshold ();
  test_refusals ();
  return check_summary ();
}
