/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names and order follow the reference implementation's constructors. */
#include "models/encoder.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int
adm_heads (const adm_description *description, int heads, int channels)
{
  int h = description->num_head_channels > 0 ? channels / description->num_head_channels : heads;
  return h > 0 ? h : 1; /* unknown while listing: heads do not show in tensors */
}

int
adm_level_channels (const adm_description *description, int level)
{
  return (int) floor (description->channel_mult[level] * description->model_channels);
}

bool
adm_level_attends (const adm_description *description, int side)
{
  for (int i = 0; i < description->attention_levels; i++)
    if (description->attention_resolutions[i] == side)
      return true;
  return false;
}

int
adm_encoder_count (const adm_description *description)
{
  return 1 + description->levels * description->num_res_blocks + description->levels - 1;
}

adm_status
adm_encoder_bind (adm_params *params, const adm_description *d, int in_channels, adm_encoder *encoder, adm_error *error)
{
  char name[96];
  int side = d->image_size, ch = adm_level_channels (d, 0), emb = 4 * d->model_channels;
  bool ada = d->use_scale_shift_norm, rescale = d->rescale_residual, new_order = d->use_new_attention_order == 1;

  encoder->count = 0;
  encoder->stage = calloc ((size_t) adm_encoder_count (d), sizeof *encoder->stage);
  if (!encoder->stage)
    return adm_fail (error, ADM_ERROR_MEMORY, "no memory for the network's structure; close other programs");

  adm_stage *stage = &encoder->stage[encoder->count++];
  stage->has_op = true;
  adm_params_conv (params, "input_blocks.0.0", in_channels, ch, 3, 1, side, side, &stage->op, &stage->op_t);
  stage->side = side;
  stage->channels = ch;

  for (int level = 0; level < d->levels; level++) {
    for (int i = 0; i < d->num_res_blocks; i++) {
      int out = adm_level_channels (d, level);
      stage = &encoder->stage[encoder->count];
      snprintf (name, sizeof name, "input_blocks.%d.0", encoder->count);
      stage->has_res = true;
      adm_res_block_bind (params, name, ch, out, emb, ADM_RESAMPLE_NONE, ada, rescale, side, side, &stage->res);
      ch = out;
      if (adm_level_attends (d, side)) {
        snprintf (name, sizeof name, "input_blocks.%d.1", encoder->count);
        stage->has_attention = true;
        adm_attention_block_bind (params, name, ch, adm_heads (d, d->num_heads, ch), new_order, rescale, side, side, &stage->attention);
      }
      stage->side = side;
      stage->channels = ch;
      encoder->count++;
    }
    if (level + 1 < d->levels) {
      stage = &encoder->stage[encoder->count];
      snprintf (name, sizeof name, "input_blocks.%d.0", encoder->count);
      if (d->resblock_updown) {
        stage->has_res = true;
        adm_res_block_bind (params, name, ch, ch, emb, ADM_RESAMPLE_DOWN, ada, rescale, side, side, &stage->res);
      } else {
        snprintf (name, sizeof name, "input_blocks.%d.0.op", encoder->count);
        stage->has_op = true;
        adm_params_conv (params, name, ch, ch, 3, 2, side / 2, side / 2, &stage->op, &stage->op_t);
      }
      side /= 2;
      stage->side = side;
      stage->channels = ch;
      encoder->count++;
    }
  }

  adm_res_block_bind (params, "middle_block.0", ch, ch, emb, ADM_RESAMPLE_NONE, ada, rescale, side, side, &encoder->middle_first);
  adm_attention_block_bind (params, "middle_block.1", ch, adm_heads (d, d->num_heads, ch), new_order, rescale, side, side,
                            &encoder->middle_attention);
  adm_res_block_bind (params, "middle_block.2", ch, ch, emb, ADM_RESAMPLE_NONE, ada, rescale, side, side, &encoder->middle_last);
  encoder->side = side;
  encoder->channels = ch;
  return params->status;
}

