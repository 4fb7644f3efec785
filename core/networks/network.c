/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading: describe, measure, take memory once, then read tensor by tensor, packing on the way.
 * Evaluating: the same walk over the network first measures, then runs. */
#include "networks/network.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/machine_memory.h"
#include "base/rng.h"
#include "nn/loader.h"

#include <stdlib.h>

/* ---- binding --------------------------------------------------------------------------------- */

struct reader {
  const adm_network_source *source;
  adm_rng rng;
  uint64_t done, total;
};

static adm_status
tell_progress (uint64_t elements, void *user, adm_error *error)
{
  struct reader *reader = user;
  reader->done += elements;
  if (!reader->source->progress (reader->source->user,
                                 (double) reader->done / (double) reader->total))
    return ADM_FAIL (error, STOPPED_LOADING, reader->source->name);
  return ADM_OK;
}

/* Small weights keep activations of deep networks within range; norms' gains are near 1. */
static adm_status
make_up (const char *name, uint64_t elements, float *out, void *user, adm_error *error)
{
  struct reader *reader = user;
  (void) name;
  (void) error;
  for (uint64_t i = 0; i < elements; i++)
    out[i] = 0.02f * ((float) (adm_rng_next (&reader->rng) >> 8) / (float) (1 << 23) - 1);
  return ADM_OK;
}

/* Walks the network's tensors: a loader measures them, then, given memory, reads them. */
static adm_status
bind (adm_network *network, adm_loader *loader, adm_error *error)
{
  loader->parameters.memory.bytes = loader->parameters.count = loader->last_floats = 0;
  adm_slots slots = { .visit = loader->raw ? adm_loader_load : adm_loader_measure,
                      .user = loader,
                      .error = error };
  if (network->description.kind == ADM_KIND_CLASSIFIER)
    return adm_classifier_bind (&slots, &network->description, &network->classifier, error);
  return adm_unet_bind (&slots, &network->description, &network->unet, error);
}

static bool
products16 (const adm_network *network)
{
  return !network->exact && network->kernels->multiply16;
}

static adm_loader
loader_for (const adm_network *network)
{
  return (adm_loader) { .narrow = network->kernels->narrow,
                        .parameters
                        = { .exact = network->exact,
                            .half = network->half,
                            .products16 = products16 (network) ? network->kernels->rate16 : 0,
                            .gradient = network->description.kind == ADM_KIND_CLASSIFIER } };
}

static void
unbind (adm_network *network)
{
  if (network->description.kind == ADM_KIND_CLASSIFIER)
    adm_classifier_clear (&network->classifier);
  else
    adm_unet_clear (&network->unet);
}

/* Walks the network as an evaluation does. */
static void
walk (adm_network *network, adm_exec *exec, const adm_batch *batch, bool gradient, float *out,
      float *grad)
{
  if (network->description.kind == ADM_KIND_CLASSIFIER)
    adm_classifier_run (exec, &network->classifier, batch, gradient, out, grad);
  else
    adm_unet_forward (exec, &network->unet, batch, out);
}

static adm_status
plan (adm_network *network, int n, bool gradient, adm_error *error)
{
  adm_arena_init (&network->arena, NULL, 0);
  adm_exec exec = { .arena = &network->arena,
                    .kernels = network->kernels,
                    .products16 = products16 (network),
                    .measure = true };
  walk (network, &exec, &(adm_batch) { .n = n }, gradient, NULL, NULL);
  if (network->arena.failed)
    return ADM_FAIL (error, NETWORK_DEEP);
  network->planned_n = n;
  network->planned_gradient = gradient;
  network->planned_bytes = network->arena.reach;
  network->scratch_bytes = exec.scratch_bytes;
  network->flops = exec.flops;
  return ADM_OK;
}

/* Of the last plan, on THREADS. */
static uint64_t
workspace_bytes (const adm_network *network, int threads)
{
  adm_exec exec = { .scratch_bytes = network->scratch_bytes };
  return adm_exec_place (&exec, NULL, network->planned_bytes, threads);
}

adm_status
adm_network_measure (const adm_description *description, int n, const adm_options *options,
                     bool gradient, adm_network_plan *out, adm_error *error)
{
  adm_network *network = calloc (1, sizeof *network);
  if (!network)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  network->description = *description;
  network->exact = options->exact;
  network->half = options->half;
  adm_status status
      = adm_kernels_choose (options->kernels, options->fast, &network->kernels, error);
  if (status) {
    free (network);
    return status;
  }
  adm_loader loader = loader_for (network);
  status = bind (network, &loader, error);
  if (!status)
    status = plan (network, n, gradient, error);
  if (!status)
    *out = (adm_network_plan) { .weights = loader.parameters.memory.bytes,
                                .workspace = workspace_bytes (
                                    network, adm_pool_threads_for (options->threads)),
                                .loading = loader.raw_floats * sizeof (float),
                                .flops = network->flops };
  unbind (network);
  free (network);
  return status;
}

