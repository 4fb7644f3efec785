/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A large canvas, on which the sampler works piece by piece: not a bit differs from the whole at
 * once, and it can be stopped in between. */
#include "diffusion/sampler.h"

#include "check.h"

#include <stdlib.h>

/* More than 262144 entries are worked on in pieces. */
enum { WIDE = 304, MANY = 3 * WIDE * WIDE, LARGE_STEPS = 3 };

typedef struct large {
  int asked, polls, stop_at; /* of the denoiser; STOP_AT 0: never */
  int n;
} large;

static adm_status
large_predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  large *l = user;
  (void) error;
  l->asked++;
  for (int i = 0; i < l->n; i++) {
    out[i] = 0.9f * x[i] + 1e-4f * (float) t;
    out[l->n + i] = -0.3f * x[i];
  }
  return ADM_OK;
}

static adm_status
large_gradient (void *user, const float *x, int t, float *grad, adm_error *error)
{
  (void) t, (void) error;
  for (int i = 0; i < ((large *) user)->n; i++)
    grad[i] = 0.1f - 0.2f * x[i];
  return ADM_OK;
}

static bool
large_poll (void *user)
{
  large *l = user;
  return ++l->polls != l->stop_at;
}

/* X [3,HEIGHT,WIDE] by PARAMS. */
static adm_status
run_large (large *l, int height, adm_diffusion_params params, float *x, adm_error *error)
{
  adm_schedule *schedule;
  const adm_denoiser denoiser = { 6, height, WIDE, large_predict, large_gradient, l };
  l->n = 3 * height * WIDE;
  params.scale = 0.5;
  params.eta = 0.5;
  params.poll = large_poll;
  params.user = l;
  float *workspace = malloc (adm_diffusion_workspace (&denoiser) * sizeof *workspace);
  adm_status status = adm_schedule_new (ADM_SCHEDULE_COSINE, 1000, "3", &schedule, error);
  if (!CHECK (status == ADM_OK && workspace))
    exit (1);
  status = adm_diffusion_run (&denoiser, schedule, &params, workspace, x, error);
  adm_schedule_free (schedule);
  free (workspace);
  return status;
}

/* Of a large canvas the noise is that of the whole, and each pixel what it is in a small one. */
static void
test_pieces (adm_sampler sampler)
{
  enum { ROWS = 16, FEW = 3 * ROWS * WIDE, FROM = MANY - FEW - 1000 };
  float *noise = malloc ((size_t) (LARGE_STEPS + 1) * MANY * sizeof *noise),
        *x = malloc (MANY * sizeof *x), *other = malloc (MANY * sizeof *other);
  large l = { 0 };
  adm_rng rng;
  adm_error error = { 0 };
  if (!CHECK (noise && x && other))
    exit (1);
  adm_rng_seed (&rng, 4);
  for (int e = 0; e <= LARGE_STEPS; e++)
    adm_rng_randn (&rng, noise + (size_t) e * MANY, MANY);
  adm_rng_seed (&rng, 4);
  adm_diffusion_params drawn = { .sampler = sampler, .rng = &rng },
                       given = { .sampler = sampler, .noise = noise, .noise_stride = MANY };
  CHECK (run_large (&l, WIDE, drawn, x, &error) == ADM_OK && l.polls > 2 * LARGE_STEPS);
  CHECK (run_large (&l, WIDE, given, other, &error) == ADM_OK);
  CHECK (memcmp (x, other, MANY * sizeof *x) == 0);
  l.polls = 0;
  given.noise = noise + FROM; /* across the pieces' border */
  CHECK (run_large (&l, ROWS, given, other, &error) == ADM_OK && l.polls == 0);
  CHECK (memcmp (x + FROM, other, FEW * sizeof *x) == 0);

  /* stopped while the noise is drawn, and within a step */
  for (int at = 1; at <= 3; at++) {
    l = (large) { .stop_at = at };
    adm_rng_seed (&rng, 4);
    CHECK (run_large (&l, WIDE, drawn, x, &error) == ADM_ERROR_CANCELLED);
    CHECK (l.polls == at && l.asked == (at > 1));
  }
  free (noise), free (x), free (other);
}

int
main (void)
{
  test_pieces (ADM_SAMPLER_DDPM);
  test_pieces (ADM_SAMPLER_DDIM);
  test_pieces (ADM_SAMPLER_SDE_DPMPP_2M);
  return check_summary ();
}