adm_map
adm_stage_forward (adm_exec *exec, const adm_stage *stage, adm_source in, const float *emb, adm_stage_saved *saved)
{
  adm_map h = { 0 };
  if (stage->has_res) {
    h = adm_res_block_forward (exec, &stage->res, in, emb, saved ? &saved->res : NULL);
    if (saved)
      saved->between = h;
  }
  if (stage->has_attention) {
    adm_map y = adm_attention_block_forward (exec, &stage->attention, h, saved ? &saved->attention : NULL);
    if (!saved)
      adm_map_give (exec, h);
    h = y;
  }
  if (stage->has_resample_res) {
    adm_map y = adm_res_block_forward (exec, &stage->resample_res, adm_source_of (h), emb, NULL);
    adm_map_give (exec, h);
    h = y;
  }
  if (stage->has_op) {
    adm_source from = h.data ? adm_source_of (h) : in;
    from.resample = stage->op_resample;
    adm_map y = adm_map_take (exec, in.a.n, stage->side, stage->side, stage->channels);
    adm_conv2d (exec, &stage->op, &from, (adm_conv_output) { .y = y, .scale = 1 });
    adm_map_give (exec, h);
    h = y;
  }
  return h;
}

adm_map
adm_encoder_forward (adm_exec *exec, const adm_encoder *encoder, adm_map x, const float *emb, adm_map *outputs, adm_encoder_saved *saved)
{
  adm_map h = x;
  for (int i = 0; i < encoder->count; i++) {
    adm_stage_saved *of = saved ? &saved->stage[i] : NULL;
    if (of) {
      *of = (adm_stage_saved) { 0 };
      of->in = h;
    }
    h = outputs[i] = adm_stage_forward (exec, &encoder->stage[i], adm_source_of (h), emb, of);
  }
  adm_map a = adm_res_block_forward (exec, &encoder->middle_first, adm_source_of (h), emb, saved ? &saved->middle_first : NULL);
  adm_map b = adm_attention_block_forward (exec, &encoder->middle_attention, a, saved ? &saved->middle_attention : NULL);
  if (!saved)
    adm_map_give (exec, a);
  adm_map y = adm_res_block_forward (exec, &encoder->middle_last, adm_source_of (b), emb, saved ? &saved->middle_last : NULL);
  if (saved) {
    saved->middle_in = h;
    saved->middle_a = a;
    saved->middle_b = b;
  } else
    adm_map_give (exec, b);
  return y;
}

adm_map
adm_encoder_backward (adm_exec *exec, const adm_encoder *encoder, adm_encoder_saved *saved, adm_map *outputs, adm_map dy, adm_map *extra)
{
  dy = adm_res_block_backward (exec, &encoder->middle_last, &saved->middle_last, dy);
  adm_map_give (exec, saved->middle_b);
  dy = adm_attention_block_backward (exec, &encoder->middle_attention, &saved->middle_attention, dy);
  adm_map_give (exec, saved->middle_a);
  dy = adm_res_block_backward (exec, &encoder->middle_first, &saved->middle_first, dy);

  for (int i = encoder->count - 1; i >= 0; i--) {
    const adm_stage *stage = &encoder->stage[i];
    adm_stage_saved *of = &saved->stage[i];
    if (extra[i].data) {
      adm_map_add (exec, extra[i], dy);
      adm_map_give (exec, extra[i]);
    }
    /* The stage's output is no longer needed: its reader has gone before. */
    adm_map_give (exec, outputs[i]);
    if (stage->has_op) {
      adm_map dx = adm_map_take (exec, of->in.n, of->in.h, of->in.w, of->in.c);
      adm_source back = adm_source_of (dy);
      back.resample = stage->op.stride == 2 ? ADM_RESAMPLE_ZERO : ADM_RESAMPLE_NONE;
      adm_conv2d (exec, &stage->op_t, &back, (adm_conv_output) { .y = dx, .scale = 1 });
      adm_map_give (exec, dy);
      dy = dx;
    }
    if (stage->has_attention) {
      dy = adm_attention_block_backward (exec, &stage->attention, &of->attention, dy);
      adm_map_give (exec, of->between);
    }
    if (stage->has_res)
      dy = adm_res_block_backward (exec, &stage->res, &of->res, dy);
  }
  return dy;
}
