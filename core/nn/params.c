/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One place where tensors' names, shapes and memory meet. */
#include "nn/params.h"

#include "base/checked.h"
#include "base/error.h"

#include <stdio.h>

enum { NAME = 160 };

/* Takes BYTES of weights' memory; NULL while measuring or after a failure. */
static void *
take (adm_params *params, uint64_t bytes)
{
  uint64_t used;
  if (params->status)
    return NULL;
  if (!adm_align_u64 (bytes, ADM_ARENA_ALIGN, &bytes) || !adm_add_u64 (params->used, bytes, &used)) {
    params->status = adm_fail (params->error, ADM_ERROR_SHAPE, "the network's weights are too large to count; check its description");
    return NULL;
  }
  void *at = params->memory ? params->memory + params->used : NULL;
  params->used = used;
  return at;
}

/* Announces tensor NAME and returns its number of elements. */
static uint64_t
announce (adm_params *params, const char *name, int rank, const int64_t *shape)
{
  uint64_t elements = 1;
  for (int i = 0; i < rank; i++)
    if (!adm_mul_u64 (elements, (uint64_t) shape[i], &elements) && !params->status)
      params->status = adm_fail (params->error, ADM_ERROR_SHAPE, "tensor %s is too large to count; check the description", name);
  if (params->status)
    return 0;
  params->parameters += elements;
  if (params->visit)
    params->visit (name, rank, shape, params->user);
  return elements;
}

/* ---- reading, while the convolution before is packed --------------------------------------------------------------- */

struct batch {
  adm_params *params;
  const char *name; /* of the tensor to be read; NULL: none */
  uint64_t elements;
  float *out;
  int forward; /* units that pack the waiting convolution, then its gradient's */
};

static void
batch_unit (void *arg, int unit, int worker)
{
  struct batch *b = arg;
  adm_params *p = b->params;
  (void) worker;
  if (unit == 0 && b->name)
    p->status = p->read (b->name, b->elements, b->out, p->user, p->error);
  else if (unit > 0 && unit <= b->forward)
    adm_conv_pack_unit (p->waiting.conv, p->waiting.raw, false, unit - 1, p->waiting.packed);
  else if (unit > 0)
    adm_conv_pack_unit (p->waiting.backward, p->waiting.raw, true, unit - 1 - b->forward, p->waiting.turned);
}

/* Reads tensor NAME (NULL: none), and packs what waits beside it. */
static void
run_batch (adm_params *params, const char *name, uint64_t elements, float *out)
{
  struct batch b = { params, name, elements, out, params->waiting.conv ? adm_conv_pack_units (params->waiting.conv) : 0 };
  adm_pool_run (params->pool, 1 + b.forward + (params->waiting.backward ? adm_conv_pack_units (params->waiting.backward) : 0), batch_unit, &b);
  params->waiting.conv = params->waiting.backward = NULL;
}

/* Small tensors do not wait for a packing. */
static void
read_tensor (adm_params *params, const char *name, uint64_t elements, float *out)
{
  enum { SMALL = 1 << 14 };
  if (!params->read || params->status)
    return;
  if (elements < SMALL)
    params->status = params->read (name, elements, out, params->user, params->error);
  else
    run_batch (params, name, elements, out);
  if (!params->status && params->done)
    params->status = params->done (elements, params->user, params->error);
}

uint64_t
adm_params_loading_bytes (const adm_params *params)
{
  return params->raw_floats * sizeof (float);
}

adm_status
adm_params_finish (adm_params *params)
{
  if (!params->status && params->waiting.conv)
    run_batch (params, NULL, 0, NULL);
  return params->status;
}

const float *
adm_params_tensor (adm_params *params, const char *prefix, const char *suffix, int rank, const int64_t *shape)
{
  char name[NAME];
  snprintf (name, sizeof name, "%s.%s", prefix, suffix);
  uint64_t elements = announce (params, name, rank, shape);
  uint64_t bytes;
  if (!adm_mul_u64 (elements, sizeof (float), &bytes))
    bytes = UINT64_MAX; /* refused by take */
  float *at = take (params, bytes);
  if (at)
    read_tensor (params, name, elements, at);
  return at;
}

static void
bind_conv (adm_params *params, const char *prefix, int dims, int h, int w, adm_conv *conv, adm_conv *backward)
{
  char name[NAME];
  int64_t shape[4] = { conv->cout, conv->cin, conv->size, conv->size };
  snprintf (name, sizeof name, "%s.weight", prefix);
  uint64_t elements = announce (params, name, dims + 2, shape);
  if (elements + params->last_floats > params->raw_floats)
    params->raw_floats = elements + params->last_floats;
  params->last_floats = elements;

  adm_conv_plan (conv, h, w, params->exact);
  conv->half = params->half;
  void *packed = take (params, adm_conv_packed_bytes (conv)), *turned = NULL;
  conv->packed = packed;
  if (params->gradient && backward) {
    /* The gradient of a stride of 2 works on the input's size, zeros between. */
    *backward = (adm_conv) { .cin = conv->cout, .cout = conv->cin, .size = conv->size, .stride = 1 };
    adm_conv_plan (backward, h * conv->stride, w * conv->stride, params->exact);
    backward->half = params->half;
    turned = take (params, adm_conv_packed_bytes (backward));
    backward->packed = turned;
  }
  if (packed && params->raw) {
    float *raw = params->at_end ? params->raw + (params->raw_floats - elements) : params->raw;
    params->at_end = !params->at_end;
    read_tensor (params, name, elements, raw);
    if (params->waiting.conv && !params->status) /* the tensor was small */
      run_batch (params, NULL, 0, NULL);
    if (!params->status) {
      adm_conv_pack_start (conv, raw);
      if (turned)
        adm_conv_pack_start (backward, raw);
      params->waiting.conv = conv;
      params->waiting.backward = turned ? backward : NULL;
      params->waiting.packed = packed;
      params->waiting.turned = turned;
      params->waiting.raw = raw;
    }
  }
  conv->bias = adm_params_tensor (params, prefix, "bias", 1, (int64_t[]) { conv->cout });
}

void
adm_params_conv (adm_params *params, const char *prefix, int cin, int cout, int size, int stride, int h, int w, adm_conv *conv, adm_conv *backward)
{
  *conv = (adm_conv) { .cin = cin, .cout = cout, .size = size, .stride = stride };
  bind_conv (params, prefix, 2, h, w, conv, backward);
}

void
adm_params_conv1d (adm_params *params, const char *prefix, int cin, int cout, int positions, adm_conv *conv, adm_conv *backward)
{
  *conv = (adm_conv) { .cin = cin, .cout = cout, .size = 1, .stride = 1 };
  bind_conv (params, prefix, 1, 1, positions, conv, backward);
}

void
adm_params_linear (adm_params *params, const char *prefix, int in, int out, adm_linear_weights *linear)
{
  *linear = (adm_linear_weights) { .in = in, .out = out };
  linear->w = adm_params_tensor (params, prefix, "weight", 2, (int64_t[]) { out, in });
  linear->b = adm_params_tensor (params, prefix, "bias", 1, (int64_t[]) { out });
}

void
adm_params_norm (adm_params *params, const char *prefix, int c, adm_norm_weights *norm)
{
  norm->w = adm_params_tensor (params, prefix, "weight", 1, (int64_t[]) { c });
  norm->b = adm_params_tensor (params, prefix, "bias", 1, (int64_t[]) { c });
}