/* Refuses before anything large is taken: WEIGHTS bytes, then LOADING bytes beside them, then the
 * workspace of one picture. */
static adm_status
check_limit (adm_network *network, const char *what, uint64_t weights, uint64_t loading,
             adm_error *error)
{
  adm_status status = plan (network, 1, network->description.kind == ADM_KIND_CLASSIFIER, error);
  network->planned_n = 0;
  if (status)
    return status;
  uint64_t limit = adm_memory_allowed (network->memory_limit);
  uint64_t workspace = workspace_bytes (network, adm_pool_threads (network->pool));
  uint64_t beside = workspace > loading ? workspace : loading;
  if (weights <= limit && beside <= limit - weights)
    return ADM_OK;
  adm_word are = adm_memory_word (network->memory_limit);
  return network->half ? ADM_FAIL (error, NETWORK_MEMORY_HALF, what, weights + beside, weights,
                                   beside, limit, are)
                       : ADM_FAIL (error, NETWORK_MEMORY, what, weights + beside, weights, beside,
                                   limit, are);
}

static adm_status
fill (adm_network *network, const adm_network_source *source, adm_error *error)
{
  adm_loader loader = loader_for (network);
  uint64_t raw_bytes = 0, bytes = 0;
  const char *what = source->name ? source->name : "made-up network";
  adm_status status = bind (network, &loader, error);
  if (!status) {
    raw_bytes = loader.raw_floats * sizeof (float);
    bytes = loader.parameters.memory.bytes;
    status = check_limit (network, what, bytes, raw_bytes, error);
  }
  unbind (network);
  if (status)
    return status;
  loader.raw = adm_block_new (raw_bytes ? raw_bytes : sizeof (float));
  network->weights_bytes = bytes;
  network->weights = adm_block_new (bytes);
  if (!loader.raw || !network->weights)
    status = ADM_FAIL (error, NETWORK_WEIGHTS, what, bytes + raw_bytes);
  else {
    struct reader reader
        = { .source = source, .total = loader.parameters.count ? loader.parameters.count : 1 };
    adm_rng_seed (&reader.rng, source->seed);
    loader.parameters.memory.base = network->weights;
    loader.pool = network->pool;
    loader.read = source->read ? source->read : make_up;
    loader.read_user = source->read ? source->read_user : &reader;
    loader.done = source->progress ? tell_progress : NULL;
    loader.user = &reader;
    status = bind (network, &loader, error);
    if (!status)
      adm_loader_finish (&loader);
  }
  adm_block_free (loader.raw, raw_bytes ? raw_bytes : sizeof (float));
  return status;
}

adm_status
adm_network_open (const adm_network_source *source, const adm_options *options, adm_pool *pool,
                  adm_workspace *workspace, uint64_t limit, adm_network **out, adm_error *error)
{
  *out = NULL;
  adm_network *network = calloc (1, sizeof *network);
  if (!network)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  network->description = *source->description;
  network->exact = options->exact;
  network->half = options->half;
  network->memory_limit = limit;
  network->owns = !pool;
  network->pool = pool;
  network->workspace = workspace;

  adm_status status
      = adm_kernels_choose (options->kernels, options->fast, &network->kernels, error);
  if (!status && network->owns) {
    status = adm_pool_new (adm_pool_threads_for (options->threads), &network->pool, error);
    network->workspace = calloc (1, sizeof *network->workspace);
    if (!status && !network->workspace)
      status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  }
  if (!status)
    status = fill (network, source, error);
  if (status) {
    adm_network_free (network);
    return status;
  }
  *out = network;
  return ADM_OK;
}

void
adm_network_free (adm_network *network)
{
  if (!network)
    return;
  unbind (network);
  adm_block_free (network->weights, network->weights_bytes);
  if (network->owns) {
    adm_pool_free (network->pool);
    if (network->workspace)
      adm_block_free (network->workspace->base, network->workspace->size);
    free (network->workspace);
  }
  free (network);
}

/* ---- evaluating ------------------------------------------------------------------------------ */

adm_status
adm_network_plan_for (adm_network *network, int n, bool gradient, uint64_t *workspace,
                      adm_error *error)
{
  if (network->planned_n != n || network->planned_gradient != gradient) {
    network->planned_n = 0;
    adm_status status = plan (network, n, gradient, error);
    if (status)
      return status;
  }
  *workspace = workspace_bytes (network, adm_pool_threads (network->pool));
  return ADM_OK;
}

