/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Some microseconds of work; written plainly. */
#include "nn/time_embedding.h"

void
adm_time_embedding_bind (adm_params *params, int channels, int labels, adm_time_embedding *embedding)
{
  embedding->channels = channels;
  embedding->labels = labels;
  adm_params_linear (params, "time_embed.0", channels, 4 * channels, &embedding->first);
  adm_params_linear (params, "time_embed.2", 4 * channels, 4 * channels, &embedding->second);
  embedding->label = labels ? adm_params_tensor (params, "label_emb", "weight", 2, (int64_t[]) { labels, 4 * (int64_t) channels }) : NULL;
}

void
adm_time_embedding_forward (adm_exec *exec, const adm_time_embedding *embedding, int n, const int *t, const int *labels, float *out)
{
  int mc = embedding->channels, dim = 4 * mc;
  float *waves = adm_floats_take (exec, (uint64_t) n * (uint64_t) mc), *hidden = adm_floats_take (exec, (uint64_t) n * (uint64_t) dim);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_timestep_embedding (n, t, mc, waves);
  adm_linear (exec, n, mc, dim, waves, false, embedding->first.w, embedding->first.b, hidden);
  adm_linear (exec, n, dim, dim, hidden, true, embedding->second.w, embedding->second.b, out);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    if (embedding->label)
      for (int i = 0; i < n; i++)
        exec->kernels->axpy (dim, 1, embedding->label + (ptrdiff_t) labels[i] * dim, out + (ptrdiff_t) i * dim);
    exec->kernels->affine (n * dim, out, NULL, NULL, true, out);
  }
  adm_arena_give (exec->arena, waves);
  adm_arena_give (exec->arena, hidden);
}
