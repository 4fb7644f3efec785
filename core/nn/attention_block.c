/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The norm is read by the qkv product, the sum with x is written by the last one. */
#include "nn/attention_block.h"

#include "ops/conv_gradient.h"
#include "ops/resize2d.h"

#include <math.h>

void
adm_attention_block_bind (adm_slots *slots, const char *prefix, adm_attention_config of,
                          adm_attention_block *block)
{
  int c = of.channels;
  block->channels = c;
  block->rescale = of.rescale;
  block->shape = (adm_attention_shape) { of.heads, of.new_order };
  adm_slots_norm (slots, prefix, "norm", c, &block->norm);
  adm_slots_conv1d (slots, prefix, "qkv",
                    (adm_conv_shape) { .cin = c, .cout = 3 * c, .h = 1, .w = of.h * of.w },
                    &block->qkv, &block->qkv_t);
  adm_slots_conv1d (slots, prefix, "proj_out",
                    (adm_conv_shape) { .cin = c, .cout = c, .h = 1, .w = of.h * of.w },
                    &block->proj, &block->proj_t);
}

adm_map
adm_attention_block_forward (adm_exec *exec, const adm_attention_block *block, adm_map x,
                             adm_attention_saved *saved)
{
  int c = block->channels;
  adm_norm norm = adm_norm_take (exec, x.n, c);
  adm_source residual = adm_source_of (x), in = residual;
  adm_group_norm (exec, &in, block->norm.w, block->norm.b, NULL, norm);
  in = adm_norm_source (in, norm, false);

  adm_map qkv = adm_map_take (exec, x.n, x.h, x.w, 3 * c);
  adm_conv2d (exec, &block->qkv, &in, (adm_conv_output) { .y = qkv, .scale = 1 });
  adm_map mixed = adm_map_take (exec, x.n, x.h, x.w, c);
  adm_attention (exec, block->shape, qkv, mixed);
  adm_map y = adm_map_take (exec, x.n, x.h, x.w, c);
  adm_source out = adm_source_of (mixed);
  adm_conv2d (exec, &block->proj, &out,
              (adm_conv_output) {
                  .y = y, .residual = &residual, .scale = block->rescale ? (float) M_SQRT1_2 : 1 });
  if (!saved || !exec->train) {
    adm_map_give (exec, mixed);
    mixed = (adm_map) { 0 };
  }

  if (saved)
    *saved = (adm_attention_saved) { x, qkv, norm, mixed };
  else {
    adm_map_give (exec, qkv);
    adm_norm_give (exec, norm);
  }
  return y;
}

adm_map
adm_attention_block_backward (adm_exec *exec, const adm_attention_block *block,
                              adm_attention_saved *saved, adm_map dy)
{
  adm_map x = saved->x;
  if (block->rescale)
    adm_map_scale (exec, (float) M_SQRT1_2, dy);
  adm_map dmixed = adm_map_take (exec, x.n, x.h, x.w, x.c),
          dqkv = adm_map_take (exec, x.n, x.h, x.w, 3 * x.c);
  adm_source from = adm_source_of (dy), back = adm_source_of (dqkv);
  if (exec->train) {
    adm_source read = adm_source_of (saved->mixed);
    adm_conv2d_gradient (exec, &block->proj, &read, dy, NULL);
  }
  adm_conv2d (exec, &block->proj_t, &from, (adm_conv_output) { .y = dmixed, .scale = 1 });
  adm_attention_backward (exec, block->shape, saved->qkv, dmixed, dqkv);
  if (exec->train) {
    adm_source read = adm_norm_source (adm_source_of (x), saved->norm, false);
    adm_conv2d_gradient (exec, &block->qkv, &read, dqkv, NULL);
  }
  adm_conv2d (exec, &block->qkv_t, &back, (adm_conv_output) { .y = dmixed, .scale = 1 });
  adm_group_norm_backward (exec, saved->norm,
                           &(adm_norm_backward) {
                               .x = x,
                               .dy = dmixed,
                               .dx = dy,
                               .accumulate = true,
                               .weights = exec->train ? &block->norm : NULL,
                           });
  adm_map_give (exec, dmixed);
  adm_map_give (exec, dqkv);
  adm_map_give (exec, saved->qkv);
  adm_map_give (exec, saved->mixed);
  adm_norm_give (exec, saved->norm);
  return dy;
}
