/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads like the reference implementation's forward. */
#include "models/unet.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

static adm_status
bind_decoder (adm_params *params, const adm_description *d, adm_unet *unet)
{
  char name[96];
  int side = unet->encoder.side, ch = unet->encoder.channels, emb = 4 * d->model_channels, skip = unet->encoder.count;
  int heads = d->num_heads_upsample > 0 ? d->num_heads_upsample : d->num_heads;
  bool ada = d->use_scale_shift_norm, rescale = d->rescale_residual, new_order = d->use_new_attention_order == 1;

  unet->decoder_count = 0;
  for (int level = d->levels - 1; level >= 0; level--)
    for (int i = 0; i <= d->num_res_blocks; i++) {
      adm_stage *stage = &unet->decoder[unet->decoder_count];
      int in = ch + unet->encoder.stage[--skip].channels, out = adm_level_channels (d, level), part = 0;
      snprintf (name, sizeof name, "output_blocks.%d.%d", unet->decoder_count, part++);
      stage->has_res = true;
      adm_res_block_bind (params, name, in, out, emb, ADM_RESAMPLE_NONE, ada, rescale, side, side, &stage->res);
      ch = out;
      if (adm_level_attends (d, side)) {
        snprintf (name, sizeof name, "output_blocks.%d.%d", unet->decoder_count, part++);
        stage->has_attention = true;
        adm_attention_block_bind (params, name, ch, adm_heads (d, heads, ch), new_order, rescale, side, side, &stage->attention);
      }
      if (level > 0 && i == d->num_res_blocks) {
        if (d->resblock_updown) {
          snprintf (name, sizeof name, "output_blocks.%d.%d", unet->decoder_count, part);
          stage->has_resample_res = true;
          adm_res_block_bind (params, name, ch, ch, emb, ADM_RESAMPLE_UP, ada, rescale, side, side, &stage->resample_res);
        } else {
          snprintf (name, sizeof name, "output_blocks.%d.%d.conv", unet->decoder_count, part);
          stage->has_op = true;
          stage->op_resample = ADM_RESAMPLE_UP;
          adm_params_conv (params, name, ch, ch, 3, 1, 2 * side, 2 * side, &stage->op, &stage->op_t);
        }
        side *= 2;
      }
      stage->side = side;
      stage->channels = ch;
      unet->decoder_count++;
    }
  adm_params_norm (params, "out.0", ch, &unet->out_norm);
  adm_params_conv (params, "out.2", ch, d->learn_sigma ? 6 : 3, 3, 1, side, side, &unet->out_conv, NULL);
  return params->status;
}

adm_status
adm_unet_bind (adm_params *params, const adm_description *description, adm_unet *unet, adm_error *error)
{
  *unet = (adm_unet) { .description = *description };
  adm_time_embedding_bind (params, description->model_channels, description->num_classes, &unet->embedding);
  adm_status status = adm_encoder_bind (params, description, description->kind == ADM_KIND_SUPERRES ? 6 : 3, &unet->encoder, error);
  if (!status) {
    unet->decoder = calloc ((size_t) (description->levels * (description->num_res_blocks + 1)), sizeof *unet->decoder);
    unet->skips = calloc ((size_t) unet->encoder.count, sizeof *unet->skips);
    status = unet->decoder && unet->skips ? bind_decoder (params, description, unet)
                                          : adm_fail (error, ADM_ERROR_MEMORY, "no memory for the network's structure; close other programs");
  }
  if (status)
    adm_unet_clear (unet);
  return status;
}

void
adm_unet_clear (adm_unet *unet)
{
  free (unet->encoder.stage);
  free (unet->decoder);
  free (unet->skips);
  *unet = (adm_unet) { 0 };
}

void
adm_unet_forward (adm_exec *exec, adm_unet *unet, int n, const float *x, const int *t, const int *labels, const float *low, int low_h,
                  int low_w, float *out)
{
  const adm_description *d = &unet->description;
  int s = d->image_size, in = d->kind == ADM_KIND_SUPERRES ? 6 : 3;

  float *emb = adm_floats_take (exec, 4 * (uint64_t) n * (uint64_t) d->model_channels);
  adm_time_embedding_forward (exec, &unet->embedding, n, t, labels, emb);

  adm_map h = adm_map_take (exec, n, s, s, in);
  float *large = in == 6 ? adm_floats_take (exec, 3 * (uint64_t) n * (uint64_t) s * (uint64_t) s) : NULL;
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    adm_map_from_planar (x, 3, 0, h);
    if (in == 6) {
      adm_resize_bilinear (3 * n, low_h, low_w, low, s, s, large);
      adm_map_from_planar (large, 3, 3, h);
    }
  }
  adm_arena_give (exec->arena, large);

  adm_map y = adm_encoder_forward (exec, &unet->encoder, h, emb, unet->skips, NULL);
  adm_map_give (exec, h);
  h = y;
  for (int i = 0; i < unet->decoder_count; i++) {
    adm_map skip = unet->skips[unet->encoder.count - 1 - i];
    y = adm_stage_forward (exec, &unet->decoder[i], (adm_source) { .a = h, .b = skip }, emb, NULL);
    adm_map_give (exec, h);
    adm_map_give (exec, skip);
    h = y;
  }

  adm_norm norm = adm_norm_take (exec, n, h.c);
  adm_source last = adm_source_of (h);
  adm_group_norm (exec, &last, unet->out_norm.w, unet->out_norm.b, NULL, norm);
  last.mul = norm.mul;
  last.add = norm.add;
  last.silu = true;
  y = adm_map_take (exec, n, s, s, unet->out_conv.cout);
  adm_conv2d (exec, &unet->out_conv, &last, (adm_conv_output) { .y = y, .scale = 1 });
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_map_to_planar (y, y.c, out);
  adm_norm_give (exec, norm);
  adm_map_give (exec, y);
  adm_map_give (exec, h);
  adm_arena_give (exec->arena, emb);
}
