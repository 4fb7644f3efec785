/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AttentionPool2d (CLIP, Radford et al. 2021, section 2.4; the paper's classifiers, section 4.3):
 * the mean is prepended to the H * W positions as token 0, a positional embedding added, attention
 * computed, and token 0 projected. Channel order is always the new one. */
#ifndef ADM_NN_ATTENTION_POOL_H
#define ADM_NN_ATTENTION_POOL_H

#include "nn/slots.h"
#include "ops/attention.h"

typedef struct adm_attention_pool {
  int channels, out, positions;
  adm_attention_shape shape;
  const float *embedding;  /* positional_embedding [C, H W + 1] */
  adm_conv qkv, qkv_t;     /* qkv_proj [3C,C,1] */
  adm_linear_weights proj; /* c_proj [out,C,1] */
} adm_attention_pool;

/* POOL's channels, out, positions and heads are set. */
void adm_attention_pool_bind (adm_slots *slots, const char *prefix, adm_attention_pool *pool);
/* X [N,H,W,C] to OUT [N,out]; *QKV, when not NULL, is kept for the backward. TAP [N,C], the
 * input of the last layer, may be NULL. */
void adm_attention_pool_forward (adm_exec *exec, const adm_attention_pool *pool, adm_map x,
                                 float *out, float *tap, adm_map *qkv);
/* DOUT [N,out]; gives back QKV; writes DX [N,H,W,C]. */
void adm_attention_pool_backward (adm_exec *exec, const adm_attention_pool *pool, adm_map qkv,
                                  const float *dout, adm_map dx);

#endif
