/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys and values for all tokens, one query. */
#include "nn/attention_pool.h"

#include "ops/conv_gradient.h"

#include <string.h>

void
adm_attention_pool_bind (adm_slots *slots, const char *prefix, adm_attention_pool *pool)
{
  int c = pool->channels, tokens = pool->positions + 1;
  pool->shape.new_order = true;
  adm_slots_embedding (slots, prefix, "positional_embedding", c, tokens, &pool->embedding);
  adm_slots_conv1d (slots, prefix, "qkv_proj",
                    (adm_conv_shape) { .cin = c, .cout = 3 * c, .h = 1, .w = tokens }, &pool->qkv,
                    &pool->qkv_t);
  adm_slots_linear (slots, prefix, "c_proj", 3, c, pool->out, &pool->proj);
}

/* Token 0 is the mean of the others. */
static void
make_tokens (const adm_attention_pool *pool, adm_map x, adm_map tokens)
{
  int c = pool->channels, t = pool->positions + 1;
  for (int n = 0; n < x.n; n++) {
    const float *from = x.data + (ptrdiff_t) n * pool->positions * c;
    float *to = tokens.data + (ptrdiff_t) n * t * c;
    for (int k = 0; k < c; k++) {
      double sum = 0;
      for (int i = 0; i < pool->positions; i++)
        sum += (double) from[(ptrdiff_t) i * c + k];
      to[k] = (float) (sum / pool->positions) + pool->embedding.w[(ptrdiff_t) k * t];
      for (int i = 1; i < t; i++)
        to[(ptrdiff_t) i * c + k]
            = from[(ptrdiff_t) (i - 1) * c + k] + pool->embedding.w[(ptrdiff_t) k * t + i];
    }
  }
}

/* Attention pool (CLIP, section 2.4; paper, section 4.3): the answer of attention to token 0 alone,
 * projected. */
void
adm_attention_pool_forward (adm_exec *exec, const adm_attention_pool *pool, adm_map x, float *out,
                            float *tap, adm_attention_pool_saved *saved)
{
  int c = pool->channels, t = pool->positions + 1;
  adm_map tokens = adm_map_take (exec, x.n, 1, t, c), all = adm_map_take (exec, x.n, 1, t, 3 * c);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    make_tokens (pool, x, tokens);
  adm_source in = adm_source_of (tokens);
  adm_conv2d (exec, &pool->qkv, &in, (adm_conv_output) { .y = all, .scale = 1 });
  float *mixed = adm_floats_take (exec, (uint64_t) x.n * (uint64_t) c);
  adm_attention_first (exec, pool->shape, all, mixed);
  if (tap && !exec->measure)
    memcpy (tap, mixed, (size_t) x.n * (size_t) c * sizeof *tap);
  adm_linear (exec, &pool->proj, x.n, mixed, false, out);
  if (saved && exec->train) {
    *saved = (adm_attention_pool_saved) { all, tokens, mixed };
    return;
  }
  adm_arena_give (exec->arena, mixed);
  adm_map_give (exec, tokens);
  if (saved)
    *saved = (adm_attention_pool_saved) { .qkv = all };
  else
    adm_map_give (exec, all);
}

/* Each position's embedding was added to every image's token. */
static void
embedding_gradient (const adm_attention_pool *pool, adm_map dtokens)
{
  int c = pool->channels, t = pool->positions + 1;
  for (int k = 0; k < c; k++)
    for (int i = 0; i < t; i++) {
      double sum = 0;
      for (int n = 0; n < dtokens.n; n++)
        sum += (double) dtokens.data[((ptrdiff_t) n * t + i) * c + k];
      pool->embedding.dw[(ptrdiff_t) k * t + i] += (float) sum;
    }
}

void
adm_attention_pool_backward (adm_exec *exec, const adm_attention_pool *pool,
                             const adm_attention_pool_saved *saved, const float *dout, adm_map dx)
{
  int c = pool->channels, t = pool->positions + 1, n = saved->qkv.n;
  float *dmixed = adm_floats_take (exec, (uint64_t) n * (uint64_t) c);
  adm_map dqkv = adm_map_take (exec, n, 1, t, 3 * c), dtokens = adm_map_take (exec, n, 1, t, c);
  adm_linear_backward (exec, &pool->proj, n, dout, dmixed);
  adm_attention_first_backward (exec, pool->shape, saved->qkv, dmixed, dqkv);
  adm_source back = adm_source_of (dqkv);
  if (exec->train) {
    adm_source read = adm_source_of (saved->tokens);
    adm_linear_gradient (exec, &pool->proj, n, saved->mixed, dout);
    adm_conv2d_gradient (exec, &pool->qkv, &read, dqkv, NULL);
  }
  adm_conv2d (exec, &pool->qkv_t, &back, (adm_conv_output) { .y = dtokens, .scale = 1 });
  if (exec->train && pool->embedding.dw && adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    embedding_gradient (pool, dtokens);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    for (int i = 0; i < n; i++) {
      const float *from = dtokens.data + (ptrdiff_t) i * t * c;
      float *to = dx.data + (ptrdiff_t) i * pool->positions * c;
      for (int j = 0; j < pool->positions; j++)
        for (int k = 0; k < c; k++)
          to[(ptrdiff_t) j * c + k]
              = from[(ptrdiff_t) (j + 1) * c + k] + from[k] / (float) pool->positions;
    }
  adm_arena_give (exec->arena, dmixed);
  adm_map_give (exec, dqkv);
  adm_map_give (exec, dtokens);
  adm_map_give (exec, saved->qkv);
  adm_map_give (exec, saved->tokens);
  adm_arena_give (exec->arena, saved->mixed);
}
