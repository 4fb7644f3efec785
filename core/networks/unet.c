/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads like the reference implementation's forward. */
#include "networks/unet.h"

#include "base/error.h"
#include "ops/conv_gradient.h"
#include "ops/resize2d.h"

#include <stdlib.h>
#include <string.h>

static adm_status
bind_decoder (adm_slots *slots, const adm_description *d, adm_unet *unet)
{
  int heads = d->num_heads_upsample > 0 ? d->num_heads_upsample : d->num_heads,
      skip = unet->encoder.count;
  adm_unet_walk walk = { .slots = slots,
                         .description = d,
                         .list = "output_blocks",
                         .side = unet->encoder.side,
                         .channels = unet->encoder.channels };

  unet->decoder_count = 0;
  for (int level = d->levels - 1; level >= 0; level--)
    for (int i = 0; i <= d->num_res_blocks; i++) {
      adm_unet_block *block = &unet->decoder[unet->decoder_count];
      walk.index = unet->decoder_count++;
      walk.layer = 0;
      block->has_res = true;
      adm_unet_walk_res_block (&walk, unet->encoder.blocks[--skip].channels,
                               adm_level_channels (d, level), ADM_RESAMPLE_NONE, &block->res);
      block->has_attention = adm_level_attends (d, walk.side);
      if (block->has_attention)
        adm_unet_walk_attention (&walk, heads, &block->attention);
      if (level > 0 && i == d->num_res_blocks) {
        block->has_resample_res = d->resblock_updown;
        if (block->has_resample_res)
          adm_unet_walk_res_block (&walk, 0, walk.channels, ADM_RESAMPLE_UP, &block->resample_res);
        else
          adm_unet_walk_resample (&walk, "conv", ADM_RESAMPLE_UP, block);
      }
      block->side = walk.side;
      block->channels = walk.channels;
    }
  adm_slots_norm (slots, "out", "0", walk.channels, &unet->out_norm);
  /* As many channels more where the variance is learned (Improved DDPM, section 3.1): v of eq. 15,
   * for the sampler. */
  int channels = adm_description_channels (d);
  adm_conv_shape shape
      = { walk.channels, d->learn_sigma ? 2 * channels : channels, 3, 1, walk.side, walk.side };
  adm_slots_conv (slots, "out", "2", shape, &unet->out_conv, &unet->out_conv_t);
  return slots->status;
}

adm_status
adm_unet_bind (adm_slots *slots, const adm_description *description, adm_unet *unet,
               adm_error *error)
{
  *unet = (adm_unet) { .description = *description };
  adm_time_embedding_bind (slots, description, description->num_classes, &unet->embedding);
  adm_status status = adm_encoder_bind (
      slots, description,
      description->kind == ADM_KIND_SUPERRES ? 6 : adm_description_channels (description),
      &unet->encoder, error);
  if (!status) {
    size_t count = (size_t) unet->encoder.count,
           decoder = (size_t) (description->levels * (description->num_res_blocks + 1));
    unet->decoder = calloc (decoder, sizeof *unet->decoder);
    unet->skips = calloc (count, sizeof *unet->skips);
    unet->extra = calloc (count, sizeof *unet->extra);
    unet->saved.blocks = calloc (count, sizeof *unet->saved.blocks);
    unet->decoder_saved = calloc (decoder, sizeof *unet->decoder_saved);
    status
        = unet->decoder && unet->skips && unet->extra && unet->saved.blocks && unet->decoder_saved
              ? bind_decoder (slots, description, unet)
              : ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_NETWORK);
  }
  if (status)
    adm_unet_clear (unet);
  return status;
}

void
adm_unet_clear (adm_unet *unet)
{
  free (unet->encoder.blocks);
  free (unet->decoder);
  free (unet->skips);
  free (unet->extra);
  free (unet->saved.blocks);
  free (unet->decoder_saved);
  *unet = (adm_unet) { 0 };
}

/* What the first convolution reads. SuperResModel sees x_t and the low-resolution picture, enlarged
 * (paper, section 5.3; Improved DDPM's upsamplers), side by side. */
static adm_map
input_map (adm_exec *exec, const adm_unet *unet, const adm_batch *batch)
{
  int n = batch->n, s = unet->description.image_size,
      channels = adm_description_channels (&unet->description);
  bool superres = unet->description.kind == ADM_KIND_SUPERRES;
  adm_map h = adm_map_take (exec, n, s, s, superres ? 6 : channels);
  float *large
      = superres ? adm_floats_take (exec, 3 * (uint64_t) n * (uint64_t) s * (uint64_t) s) : NULL;
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    adm_map_from_planar (batch->x, channels, 0, h);
    if (superres) {
      adm_resize_bilinear (3 * n, batch->low_h, batch->low_w, batch->low, s, s, large);
      adm_map_from_planar (large, 3, 3, h);
    }
  }
  adm_arena_give (exec->arena, large);
  return h;
}

/* OUT from the decoder's last map H, read through *NORM, which is the caller's to give back. */
static void
head_forward (adm_exec *exec, const adm_unet *unet, adm_map h, adm_norm *norm, float *out)
{
  *norm = adm_norm_take (exec, h.n, h.c);
  adm_source last = adm_source_of (h);
  adm_group_norm (exec, &last, unet->out_norm.w, unet->out_norm.b, NULL, *norm);
  last = adm_norm_source (last, *norm, true);
  adm_map y = adm_map_take (exec, h.n, h.h, h.w, unet->out_conv.cout);
  adm_conv2d (exec, &unet->out_conv, &last, (adm_conv_output) { .y = y, .scale = 1 });
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_map_to_planar (y, y.c, out);
  adm_map_give (exec, y);
}

