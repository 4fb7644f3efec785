/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From files to scores: see adm_evaluate.h. */
#include "adm_evaluate.h"

#include "adm_array.h"
#include "base/error.h"
#include "base/machine_memory.h"
#include "evaluate/feature_set.h"
#include "evaluate/scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEFAULT_SPLIT = 5000, DEFAULT_NEIGHBOURS = 3 };

typedef struct evaluation {
  const adm_evaluation *how;
  adm_workbench bench;
  adm_extractor extractor;
  adm_feature_set samples, reference;
  adm_class_layer layer; /* classes 0: no Inception Score */
  float *own;            /* its weights, where they are nobody else's */
  char work[300];        /* what is being done now */
  uint64_t bytes;        /* that everything takes at most */
} evaluation;

static bool
tell (void *user, double done)
{
  const evaluation *e = user;
  return !e->how->progress || e->how->progress (e->how->user, e->work, done, e->bytes);
}

static void
begin (evaluation *e, const char *what, const char *of)
{
  snprintf (e->work, sizeof e->work, "%s%s", what, of);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* What the work takes beside features as wide as Inception's: matrices, Inception, blocks of
 * distances. */
static uint64_t
fixed_bytes (const evaluation *e)
{
  const uint64_t matrix = (uint64_t) ADM_INCEPTION_POOL * ADM_INCEPTION_POOL * sizeof (double);
  uint64_t threads = (uint64_t) adm_pool_threads (e->bench.pool);
  return ADM_SET_MATRICES * matrix + threads * (4u << 20)
         + adm_extractor_bytes (e->how, (int) threads);
}

static adm_status
read_softmax (evaluation *e, adm_error *error)
{
  int rank;
  int64_t shape[8];
  adm_status status = adm_npy_read (e->how->softmax_weights, &e->own, &rank, shape, error);
  if (!status && (rank != 2 || shape[0] != e->samples.width || shape[1] < 1 || shape[1] > 1 << 20))
    status = ADM_FAIL (error, SOFTMAX_SHAPE, e->how->softmax_weights, e->samples.width);
  if (!status)
    e->layer = (adm_class_layer) { e->own, NULL, (int) shape[1] };
  return status;
}

/* The model's own classifier tells classes as well as Inception does, and with a bias. */
static adm_status
take_last_layer (evaluation *e, adm_error *error)
{
  const adm_linear_weights *last = adm_network_last_layer (e->extractor.classifier);
  if (last->in != e->samples.width) /* features saved from another network */
    return ADM_OK;
  e->own = malloc ((size_t) last->in * (size_t) last->out * sizeof *e->own);
  if (!e->own)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_SCORES);
  for (int k = 0; k < last->out; k++)
    for (int i = 0; i < last->in; i++)
      e->own[(size_t) i * (size_t) last->out + (size_t) k]
          = last->w[(size_t) k * (size_t) last->in + (size_t) i];
  e->layer = (adm_class_layer) { e->own, last->b, last->out };
  return ADM_OK;
}

/* What the Inception Score takes for classes. */
static adm_status
choose_layer (evaluation *e, adm_error *error)
{
  if (e->how->softmax_weights)
    return read_softmax (e, error);
  if (e->extractor.classifier)
    return take_last_layer (e, error);
  if (e->extractor.inception)
    e->layer = (adm_class_layer) { adm_inception_softmax (e->extractor.inception), NULL,
                                   ADM_INCEPTION_CLASSES };
  return ADM_OK;
}

/* Half of what may be taken is for features: they are copied once, moved to their mean. */
static adm_status
read_sets (evaluation *e, const char *const *samples, int n, const char *reference,
           adm_error *error)
{
  uint64_t allowed = adm_memory_allowed (e->how->memory_limit), held = fixed_bytes (e);
  adm_set_reading reading = { .bench = &e->bench,
                              .extractor = e->how->network ? &e->extractor : NULL,
                              .spare = allowed > held ? (allowed - held) / 2 : 0,
                              .widest = ADM_INCEPTION_POOL };
  const uint64_t spare = reading.spare;
  adm_status status = ADM_OK;
  for (int i = 0; i < n && !status; i++) {
    begin (e, "features of ", samples[i]);
    status = adm_feature_set_add (&e->samples, samples[i], &reading, error);
    e->bytes = held + 2 * (spare - reading.spare);
  }
  reading.statistics = true;
  begin (e, "features of ", reference);
  if (!status)
    status = adm_feature_set_add (&e->reference, reference, &reading, error);
  e->bytes = held + 2 * (spare - reading.spare);
  return status;
}

