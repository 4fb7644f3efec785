/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same walk as inference's: bound twice (to measure, then to place), planned, run. */
#include "networks/trainee.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/machine_memory.h"
#include "nn/parameters.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16 }; /* floats */

/* ---- binding --------------------------------------------------------------------------------- */

struct binding {
  adm_trainee *trainee;
  adm_parameters packed; /* where convolutions go */
  size_t next;           /* parameter */
};

static adm_status
note_parameter (adm_trainee *t, const adm_slot *slot, adm_error *error)
{
  if (t->count == t->capacity) {
    size_t capacity = t->capacity ? 2 * t->capacity : 256;
    adm_parameter *more = realloc (t->parameter, capacity * sizeof *more);
    if (!more)
      return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
    t->parameter = more;
    t->capacity = capacity;
  }
  adm_parameter *p = &t->parameter[t->count];
  *p = (adm_parameter) { .name = strdup (slot->name),
                         .role = slot->role,
                         .rank = slot->rank,
                         .elements = slot->elements,
                         .offset = t->elements };
  memcpy (p->shape, slot->shape, sizeof p->shape);
  if (!p->name)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  t->count++;
  uint64_t padded;
  if (!adm_align_u64 (slot->elements, ALIGN, &padded)
      || !adm_add_u64 (t->elements, padded, &t->elements) || t->elements > UINT64_MAX / 64)
    return ADM_FAIL (error, NETWORK_UNCOUNTED);
  return ADM_OK;
}

/* The first walk, without memory, notes the parameters; the second places them. */
static adm_status
visit (const adm_slot *slot, void *user, adm_error *error)
{
  struct binding *b = user;
  adm_trainee *t = b->trainee;
  if (!t->weights) {
    *slot->gradient = (float *) t; /* wanted; planning reads nothing */
    adm_status status = note_parameter (t, slot, error);
    return status || !slot->conv ? status : adm_parameters_place (&b->packed, slot, error);
  }
  adm_parameter *p = &t->parameter[b->next++];
  *slot->gradient = t->gradients + p->offset;
  if (!slot->conv) {
    *slot->place = t->weights + p->offset;
    return ADM_OK;
  }
  p->conv = slot->conv;
  p->conv_t = slot->conv_t;
  return adm_parameters_place (&b->packed, slot, error);
}

static void
unbind (adm_trainee *t)
{
  if (t->description.kind == ADM_KIND_CLASSIFIER)
    adm_classifier_clear (&t->classifier);
  else
    adm_unet_clear (&t->unet);
}

static adm_status
bind (adm_trainee *t, adm_error *error)
{
  struct binding binding = { .trainee = t, .packed = { .exact = t->exact, .gradient = true } };
  adm_slots slots = { .visit = visit, .user = &binding, .error = error };
  binding.packed.memory.base = t->packed;
  adm_status status = t->description.kind == ADM_KIND_CLASSIFIER
                          ? adm_classifier_bind (&slots, &t->description, &t->classifier, error)
                          : adm_unet_bind (&slots, &t->description, &t->unet, error);
  t->packed_bytes = binding.packed.memory.bytes;
  return status;
}

/* ---- planning -------------------------------------------------------------------------------- */

static void
walk (adm_trainee *t, adm_exec *exec, const adm_batch *batch, adm_loss loss)
{
  if (t->description.kind == ADM_KIND_CLASSIFIER)
    adm_classifier_train (exec, &t->classifier, batch, loss);
  else
    adm_unet_train (exec, &t->unet, batch, loss);
}

static adm_status
plan (adm_trainee *t, adm_error *error)
{
  adm_arena_init (&t->arena, NULL, 0);
  adm_exec exec = { .arena = &t->arena,
                    .kernels = t->kernels,
                    .measure = true,
                    .train = true,
                    .recompute = t->recompute,
                    .dropout = t->dropout };
  walk (t, &exec, &(adm_batch) { .n = t->n }, (adm_loss) { 0 });
  if (t->arena.failed)
    return ADM_FAIL (error, NETWORK_DEEP);
  t->arena_bytes = t->arena.reach;
  t->scratch_bytes = exec.scratch_bytes;
  t->workspace_bytes = adm_exec_place (&exec, NULL, t->arena_bytes, adm_pool_threads (t->pool));
  t->flops = exec.flops;
  return ADM_OK;
}

uint64_t
adm_trainee_bytes (const adm_trainee *t, int copies)
{
  return t->packed_bytes + t->workspace_bytes
         + t->elements * sizeof (float) * (uint64_t) (2 + copies);
}

/* Decides between keeping and recomputing, or refuses. */
static adm_status
plan_within (adm_trainee *t, const char *what, const adm_trainee_options *how, adm_error *error)
{
  uint64_t limit = adm_memory_allowed (how->options->memory_limit);
  adm_status status = plan (t, error);
  if (status || adm_trainee_bytes (t, how->copies) <= limit)
    return status;
  t->recompute = true;
  status = plan (t, error);
  if (status || adm_trainee_bytes (t, how->copies) <= limit)
    return status;

  uint64_t all = adm_trainee_bytes (t, how->copies);
  return ADM_FAIL (error, TRAIN_MEMORY, what, t->n, all, t->arena_bytes, limit,
                   adm_memory_word (how->options->memory_limit));
}

/* ---- opening --------------------------------------------------------------------------------- */

