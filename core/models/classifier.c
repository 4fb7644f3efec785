/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four ways to pool (the reference implementation's attention, adaptive, spatial and spatial_v2); forward and backward of each stand
 * together. d log p_y / d logits = onehot (y) - softmax (logits). */
#include "models/classifier.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { HIDDEN = 2048 };

adm_status
adm_classifier_bind (adm_params *params, const adm_description *d, adm_classifier *c, adm_error *error)
{
  *c = (adm_classifier) { .description = *d };
  adm_time_embedding_bind (params, d->model_channels, 0, &c->embedding);
  adm_status status = adm_encoder_bind (params, d, 3, &c->encoder, error);
  if (!status) {
    size_t count = (size_t) c->encoder.count;
    c->outputs = calloc (count, sizeof *c->outputs);
    c->extra = calloc (count, sizeof *c->extra);
    c->saved.stage = calloc (count, sizeof *c->saved.stage);
    if (!c->outputs || !c->extra || !c->saved.stage)
      status = adm_fail (error, ADM_ERROR_MEMORY, "no memory for the network's structure; close other programs");
  }
  if (status) {
    adm_classifier_clear (c);
    return status;
  }

  int ch = c->encoder.channels, side = c->encoder.side, classes = d->num_classes;
  c->features = ch;
  for (int i = 0; i < c->encoder.count; i++)
    c->features += c->encoder.stage[i].channels;
  switch (d->pool) {
  case ADM_POOL_ATTENTION:
    adm_params_norm (params, "out.0", ch, &c->norm);
    adm_attention_pool_bind (params, "out.2", ch, d->num_head_channels > 0 ? d->num_head_channels : ch, classes, side, side, &c->pool);
    break;
  case ADM_POOL_ADAPTIVE:
    adm_params_norm (params, "out.0", ch, &c->norm);
    /* A 1x1 convolution of the mean is a linear layer; only its shape in the file differs. */
    c->first = (adm_linear_weights) { .in = ch, .out = classes };
    c->first.w = adm_params_tensor (params, "out.3", "weight", 4, (int64_t[]) { classes, ch, 1, 1 });
    c->first.b = adm_params_tensor (params, "out.3", "bias", 1, (int64_t[]) { classes });
    break;
  case ADM_POOL_SPATIAL:
    adm_params_linear (params, "out.0", c->features, HIDDEN, &c->first);
    adm_params_linear (params, "out.2", HIDDEN, classes, &c->second);
    break;
  case ADM_POOL_SPATIAL_V2:
    adm_params_linear (params, "out.0", c->features, HIDDEN, &c->first);
    adm_params_norm (params, "out.1", HIDDEN, &c->norm);
    adm_params_linear (params, "out.3", HIDDEN, classes, &c->second);
    break;
  case ADM_POOL_NONE:
    status = adm_fail (error, ADM_ERROR_SHAPE, "a classifier without a pool; add the key \"pool\" to its description");
    break;
  }
  if (!status)
    status = params->status;
  if (status)
    adm_classifier_clear (c);
  return status;
}

void
adm_classifier_clear (adm_classifier *c)
{
  free (c->encoder.stage);
  free (c->outputs);
  free (c->extra);
  free (c->saved.stage);
  *c = (adm_classifier) { 0 };
}

int
adm_classifier_features_width (const adm_classifier *c)
{
  bool spatial = c->description.pool == ADM_POOL_SPATIAL || c->description.pool == ADM_POOL_SPATIAL_V2;
  return spatial ? HIDDEN : c->encoder.channels;
}

/* OUT [N], rows STRIDE apart: means over H * W of each channel. */
static void
spatial_means (adm_map x, float *out, int stride)
{
  int pixels = x.h * x.w;
  for (int n = 0; n < x.n; n++)
    for (int c = 0; c < x.c; c++) {
      double sum = 0;
      for (int i = 0; i < pixels; i++)
        sum += (double) x.data[((ptrdiff_t) n * pixels + i) * x.c + c];
      out[(ptrdiff_t) n * stride + c] = (float) (sum / pixels);
    }
}

/* DX = DMEANS / (H W) at every pixel. */
static void
spatial_means_backward (const float *dmeans, int stride, adm_map dx)
{
  int pixels = dx.h * dx.w;
  for (int n = 0; n < dx.n; n++)
    for (int i = 0; i < pixels; i++)
      for (int c = 0; c < dx.c; c++)
        dx.data[((ptrdiff_t) n * pixels + i) * dx.c + c] = dmeans[(ptrdiff_t) n * stride + c] / (float) pixels;
}

/* DLOGITS = onehot (label) - softmax (logits). */
static void
log_softmax_backward (const adm_kernels *kernels, int n, int classes, const float *logits, const int *labels, float *dlogits)
{
  for (int i = 0; i < n; i++, logits += classes, dlogits += classes) {
    memcpy (dlogits, logits, (size_t) classes * sizeof *dlogits);
    kernels->softmax (classes, dlogits);
    for (int k = 0; k < classes; k++)
      dlogits[k] = (k == labels[i] ? 1.0f : 0.0f) - dlogits[k];
  }
}

/* ---- attention and adaptive: GroupNorm, SiLU, then one vector from the last map ----------------------------------- */

static adm_map
norm_head (adm_exec *exec, adm_classifier *c, adm_map h, const int *labels, float *logits)
{
  int n = h.n, ch = h.c, classes = c->description.num_classes;
  bool attention = c->description.pool == ADM_POOL_ATTENTION;
  adm_norm norm = adm_norm_take (exec, n, ch);
  adm_source in = adm_source_of (h);
  adm_group_norm (exec, &in, c->norm.w, c->norm.b, NULL, norm);
  in.mul = norm.mul;
  in.add = norm.add;
  in.silu = true;

  adm_map active = adm_map_take (exec, n, h.h, h.w, ch), qkv = { 0 };
  float *means = attention ? NULL : adm_floats_take (exec, (uint64_t) n * (uint64_t) ch);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < n * h.h; i++)
      adm_source_row (exec->kernels, &in, i / h.h, i % h.h, 0, h.w, 0, ch, active.data + (ptrdiff_t) i * h.w * ch, ch);
  if (attention)
    adm_attention_pool_forward (exec, &c->pool, active, logits, c->tap, labels ? &qkv : NULL);
  else {
    if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      spatial_means (active, means, ch);
    if (c->tap && !exec->measure)
      memcpy (c->tap, means, (size_t) n * (size_t) ch * sizeof *means);
    adm_linear (exec, n, ch, classes, means, false, c->first.w, c->first.b, logits);
  }

  adm_map dh = { 0 };
  if (labels) {
    float *dlogits = adm_floats_take (exec, (uint64_t) n * (uint64_t) classes);
    dh = adm_map_take (exec, n, h.h, h.w, ch);
    if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      log_softmax_backward (exec->kernels, n, classes, logits, labels, dlogits);
    if (attention)
      adm_attention_pool_backward (exec, &c->pool, qkv, dlogits, active);
    else {
      adm_linear_backward (exec, n, ch, classes, dlogits, c->first.w, means);
      if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
        spatial_means_backward (means, ch, active);
    }
    adm_group_norm_backward (exec, norm, h, true, active, false, dh);
    adm_arena_give (exec->arena, dlogits);
  }
  adm_arena_give (exec->arena, means);
  adm_map_give (exec, active);
  adm_norm_give (exec, norm);
  return dh;
}