/* ---- scores ---------------------------------------------------------------------------------- */

static adm_status
fit_sets (evaluation *e, const char *samples, const char *reference, adm_error *error)
{
  begin (e, "statistics of ", samples);
  adm_status status
      = adm_feature_set_fit (&e->samples, &e->bench, samples, e->how->save_features != NULL, error);
  begin (e, "statistics of ", reference);
  if (!status)
    status = adm_feature_set_fit (&e->reference, &e->bench, reference, false, error);
  if (!status && e->samples.gauss.width != e->reference.gauss.width)
    status = ADM_FAIL (error, FEATURES_SETS, samples, e->samples.gauss.width, reference,
                       e->reference.gauss.width);
  return status;
}

static adm_status
measure_distances (evaluation *e, adm_scores *out, adm_error *error)
{
  const adm_gauss *a = &e->samples.spatial_gauss, *b = &e->reference.spatial_gauss;
  begin (e, "Fréchet distance", "");
  adm_status status
      = adm_gauss_distance (&e->bench, &e->samples.gauss, &e->reference.gauss, &out->fid, error);
  if (!status && a->width && a->width == b->width)
    status = adm_gauss_distance (&e->bench, a, b, &out->sfid, error);
  return status;
}

static adm_status
measure_rows (evaluation *e, adm_scores *out, adm_error *error)
{
  const adm_feature_set *s = &e->samples, *r = &e->reference;
  const adm_feature_rows samples = { s->rows, s->n, s->width },
                         reference = { r->rows, r->n, r->width };
  int k = e->how->neighbours ? e->how->neighbours : DEFAULT_NEIGHBOURS,
      split = e->how->split ? e->how->split : DEFAULT_SPLIT;
  adm_status status = ADM_OK;
  begin (e, "Inception Score", "");
  if (e->layer.classes)
    status
        = adm_inception_score (&e->bench, samples, e->layer, split, &out->inception_score, error);
  begin (e, "precision and recall", "");
  if (!status && r->n && r->width == s->width)
    status = adm_precision_recall (&e->bench, reference, samples, k, &out->precision, &out->recall,
                                   error);
  return status;
}

static adm_status
run (evaluation *e, const char *const *samples, int n, const char *reference, adm_scores *out,
     adm_error *error)
{
  adm_status status = read_sets (e, samples, n, reference, error);
  if (!status)
    status = choose_layer (e, error);
  if (!status)
    status = fit_sets (e, samples[0], reference, error);
  if (!status)
    status = measure_distances (e, out, error);
  if (!status)
    status = measure_rows (e, out, error);
  if (!status && e->how->save_features)
    status = adm_feature_set_write (&e->samples, e->how->save_features, error);
  out->samples = e->samples.n;
  out->reference = e->reference.n;
  return status;
}

adm_status
adm_evaluate (const char *const *samples, int n, const char *reference, const adm_evaluation *how,
              adm_scores *out, adm_error *error)
{
  evaluation e = { .how = how };
  adm_scores scores = { NAN, NAN, NAN, NAN, NAN, 0, 0 };
  e.bench.tick = tell;
  e.bench.user = &e;
  adm_status status = adm_openblas_load (&e.bench.blas, error);
  if (!status)
    status = adm_pool_new (adm_pool_threads_for (how->threads), &e.bench.pool, error);
  if (!status && how->network)
    status = adm_extractor_init (&e.extractor, &e.bench, how, error);
  if (!status)
    status = run (&e, samples, n, reference, &scores, error);
  adm_extractor_clear (&e.extractor);
  adm_feature_set_clear (&e.samples);
  adm_feature_set_clear (&e.reference);
  adm_pool_free (e.bench.pool);
  free (e.own);
  if (!status)
    *out = scores;
  return status;
}
