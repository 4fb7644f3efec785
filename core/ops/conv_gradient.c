/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The padded map that the forward reads and dy, laid out on a grid of the same width (zeros where
 * the padding is), turn every tap into one product over all positions of an image:
 *
 *   dw [tap] [i,o] = sum over q of padded [q stride + tap, i] dy [q, o]
 *
 * A unit of work owns 32 input by 32 output channels of dw for all taps, and sums over images and
 * strips of positions in order: bytes do not depend on the number of threads. */
#include "ops/conv_gradient.h"

#include <string.h>

enum {
  BLOCK = 32,  /* input channels of a unit */
  STRIP = 128, /* positions whose inputs and gradients stay in L1 over all taps */
};

struct gradient {
  adm_exec *exec;
  const adm_conv *conv;
  const adm_source *source;
  adm_map dy;
  float *input;  /* padded map [N,rows,width,cin] */
  float *packed; /* dy [N,panels,H * width,ADM_PANEL] */
  float *dextra; /* [N,cout] */
  int pad, rows; /* of the padded map */
  int width;     /* of both */
  int panels, blocks;
};

static void
gather_row (void *arg, int unit, int worker)
{
  struct gradient *g = arg;
  int n = unit / g->rows, y = unit % g->rows, cin = g->conv->cin;
  (void) worker;
  adm_source_row (g->exec->kernels, g->source,
                  (adm_span) { n, y - g->pad, -g->pad, g->width - g->pad, 0, cin },
                  g->input + (ptrdiff_t) unit * g->width * cin, cin);
}

static void
pack_row (void *arg, int unit, int worker)
{
  struct gradient *g = arg;
  int n = unit / g->dy.h, y = unit % g->dy.h, cout = g->dy.c;
  const float *from = g->dy.data + (ptrdiff_t) unit * g->dy.w * cout;
  (void) worker;
  for (int p = 0; p < g->panels; p++) {
    int c0 = p * ADM_PANEL, count = cout - c0 < ADM_PANEL ? cout - c0 : ADM_PANEL;
    float *to = g->packed + (((ptrdiff_t) n * g->panels + p) * g->dy.h + y) * g->width * ADM_PANEL;
    memset (to, 0, (size_t) g->width * ADM_PANEL * sizeof *to);
    for (int x = 0; x < g->dy.w; x++)
      memcpy (to + (ptrdiff_t) x * ADM_PANEL, from + (ptrdiff_t) x * cout + c0,
              (size_t) count * sizeof *to);
  }
}

/* Positions of an image, to the last one that is no padding. */
static int
positions (const struct gradient *g)
{
  return (g->dy.h - 1) * g->width + g->dy.w;
}

/* Bias, and what was added to every pixel. */
static void
sum_panel (const struct gradient *g, int panel)
{
  int cout = g->dy.c, c0 = panel * ADM_PANEL, count = cout - c0 < ADM_PANEL ? cout - c0 : ADM_PANEL;
  double total[ADM_PANEL] = { 0 }, unused[ADM_PANEL] = { 0 };
  for (int n = 0; n < g->dy.n; n++) {
    double sum[ADM_PANEL] = { 0 };
    g->exec->kernels->moments (
        positions (g), ADM_PANEL,
        g->packed + ((ptrdiff_t) n * g->panels + panel) * g->dy.h * g->width * ADM_PANEL, ADM_PANEL,
        sum, unused);
    for (int k = 0; k < count; k++) {
      total[k] += sum[k];
      if (g->dextra)
        g->dextra[(ptrdiff_t) n * cout + c0 + k] = (float) sum[k];
    }
  }
  for (int k = 0; k < count && g->conv->dbias; k++)
    g->conv->dbias[c0 + k] += (float) total[k];
}

static float *
sums_of (const struct gradient *g, adm_layout *layout)
{
  return adm_layout_floats (layout, (uint64_t) (g->conv->size * g->conv->size) * BLOCK * ADM_PANEL);
}

