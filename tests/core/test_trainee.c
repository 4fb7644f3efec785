/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks that learn, as a whole, with dropout and without: their gradients against differences of
 * the loss along them; keeping and recomputing, and any number of threads, give the same bits;
 * memory is told, and refused, before it is taken. */
#include "base/rng.h"
#include "check.h"
#include "networks/trainee.h"
#include "train/losses.h"
#include "said.h"

#include <stdlib.h>

enum { N = 3, SIDE = 16, PIXELS = SIDE * SIDE, MOST = 4 * PIXELS };

static adm_description
described (adm_kind kind, adm_pool_kind pool)
{
  return (adm_description) { .kind = kind,
                             .image_size = SIDE,
                             .small_size = kind == ADM_KIND_SUPERRES ? SIDE / 2 : 0,
                             .model_channels = 32,
                             .num_res_blocks = 1,
                             .levels = 2,
                             .channel_mult = { 1, 2 },
                             .attention_levels = 1,
                             .attention_resolutions = { 8 },
                             .num_classes = 4,
                             .num_heads = -1,
                             .num_heads_upsample = -1,
                             .num_head_channels = 16,
                             .learn_sigma = 1,
                             .use_scale_shift_norm = 1,
                             .resblock_updown = kind != ADM_KIND_SUPERRES,
                             .rescale_residual = kind == ADM_KIND_SUPERRES,
                             .noise_schedule = ADM_SCHEDULE_COSINE,
                             .pool = pool,
                             .diffusion_steps = 1000 };
}

static adm_status
made_up (const char *name, uint64_t elements, float *out, void *user, adm_error *error)
{
  adm_rng *rng = user;
  (void) name;
  (void) error;
  for (uint64_t i = 0; i < elements; i++)
    out[i] = 0.1f * ((float) (adm_rng_next (rng) >> 8) / (float) (1 << 23) - 1);
  return ADM_OK;
}

struct fixture {
  float *x0, *noise, *x_t, *low;
  int t[N], labels[N];
  double weight[N], loss[N], mse[N], vb[N];
  adm_schedule *schedule;
};

/* The mean loss; with LEARN gradients are added to the trainee's, without it is what inference
 * answers, in a third of the time. */
static double
loss_by (adm_trainee *t, struct fixture *f, bool learn)
{
  static float out[2 * N * MOST], dout[2 * N * MOST];
  const adm_description *d = &t->description;
  adm_error error;
  size_t one = (size_t) adm_description_channels (d) * PIXELS;
  for (size_t i = 0; i < N; i++)
    adm_noise_to (f->schedule, f->t[i], f->x0 + i * one, f->noise + i * one, f->x_t + i * one, one);
  adm_cross_entropy entropy
      = { .n = N, .classes = 4, .labels = f->labels, .weight = f->weight, .loss = f->loss };
  adm_diffusion_loss diffusion
      = { .kind = ADM_LOSS_RESCALED_KL, /* whose whole gradient is the loss's */
          .learn_sigma = true,
          .schedule = f->schedule,
          .n = N,
          .channels = adm_description_channels (d),
          .pixels = PIXELS,
          .x0 = f->x0,
          .noise = f->noise,
          .x_t = f->x_t,
          .t = f->t,
          .weight = f->weight,
          .loss = f->loss,
          .mse = f->mse,
          .vb = f->vb,
          .pool = t->pool };
  adm_batch batch = { .n = N, .x = f->x_t, .t = f->t, .labels = f->labels };
  if (d->kind == ADM_KIND_SUPERRES) {
    batch.low = f->low;
    batch.low_h = batch.low_w = SIDE / 2;
  }
  adm_loss loss = d->kind == ADM_KIND_CLASSIFIER
                      ? (adm_loss) { adm_cross_entropy_run, &entropy }
                      : (adm_loss) { adm_diffusion_loss_run, &diffusion };
  if (learn)
    CHECK (adm_trainee_gradients (t, &batch, loss, 99, &error) == ADM_OK);
  else if (CHECK (adm_trainee_evaluate (t, &batch, out, &error) == ADM_OK))
    loss.run (loss.user, out, dout);
  double mean = 0;
  for (int i = 0; i < N; i++)
    mean += f->loss[i] / N;
  return mean;
}

static double
loss_of (adm_trainee *t, struct fixture *f)
{
  return loss_by (t, f, true);
}

static adm_trainee *
opened (const adm_description *d, int threads, float dropout, uint64_t limit, adm_error *error)
{
  const adm_options options = { .threads = threads, .exact = true, .memory_limit = limit };
  const adm_trainee_options how = { .options = &options, .n = N, .dropout = dropout };
  adm_rng rng;
  adm_trainee *t;
  adm_rng_seed (&rng, 5);
  adm_network_source source
      = { .name = "small", .description = d, .read = made_up, .read_user = &rng };
  return adm_trainee_open (&source, &how, &t, error) ? NULL : t;
}

/* Along the gradient, the loss must climb as the gradient says. Each kind of tensor by itself, so
 * that no large one hides a small one. */
