/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ResBlock (paper, section 3: BigGAN's up- and downsampling; section 3.1: AdaGN):
 *   h = conv3x3 (resample (SiLU (GroupNorm (x))))
 *   h = GroupNorm (h) * (1 + scale) + shift, [scale, shift] = Linear (SiLU (emb))     (or h +
 *     Linear (SiLU (emb)) before the norm)
 *   y = conv3x3 (SiLU (h)) + skip (resample (x)),  skip: identity, or 1x1 when channels change;  /
 *     sqrt 2 if rescaled (Table 1) */
#ifndef ADM_NN_RES_BLOCK_H
#define ADM_NN_RES_BLOCK_H

#include "nn/slots.h"

typedef struct adm_res_config {
  int cin, cout, emb; /* EMB: channels of the embedding */
  int h, w;           /* of the input's maps */
  adm_resample resample;
  bool scale_shift; /* AdaGN */
  bool rescale;
} adm_res_config;

typedef struct adm_res_block {
  adm_res_config config;
  bool has_skip;
  int number;                    /* among the network's residual blocks */
  adm_norm_weights in_norm;      /* in_layers.0 [cin] */
  adm_conv in_conv, in_conv_t;   /* in_layers.2 [cout,cin,3,3], and its input gradient */
  adm_linear_weights emb;        /* emb_layers.1 [2 cout or cout, emb] */
  adm_norm_weights out_norm;     /* out_layers.0 [cout] */
  adm_conv out_conv, out_conv_t; /* out_layers.3 [cout,cout,3,3] */
  adm_conv skip, skip_t;         /* skip_connection [cout,cin,1,1] */
} adm_res_block;

/* What residual blocks get of the time embedding, and where they add the gradient by it. */
typedef struct adm_embedding {
  const float *emb; /* [N,emb], SiLU already applied */
  float *demb;      /* [N,emb]; used while training only */
} adm_embedding;

/* What the backward needs of the forward. */
typedef struct adm_res_saved {
  adm_source x; /* its maps belong to the caller */
  adm_map h;
  adm_norm in_norm, out_norm;
  float *e; /* what the embedding gave; kept while training only */
} adm_res_saved;

void adm_res_block_bind (adm_slots *slots, const char *prefix, adm_res_config config,
                         adm_res_block *block);
/* X [N,H,W,cin] (two maps may be concatenated); EMB [N,emb], SiLU already applied. Returns a new
 * map. SAVED may be NULL. */
adm_map adm_res_block_forward (adm_exec *exec, const adm_res_block *block, adm_source x,
                               const float *emb, adm_res_saved *saved);
/* DY is used up (changed, and given back). Gives back SAVED's maps except x. While training, adds
 * the parameters' gradients, and to EMBEDDING's. Returns DX [N,H,W,cin]. */
adm_map adm_res_block_backward (adm_exec *exec, const adm_res_block *block, adm_embedding embedding,
                                adm_res_saved *saved, adm_map dy);

#endif
