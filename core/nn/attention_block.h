/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AttentionBlock: y = x + proj_out (attention (qkv (GroupNorm (x)))), 1-d convolutions over the H *
 * W positions; / sqrt 2 if rescaled. */
#ifndef ADM_NN_ATTENTION_BLOCK_H
#define ADM_NN_ATTENTION_BLOCK_H

#include "nn/slots.h"
#include "ops/attention.h"

typedef struct adm_attention_config {
  int channels, heads;
  int h, w;       /* of the maps */
  bool new_order; /* of channels in qkv: ops/attention.h */
  bool rescale;
} adm_attention_config;

typedef struct adm_attention_block {
  int channels;
  bool rescale;
  adm_attention_shape shape;
  adm_norm_weights norm; /* norm [C] */
  adm_conv qkv, qkv_t;   /* qkv [3C,C,1] */
  adm_conv proj, proj_t; /* proj_out [C,C,1] */
} adm_attention_block;

typedef struct adm_attention_saved {
  adm_map x, qkv; /* X belongs to the caller */
  adm_norm norm;
  adm_map mixed; /* attention's result; kept while training only */
} adm_attention_saved;

void adm_attention_block_bind (adm_slots *slots, const char *prefix, adm_attention_config config,
                               adm_attention_block *block);
/* Returns a new map; SAVED may be NULL. */
adm_map adm_attention_block_forward (adm_exec *exec, const adm_attention_block *block, adm_map x,
                                     adm_attention_saved *saved);
/* DY is used up; gives back SAVED's maps except x; returns DX. Adds the parameters' gradients while
 * training. */
adm_map adm_attention_block_backward (adm_exec *exec, const adm_attention_block *block,
                                      adm_attention_saved *saved, adm_map dy);

#endif
