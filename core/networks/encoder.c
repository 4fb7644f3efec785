/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names and order follow the reference implementation's constructors. */
#include "networks/encoder.h"

#include "base/error.h"
#include "ops/conv_gradient.h"
#include "ops/resize2d.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

/* ---- binding --------------------------------------------------------------------------------- */

enum { NAME = 64 };

static void
next_layer (adm_unet_walk *walk, char name[NAME])
{
  if (walk->index < 0)
    snprintf (name, NAME, "%s.%d", walk->list, walk->layer++);
  else
    snprintf (name, NAME, "%s.%d.%d", walk->list, walk->index, walk->layer++);
}

void
adm_unet_walk_res_block (adm_unet_walk *walk, int skip, int channels, adm_resample resample,
                         adm_res_block *block)
{
  const adm_description *d = walk->description;
  char name[NAME];
  next_layer (walk, name);
  adm_res_config config = { .cin = walk->channels + skip,
                            .cout = channels,
                            .emb = 4 * d->model_channels,
                            .h = walk->side,
                            .w = walk->side };
  config.resample = resample;
  config.scale_shift = d->use_scale_shift_norm;
  config.rescale = d->rescale_residual;
  adm_res_block_bind (walk->slots, name, config, block);
  walk->channels = channels;
  walk->side = resample == ADM_RESAMPLE_UP     ? 2 * walk->side
               : resample == ADM_RESAMPLE_DOWN ? walk->side / 2
                                               : walk->side;
}

void
adm_unet_walk_attention (adm_unet_walk *walk, int heads, adm_attention_block *block)
{
  const adm_description *d = walk->description;
  char name[NAME];
  next_layer (walk, name);
  /* Heads of a fixed number of channels (paper, section 3), or a fixed number of heads; unknown
   * while listing: they do not show in tensors. */
  int count = d->num_head_channels > 0 ? walk->channels / d->num_head_channels : heads;
  adm_attention_config config = {
    .channels = walk->channels, .heads = count > 0 ? count : 1, .h = walk->side, .w = walk->side
  };
  config.new_order = d->use_new_attention_order == 1;
  config.rescale = d->rescale_residual;
  adm_attention_block_bind (walk->slots, name, config, block);
}

void
adm_unet_walk_resample (adm_unet_walk *walk, const char *child, adm_resample resample,
                        adm_unet_block *block)
{
  bool up = resample == ADM_RESAMPLE_UP;
  char name[NAME];
  next_layer (walk, name);
  walk->side = up ? 2 * walk->side : walk->side / 2;
  adm_conv_shape shape = { walk->channels, walk->channels, 3, up ? 1 : 2, walk->side, walk->side };
  block->has_conv = true;
  block->conv_resample = up ? ADM_RESAMPLE_UP : ADM_RESAMPLE_NONE;
  adm_slots_conv (walk->slots, name, child, shape, &block->conv, &block->conv_t);
}

/* The next block of the encoder, after the last one's output has been noted. */
static adm_unet_block *
next_block (adm_unet_walk *walk, adm_encoder *encoder)
{
  walk->index = encoder->count;
  walk->layer = 0;
  return &encoder->blocks[encoder->count++];
}

static void
end_block (const adm_unet_walk *walk, adm_unet_block *block)
{
  block->side = walk->side;
  block->channels = walk->channels;
}

