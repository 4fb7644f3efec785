/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A step's batch: pictures from the feeder, noise, timesteps and dropped labels from a generator
 * that sample's number seeds; so that a resumed training draws what an uninterrupted one would. */
#include "train/training.h"

#include "base/error.h"
#include "ops/dropout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t
numbers (const adm_training *g)
{
  const adm_description *d = &g->trainee->description;
  return (size_t) adm_description_channels (d) * (size_t) d->image_size * (size_t) d->image_size;
}

adm_status
adm_batches_new (adm_training *g, adm_error *error)
{
  const adm_description *d = &g->trainee->description;
  size_t n = (size_t) g->n, one = numbers (g), steps = (size_t) d->diffusion_steps;
  bool superres = d->kind == ADM_KIND_SUPERRES, ok;
  g->x0 = malloc (n * one * sizeof *g->x0);
  g->noise = malloc (n * one * sizeof *g->noise);
  g->x_t = malloc (n * one * sizeof *g->x_t);
  g->low = superres
               ? malloc (n * 3 * (size_t) d->small_size * (size_t) d->small_size * sizeof *g->low)
               : NULL;
  g->t = malloc (3 * n * sizeof *g->t);
  g->weight = malloc (4 * n * sizeof *g->weight);
  g->cumulative = malloc (steps * sizeof *g->cumulative);
  g->sampler = (adm_step_sampler) { .steps = d->diffusion_steps };
  g->result = malloc ((size_t) g->request->batch * sizeof *g->result);
  ok = g->result && g->x0 && g->noise && g->x_t && g->t && g->weight && g->cumulative
       && (g->low || !superres);
  if (g->request->second_moment && ok) {
    g->sampler.history = calloc (steps * (ADM_STEP_HISTORY + 1), sizeof *g->sampler.history);
    ok = g->sampler.history != NULL;
    g->sampler.count = ok ? g->sampler.history + steps * ADM_STEP_HISTORY : NULL;
  }
  if (!ok)
    return ADM_FAIL (error, NO_MEMORY_PICTURES, g->n);
  g->labels = g->t + n;
  g->right = g->labels + n;
  g->loss = g->weight + n;
  g->mse = g->loss + n;
  g->vb = g->mse + n;
  return ADM_OK;
}

void
adm_batches_clear (adm_training *g)
{
  free (g->x0), free (g->noise), free (g->x_t), free (g->low), free (g->t), free (g->weight);
  free (g->cumulative), free (g->sampler.history), free (g->result);
}

/* Sample number K as picture I of the piece. */
static adm_status
draw (adm_training *g, uint64_t k, int i, adm_error *error)
{
  const adm_train_request *r = g->request;
  const adm_description *d = &g->trainee->description;
  size_t one = numbers (g), at = (size_t) i * one;
  adm_rng rng;
  adm_status status = g->next (g->next_user, k, g->x0 + at, &g->labels[i], error);
  if (status)
    return status;
  adm_rng_seed (&rng, adm_mix (r->seed ^ 0x6e6f6973, k));
  g->t[i] = adm_step_sampler_draw (&g->sampler, g->cumulative, &rng, &g->weight[i]);
  g->weight[i] /= r->batch;
  bool drop = (double) adm_rng_next (&rng) / 4294967296.0 < r->drop_label;
  if (drop && d->num_classes > 0)
    g->labels[i] = d->num_classes - 1;
  if (g->low)
    adm_area_reduce (g->x0 + at, d->image_size, d->small_size,
                     g->low + (size_t) i * 3 * (size_t) d->small_size * (size_t) d->small_size);
  adm_rng_randn (&rng, g->noise + at, one);
  adm_noise_to (g->schedule, g->t[i], g->x0 + at, g->noise + at, g->x_t + at, one);
  return ADM_OK;
}

static adm_diffusion_loss
diffusion_loss (const adm_training *g)
{
  const adm_description *d = &g->trainee->description;
  return (adm_diffusion_loss) { .kind = adm_loss_for (d, g->request->loss),
                                .learn_sigma = d->learn_sigma == 1,
                                .predict_xstart = d->predict_xstart == 1,
                                .schedule = g->schedule,
                                .n = g->n,
                                .channels = adm_description_channels (d),
                                .pixels = d->image_size * d->image_size,
                                .x0 = g->x0,
                                .noise = g->noise,
                                .x_t = g->x_t,
                                .t = g->t,
                                .weight = g->weight,
                                .loss = g->loss,
                                .mse = g->mse,
                                .vb = g->vb,
                                .pool = g->trainee->pool };
}

