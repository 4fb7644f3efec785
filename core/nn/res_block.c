/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms, SiLU, resampling and the skip connection ride along with the two convolutions. */
#include "nn/res_block.h"

#include <math.h>
#include <stdio.h>

static int
resampled (adm_resample resample, int side)
{
  return resample == ADM_RESAMPLE_UP ? 2 * side : resample == ADM_RESAMPLE_DOWN ? side / 2 : side;
}

void
adm_res_block_bind (adm_params *params, const char *prefix, int cin, int cout, int emb, adm_resample resample, bool scale_shift, bool rescale,
                    int h, int w, adm_res_block *block)
{
  char name[128];
  int oh = resampled (resample, h), ow = resampled (resample, w);
  block->cin = cin;
  block->cout = cout;
  block->resample = resample;
  block->scale_shift = scale_shift;
  block->rescale = rescale;
  block->has_skip = cin != cout;
  snprintf (name, sizeof name, "%s.in_layers.0", prefix);
  adm_params_norm (params, name, cin, &block->in_norm);
  snprintf (name, sizeof name, "%s.in_layers.2", prefix);
  adm_params_conv (params, name, cin, cout, 3, 1, oh, ow, &block->in_conv, &block->in_conv_t);
  snprintf (name, sizeof name, "%s.emb_layers.1", prefix);
  adm_params_linear (params, name, emb, scale_shift ? 2 * cout : cout, &block->emb);
  snprintf (name, sizeof name, "%s.out_layers.0", prefix);
  adm_params_norm (params, name, cout, &block->out_norm);
  snprintf (name, sizeof name, "%s.out_layers.3", prefix);
  adm_params_conv (params, name, cout, cout, 3, 1, oh, ow, &block->out_conv, &block->out_conv_t);
  if (block->has_skip) {
    snprintf (name, sizeof name, "%s.skip_connection", prefix);
    adm_params_conv (params, name, cin, cout, 1, 1, oh, ow, &block->skip, &block->skip_t);
  }
}

adm_map
adm_res_block_forward (adm_exec *exec, const adm_res_block *block, adm_source x, const float *emb, adm_res_saved *saved)
{
  int n = x.a.n, cout = block->cout;
  adm_source skip = { .a = x.a, .b = x.b, .resample = block->resample };
  int h = adm_source_height (&skip), w = adm_source_width (&skip);

  adm_norm in_norm = adm_norm_take (exec, n, block->cin);
  adm_group_norm (exec, &x, block->in_norm.w, block->in_norm.b, NULL, in_norm);
  float *e = adm_floats_take (exec, (uint64_t) n * (uint64_t) block->emb.out);
  adm_linear (exec, n, block->emb.in, block->emb.out, emb, false, block->emb.w, block->emb.b, e);

  adm_map mid = adm_map_take (exec, n, h, w, cout);
  adm_source in = { .a = x.a, .b = x.b, .mul = in_norm.mul, .add = in_norm.add, .silu = true, .resample = block->resample };
  adm_conv2d (exec, &block->in_conv, &in, (adm_conv_output) { .y = mid, .extra = block->scale_shift ? NULL : e, .scale = 1 });

  adm_norm out_norm = adm_norm_take (exec, n, cout);
  adm_source middle = adm_source_of (mid);
  adm_group_norm (exec, &middle, block->out_norm.w, block->out_norm.b, block->scale_shift ? e : NULL, out_norm);
  adm_arena_give (exec->arena, e);

  adm_map y = adm_map_take (exec, n, h, w, cout);
  if (block->has_skip) {
    adm_conv2d (exec, &block->skip, &skip, (adm_conv_output) { .y = y, .scale = 1 });
    skip = adm_source_of (y);
  }
  middle.mul = out_norm.mul;
  middle.add = out_norm.add;
  middle.silu = true;
  adm_conv2d (exec, &block->out_conv, &middle,
              (adm_conv_output) { .y = y, .residual = &skip, .scale = block->rescale ? (float) M_SQRT1_2 : 1 });

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
adm_res_block_backward (adm_exec *exec, const adm_res_block *block, adm_res_saved *saved, adm_map dy)
{
  adm_map x = saved->x, h = saved->h;
  if (block->rescale)
    adm_map_scale (exec, (float) M_SQRT1_2, dy);
  adm_source from = adm_source_of (dy);

  /* through out_layers */
  adm_map dh = adm_map_take (exec, h.n, h.h, h.w, h.c);
  adm_conv2d (exec, &block->out_conv_t, &from, (adm_conv_output) { .y = dh, .scale = 1 });
  adm_group_norm_backward (exec, saved->out_norm, h, true, dh, false, dh);

  /* through in_layers */
  adm_map dr = adm_map_take (exec, h.n, h.h, h.w, block->cin);
  adm_source back = adm_source_of (dh);
  adm_conv2d (exec, &block->in_conv_t, &back, (adm_conv_output) { .y = dr, .scale = 1 });
  adm_map_give (exec, dh);
  if (block->resample != ADM_RESAMPLE_NONE) {
    adm_map full = adm_map_take (exec, x.n, x.h, x.w, x.c);
    adm_map_fill (exec, 0, full);
    adm_resample_backward (exec, block->resample == ADM_RESAMPLE_UP, dr, full);
    adm_map_give (exec, dr);
    dr = full;
  }
  adm_group_norm_backward (exec, saved->in_norm, x, true, dr, false, dr);

  /* through the skip connection */
  if (block->has_skip) {
    adm_map ds = adm_map_take (exec, h.n, h.h, h.w, block->cin);
    adm_conv2d (exec, &block->skip_t, &from, (adm_conv_output) { .y = ds, .scale = 1 });
    adm_map_give (exec, dy);
    dy = ds;
  }
  if (block->resample == ADM_RESAMPLE_NONE)
    adm_map_add (exec, dy, dr);
  else
    adm_resample_backward (exec, block->resample == ADM_RESAMPLE_UP, dy, dr);
  adm_map_give (exec, dy);
  adm_map_give (exec, h);
  adm_norm_give (exec, saved->in_norm);
  adm_norm_give (exec, saved->out_norm);
  return dr;
}