static adm_status
take_memory (adm_trainee *t, adm_error *error)
{
  uint64_t flat = t->elements * sizeof (float);
  t->weights = adm_block_new (flat);
  t->gradients = adm_block_new (flat);
  t->packed = adm_block_new (t->packed_bytes);
  t->workspace = adm_block_new (t->workspace_bytes);
  if (t->weights && t->gradients && t->packed && t->workspace)
    return ADM_OK;
  return ADM_FAIL (error, NO_MEMORY_MIB, adm_trainee_bytes (t, 0));
}

static adm_status
read_weights (adm_trainee *t, const adm_network_source *source, adm_error *error)
{
  uint64_t done = 0;
  for (size_t i = 0; i < t->count && source->read; i++) {
    const adm_parameter *p = &t->parameter[i];
    adm_status status
        = source->read (p->name, p->elements, t->weights + p->offset, source->read_user, error);
    done += p->elements;
    if (!status && source->progress
        && !source->progress (source->user, (double) done / (double) t->elements))
      status = ADM_FAIL (error, STOPPED_LOADING, source->name);
    if (status)
      return status;
  }
  adm_trainee_pack (t);
  return ADM_OK;
}

adm_status
adm_trainee_open (const adm_network_source *source, const adm_trainee_options *how,
                  adm_trainee **out, adm_error *error)
{
  *out = NULL;
  adm_trainee *t = calloc (1, sizeof *t);
  if (!t)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  t->description = *source->description;
  t->exact = how->options->exact;
  t->n = how->n;
  t->dropout = how->dropout;
  adm_status status = adm_kernels_choose (how->options->kernels, false, &t->kernels, error);
  if (!status)
    status = adm_pool_new (adm_pool_threads_for (how->options->threads), &t->pool, error);
  if (!status)
    status = bind (t, error);
  if (!status)
    status = plan_within (t, source->name ? source->name : "the network", how, error);
  if (!status)
    status = take_memory (t, error);
  if (!status) {
    unbind (t);
    status = bind (t, error);
  }
  if (!status)
    status = read_weights (t, source, error);
  if (status) {
    adm_trainee_free (t);
    return status;
  }
  *out = t;
  return ADM_OK;
}

void
adm_trainee_free (adm_trainee *t)
{
  if (!t)
    return;
  uint64_t flat = t->elements * sizeof (float);
  unbind (t);
  adm_block_free (t->weights, flat);
  adm_block_free (t->gradients, flat);
  adm_block_free (t->packed, t->packed_bytes);
  adm_block_free (t->workspace, t->workspace_bytes);
  adm_pool_free (t->pool);
  for (size_t i = 0; i < t->count; i++)
    free (t->parameter[i].name);
  free (t->parameter);
  free (t);
}

struct packing {
  const adm_parameter *parameter;
  const float *raw;
  int forward; /* panels of the convolution; those of its gradient follow */
};

static void
pack_panel (void *arg, int unit, int worker)
{
  const struct packing *p = arg;
  const adm_conv *conv = p->parameter->conv, *conv_t = p->parameter->conv_t;
  (void) worker;
  if (unit < p->forward)
    adm_conv_pack_panel (conv, p->raw, false, unit, (void *) conv->packed);
  else
    adm_conv_pack_panel (conv_t, p->raw, true, unit - p->forward, (void *) conv_t->packed);
}

void
adm_trainee_pack (adm_trainee *t)
{
  for (size_t i = 0; i < t->count; i++) {
    const adm_parameter *p = &t->parameter[i];
    if (!p->conv)
      continue;
    struct packing packing = { p, t->weights + p->offset, adm_conv_panels (p->conv) };
    int backward = p->conv_t ? adm_conv_panels (p->conv_t) : 0;
    adm_conv_pack_start (p->conv, packing.raw);
    if (p->conv_t)
      adm_conv_pack_start (p->conv_t, packing.raw);
    adm_pool_run (t->pool, packing.forward + backward, pack_panel, &packing);
  }
}

/* ---- running --------------------------------------------------------------------------------- */

static adm_exec
exec_of (adm_trainee *t)
{
  adm_exec exec = { .arena = &t->arena,
                    .pool = t->pool,
                    .kernels = t->kernels,
                    .total_flops = t->flops,
                    .scratch_bytes = t->scratch_bytes,
                    .poll = t->poll,
                    .poll_user = t->poll_user };
  adm_exec_place (&exec, t->workspace, t->arena_bytes, adm_pool_threads (t->pool));
  return exec;
}

static adm_status
outcome (const adm_trainee *t, const adm_exec *exec, adm_error *error)
{
  if (exec->stopped)
    return ADM_FAIL (error, STOPPED);
  if (t->arena.failed)
    return ADM_FAIL (error, NETWORK_BUG);
  return ADM_OK;
}

adm_status
adm_trainee_gradients (adm_trainee *t, const adm_batch *batch, adm_loss loss, uint64_t key,
                       adm_error *error)
{
  adm_exec exec = exec_of (t);
  exec.train = true;
  exec.recompute = t->recompute;
  exec.dropout = t->dropout;
  exec.dropout_key = key;
  walk (t, &exec, batch, loss);
  return outcome (t, &exec, error);
}

adm_status
adm_trainee_evaluate (adm_trainee *t, const adm_batch *batch, float *out, adm_error *error)
{
  adm_exec exec = exec_of (t);
  if (t->description.kind == ADM_KIND_CLASSIFIER)
    adm_classifier_run (&exec, &t->classifier, batch, false, out, NULL);
  else
    adm_unet_forward (&exec, &t->unet, batch, out);
  return outcome (t, &exec, error);
}
