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
  adm_table embedding;     /* positional_embedding [C, H W + 1] */
  adm_conv qkv, qkv_t;     /* qkv_proj [3C,C,1] */
  adm_linear_weights proj; /* c_proj [out,C,1] */
} adm_attention_pool;

/* POOL's channels, out, positions and heads are set. */
void adm_attention_pool_bind (adm_slots *slots, const char *prefix, adm_attention_pool *pool);
/* What the backward needs of the forward. */
typedef struct adm_attention_pool_saved {
  adm_map qkv;
  adm_map tokens; /* kept while training only, as is … */
  float *mixed;   /* … what attention gave [N,C] */
} adm_attention_pool_saved;

/* X [N,H,W,C] to OUT [N,out]. TAP [N,C], the input of the last layer, and SAVED may be NULL. */
void adm_attention_pool_forward (adm_exec *exec, const adm_attention_pool *pool, adm_map x,
                                 float *out, float *tap, adm_attention_pool_saved *saved);
/* DOUT [N,out]; gives back SAVED; writes DX [N,H,W,C]. Adds the parameters' gradients while
 * training. */
void adm_attention_pool_backward (adm_exec *exec, const adm_attention_pool *pool,
                                  const adm_attention_pool_saved *saved, const float *dout,
                                  adm_map dx);

#endif
