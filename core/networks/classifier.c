/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four ways to pool (the reference implementation's attention, adaptive, spatial and spatial_v2);
 * forward and backward of each stand together. d log p_y / d logits = onehot (y) - softmax
 * (logits). */
#include "networks/classifier.h"

#include "base/error.h"
#include "ops/resize2d.h"

#include <stdlib.h>
#include <string.h>

enum { HIDDEN = 2048 };

adm_status
adm_classifier_bind (adm_slots *slots, const adm_description *d, adm_classifier *c,
                     adm_error *error)
{
  *c = (adm_classifier) { .description = *d };
  adm_time_embedding_bind (slots, d, 0, &c->embedding);
  adm_status status = adm_encoder_bind (slots, d, adm_description_channels (d), &c->encoder, error);
  if (!status) {
    size_t count = (size_t) c->encoder.count;
    c->outputs = calloc (count, sizeof *c->outputs);
    c->extra = calloc (count, sizeof *c->extra);
    c->saved.blocks = calloc (count, sizeof *c->saved.blocks);
    if (!c->outputs || !c->extra || !c->saved.blocks)
      status = ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  }
  if (status) {
    adm_classifier_clear (c);
    return status;
  }

  int ch = c->encoder.channels, side = c->encoder.side, classes = d->num_classes;
  c->features = ch;
  for (int i = 0; i < c->encoder.count; i++)
    c->features += c->encoder.blocks[i].channels;
  switch (d->pool) {
  case ADM_POOL_ATTENTION:
    adm_slots_norm (slots, "out", "0", ch, &c->norm);
    c->pool = (adm_attention_pool) { .channels = ch, .out = classes, .positions = side * side };
    c->pool.shape.heads = d->num_head_channels > 0 ? ch / d->num_head_channels : 1;
    adm_attention_pool_bind (slots, "out.2", &c->pool);
    break;
  case ADM_POOL_ADAPTIVE:
    adm_slots_norm (slots, "out", "0", ch, &c->norm);
    /* A 1x1 convolution of the mean is a linear layer; only its shape in the file differs. */
    adm_slots_linear (slots, "out", "3", 4, ch, classes, &c->first);
    break;
  case ADM_POOL_SPATIAL:
    adm_slots_linear (slots, "out", "0", 2, c->features, HIDDEN, &c->first);
    adm_slots_linear (slots, "out", "2", 2, HIDDEN, classes, &c->second);
    break;
  case ADM_POOL_SPATIAL_V2:
    adm_slots_linear (slots, "out", "0", 2, c->features, HIDDEN, &c->first);
    adm_slots_norm (slots, "out", "1", HIDDEN, &c->norm);
    adm_slots_linear (slots, "out", "3", 2, HIDDEN, classes, &c->second);
    break;
  case ADM_POOL_NONE:
    status = ADM_FAIL (error, NETWORK_POOL);
    break;
  }
  if (!status)
    status = slots->status;
  if (status)
    adm_classifier_clear (c);
  return status;
}

void
adm_classifier_clear (adm_classifier *c)
{
  free (c->encoder.blocks);
  free (c->outputs);
  free (c->extra);
  free (c->saved.blocks);
  *c = (adm_classifier) { 0 };
}

int
adm_classifier_features_width (const adm_classifier *c)
{
  bool spatial
      = c->description.pool == ADM_POOL_SPATIAL || c->description.pool == ADM_POOL_SPATIAL_V2;
  return spatial ? HIDDEN : c->encoder.channels;
}

const adm_linear_weights *
adm_classifier_last (const adm_classifier *c)
{
  switch (c->description.pool) {
  case ADM_POOL_ATTENTION:
    return &c->pool.proj;
  case ADM_POOL_ADAPTIVE:
    return &c->first;
  default:
    return &c->second;
  }
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
        dx.data[((ptrdiff_t) n * pixels + i) * dx.c + c]
            = dmeans[(ptrdiff_t) n * stride + c] / (float) pixels;
}

/* DLOGITS = onehot (label) - softmax (logits). */
static void
log_softmax_backward (const adm_kernels *kernels, int n, int classes, const float *logits,
                      const int *labels, float *dlogits)
{
  for (int i = 0; i < n; i++, logits += classes, dlogits += classes) {
    memcpy (dlogits, logits, (size_t) classes * sizeof *dlogits);
    kernels->softmax (classes, dlogits);
    for (int k = 0; k < classes; k++)
      dlogits[k] = (k == labels[i] ? 1.0f : 0.0f) - dlogits[k];
  }
}

/* The gradient by the logits: of what is being trained for, else of sum log p (label). */
static void
logits_backward (adm_exec *exec, const adm_classifier *c, int n, const float *logits,
                 const int *labels, float *dlogits)
{
  if (!adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    return;
  if (exec->train)
    c->loss.run (c->loss.user, logits, dlogits);
  else
    log_softmax_backward (exec->kernels, n, c->description.num_classes, logits, labels, dlogits);
}

/* ---- attention and adaptive: GroupNorm, SiLU, then one vector from the last map -------------- */

static adm_map
norm_head (adm_exec *exec, adm_classifier *c, adm_map h, const int *labels, bool gradient,
           float *logits)
{
  int n = h.n, ch = h.c, classes = c->description.num_classes;
  bool attention = c->description.pool == ADM_POOL_ATTENTION;
  adm_norm norm = adm_norm_take (exec, n, ch);
  adm_attention_pool_saved pooled;
  adm_source in = adm_source_of (h);
  adm_group_norm (exec, &in, c->norm.w, c->norm.b, NULL, norm);
  in = adm_norm_source (in, norm, true);

  adm_map active = adm_map_take (exec, n, h.h, h.w, ch);
  float *means = attention ? NULL : adm_floats_take (exec, (uint64_t) n * (uint64_t) ch);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < n * h.h; i++)
      adm_source_row (exec->kernels, &in, (adm_span) { i / h.h, i % h.h, 0, h.w, 0, ch },
                      active.data + (ptrdiff_t) i * h.w * ch, ch);
  if (attention)
    adm_attention_pool_forward (exec, &c->pool, active, logits, c->tap, gradient ? &pooled : NULL);
  else {
    if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      spatial_means (active, means, ch);
    if (c->tap && !exec->measure)
      memcpy (c->tap, means, (size_t) n * (size_t) ch * sizeof *means);
    adm_linear (exec, &c->first, n, means, false, logits);
  }

  adm_map dh = { 0 };
  if (gradient) {
    float *dlogits = adm_floats_take (exec, (uint64_t) n * (uint64_t) classes);
    dh = adm_map_take (exec, n, h.h, h.w, ch);
    logits_backward (exec, c, n, logits, labels, dlogits);
    if (attention)
      adm_attention_pool_backward (exec, &c->pool, &pooled, dlogits, active);
    else {
      if (exec->train)
        adm_linear_gradient (exec, &c->first, n, means, dlogits);
      adm_linear_backward (exec, &c->first, n, dlogits, means);
      if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
        spatial_means_backward (means, ch, active);
    }
    adm_group_norm_backward (exec, norm,
                             &(adm_norm_backward) {
                                 .x = h,
                                 .dy = active,
                                 .dx = dh,
                                 .silu = true,
                                 .weights = exec->train ? &c->norm : NULL,
                             });
    adm_arena_give (exec->arena, dlogits);
  }
  adm_arena_give (exec->arena, means);
  adm_map_give (exec, active);
  adm_norm_give (exec, norm);
  return dh;
}

/* ---- spatial and spatial_v2: the means of every block's output, then two linear layers ------- */

struct spatial {
  float *means;           /* [N,features], then their gradient */
  adm_map hidden, active; /* [N,1,1,HIDDEN]; ACTIVE, then its gradient */
  adm_norm norm;          /* v2's GroupNorm works on [N,HIDDEN] as on maps of one pixel */
};

static void
spatial_forward (adm_exec *exec, adm_classifier *c, adm_map h, const struct spatial *s,
                 float *logits)
{
  int n = h.n;
  bool v2 = c->description.pool == ADM_POOL_SPATIAL_V2;
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    int at = 0;
    for (int i = 0; i < c->encoder.count; i++) {
      spatial_means (c->outputs[i], s->means + at, c->features);
      at += c->outputs[i].c;
    }
    spatial_means (h, s->means + at, c->features);
  }
  adm_linear (exec, &c->first, n, s->means, false, s->hidden.data);
  if (v2) {
    adm_source in = adm_source_of (s->hidden);
    adm_group_norm (exec, &in, c->norm.w, c->norm.b, NULL, s->norm);
  }
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < n; i++) {
      const float *from = s->hidden.data + (ptrdiff_t) i * HIDDEN;
      float *to = s->active.data + (ptrdiff_t) i * HIDDEN;
      if (v2)
        exec->kernels->affine (HIDDEN, from, s->norm.mul + (ptrdiff_t) i * HIDDEN,
                               s->norm.add + (ptrdiff_t) i * HIDDEN, true, to);
      else
        for (int k = 0; k < HIDDEN; k++)
          to[k] = from[k] > 0 ? from[k] : 0;
    }
  if (c->tap && !exec->measure)
    memcpy (c->tap, s->active.data, (size_t) n * HIDDEN * sizeof *c->tap);
  adm_linear (exec, &c->second, n, s->active.data, false, logits);
}

