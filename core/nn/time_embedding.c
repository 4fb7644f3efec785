/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Some microseconds of work; written plainly. */
#include "nn/time_embedding.h"

#include "ops/embedding.h"

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
  embedding->label = NULL;
  if (labels)
    adm_slots_embedding (slots, "label_emb", "weight", labels, 4 * (int64_t) channels,
                         &embedding->label);
}

void
adm_time_embedding_forward (adm_exec *exec, const adm_time_embedding *embedding, int n,
                            const int *t, const int *labels, float *out)
{
  int mc = embedding->channels, dim = 4 * mc;
  float *waves = adm_floats_take (exec, (uint64_t) n * (uint64_t) mc),
        *hidden = adm_floats_take (exec, (uint64_t) n * (uint64_t) dim);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_timestep_embedding (n, t, embedding->scale, mc, waves);
  adm_linear (exec, &embedding->first, n, waves, false, hidden);
  adm_linear (exec, &embedding->second, n, hidden, true, out);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    if (embedding->label)
      for (int i = 0; i < n; i++)
        exec->kernels->axpy (dim, 1, embedding->label + (ptrdiff_t) labels[i] * dim,
                             out + (ptrdiff_t) i * dim);
    exec->kernels->affine (n * dim, out, NULL, NULL, true, out);
  }
  adm_arena_give (exec->arena, waves);
  adm_arena_give (exec->arena, hidden);
}