static adm_batch
as_batch (const adm_training *g)
{
  const adm_description *d = &g->trainee->description;
  return (adm_batch) { .n = g->n,
                       .x = g->x_t,
                       .t = g->t,
                       .labels = d->num_classes > 0 ? g->labels : NULL,
                       .low = g->low,
                       .low_h = g->low ? d->small_size : 0,
                       .low_w = g->low ? d->small_size : 0 };
}

adm_status
adm_batches_piece (adm_training *g, uint64_t key, adm_error *error)
{
  const adm_description *d = &g->trainee->description;
  adm_cross_entropy entropy = { .n = g->n,
                                .classes = d->num_classes,
                                .labels = g->labels,
                                .weight = g->weight,
                                .loss = g->loss,
                                .right = g->right };
  adm_diffusion_loss diffusion = diffusion_loss (g);
  adm_batch batch = as_batch (g);
  bool classifier = d->kind == ADM_KIND_CLASSIFIER;
  return adm_trainee_gradients (g->trainee, &batch,
                                classifier ? (adm_loss) { adm_cross_entropy_run, &entropy }
                                           : (adm_loss) { adm_diffusion_loss_run, &diffusion },
                                key, error);
}

adm_status
adm_batches_losses (adm_training *g, adm_error *error)
{
  size_t outputs = (size_t) g->n * numbers (g) * (g->trainee->description.learn_sigma == 1 ? 2 : 1);
  float *out = malloc (2 * outputs * sizeof *out);
  if (!out)
    return ADM_FAIL (error, NO_MEMORY_PICTURES, g->n);
  adm_diffusion_loss diffusion = diffusion_loss (g);
  adm_batch batch = as_batch (g);
  for (int i = 0; i < g->n; i++)
    g->weight[i] = 0;
  adm_status status = adm_trainee_evaluate (g->trainee, &batch, out, error);
  if (!status)
    adm_diffusion_loss_run (&diffusion, out, out + outputs);
  free (out);
  return status;
}

static adm_status
keep_losses (adm_training *g, int first, adm_error *error)
{
  bool classifier = g->trainee->description.kind == ADM_KIND_CLASSIFIER;
  for (int i = 0; i < g->n; i++) {
    if (!isfinite (g->loss[i]))
      return ADM_FAIL (error, LOSS_STEP, g->t[i]);
    g->result[first + i] = (struct adm_sample_result) { g->t[i], classifier && g->right[i],
                                                        g->loss[i], g->weight[i] };
  }
  return ADM_OK;
}

static void
note_losses (adm_training *g)
{
  adm_training_sums *s = &g->sums;
  for (int i = 0; i < g->request->batch; i++) {
    const struct adm_sample_result *r = &g->result[i];
    int quarter = (int) (4 * (int64_t) r->t / g->sampler.steps);
    adm_step_sampler_note (&g->sampler, r->t, r->loss);
    s->loss += r->loss * r->weight;
    s->quarter[quarter] += r->loss;
    s->right[quarter] += r->right;
    s->count[quarter]++;
  }
}

adm_status
adm_batches_gradients (adm_training *g, adm_error *error)
{
  adm_trainee *t = g->trainee;
  adm_status status = ADM_OK;
  int batch = g->request->batch;
  uint64_t first = (uint64_t) g->step * (uint64_t) batch;
  memset (t->gradients, 0, (size_t) t->elements * sizeof *t->gradients);
  adm_step_sampler_prepare (&g->sampler, g->cumulative);
  for (int piece = 0; piece < batch && !status; piece += g->n) {
    uint64_t k = first + (uint64_t) piece;
    for (int i = 0; i < g->n && !status; i++)
      status = draw (g, k + (uint64_t) i, i, error);
    if (!status)
      status = adm_batches_piece (g, adm_mix (g->request->seed ^ 0x64726f70, k), error);
    if (!status)
      status = keep_losses (g, piece, error);
  }
  if (!status)
    note_losses (g);
  return status;
}