/* Fills c->extra; returns the gradient of H. */
static adm_map
spatial_backward (adm_exec *exec, adm_classifier *c, adm_map h, const struct spatial *s,
                  const int *labels, const float *logits)
{
  int n = h.n, classes = c->description.num_classes, count = c->encoder.count;
  float *dlogits = adm_floats_take (exec, (uint64_t) n * (uint64_t) classes);
  adm_map dh = adm_map_take (exec, n, h.h, h.w, h.c);
  for (int i = 0; i < count; i++)
    c->extra[i] = adm_map_take (exec, n, c->outputs[i].h, c->outputs[i].w, c->outputs[i].c);
  logits_backward (exec, c, n, logits, labels, dlogits);
  if (exec->train)
    adm_linear_gradient (exec, &c->second, n, s->active.data, dlogits);
  adm_linear_backward (exec, &c->second, n, dlogits, s->active.data);
  if (c->description.pool == ADM_POOL_SPATIAL_V2)
    adm_group_norm_backward (exec, s->norm,
                             &(adm_norm_backward) {
                                 .x = s->hidden,
                                 .dy = s->active,
                                 .dx = s->active,
                                 .silu = true,
                                 .weights = exec->train ? &c->norm : NULL,
                             });
  else if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < n * HIDDEN; i++)
      s->active.data[i] = s->hidden.data[i] > 0 ? s->active.data[i] : 0;
  if (exec->train)
    adm_linear_gradient (exec, &c->first, n, s->means, s->active.data);
  adm_linear_backward (exec, &c->first, n, s->active.data, s->means);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      spatial_means_backward (s->means + at, c->features, c->extra[i]);
      at += c->outputs[i].c;
    }
    spatial_means_backward (s->means + at, c->features, dh);
  }
  adm_arena_give (exec->arena, dlogits);
  return dh;
}

