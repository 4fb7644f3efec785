/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The downward half that UNetModel, SuperResModel and EncoderUNetModel share: first convolution, levels of ResBlocks with
 * attention where its side is listed, downsampling between levels, then ResBlock, AttentionBlock, ResBlock in the middle. */
#ifndef ADM_MODELS_ENCODER_H
#define ADM_MODELS_ENCODER_H

#include "nn/attention_block.h"
#include "nn/res_block.h"

/* One entry of input_blocks (or output_blocks): what it holds, and the map it leaves. */
typedef struct adm_stage {
  bool has_res, has_attention, has_op;
  adm_res_block res;
  adm_attention_block attention;
  bool has_resample_res;      /* output_blocks: a ResBlock that enlarges, after the others */
  adm_res_block resample_res;
  adm_conv op, op_t;          /* first convolution; strided or after enlarging, when resblock_updown is off */
  adm_resample op_resample;   /* before OP */
  int side, channels;         /* of the output */
} adm_stage;

typedef struct adm_encoder {
  int count;                  /* entries of stage: 1 + levels * num_res_blocks + levels - 1 */
  adm_stage *stage;
  adm_res_block middle_first, middle_last;
  adm_attention_block middle_attention;
  int side, channels;         /* of the result */
} adm_encoder;

/* What a backward needs; one entry a stage and one for the middle. */
typedef struct adm_stage_saved {
  adm_map in;                 /* input, owned here from the second stage on */
  adm_res_saved res;
  adm_map between;            /* between ResBlock and AttentionBlock */
  adm_attention_saved attention;
} adm_stage_saved;

typedef struct adm_encoder_saved {
  adm_stage_saved *stage;     /* [count] */
  adm_map middle_in, middle_a, middle_b;
  adm_res_saved middle_first, middle_last;
  adm_attention_saved middle_attention;
} adm_encoder_saved;

/* Heads of an AttentionBlock of CHANNELS: description's num_head_channels, or HEADS when that is -1. At least 1. */
int adm_heads (const adm_description *description, int heads, int channels);
/* Channels at LEVEL: floor (mult * model_channels). */
int adm_level_channels (const adm_description *description, int level);
bool adm_level_attends (const adm_description *description, int side);

/* Binds input_blocks and middle_block; allocates encoder->stage, freed with free (). IN_CHANNELS: 3 or 6. */
adm_status adm_encoder_bind (adm_params *params, const adm_description *description, int in_channels, adm_encoder *encoder, adm_error *error);
int adm_encoder_count (const adm_description *description);

/* Runs stage I on IN. */
adm_map adm_stage_forward (adm_exec *exec, const adm_stage *stage, adm_source in, const float *emb, adm_stage_saved *saved);
/* X [N,S,S,in]; every stage's output is left in OUTPUTS [count] (owned by the caller; X is not). Returns the middle's result. */
adm_map adm_encoder_forward (adm_exec *exec, const adm_encoder *encoder, adm_map x, const float *emb, adm_map *outputs,
                             adm_encoder_saved *saved);
/* DY is the gradient of the middle's result, EXTRA [count] (maps without data: none) of the stages' outputs by other ways (spatial
 * pools); both are used up, as are the maps in OUTPUTS and SAVED. Returns the gradient of X. */
adm_map adm_encoder_backward (adm_exec *exec, const adm_encoder *encoder, adm_encoder_saved *saved, adm_map *outputs, adm_map dy,
                              adm_map *extra);

#endif