static void
gradient_unit (void *arg, int unit, int worker)
{
  struct gradient *g = arg;
  const adm_conv *conv = g->conv;
  int panel = unit / g->blocks, i0 = unit % g->blocks * BLOCK, cin = conv->cin,
      taps = conv->size * conv->size, all = positions (g);
  if (i0 == 0)
    sum_panel (g, panel);
  if (!conv->dw)
    return;
  adm_layout layout = adm_exec_scratch_of (g->exec, worker);
  float *sums = sums_of (g, &layout);
  memset (sums, 0, (size_t) taps * BLOCK * ADM_PANEL * sizeof *sums);
  adm_correlation of
      = { .m = cin - i0 < BLOCK ? cin - i0 : BLOCK, .a_stride = (ptrdiff_t) conv->stride * cin };
  for (int n = 0; n < g->dy.n; n++) {
    const float *x = g->input + (ptrdiff_t) n * g->rows * g->width * cin + i0,
                *dy
                = g->packed + ((ptrdiff_t) n * g->panels + panel) * g->dy.h * g->width * ADM_PANEL;
    for (int q = 0; q < all; q += STRIP) {
      of.pixels = all - q < STRIP ? all - q : STRIP;
      of.w = dy + (ptrdiff_t) q * ADM_PANEL;
      for (int t = 0; t < taps; t++) {
        of.a = x + q * of.a_stride
               + ((ptrdiff_t) (t / conv->size) * g->width + t % conv->size) * cin;
        of.c = sums + (ptrdiff_t) t * BLOCK * ADM_PANEL;
        g->exec->kernels->correlate (of);
      }
    }
  }
  int outputs = conv->cout - panel * ADM_PANEL;
  for (int o = 0; o < ADM_PANEL && o < outputs; o++)
    for (int i = 0; i < of.m; i++) {
      float *dw = conv->dw + ((ptrdiff_t) (panel * ADM_PANEL + o) * cin + i0 + i) * taps;
      for (int t = 0; t < taps; t++)
        dw[t] += sums[((ptrdiff_t) t * BLOCK + i) * ADM_PANEL + o];
    }
}

void
adm_conv2d_gradient (adm_exec *exec, const adm_conv *conv, const adm_source *source, adm_map dy,
                     float *dextra)
{
  if (!conv->dw && !dextra)
    return;
  int n = dy.n, pad = conv->size / 2, h = adm_source_height (source);
  bool plain = conv->size == 1 && !source->mul && !source->silu && source->b.c == 0
               && source->resample == ADM_RESAMPLE_NONE;
  struct gradient g = { .exec = exec,
                        .conv = conv,
                        .source = source,
                        .dy = dy,
                        .dextra = dextra,
                        .pad = pad,
                        .rows = h + 2 * pad,
                        .width = adm_source_width (source) + 2 * pad,
                        .panels = adm_conv_panels (conv),
                        .blocks = (conv->cin + BLOCK - 1) / BLOCK };
  adm_layout counted = { 0 };
  g.input = plain ? source->a.data
                  : adm_floats_take (exec, (uint64_t) n * (uint64_t) g.rows * (uint64_t) g.width
                                               * (uint64_t) conv->cin);
  g.packed = adm_floats_take (exec, (uint64_t) n * (uint64_t) g.panels * (uint64_t) dy.h
                                        * (uint64_t) g.width * ADM_PANEL);
  sums_of (&g, &counted);
  adm_exec_scratch (exec, counted);
  if (adm_exec_begin (exec, conv->size == 1 ? ADM_LAYER_CONV1 : ADM_LAYER_CONV3,
                      2.0 * n * dy.h * dy.w * conv->cout * conv->cin * conv->size * conv->size)) {
    if (!plain)
      adm_exec_run (exec, n * g.rows, gather_row, &g);
    adm_exec_run (exec, n * dy.h, pack_row, &g);
    adm_exec_run (exec, g.panels * g.blocks, gradient_unit, &g);
  }
  adm_arena_give (exec->arena, g.packed);
  if (!plain)
    adm_arena_give (exec->arena, g.input);
}

/* One product at a time, in double. */
static double
gradient_of_weight (const adm_conv *conv, const adm_source *source, adm_map dy, int at)
{
  const adm_kernels *kernels = adm_kernels_named ("portable");
  int size = conv->size, kx = at % size, ky = at / size % size, i = at / size / size % conv->cin,
      o = at / size / size / conv->cin;
  double sum = 0;
  for (int n = 0; n < dy.n; n++)
    for (int y = 0; y < dy.h; y++)
      for (int x = 0; x < dy.w; x++) {
        int column = x * conv->stride + kx - size / 2;
        adm_span span = { n, y * conv->stride + ky - size / 2, column, column + 1, i, i + 1 };
        float v;
        adm_source_row (kernels, source, span, &v, 1);
        sum += (double) v * (double) dy.data[((n * dy.h + y) * dy.w + x) * dy.c + o];
      }
  return sum;
}

void
adm_conv2d_gradient_ref (const adm_conv *conv, const adm_source *source, adm_map dy, float *dextra)
{
  for (int at = 0; at < conv->cout * conv->cin * conv->size * conv->size; at++)
    conv->dw[at] += (float) gradient_of_weight (conv, source, dy, at);
  for (int o = 0; o < conv->cout; o++) {
    double total = 0;
    for (int n = 0; n < dy.n; n++) {
      double sum = 0;
      for (int i = 0; i < dy.h * dy.w; i++)
        sum += (double) dy.data[(n * dy.h * dy.w + i) * dy.c + o];
      total += sum;
      if (dextra)
        dextra[n * conv->cout + o] = (float) sum;
    }
    conv->dbias[o] += (float) total;
  }
}