static adm_map
spatial_head (adm_exec *exec, adm_classifier *c, adm_map h, const int *labels, bool gradient,
              float *logits)
{
  struct spatial s = { .means = adm_floats_take (exec, (uint64_t) h.n * (uint64_t) c->features) };
  adm_map dh = { 0 };
  s.hidden = adm_map_take (exec, h.n, 1, 1, HIDDEN);
  s.active = adm_map_take (exec, h.n, 1, 1, HIDDEN);
  if (c->description.pool == ADM_POOL_SPATIAL_V2)
    s.norm = adm_norm_take (exec, h.n, HIDDEN);
  spatial_forward (exec, c, h, &s, logits);
  if (gradient)
    dh = spatial_backward (exec, c, h, &s, labels, logits);
  adm_norm_give (exec, s.norm);
  adm_map_give (exec, s.hidden);
  adm_map_give (exec, s.active);
  adm_arena_give (exec->arena, s.means);
  return dh;
}

void
adm_classifier_run (adm_exec *exec, adm_classifier *c, const adm_batch *batch, bool gradient,
                    float *logits, float *grad)
{
  const adm_description *d = &c->description;
  int n = batch->n, s = d->image_size, channels = adm_description_channels (d);
  uint64_t width = 4 * (uint64_t) n * (uint64_t) d->model_channels;
  adm_time_input time = { n, batch->t, NULL };
  float *emb = adm_floats_take (exec, width),
        *demb = exec->train ? adm_floats_take (exec, width) : NULL;
  adm_time_embedding_forward (exec, &c->embedding, time, emb);
  adm_map in = adm_map_take (exec, n, s, s, channels);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    adm_map_from_planar (batch->x, channels, 0, in);
    if (demb)
      memset (demb, 0, (size_t) width * sizeof *demb);
  }
  adm_map h
      = adm_encoder_forward (exec, &c->encoder, in, emb, c->outputs, gradient ? &c->saved : NULL);

  bool spatial = d->pool == ADM_POOL_SPATIAL || d->pool == ADM_POOL_SPATIAL_V2;
  for (int i = 0; i < c->encoder.count; i++)
    c->extra[i] = (adm_map) { 0 };
  adm_map dh = (spatial ? spatial_head : norm_head) (exec, c, h, batch->labels, gradient, logits);
  adm_map_give (exec, h);
  if (gradient) {
    adm_map dx = adm_encoder_backward (exec, &c->encoder, (adm_embedding) { emb, demb }, &c->saved,
                                       c->outputs, dh, c->extra);
    if (!exec->train && adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
      adm_map_to_planar (dx, channels, grad);
    adm_map_give (exec, dx);
  } else
    for (int i = 0; i < c->encoder.count; i++)
      adm_map_give (exec, c->outputs[i]);
  adm_map_give (exec, in);
  if (exec->train)
    adm_time_embedding_gradient (exec, &c->embedding, time, demb);
  adm_arena_give (exec->arena, emb);
  adm_arena_give (exec->arena, demb);
}

void
adm_classifier_train (adm_exec *exec, adm_classifier *c, const adm_batch *batch, adm_loss loss)
{
  float *logits
      = adm_floats_take (exec, (uint64_t) batch->n * (uint64_t) c->description.num_classes);
  c->loss = loss;
  adm_classifier_run (exec, c, batch, true, logits, NULL);
  adm_arena_give (exec->arena, logits);
}
