/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads like the reference implementation's forward. */
#include "networks/unet.h"

#include "base/error.h"
#include "ops/resize2d.h"

#include <stdlib.h>

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
  adm_slots_conv (slots, "out", "2", shape, &unet->out_conv, NULL);
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
    unet->decoder = calloc ((size_t) (description->levels * (description->num_res_blocks + 1)),
                            sizeof *unet->decoder);
    unet->skips = calloc ((size_t) unet->encoder.count, sizeof *unet->skips);
    status = unet->decoder && unet->skips
                 ? bind_decoder (slots, description, unet)
                 : adm_fail (error, ADM_ERROR_MEMORY,
                             "no memory for the network's structure; close other programs");
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
  *unet = (adm_unet) { 0 };
}

void
adm_unet_forward (adm_exec *exec, adm_unet *unet, const adm_batch *batch, float *out)
{
  const adm_description *d = &unet->description;
  int n = batch->n, s = d->image_size;
  int channels = adm_description_channels (d);
  bool superres = d->kind == ADM_KIND_SUPERRES;

  float *emb = adm_floats_take (exec, 4 * (uint64_t) n * (uint64_t) d->model_channels);
  adm_time_embedding_forward (exec, &unet->embedding, n, batch->t, batch->labels, emb);

  /* SuperResModel sees x_t and the low-resolution picture, enlarged (paper, section 5.3; Improved
   * DDPM's upsamplers), side by side. */
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

  adm_norm norm = adm_norm_take (exec, n, h.c);
  adm_source last = adm_source_of (h);
  adm_group_norm (exec, &last, unet->out_norm.w, unet->out_norm.b, NULL, norm);
  last = adm_norm_source (last, norm, true);
  y = adm_map_take (exec, n, s, s, unet->out_conv.cout);
  adm_conv2d (exec, &unet->out_conv, &last, (adm_conv_output) { .y = y, .scale = 1 });
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_map_to_planar (y, y.c, out);
  adm_norm_give (exec, norm);
  adm_map_give (exec, y);
  adm_map_give (exec, h);
  adm_arena_give (exec->arena, emb);
}
