/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention over the positions of a feature map (paper, section 3; Vaswani et al. 2017, eq. 1). */
#ifndef ADM_OPS_ATTENTION_H
#define ADM_OPS_ATTENTION_H

#include "ops/exec.h"

/* Where head I of HEADS finds its q, k, v among the 3C channels. LEGACY: heads first, then q, k, v
 * inside each; new: q, k, v first (the reference's QKVAttentionLegacy and QKVAttention). */
typedef struct adm_attention_shape {
  int heads;
  bool new_order;
} adm_attention_shape;
/* OUT [N,H,W,C] = softmax (Q K^T / sqrt d) V, from QKV [N,H,W,3C]; d = C / heads. */
void adm_attention (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map out);
/* DQKV from DOUT. */
void adm_attention_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv, adm_map dout,
                             adm_map dqkv);
void adm_attention_ref (adm_attention_shape shape, adm_map qkv, adm_map out);
/* The same for the first query alone: QKV [N,1,T,3C], OUT [N,C] (AttentionPool2d keeps token 0
 * only). */
void adm_attention_first (adm_exec *exec, adm_attention_shape shape, adm_map qkv, float *out);
void adm_attention_first_backward (adm_exec *exec, adm_attention_shape shape, adm_map qkv,
                                   const float *dout, adm_map dqkv);

#endif
