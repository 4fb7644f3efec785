/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Some microseconds of work; written plainly. The gradient computes the forward again. */
#include "nn/time_embedding.h"

#include "ops/embedding.h"

#include <math.h>

void
adm_time_embedding_bind (adm_slots *slots, const adm_description *d, int labels,
                         adm_time_embedding *embedding)
{
  int channels = d->model_channels;
  /* Improved DDPM's rescale_timesteps; the product is float32 there too */
  embedding->scale = d->rescale_timesteps ? (float) (1000.0 / d->diffusion_steps) : 1;
  embedding->channels = channels;
  embedding->labels = labels;
  adm_slots_linear (slots, "time_embed", "0", 2, channels, 4 * channels, &embedding->first);
  adm_slots_linear (slots, "time_embed", "2", 2, 4 * channels, 4 * channels, &embedding->second);
  embedding->label = (adm_table) { 0 };
  if (labels)
    adm_slots_embedding (slots, "label_emb", "weight", labels, 4 * (int64_t) channels,
                         &embedding->label);
}

/* HIDDEN [N,4mc], the first layer's output, and OUT [N,4mc] before its last SiLU. WAVES [N,mc]. */
static void
forward (adm_exec *exec, const adm_time_embedding *embedding, adm_time_input in, float *waves,
         float *hidden, float *out)
{
  int dim = 4 * embedding->channels;
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_timestep_embedding (in.n, in.t, embedding->scale, embedding->channels, waves);
  adm_linear (exec, &embedding->first, in.n, waves, false, hidden);
  adm_linear (exec, &embedding->second, in.n, hidden, true, out);
  if (embedding->label.w && adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < in.n; i++)
      exec->kernels->axpy (dim, 1, embedding->label.w + (ptrdiff_t) in.labels[i] * dim,
                           out + (ptrdiff_t) i * dim);
}

void
adm_time_embedding_forward (adm_exec *exec, const adm_time_embedding *embedding, adm_time_input in,
                            float *out)
{
  uint64_t n = (uint64_t) in.n, mc = (uint64_t) embedding->channels;
  float *waves = adm_floats_take (exec, n * mc), *hidden = adm_floats_take (exec, 4 * n * mc);
  forward (exec, embedding, in, waves, hidden, out);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    exec->kernels->affine ((int) (4 * n * mc), out, NULL, NULL, true, out);
  adm_arena_give (exec->arena, waves);
  adm_arena_give (exec->arena, hidden);
}

/* D *= SiLU' (X), COUNT of them. */
static void
silu_backward (const float *x, float *d, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    double s = 1 / (1 + exp (-(double) x[i]));
    d[i] *= (float) (s + (double) x[i] * s * (1 - s));
  }
}

void
adm_time_embedding_gradient (adm_exec *exec, const adm_time_embedding *embedding, adm_time_input in,
                             float *demb)
{
  uint64_t n = (uint64_t) in.n, mc = (uint64_t) embedding->channels, count = 4 * n * mc;
  int dim = 4 * embedding->channels;
  float *waves = adm_floats_take (exec, n * mc), *hidden = adm_floats_take (exec, count),
        *out = adm_floats_take (exec, count), *dhidden = adm_floats_take (exec, count);
  forward (exec, embedding, in, waves, hidden, out);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    silu_backward (out, demb, count);
    for (int i = 0; i < in.n && embedding->label.dw; i++)
      exec->kernels->axpy (dim, 1, demb + (ptrdiff_t) i * dim,
                           embedding->label.dw + (ptrdiff_t) in.labels[i] * dim);
  }
  adm_linear_backward (exec, &embedding->second, in.n, demb, dhidden);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    silu_backward (hidden, dhidden, count);
    exec->kernels->affine ((int) count, hidden, NULL, NULL, true, hidden);
  }
  adm_linear_gradient (exec, &embedding->second, in.n, hidden, demb);
  adm_linear_gradient (exec, &embedding->first, in.n, waves, dhidden);
  adm_arena_give (exec->arena, waves);
  adm_arena_give (exec->arena, hidden);
  adm_arena_give (exec->arena, out);
  adm_arena_give (exec->arena, dhidden);
}
