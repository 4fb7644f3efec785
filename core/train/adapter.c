/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole gradient of a convolution is there already; a low-rank one is two small products of
 * it. */
#include "train/adapter.h"

#include "base/error.h"
#include "base/rng.h"
#include "ops/dropout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
lay_out (adm_adapter *a)
{
  for (size_t i = 0; i < a->trainee->count; i++) {
    const adm_parameter *p = &a->trainee->parameter[i];
    if (p->role == ADM_ROLE_EMBEDDING)
      a->table = p;
    if (p->role != ADM_ROLE_CONV_WEIGHT && p->role != ADM_ROLE_CONV1D_WEIGHT)
      continue;
    adm_adapter_layer *layer = &a->layer[a->layers++];
    layer->parameter = p;
    layer->rows = (int) p->shape[0];
    layer->columns = (int) (p->elements / (uint64_t) p->shape[0]);
    layer->rank = a->rank < layer->rows ? a->rank : layer->rows;
    layer->a = a->count;
    layer->b = layer->a + (uint64_t) layer->rank * (uint64_t) layer->columns;
    a->count = layer->b + (uint64_t) layer->rank * (uint64_t) layer->rows;
  }
  a->label = a->count;
  if (a->table) {
    a->row = (int) a->table->shape[0] - 1;
    a->count += (uint64_t) a->table->shape[1];
  }
}

float *
adm_adapter_row (const adm_adapter *a, float *flat, int label)
{
  return flat + a->table->offset + (uint64_t) label * (uint64_t) a->table->shape[1];
}

adm_status
adm_adapter_new (adm_trainee *trainee, int rank, uint64_t seed, adm_adapter *out, adm_error *error)
{
  size_t bytes = (size_t) trainee->elements * sizeof (float);
  *out = (adm_adapter) { .trainee = trainee, .rank = rank };
  out->layer = calloc (trainee->count, sizeof *out->layer);
  if (out->layer)
    lay_out (out);
  out->values = calloc (out->count + 1, sizeof *out->values);
  out->gradients = calloc (out->count + 1, sizeof *out->gradients);
  out->base = malloc (bytes);
  if (!out->layer || !out->values || !out->gradients || !out->base) {
    adm_adapter_clear (out);
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_AN_ADAPTER);
  }
  memcpy (out->base, trainee->weights, bytes);
  for (size_t i = 0; i < out->layers; i++) {
    const adm_adapter_layer *p = &out->layer[i];
    adm_rng rng;
    adm_rng_seed (&rng, adm_mix (seed ^ 0x6c6f7261, i));
    for (int k = 0; k < p->rank * p->columns; k++)
      out->values[p->a + (uint64_t) k] = (float) (((double) adm_rng_next (&rng) / 2147483648.0 - 1)
                                                  / sqrt ((double) p->columns));
  }
  if (out->table)
    memcpy (out->values + out->label, adm_adapter_row (out, trainee->weights, out->row),
            (size_t) out->table->shape[1] * sizeof (float));
  return ADM_OK;
}

void
adm_adapter_clear (adm_adapter *a)
{
  free (a->layer), free (a->values), free (a->gradients), free (a->base);
  *a = (adm_adapter) { 0 };
}

struct work {
  adm_adapter *adapter;
  const adm_adapter_layer *layer;
};

/* Row UNIT of W = base + B A. */
static void
apply_row (void *arg, int unit, int worker)
{
  const struct work *w = arg;
  const adm_adapter *a = w->adapter;
  const adm_adapter_layer *p = w->layer;
  uint64_t at = p->parameter->offset + (uint64_t) unit * (uint64_t) p->columns;
  float *row = a->trainee->weights + at;
  (void) worker;
  memcpy (row, a->base + at, (size_t) p->columns * sizeof *row);
  for (int k = 0; k < p->rank; k++)
    a->trainee->kernels->axpy (p->columns, a->values[p->b + (uint64_t) (unit * p->rank + k)],
                               a->values + p->a + (uint64_t) k * (uint64_t) p->columns, row);
}

void
adm_adapter_apply (adm_adapter *a)
{
  for (size_t i = 0; i < a->layers; i++)
    adm_pool_run (a->trainee->pool, a->layer[i].rows, apply_row,
                  &(struct work) { a, &a->layer[i] });
  if (a->table)
    memcpy (adm_adapter_row (a, a->trainee->weights, a->row), a->values + a->label,
            (size_t) a->table->shape[1] * sizeof (float));
  adm_trainee_pack (a->trainee);
}

/* Unit K < rank: row K of dA; the others a row of dB each. */
static void
gradient_row (void *arg, int unit, int worker)
{
  const struct work *w = arg;
  const adm_adapter *a = w->adapter;
  const adm_adapter_layer *p = w->layer;
  const adm_kernels *kernels = a->trainee->kernels;
  const float *dw = a->trainee->gradients + p->parameter->offset;
  (void) worker;
  if (unit < p->rank) {
    float *da = a->gradients + p->a + (uint64_t) unit * (uint64_t) p->columns;
    memset (da, 0, (size_t) p->columns * sizeof *da);
    for (int i = 0; i < p->rows; i++)
      kernels->axpy (p->columns, a->values[p->b + (uint64_t) (i * p->rank + unit)],
                     dw + (ptrdiff_t) i * p->columns, da);
    return;
  }
  int row = unit - p->rank;
  for (int k = 0; k < p->rank; k++)
    a->gradients[p->b + (uint64_t) (row * p->rank + k)]
        = kernels->dot (p->columns, dw + (ptrdiff_t) row * p->columns,
                        a->values + p->a + (uint64_t) k * (uint64_t) p->columns);
}

void
adm_adapter_gradients (adm_adapter *a)
{
  for (size_t i = 0; i < a->layers; i++)
    adm_pool_run (a->trainee->pool, a->layer[i].rank + a->layer[i].rows, gradient_row,
                  &(struct work) { a, &a->layer[i] });
  if (a->table)
    memcpy (a->gradients + a->label, adm_adapter_row (a, a->trainee->gradients, a->row),
            (size_t) a->table->shape[1] * sizeof (float));
}