adm_status
adm_encoder_bind (adm_slots *slots, const adm_description *d, int in_channels, adm_encoder *encoder,
                  adm_error *error)
{
  adm_unet_walk walk = { .slots = slots,
                         .description = d,
                         .list = "input_blocks",
                         .side = d->image_size,
                         .channels = adm_level_channels (d, 0) };
  encoder->count = 0;
  encoder->blocks = calloc ((size_t) (1 + d->levels * d->num_res_blocks + d->levels - 1),
                            sizeof *encoder->blocks);
  if (!encoder->blocks)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);

  adm_unet_block *block = next_block (&walk, encoder);
  block->has_conv = true;
  adm_slots_conv (slots, "input_blocks.0", "0",
                  (adm_conv_shape) { in_channels, walk.channels, 3, 1, walk.side, walk.side },
                  &block->conv, &block->conv_t);
  end_block (&walk, block);

  for (int level = 0; level < d->levels; level++) {
    for (int i = 0; i < d->num_res_blocks; i++) {
      block = next_block (&walk, encoder);
      block->has_res = true;
      adm_unet_walk_res_block (&walk, 0, adm_level_channels (d, level), ADM_RESAMPLE_NONE,
                               &block->res);
      block->has_attention = adm_level_attends (d, walk.side);
      if (block->has_attention)
        adm_unet_walk_attention (&walk, d->num_heads, &block->attention);
      end_block (&walk, block);
    }
    if (level + 1 < d->levels) {
      block = next_block (&walk, encoder);
      block->has_res = d->resblock_updown;
      if (block->has_res)
        adm_unet_walk_res_block (&walk, 0, walk.channels, ADM_RESAMPLE_DOWN, &block->res);
      else
        adm_unet_walk_resample (&walk, "op", ADM_RESAMPLE_DOWN, block);
      end_block (&walk, block);
    }
  }

  walk.list = "middle_block";
  walk.index = -1;
  walk.layer = 0;
  adm_unet_walk_res_block (&walk, 0, walk.channels, ADM_RESAMPLE_NONE, &encoder->middle_first);
  adm_unet_walk_attention (&walk, d->num_heads, &encoder->middle_attention);
  adm_unet_walk_res_block (&walk, 0, walk.channels, ADM_RESAMPLE_NONE, &encoder->middle_last);
  encoder->side = walk.side;
  encoder->channels = walk.channels;
  return slots->status;
}

/* ---- evaluating ------------------------------------------------------------------------------ */

adm_map
adm_unet_block_forward (adm_exec *exec, const adm_unet_block *block, adm_source in,
                        const float *emb, adm_unet_block_saved *saved)
{
  adm_map h = { 0 };
  if (saved)
    *saved = (adm_unet_block_saved) { .in = in };
  if (block->has_res) {
    h = adm_res_block_forward (exec, &block->res, in, emb, saved ? &saved->res : NULL);
    if (saved)
      saved->between = h;
  }
  if (block->has_attention) {
    adm_map y = adm_attention_block_forward (exec, &block->attention, h,
                                             saved ? &saved->attention : NULL);
    if (!saved)
      adm_map_give (exec, h);
    h = y;
  }
  if (saved && (block->has_resample_res || (block->has_conv && h.data)))
    saved->after = h;
  if (block->has_resample_res) {
    adm_map y = adm_res_block_forward (exec, &block->resample_res, adm_source_of (h), emb,
                                       saved ? &saved->resample_res : NULL);
    if (!saved)
      adm_map_give (exec, h);
    h = y;
  }
  if (block->has_conv) {
    adm_source from = h.data ? adm_source_of (h) : in;
    from.resample = block->conv_resample;
    adm_map y = adm_map_take (exec, in.a.n, block->side, block->side, block->channels);
    adm_conv2d (exec, &block->conv, &from, (adm_conv_output) { .y = y, .scale = 1 });
    if (!saved)
      adm_map_give (exec, h);
    h = y;
  }
  return h;
}

/* Through the convolution, reading FROM; DY is used up. */
static adm_map
conv_backward (adm_exec *exec, const adm_unet_block *block, adm_map from, adm_map dy, bool needed)
{
  adm_source read = adm_source_of (from), back = adm_source_of (dy);
  bool up = block->conv_resample == ADM_RESAMPLE_UP;
  read.resample = block->conv_resample;
  if (exec->train)
    adm_conv2d_gradient (exec, &block->conv, &read, dy, NULL);
  adm_map dx = { 0 };
  if (needed) {
    back.resample = block->conv.stride == 2 ? ADM_RESAMPLE_ZERO : ADM_RESAMPLE_NONE;
    dx = adm_map_take (exec, from.n, up ? 2 * from.h : from.h, up ? 2 * from.w : from.w, from.c);
    adm_conv2d (exec, &block->conv_t, &back, (adm_conv_output) { .y = dx, .scale = 1 });
  }
  adm_map_give (exec, dy);
  if (needed && up) {
    adm_map small = adm_map_take (exec, from.n, from.h, from.w, from.c);
    adm_map_fill (exec, 0, small);
    adm_resample_backward (exec, true, dx, small);
    adm_map_give (exec, dx);
    dx = small;
  }
  return dx;
}