adm_status
adm_network_prepare (adm_network *network, int n, bool gradient, adm_error *error)
{
  uint64_t bytes;
  adm_status status = adm_network_plan_for (network, n, gradient, &bytes, error);
  if (status)
    return status;
  if (network->weights_bytes > adm_memory_limit (network->memory_limit)
      || bytes > adm_memory_limit (network->memory_limit) - network->weights_bytes)
    return ADM_FAIL (error, NETWORK_LIMIT, network->planned_bytes, network->weights_bytes,
                     adm_memory_limit (network->memory_limit));
  adm_workspace *workspace = network->workspace;
  if (workspace->size < bytes) {
    adm_block_free (workspace->base, workspace->size);
    workspace->size = 0;
    workspace->base = adm_block_new (bytes);
    if (!workspace->base)
      return ADM_FAIL (error, NO_MEMORY_MIB, bytes);
    workspace->size = bytes;
  }
  return ADM_OK;
}

static adm_status
check_batch (const adm_description *d, const adm_batch *batch, bool gradient, adm_error *error)
{
  bool superres = d->kind == ADM_KIND_SUPERRES,
       labelled = d->kind == ADM_KIND_CLASSIFIER ? gradient : d->num_classes > 0;
  if (batch->n < 1)
    return ADM_FAIL (error, IMAGES_FEW, batch->n);
  for (int i = 0; i < batch->n; i++) {
    int t = batch->t[i], label = batch->labels ? batch->labels[i] : ADM_NO_LABEL;
    if (t < 0 || t >= d->diffusion_steps)
      return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_TIMESTEP, (double) t, 0.0,
                       (double) (d->diffusion_steps - 1));
    if (labelled && (label < 0 || label >= d->num_classes))
      return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_CLASS, (double) label, 0.0,
                       (double) (d->num_classes - 1));
  }
  if (superres != (batch->low != NULL) || (batch->low && (batch->low_h < 1 || batch->low_w < 1)))
    return superres ? ADM_FAIL (error, LOW_MISSING) : ADM_FAIL (error, LOW_UNWANTED);
  return ADM_OK;
}

static adm_status
evaluate (adm_network *network, const adm_batch *batch, bool gradient, float *out, float *grad,
          adm_error *error)
{
  adm_status status = check_batch (&network->description, batch, gradient, error);
  if (!status)
    status = adm_network_prepare (network, batch->n, gradient, error);
  if (status)
    return status;

  adm_exec exec = {
    .arena = &network->arena,
    .pool = network->pool,
    .kernels = network->kernels,
    .products16 = products16 (network),
    .profile = &network->profile,
    .total_flops = network->flops,
    .scratch_bytes = network->scratch_bytes,
    .poll = network->poll,
    .poll_user = network->poll_user,
  };
  adm_exec_place (&exec, network->workspace->base, network->planned_bytes,
                  adm_pool_threads (network->pool));
  network->profile = (adm_profile) { .current = ADM_LAYERS };
  walk (network, &exec, batch, gradient, out, grad);
  adm_exec_end (&exec);
  if (exec.stopped)
    return ADM_FAIL (error, STOPPED);
  if (network->arena.failed)
    return ADM_FAIL (error, NETWORK_BUG);
  return ADM_OK;
}

adm_status
adm_network_evaluate (adm_network *network, const adm_batch *batch, float *out, adm_error *error)
{
  return evaluate (network, batch, false, out, NULL, error);
}

adm_status
adm_network_gradient (adm_network *network, const adm_batch *batch, float *logits, float *grad,
                      adm_error *error)
{
  uint64_t n = batch->n > 0 ? (uint64_t) batch->n : 1;
  uint64_t count = n * (uint64_t) network->description.num_classes;
  if (network->description.kind != ADM_KIND_CLASSIFIER)
    return ADM_FAIL (error, NO_GRADIENT);
  float *own = logits ? NULL : calloc (count, sizeof *own);
  if (!logits && !own)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  adm_status status = evaluate (network, batch, true, logits ? logits : own, grad, error);
  free (own);
  return status;
}

int
adm_network_features_width (const adm_network *network)
{
  return adm_classifier_features_width (&network->classifier);
}

adm_status
adm_network_features (adm_network *network, int n, const float *x, const int *t, float *out,
                      adm_error *error)
{
  if (network->description.kind != ADM_KIND_CLASSIFIER)
    return ADM_FAIL (error, NO_FEATURES);
  float *logits = calloc ((size_t) (n > 0 ? n : 1) * (size_t) network->description.num_classes,
                          sizeof *logits);
  if (!logits)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  network->classifier.tap = out;
  adm_status status
      = evaluate (network, &(adm_batch) { .n = n, .x = x, .t = t }, false, logits, NULL, error);
  network->classifier.tap = NULL;
  free (logits);
  return status;
}

const adm_linear_weights *
adm_network_last_layer (const adm_network *network)
{
  return network->description.kind == ADM_KIND_CLASSIFIER
             ? adm_classifier_last (&network->classifier)
             : NULL;
}

const char *
adm_network_kernels (const adm_network *network)
{
  return network->kernels->name;
}
