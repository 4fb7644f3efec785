/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms, SiLU, resampling and the skip connection ride along with the two convolutions. */
#include "nn/res_block.h"

#include "ops/resize2d.h"

#include <math.h>

static int
resampled (adm_resample resample, int side)
{
  return resample == ADM_RESAMPLE_UP ? 2 * side : resample == ADM_RESAMPLE_DOWN ? side / 2 : side;
}

void
adm_res_block_bind (adm_slots *slots, const char *prefix, adm_res_config c, adm_res_block *block)
{
  int h = resampled (c.resample, c.h), w = resampled (c.resample, c.w);
  block->config = c;
  block->has_skip = c.cin != c.cout;
  adm_slots_norm (slots, prefix, "in_layers.0", c.cin, &block->in_norm);
  adm_slots_conv (slots, prefix, "in_layers.2", (adm_conv_shape) { c.cin, c.cout, 3, 1, h, w },
                  &block->in_conv, &block->in_conv_t);
  adm_slots_linear (slots, prefix, "emb_layers.1", 2, c.emb, c.scale_shift ? 2 * c.cout : c.cout,
                    &block->emb);
  adm_slots_norm (slots, prefix, "out_layers.0", c.cout, &block->out_norm);
  adm_slots_conv (slots, prefix, "out_layers.3", (adm_conv_shape) { c.cout, c.cout, 3, 1, h, w },
                  &block->out_conv, &block->out_conv_t);
  if (block->has_skip)
    adm_slots_conv (slots, prefix, "skip_connection",
                    (adm_conv_shape) { c.cin, c.cout, 1, 1, h, w }, &block->skip, &block->skip_t);
}

adm_map
adm_res_block_forward (adm_exec *exec, const adm_res_block *block, adm_source x, const float *emb,
                       adm_res_saved *saved)
{
  int n = x.a.n, cout = block->config.cout;
  bool ada = block->config.scale_shift;
  /* Up- and downsampling as in BigGAN's residual blocks (paper, section 3): both ways, h and the
   * skip connection, are resampled. */
  adm_source skip = { .a = x.a, .b = x.b, .resample = block->config.resample };
  int h = adm_source_height (&skip), w = adm_source_width (&skip);

  adm_norm in_norm = adm_norm_take (exec, n, block->config.cin);
  adm_group_norm (exec, &x, block->in_norm.w, block->in_norm.b, NULL, in_norm);
  float *e = adm_floats_take (exec, (uint64_t) n * (uint64_t) block->emb.out);
  adm_linear (exec, &block->emb, n, emb, false, e);

  adm_map mid = adm_map_take (exec, n, h, w, cout);
  adm_source in = adm_norm_source (skip, in_norm, true);
  adm_conv2d (exec, &block->in_conv, &in,
              (adm_conv_output) { .y = mid, .extra = ada ? NULL : e, .scale = 1 });

  /* AdaGN (h, y) = y_s GroupNorm (h) + y_b (paper, section 3.1), [y_s - 1, y_b] = e. */
  adm_norm out_norm = adm_norm_take (exec, n, cout);
  adm_source middle = adm_source_of (mid);
  adm_group_norm (exec, &middle, block->out_norm.w, block->out_norm.b, ada ? e : NULL, out_norm);
  adm_arena_give (exec->arena, e);

  adm_map y = adm_map_take (exec, n, h, w, cout);
  if (block->has_skip) {
    adm_conv2d (exec, &block->skip, &skip, (adm_conv_output) { .y = y, .scale = 1 });
    skip = adm_source_of (y);
  }
  middle = adm_norm_source (middle, out_norm, true);
  /* Rescaled by 1 / sqrt 2 where the network was trained so (paper, section 3). */
  adm_conv2d (exec, &block->out_conv, &middle,
              (adm_conv_output) { .y = y,
                                  .residual = &skip,
                                  .scale = block->config.rescale ? (float) M_SQRT1_2 : 1 });

  if (saved)
    *saved = (adm_res_saved) { x.a, mid, in_norm, out_norm };
  else {
    adm_norm_give (exec, in_norm);
    adm_norm_give (exec, out_norm);
    adm_map_give (exec, mid);
  }
  return y;
}

adm_map
adm_res_block_backward (adm_exec *exec, const adm_res_block *block, adm_res_saved *saved,
                        adm_map dy)
{
  adm_map x = saved->x, h = saved->h;
  adm_resample resample = block->config.resample;
  if (block->config.rescale)
    adm_map_scale (exec, (float) M_SQRT1_2, dy);
  adm_source from = adm_source_of (dy);

  /* through out_layers */
  adm_map dh = adm_map_take (exec, h.n, h.h, h.w, h.c);
  adm_conv2d (exec, &block->out_conv_t, &from, (adm_conv_output) { .y = dh, .scale = 1 });
  adm_group_norm_backward (exec, saved->out_norm, h, true, dh, false, dh);

  /* through in_layers */
  adm_map dr = adm_map_take (exec, h.n, h.h, h.w, block->config.cin);
  adm_source back = adm_source_of (dh);
  adm_conv2d (exec, &block->in_conv_t, &back, (adm_conv_output) { .y = dr, .scale = 1 });
  adm_map_give (exec, dh);
  if (resample != ADM_RESAMPLE_NONE) {
    adm_map full = adm_map_take (exec, x.n, x.h, x.w, x.c);
    adm_map_fill (exec, 0, full);
    adm_resample_backward (exec, resample == ADM_RESAMPLE_UP, dr, full);
    adm_map_give (exec, dr);
    dr = full;
  }
  adm_group_norm_backward (exec, saved->in_norm, x, true, dr, false, dr);

  /* through the skip connection */
  if (block->has_skip) {
    adm_map ds = adm_map_take (exec, h.n, h.h, h.w, block->config.cin);
    adm_conv2d (exec, &block->skip_t, &from, (adm_conv_output) { .y = ds, .scale = 1 });
    adm_map_give (exec, dy);
    dy = ds;
  }
  if (resample == ADM_RESAMPLE_NONE)
    adm_map_add (exec, dy, dr);
  else
    adm_resample_backward (exec, resample == ADM_RESAMPLE_UP, dy, dr);
  adm_map_give (exec, dy);
  adm_map_give (exec, h);
  adm_norm_give (exec, saved->in_norm);
  adm_norm_give (exec, saved->out_norm);
  return dr;
}
