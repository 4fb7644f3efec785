/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Norms, SiLU, resampling and the skip connection ride along with the two convolutions. */
#include "nn/res_block.h"

#include "ops/conv_gradient.h"
#include "ops/dropout.h"
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
  block->number = slots->res_blocks++;
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

/* What out_layers' convolution reads: SiLU (norm (h)); while training with dropout, its own map
 * with some of it left out, in *DROPPED. */
static adm_source
out_source (adm_exec *exec, const adm_res_block *block, adm_map h, adm_norm norm, adm_map *dropped)
{
  adm_source source = adm_norm_source (adm_source_of (h), norm, true);
  *dropped = (adm_map) { 0 };
  if (!exec->train || exec->dropout <= 0)
    return source;
  *dropped = adm_source_take (exec, &source);
  adm_dropout (exec, exec->dropout, adm_mix (exec->dropout_key, (uint64_t) block->number),
               *dropped);
  return adm_source_of (*dropped);
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
  if (!saved || !exec->train) {
    adm_arena_give (exec->arena, e);
    e = NULL;
  }

  adm_map y = adm_map_take (exec, n, h, w, cout);
  if (block->has_skip) {
    adm_conv2d (exec, &block->skip, &skip, (adm_conv_output) { .y = y, .scale = 1 });
    skip = adm_source_of (y);
  }
  adm_map dropped;
  middle = out_source (exec, block, mid, out_norm, &dropped);
  /* Rescaled by 1 / sqrt 2 where the network was trained so (paper, section 3). */
  adm_conv2d (exec, &block->out_conv, &middle,
              (adm_conv_output) { .y = y,
                                  .residual = &skip,
                                  .scale = block->config.rescale ? (float) M_SQRT1_2 : 1 });
  adm_map_give (exec, dropped);

  if (saved)
    *saved = (adm_res_saved) { x, mid, in_norm, out_norm, e };
  else {
    adm_norm_give (exec, in_norm);
    adm_norm_give (exec, out_norm);
    adm_map_give (exec, mid);
  }
  return y;
}

/* Through out_layers; DE, the gradient by what the embedding gave, where AdaGN took it. Returns the
 * gradient by h. */
static adm_map
backward_out (adm_exec *exec, const adm_res_block *block, const adm_res_saved *saved, adm_map dy,
              float *de)
{
  adm_map h = saved->h;
  if (exec->train) {
    adm_map dropped;
    adm_source read = out_source (exec, block, h, saved->out_norm, &dropped);
    adm_conv2d_gradient (exec, &block->out_conv, &read, dy, NULL);
    adm_map_give (exec, dropped);
  }
  adm_source from = adm_source_of (dy);
  adm_map dh = adm_map_take (exec, h.n, h.h, h.w, h.c);
  adm_conv2d (exec, &block->out_conv_t, &from, (adm_conv_output) { .y = dh, .scale = 1 });
  if (exec->train && exec->dropout > 0)
    adm_dropout (exec, exec->dropout, adm_mix (exec->dropout_key, (uint64_t) block->number), dh);
  bool ada = block->config.scale_shift && exec->train;
  adm_group_norm_backward (exec, saved->out_norm,
                           &(adm_norm_backward) { .x = h,
                                                  .dy = dh,
                                                  .dx = dh,
                                                  .silu = true,
                                                  .weights = exec->train ? &block->out_norm : NULL,
                                                  .scale_shift = ada ? saved->e : NULL,
                                                  .dscale_shift = ada ? de : NULL });
  return dh;
}

/* DX from DR, its gradient after resampling; DR is given back where that is another map. */
static adm_map
resample_back (adm_exec *exec, adm_resample resample, adm_source x, adm_map dr)
{
  if (resample == ADM_RESAMPLE_NONE)
    return dr;
  adm_map full = adm_map_take (exec, x.a.n, x.a.h, x.a.w, dr.c);
  adm_map_fill (exec, 0, full);
  adm_resample_backward (exec, resample == ADM_RESAMPLE_UP, dr, full);
  adm_map_give (exec, dr);
  return full;
}

/* Through in_layers, DH the gradient by their result, which is given back. */
static adm_map
backward_in (adm_exec *exec, const adm_res_block *block, const adm_res_saved *saved, adm_map dh,
             float *de)
{
  adm_source x = saved->x, read = adm_norm_source (x, saved->in_norm, true);
  read.resample = block->config.resample;
  if (exec->train)
    adm_conv2d_gradient (exec, &block->in_conv, &read, dh, block->config.scale_shift ? NULL : de);
  adm_map dr = adm_map_take (exec, dh.n, dh.h, dh.w, block->config.cin);
  adm_source back = adm_source_of (dh);
  adm_conv2d (exec, &block->in_conv_t, &back, (adm_conv_output) { .y = dr, .scale = 1 });
  adm_map_give (exec, dh);
  dr = resample_back (exec, block->config.resample, x, dr);
  adm_map whole = x.b.c ? adm_source_take (exec, &x) : x.a;
  adm_group_norm_backward (exec, saved->in_norm,
                           &(adm_norm_backward) {
                               .x = whole,
                               .dy = dr,
                               .dx = dr,
                               .silu = true,
                               .weights = exec->train ? &block->in_norm : NULL,
                           });
  if (x.b.c)
    adm_map_give (exec, whole);
  return dr;
}

static void
backward_embedding (adm_exec *exec, const adm_res_block *block, adm_embedding embedding, int n,
                    const float *de)
{
  const adm_linear_weights *layer = &block->emb;
  adm_linear_gradient (exec, layer, n, embedding.emb, de);
  float *d = adm_floats_take (exec, (uint64_t) n * (uint64_t) layer->in);
  adm_linear_backward (exec, layer, n, de, d);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    exec->kernels->axpy (n * layer->in, 1, d, embedding.demb);
  adm_arena_give (exec->arena, d);
}

adm_map
adm_res_block_backward (adm_exec *exec, const adm_res_block *block, adm_embedding embedding,
                        adm_res_saved *saved, adm_map dy)
{
  adm_map h = saved->h;
  adm_resample resample = block->config.resample;
  float *de
      = exec->train ? adm_floats_take (exec, (uint64_t) h.n * (uint64_t) block->emb.out) : NULL;
  if (block->config.rescale)
    adm_map_scale (exec, (float) M_SQRT1_2, dy);
  adm_map dh = backward_out (exec, block, saved, dy, de);
  adm_map dr = backward_in (exec, block, saved, dh, de);
  if (exec->train)
    backward_embedding (exec, block, embedding, h.n, de);

  /* through the skip connection */
  if (block->has_skip) {
    adm_source from = adm_source_of (dy), read = saved->x;
    read.resample = resample;
    if (exec->train)
      adm_conv2d_gradient (exec, &block->skip, &read, dy, NULL);
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
  adm_arena_give (exec->arena, de);
  adm_arena_give (exec->arena, saved->e);
  return dr;
}