/* The gradient by H from DOUT [N,channels or twice that,S,S]. */
static adm_map
head_backward (adm_exec *exec, const adm_unet *unet, adm_map h, adm_norm norm, const float *dout)
{
  adm_map dy = adm_map_take (exec, h.n, h.h, h.w, unet->out_conv.cout),
          dh = adm_map_take (exec, h.n, h.h, h.w, h.c);
  adm_source read = adm_norm_source (adm_source_of (h), norm, true), back = adm_source_of (dy);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_map_from_planar (dout, dy.c, 0, dy);
  adm_conv2d_gradient (exec, &unet->out_conv, &read, dy, NULL);
  adm_conv2d (exec, &unet->out_conv_t, &back, (adm_conv_output) { .y = dh, .scale = 1 });
  adm_map_give (exec, dy);
  adm_group_norm_backward (
      exec, norm,
      &(adm_norm_backward) {
          .x = h, .dy = dh, .dx = dh, .silu = true, .weights = &unet->out_norm });
  return dh;
}

void
adm_unet_forward (adm_exec *exec, adm_unet *unet, const adm_batch *batch, float *out)
{
  int n = batch->n;
  float *emb
      = adm_floats_take (exec, 4 * (uint64_t) n * (uint64_t) unet->description.model_channels);
  adm_time_embedding_forward (exec, &unet->embedding,
                              (adm_time_input) { n, batch->t, batch->labels }, emb);
  adm_map h = input_map (exec, unet, batch);
  adm_map y = adm_encoder_forward (exec, &unet->encoder, h, emb, unet->skips, NULL);
  adm_map_give (exec, h);
  h = y;
  for (int i = 0; i < unet->decoder_count; i++) {
    adm_map skip = unet->skips[unet->encoder.count - 1 - i];
    y = adm_unet_block_forward (exec, &unet->decoder[i], (adm_source) { .a = h, .b = skip }, emb,
                                NULL);
    adm_map_give (exec, h);
    adm_map_give (exec, skip);
    h = y;
  }
  adm_norm norm;
  head_forward (exec, unet, h, &norm, out);
  adm_norm_give (exec, norm);
  adm_map_give (exec, h);
  adm_arena_give (exec->arena, emb);
}

/* The decoder, keeping what its backward needs. */
static adm_map
decoder_forward (adm_exec *exec, adm_unet *unet, adm_map h, const float *emb)
{
  for (int i = 0; i < unet->decoder_count; i++) {
    adm_source in = { .a = h, .b = unet->skips[unet->encoder.count - 1 - i] };
    unet->decoder_saved[i] = (adm_unet_block_saved) { .in = in };
    h = adm_unet_block_forward (exec, &unet->decoder[i], in, emb,
                                exec->recompute ? NULL : &unet->decoder_saved[i]);
  }
  return h;
}

/* From DY, the gradient by the decoder's result, to that by its input, and to unet->extra. */
static adm_map
decoder_backward (adm_exec *exec, adm_unet *unet, adm_embedding embedding, adm_map dy)
{
  for (int i = unet->decoder_count - 1; i >= 0; i--) {
    adm_source in = unet->decoder_saved[i].in;
    adm_map *dskip = &unet->extra[unet->encoder.count - 1 - i];
    adm_map both = adm_unet_block_backward (exec, &unet->decoder[i], embedding,
                                            &unet->decoder_saved[i], dy, true);
    dy = adm_map_take (exec, in.a.n, in.a.h, in.a.w, in.a.c);
    *dskip = adm_map_take (exec, in.b.n, in.b.h, in.b.w, in.b.c);
    adm_map_split (exec, both, dy, *dskip);
    adm_map_give (exec, both);
    adm_map_give (exec, in.a); /* the middle's result, or the last block's */
  }
  return dy;
}

void
adm_unet_train (adm_exec *exec, adm_unet *unet, const adm_batch *batch, adm_loss loss)
{
  int n = batch->n, s = unet->description.image_size;
  uint64_t width = 4 * (uint64_t) n * (uint64_t) unet->description.model_channels,
           outputs = (uint64_t) n * (uint64_t) unet->out_conv.cout * (uint64_t) s * (uint64_t) s;
  adm_time_input time = { n, batch->t, batch->labels };
  float *emb = adm_floats_take (exec, width), *demb = adm_floats_take (exec, width),
        *out = adm_floats_take (exec, outputs), *dout = adm_floats_take (exec, outputs);
  adm_norm norm;

  adm_time_embedding_forward (exec, &unet->embedding, time, emb);
  adm_map in = input_map (exec, unet, batch);
  adm_map h = adm_encoder_forward (exec, &unet->encoder, in, emb, unet->skips, &unet->saved);
  h = decoder_forward (exec, unet, h, emb);
  head_forward (exec, unet, h, &norm, out);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    loss.run (loss.user, out, dout);
    memset (demb, 0, (size_t) width * sizeof *demb);
  }

  adm_embedding embedding = { emb, demb };
  adm_map dy = head_backward (exec, unet, h, norm, dout);
  adm_norm_give (exec, norm);
  adm_map_give (exec, h);
  adm_arena_give (exec->arena, out);
  adm_arena_give (exec->arena, dout);
  dy = decoder_backward (exec, unet, embedding, dy);
  adm_encoder_backward (exec, &unet->encoder, embedding, &unet->saved, unet->skips, dy,
                        unet->extra);
  adm_map_give (exec, in);
  adm_time_embedding_gradient (exec, &unet->embedding, time, demb);
  adm_arena_give (exec->arena, emb);
  adm_arena_give (exec->arena, demb);
}
