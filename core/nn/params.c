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
  if (!adm_align_u64 (bytes, ADM_ARENA_ALIGN, &bytes)
      || !adm_add_u64 (params->used, bytes, &used)) {
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

static void
read_tensor (adm_params *params, const char *name, uint64_t elements, float *out)
{
  if (params->read && !params->status)
    params->status = params->read (name, elements, out, params->user, params->error);
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
  if (elements > params->raw_floats)
    params->raw_floats = elements;

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
    read_tensor (params, name, elements, params->raw);
    if (!params->status)
      adm_conv_pack (conv, params->pool, params->raw, packed);
    if (!params->status && turned)
      adm_conv_pack_backward (backward, params->pool, params->raw, turned);
  }
  conv->bias = adm_params_tensor (params, prefix, "bias", 1, (int64_t[]) { conv->cout });
}

void
adm_params_conv (adm_params *params, const char *prefix, int cin, int cout, int size, int stride, int h, int w, adm_conv *conv,
                 adm_conv *backward)
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