adm_map
adm_unet_block_backward (adm_exec *exec, const adm_unet_block *block, adm_embedding embedding,
                         adm_unet_block_saved *saved, adm_map dy, bool needed)
{
  if (exec->recompute)
    adm_map_give (exec, adm_unet_block_forward (exec, block, saved->in, embedding.emb, saved));
  if (block->has_conv)
    dy = conv_backward (exec, block, saved->after.c ? saved->after : saved->in.a, dy, needed);
  if (block->has_resample_res)
    dy = adm_res_block_backward (exec, &block->resample_res, embedding, &saved->resample_res, dy);
  if (saved->after.c)
    adm_map_give (exec, saved->after);
  if (block->has_attention) {
    dy = adm_attention_block_backward (exec, &block->attention, &saved->attention, dy);
    adm_map_give (exec, saved->between);
  }
  if (block->has_res)
    dy = adm_res_block_backward (exec, &block->res, embedding, &saved->res, dy);
  return dy;
}

adm_map
adm_encoder_forward (adm_exec *exec, const adm_encoder *encoder, adm_map x, const float *emb,
                     adm_map *outputs, adm_encoder_saved *saved)
{
  adm_map h = x;
  for (int i = 0; i < encoder->count; i++) {
    adm_source in = adm_source_of (h);
    bool keep = saved && !exec->recompute;
    if (saved)
      saved->blocks[i] = (adm_unet_block_saved) { .in = in };
    h = outputs[i] = adm_unet_block_forward (exec, &encoder->blocks[i], in, emb,
                                             keep ? &saved->blocks[i] : NULL);
  }
  adm_map a = adm_res_block_forward (exec, &encoder->middle_first, adm_source_of (h), emb,
                                     saved ? &saved->middle_first : NULL);
  adm_map b = adm_attention_block_forward (exec, &encoder->middle_attention, a,
                                           saved ? &saved->middle_attention : NULL);
  if (!saved)
    adm_map_give (exec, a);
  adm_map y = adm_res_block_forward (exec, &encoder->middle_last, adm_source_of (b), emb,
                                     saved ? &saved->middle_last : NULL);
  if (saved) {
    saved->middle_a = a;
    saved->middle_b = b;
  } else
    adm_map_give (exec, b);
  return y;
}

adm_map
adm_encoder_backward (adm_exec *exec, const adm_encoder *encoder, adm_embedding embedding,
                      adm_encoder_saved *saved, adm_map *outputs, adm_map dy, adm_map *extra)
{
  dy = adm_res_block_backward (exec, &encoder->middle_last, embedding, &saved->middle_last, dy);
  adm_map_give (exec, saved->middle_b);
  dy = adm_attention_block_backward (exec, &encoder->middle_attention, &saved->middle_attention,
                                     dy);
  adm_map_give (exec, saved->middle_a);
  dy = adm_res_block_backward (exec, &encoder->middle_first, embedding, &saved->middle_first, dy);

  for (int i = encoder->count - 1; i >= 0; i--) {
    if (extra[i].data) {
      adm_map_add (exec, extra[i], dy);
      adm_map_give (exec, extra[i]);
    }
    /* The block's output is no longer needed: its reader has gone before. */
    adm_map_give (exec, outputs[i]);
    dy = adm_unet_block_backward (exec, &encoder->blocks[i], embedding, &saved->blocks[i], dy,
                                  i > 0 || !exec->train);
  }
  return dy;
}