/* ---- spatial and spatial_v2: the means of every block's output, then two linear layers ---------------------------- */

/* v2's GroupNorm works on [N, HIDDEN] as on maps of one pixel. */
static adm_map
spatial_head (adm_exec *exec, adm_classifier *c, adm_map h, const int *labels, float *logits)
{
  int n = h.n, classes = c->description.num_classes, count = c->encoder.count, features = c->features;
  bool v2 = c->description.pool == ADM_POOL_SPATIAL_V2;
  float *means = adm_floats_take (exec, (uint64_t) n * (uint64_t) features);
  adm_map hidden = adm_map_take (exec, n, 1, 1, HIDDEN), active = adm_map_take (exec, n, 1, 1, HIDDEN);
  adm_norm norm = { 0 };
  if (v2)
    norm = adm_norm_take (exec, n, HIDDEN);

  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      spatial_means (c->outputs[i], means + at, features);
      at += c->outputs[i].c;
    }
    spatial_means (h, means + at, features);
  }
  adm_linear (exec, n, features, HIDDEN, means, false, c->first.w, c->first.b, hidden.data);
  if (v2) {
    adm_source in = adm_source_of (hidden);
    adm_group_norm (exec, &in, c->norm.w, c->norm.b, NULL, norm);
  }
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < n; i++) {
      const float *from = hidden.data + (ptrdiff_t) i * HIDDEN;
      float *to = active.data + (ptrdiff_t) i * HIDDEN;
      if (v2)
        exec->kernels->affine (HIDDEN, from, norm.mul + (ptrdiff_t) i * HIDDEN, norm.add + (ptrdiff_t) i * HIDDEN, true, to);
      else
        for (int k = 0; k < HIDDEN; k++)
          to[k] = from[k] > 0 ? from[k] : 0;
    }
  if (c->tap && !exec->measure)
    memcpy (c->tap, active.data, (size_t) n * HIDDEN * sizeof *c->tap);
  adm_linear (exec, n, HIDDEN, classes, active.data, false, c->second.w, c->second.b, logits);

  adm_map dh = { 0 };
  if (labels) {
    float *dlogits = adm_floats_take (exec, (uint64_t) n * (uint64_t) classes);
    dh = adm_map_take (exec, n, h.h, h.w, h.c);
    for (int i = 0; i < count; i++)
      c->extra[i] = adm_map_take (exec, n, c->outputs[i].h, c->outputs[i].w, c->outputs[i].c);
    if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      log_softmax_backward (exec->kernels, n, classes, logits, labels, dlogits);
    adm_linear_backward (exec, n, HIDDEN, classes, dlogits, c->second.w, active.data);
    if (v2)
      adm_group_norm_backward (exec, norm, hidden, true, active, false, active);
    else if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      for (int i = 0; i < n * HIDDEN; i++)
        active.data[i] = hidden.data[i] > 0 ? active.data[i] : 0;
    adm_linear_backward (exec, n, features, HIDDEN, active.data, c->first.w, means);
    if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
      int at = 0;
      for (int i = 0; i < count; i++) {
        spatial_means_backward (means + at, features, c->extra[i]);
        at += c->outputs[i].c;
      }
      spatial_means_backward (means + at, features, dh);
    }
    adm_arena_give (exec->arena, dlogits);
  }
  if (v2)
    adm_norm_give (exec, norm);
  adm_map_give (exec, hidden);
  adm_map_give (exec, active);
  adm_arena_give (exec->arena, means);
  return dh;
}

