/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The downward path that UNetModel, SuperResModel and EncoderUNetModel share: first convolution,
 * levels of ResBlocks with attention where its side is listed, downsampling between levels, then
 * ResBlock, AttentionBlock, ResBlock in the middle. */
#ifndef ADM_NETWORKS_ENCODER_H
#define ADM_NETWORKS_ENCODER_H

#include "nn/attention_block.h"
#include "nn/res_block.h"

/* What a network is trained for: RUN gets its output OUT (a diffusion network's [N,3 or 6,S,S], a
 * classifier's logits [N,K]) and gives the gradient by it. */
typedef struct adm_loss {
  void (*run) (void *user, const float *out, float *dout);
  void *user;
} adm_loss;

/* One entry of input_blocks (or output_blocks): what it holds, in this order, and the map it
 * leaves. */
typedef struct adm_unet_block {
  bool has_res, has_attention, has_resample_res, has_conv;
  adm_res_block res;
  adm_attention_block attention;
  adm_res_block resample_res; /* output_blocks: a ResBlock that enlarges */
  /* first convolution; strided or after enlarging, when resblock_updown is off */
  adm_conv conv, conv_t;
  adm_resample conv_resample; /* before CONV */
  int side, channels;         /* of the output */
} adm_unet_block;

typedef struct adm_encoder {
  int count;              /* 1 + levels * num_res_blocks + levels - 1 */
  adm_unet_block *blocks; /* input_blocks */
  adm_res_block middle_first, middle_last;
  adm_attention_block middle_attention;
  int side, channels; /* of the result */
} adm_encoder;

/* What a backward needs; one entry a block and one for the middle. */
typedef struct adm_unet_block_saved {
  adm_source in; /* input; its maps belong to the caller */
  adm_res_saved res, resample_res;
  adm_map between; /* between ResBlock and AttentionBlock */
  adm_attention_saved attention;
  adm_map after; /* read by RESAMPLE_RES or CONV, where it is not IN */
} adm_unet_block_saved;

typedef struct adm_encoder_saved {
  adm_unet_block_saved *blocks; /* [count] */
  adm_map middle_a, middle_b;
  adm_res_saved middle_first, middle_last;
  adm_attention_saved middle_attention;
} adm_encoder_saved;

/* Where a walk over the blocks stands. */
typedef struct adm_unet_walk {
  adm_slots *slots;
  const adm_description *description;
  const char *list;   /* input_blocks, middle_block or output_blocks */
  int index, layer;   /* the next layer is LIST.INDEX.LAYER; INDEX -1: LIST.LAYER */
  int side, channels; /* of the map so far */
} adm_unet_walk;

/* Binds the next layer. SKIP: channels of the map that is concatenated; HEADS: where the
 * description does not fix their channels. */
void adm_unet_walk_res_block (adm_unet_walk *walk, int skip, int channels, adm_resample resample,
                              adm_res_block *block);
void adm_unet_walk_attention (adm_unet_walk *walk, int heads, adm_attention_block *block);
/* A resampling layer without a ResBlock, CHILD's convolution: of stride 2, or after enlarging. Sets
 * CONV and CONV_RESAMPLE. */
void adm_unet_walk_resample (adm_unet_walk *walk, const char *child, adm_resample resample,
                             adm_unet_block *block);

/* Channels at LEVEL: floor (mult * model_channels). */
int adm_level_channels (const adm_description *description, int level);
bool adm_level_attends (const adm_description *description, int side);

/* Binds input_blocks and middle_block; allocates encoder->blocks, freed with free (). IN_CHANNELS:
 * a picture's, or 6. */
adm_status adm_encoder_bind (adm_slots *slots, const adm_description *description, int in_channels,
                             adm_encoder *encoder, adm_error *error);

adm_map adm_unet_block_forward (adm_exec *exec, const adm_unet_block *block, adm_source in,
                                const float *emb, adm_unet_block_saved *saved);
/* DY is used up, and what SAVED keeps beside IN. Returns the gradient of IN, of all its channels;
 * nothing where there is only CONV and while training nobody asks (NEEDED). Where exec->recompute,
 * SAVED holds IN alone, and the forward runs again. */
adm_map adm_unet_block_backward (adm_exec *exec, const adm_unet_block *block,
                                 adm_embedding embedding, adm_unet_block_saved *saved, adm_map dy,
                                 bool needed);
/* X [N,S,S,in]; every block's output is left in OUTPUTS [count] (owned by the caller; X is not).
 * Returns the middle's result. */
adm_map adm_encoder_forward (adm_exec *exec, const adm_encoder *encoder, adm_map x,
                             const float *emb, adm_map *outputs, adm_encoder_saved *saved);
/* DY is the gradient of the middle's result, EXTRA [count] (maps without data: none) of the blocks'
 * outputs by other ways (spatial pools, the decoder); both are used up, as are the maps in OUTPUTS
 * and SAVED. Returns the gradient of X; while training, nothing. */
adm_map adm_encoder_backward (adm_exec *exec, const adm_encoder *encoder, adm_embedding embedding,
                              adm_encoder_saved *saved, adm_map *outputs, adm_map dy,
                              adm_map *extra);

#endif