static void
climbs (adm_trainee *t, struct fixture *f)
{
  size_t bytes = (size_t) t->elements * sizeof (float);
  float *start = malloc (bytes), *gradient = malloc (bytes);
  memcpy (start, t->weights, bytes);
  memset (t->gradients, 0, bytes);
  loss_of (t, f);
  memcpy (gradient, t->gradients, bytes);
  for (size_t i = 0; i < t->count; i++) {
    const adm_parameter *p = &t->parameter[i];
    double square = 0, losses[2];
    /* grey and RGBA networks differ from those of colours at their ends alone */
    if (adm_description_channels (&t->description) != 3 && strncmp (p->name, "input_blocks.0.", 15)
        && strncmp (p->name, "out.2.", 6))
      continue;
    for (uint64_t k = p->offset; k < p->offset + p->elements; k++)
      square += (double) gradient[k] * (double) gradient[k];
    double norm = sqrt (square);
    if (norm < 1e-4)
      continue; /* below what differences of float32 losses show */
    double step = 5e-4;
    for (int side = 0; side < 2; side++) {
      for (uint64_t k = p->offset; k < p->offset + p->elements; k++)
        t->weights[k] = start[k] + (float) ((side ? step : -step) / norm * (double) gradient[k]);
      adm_trainee_pack (t);
      losses[side] = loss_by (t, f, t->dropout > 0); /* inference drops nothing */
    }
    memcpy (t->weights, start, bytes);
    double slope = (losses[1] - losses[0]) / (2 * step), scale = fabs (losses[0]);
    if (!CHECK (fabs (slope - norm) <= 0.01 * norm + 2e-4 * scale))
      printf ("  %s: the loss climbs by %g, the gradient says %g\n", p->name, slope, norm);
  }
  adm_trainee_pack (t);
  free (start), free (gradient);
}

static void
one_network (const adm_description *d, float dropout, struct fixture *f)
{
  adm_error error;
  adm_trainee *t = opened (d, 2, dropout, 0, &error);
  if (!CHECK (t != NULL))
    return;
  size_t bytes = (size_t) t->elements * sizeof (float);
  uint64_t all = adm_trainee_bytes (t, 0);
  CHECK (!t->recompute);
  double loss = loss_of (t, f);
  float *first = malloc (bytes);
  memcpy (first, t->gradients, bytes);
  climbs (t, f);
  adm_trainee_free (t);
  for (int threads = 1; threads <= 3; threads += 2) {
    /* a byte less than what keeping takes, with three threads at least: recomputes */
    bool less = threads == 3;
    t = opened (d, threads, dropout, less ? all - 1 : 0, &error);
    if (!CHECK (t != NULL))
      continue;
    CHECK (t->recompute == less);
    CHECK (!less || adm_trainee_bytes (t, 0) < all);
    CHECK (loss_of (t, f) == loss);
    CHECK (memcmp (t->gradients, first, bytes) == 0);
    adm_trainee_free (t);
  }
  CHECK (opened (d, 1, dropout, all / 4, &error) == NULL && error.status == ADM_ERROR_MEMORY);
  CHECK_CONTAINS (said (&error), "MiB");
  free (first);
}

int
main (void)
{
  struct fixture f = { .t = { 0, 411, 950 }, .labels = { 1, 3, 0 } };
  adm_rng rng;
  adm_error error;
  adm_rng_seed (&rng, 3);
  f.x0 = calloc (3 * N * MOST, sizeof *f.x0);
  f.noise = f.x0 + N * MOST;
  f.x_t = f.noise + N * MOST;
  f.low = calloc (N * 3 * PIXELS / 4, sizeof *f.low);
  adm_rng_randn (&rng, f.noise, N * MOST);
  adm_rng_randn (&rng, f.low, N * 3 * PIXELS / 4);
  for (int i = 0; i < N * MOST; i++)
    f.x0[i] = (float) ((i * 37) % 256) / 127.5f - 1;
  for (int i = 0; i < N; i++)
    f.weight[i] = 1.0 / N;
  adm_description d = described (ADM_KIND_UNET, ADM_POOL_NONE);
  if (!CHECK (adm_training_schedule (&d, &f.schedule, &error) == ADM_OK))
    return 1;
  one_network (&d, 0, &f);
  one_network (&d, 0.3f, &f);
  d.use_scale_shift_norm = 0;
  one_network (&d, 0, &f);
  d = described (ADM_KIND_SUPERRES, ADM_POOL_NONE);
  one_network (&d, 0.1f, &f);
  const adm_pool_kind pools[]
      = { ADM_POOL_ATTENTION, ADM_POOL_ADAPTIVE, ADM_POOL_SPATIAL, ADM_POOL_SPATIAL_V2 };
  for (int pixels = ADM_PIXELS_GREY; pixels <= ADM_PIXELS_RGBA; pixels++) {
    d = described (ADM_KIND_UNET, ADM_POOL_NONE);
    d.pixels = (adm_pixels) pixels;
    one_network (&d, 0, &f);
  }
  for (int i = 0; i < 4; i++) {
    d = described (ADM_KIND_CLASSIFIER, pools[i]);
    one_network (&d, 0, &f);
  }
  adm_schedule_free (f.schedule);
  free (f.x0), free (f.low);
  return check_summary ();
}