void
adm_classifier_run (adm_exec *exec, adm_classifier *c, int n, const float *x, const int *t, const int *labels, float *logits, float *grad)
{
  const adm_description *d = &c->description;
  int s = d->image_size;
  float *emb = adm_floats_take (exec, 4 * (uint64_t) n * (uint64_t) d->model_channels);
  adm_time_embedding_forward (exec, &c->embedding, n, t, NULL, emb);
  adm_map in = adm_map_take (exec, n, s, s, 3);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_map_from_planar (x, 3, 0, in);
  adm_map h = adm_encoder_forward (exec, &c->encoder, in, emb, c->outputs, labels ? &c->saved : NULL);

  bool spatial = d->pool == ADM_POOL_SPATIAL || d->pool == ADM_POOL_SPATIAL_V2;
  for (int i = 0; i < c->encoder.count; i++)
    c->extra[i] = (adm_map) { 0 };
  adm_map dh = spatial ? spatial_head (exec, c, h, labels, logits) : norm_head (exec, c, h, labels, logits);
  adm_map_give (exec, h);
  if (labels) {
    adm_map dx = adm_encoder_backward (exec, &c->encoder, &c->saved, c->outputs, dh, c->extra);
    if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      adm_map_to_planar (dx, 3, grad);
    adm_map_give (exec, dx);
  } else
    for (int i = 0; i < c->encoder.count; i++)
      adm_map_give (exec, c->outputs[i]);
  adm_map_give (exec, in);
  adm_arena_give (exec->arena, emb);
}
