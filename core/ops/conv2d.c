/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Direct convolution as an implicit matrix product: [pixels, size * size * cin] times [size * size
 * * cin, cout], where a row of the left matrix is never built: the product's inner loop reads it
 * from the padded map through one offset for each tap.
 *
 *   source --(norm, SiLU, resample, concatenate, pad)--> padded [N,H+2,W+2,cin] --(strip x panels
 *     of 32 outputs)--> y
 *
 * A 1x1 convolution of a plain map needs no padded copy at all. */
#include "ops/conv2d.h"

#include "ops/winograd.h"

enum {
  STRIP_PIXELS = 256, /* pixels of one unit of work */
  UNITS = 32,         /* units wanted, so that any number of threads finds work */
  /* depth (taps * cin) of one pass over a strip: a panel of weights then stays in L2 */
  DEPTH = 1536,
  NARROWED = 8, /* pixels brought in at a time on their way to 16 bits */
};

/* ---- packing --------------------------------------------------------------------------------- */

/* The weights of channels 32 PANEL … of the output, from input channel I: W [taps][ADM_PANEL],
 * zeros past the last channel. */
static void
gather (const adm_conv *conv, const float *raw, bool backward, int panel, int i,
        float w[ADM_MAX_TAPS][ADM_PANEL])
{
  int taps = conv->size * conv->size;
  for (int k = 0; k < ADM_PANEL; k++) {
    int o = panel * ADM_PANEL + k;
    size_t at = backward ? (size_t) i * (size_t) conv->cout + (size_t) o
                         : (size_t) o * (size_t) conv->cin + (size_t) i;
    for (int t = 0; t < taps; t++)
      w[t][k]
          = o < conv->cout ? raw[at * (size_t) taps + (size_t) (backward ? taps - 1 - t : t)] : 0;
  }
}

void
adm_conv_pack_panel (const adm_conv *conv, const float *raw, bool backward, int panel, void *packed)
{
  size_t taps = (size_t) (conv->size * conv->size), cin = (size_t) conv->cin,
         first = (size_t) panel * taps * cin * ADM_PANEL;
  float w[ADM_MAX_TAPS][ADM_PANEL];
  for (size_t i = 0; i < cin; i++) {
    gather (conv, raw, backward, panel, (int) i, w);
    if (conv->algorithm == ADM_CONV_WINOGRAD)
      adm_winograd_pack (conv, panel, (int) i, (const float (*)[ADM_PANEL]) w, packed);
    else
      for (size_t t = 0; t < taps; t++)
        adm_conv_put (conv, packed, first + (t * cin + i) * ADM_PANEL, w[t]);
  }
}

/* ---- bringing the source into a padded map --------------------------------------------------- */

struct gather {
  adm_exec *exec;
  const adm_source *source;
  float *out;
  uint16_t *out16;                /* instead, for 16-bit products */
  int pad, rows, width, channels; /* of the padded map */
};

static void
gather_row (void *arg, int unit, int worker)
{
  struct gather *g = arg;
  const adm_kernels *kernels = g->exec->kernels;
  int n = unit / g->rows, y = unit % g->rows, end = g->width - g->pad;
  ptrdiff_t at = (ptrdiff_t) unit * g->width * g->channels;
  adm_span span = { n, y - g->pad, -g->pad, end, 0, g->channels };
  if (g->out) {
    adm_source_row (kernels, g->source, span, g->out + at, g->channels);
    return;
  }
  adm_layout layout = adm_exec_scratch_of (g->exec, worker);
  float *some = adm_layout_floats (&layout, NARROWED * (uint64_t) g->channels);
  for (; span.x0 < end; span.x0 += NARROWED) {
    span.x1 = end - span.x0 < NARROWED ? end : span.x0 + NARROWED;
    size_t count = (size_t) (span.x1 - span.x0) * (size_t) g->channels;
    adm_source_row (kernels, g->source, span, some, g->channels);
    kernels->narrow (count, some, g->out16 + at);
    at += (ptrdiff_t) count;
  }
}

/* ---- the product ----------------------------------------------------------------------------- */

struct direct {
  adm_exec *exec;
  const adm_conv *conv;
  const adm_conv_output *output;
  const float *input;      /* padded map, */
  const uint16_t *input16; /* or this, for 16-bit products */
  int in_w;                /* its width */
  int in_h;                /* and height */
  int rows, columns;       /* of a strip of outputs */
  int strips_y, strips_x;
  int group, groups; /* panels of one unit */
};

struct direct_scratch {
  float *columns, *temp; /* [STRIP_PIXELS][ADM_PANEL]: sums; the epilogue's own */
  float *widened;        /* weights in 16 bits, widened for one pass */
};

static struct direct_scratch
direct_scratch_of (const adm_conv *conv, adm_layout *layout)
{
  struct direct_scratch s;
  s.columns = adm_layout_floats (layout, STRIP_PIXELS * ADM_PANEL);
  s.temp = adm_layout_floats (layout, STRIP_PIXELS * ADM_PANEL);
  s.widened = adm_layout_floats (layout, conv->half && conv->algorithm == ADM_CONV_DIRECT
                                             ? (uint64_t) (conv->cin > DEPTH ? conv->cin : DEPTH)
                                                   * ADM_PANEL
                                             : 0);
  return s;
}

/* PRODUCT of the inputs from number AT on and the weights from number WEIGHTS on. */
static void
multiply_row (const struct direct *d, adm_product product, ptrdiff_t at, size_t weights)
{
  if (d->input) {
    product.a = d->input + at;
    d->exec->kernels->multiply (&product);
  } else
    d->exec->kernels->multiply16 (
        &(adm_product16) { .m = product.m,
                           .taps = product.taps,
                           .cin = product.cin,
                           .tap = product.tap,
                           .a = d->input16 + at,
                           .w = (const uint16_t *) d->conv->packed + weights,
                           .c = product.c,
                           .a_stride = product.a_stride,
                           .c_stride = product.c_stride,
                           .accumulate = product.accumulate });
}

static void
direct_unit (void *arg, int unit, int worker)
{
  struct direct *d = arg;
  const adm_conv *conv = d->conv;
  const adm_map *y = &d->output->y;
  int group = unit % d->groups, strip = unit / d->groups;
  int x0 = strip % d->strips_x * d->columns, y0 = strip / d->strips_x % d->strips_y * d->rows,
      n = strip / d->strips_x / d->strips_y;
  int x1 = x0 + d->columns < y->w ? x0 + d->columns : y->w,
      y1 = y0 + d->rows < y->h ? y0 + d->rows : y->h;
  int last = (group + 1) * d->group < adm_conv_panels (conv) ? (group + 1) * d->group
                                                             : adm_conv_panels (conv);
  int taps = conv->size * conv->size, cin = conv->cin, w = x1 - x0;
  adm_layout layout = adm_exec_scratch_of (d->exec, worker);
  struct direct_scratch s = direct_scratch_of (conv, &layout);

  ptrdiff_t tap[ADM_MAX_TAPS];
  for (int t = 0; t < taps; t++)
    tap[t] = ((ptrdiff_t) (t / conv->size) * d->in_w + t % conv->size) * cin;
  int depth = d->input16 ? 2 * DEPTH : DEPTH;
  int pass = depth / cin < 1 ? 1 : depth / cin < taps ? depth / cin : taps;

  adm_product product
      = { .m = w, .cin = cin, .a_stride = (ptrdiff_t) conv->stride * cin, .c_stride = ADM_PANEL };
  for (int p = group * d->group; p < last; p++) {
    for (int t = 0; t < taps; t += pass) {
      size_t weights = ((size_t) p * (size_t) taps + (size_t) t) * (size_t) cin * ADM_PANEL;
      product.taps = taps - t < pass ? taps - t : pass;
      product.tap = tap + t;
      product.accumulate = t > 0;
      if (d->input)
        product.w = adm_conv_weights (d->exec->kernels, conv, weights,
                                      (size_t) product.taps * (size_t) cin * ADM_PANEL, s.widened);
      for (int row = y0; row < y1; row++) {
        ptrdiff_t at = (((ptrdiff_t) n * d->in_h + (ptrdiff_t) row * conv->stride) * d->in_w
                        + (ptrdiff_t) x0 * conv->stride)
                       * cin;
        product.c = s.columns + (ptrdiff_t) (row - y0) * w * ADM_PANEL;
        multiply_row (d, product, at, weights);
      }
    }
    for (int row = y0; row < y1; row++)
      adm_conv_epilogue (d->exec->kernels, conv, d->output,
                         (adm_conv_strip) { n, row, x0, w, p * ADM_PANEL },
                         s.columns + (ptrdiff_t) (row - y0) * w * ADM_PANEL, s.temp);
  }
}

static void
conv2d_direct (adm_exec *exec, const adm_conv *conv, const adm_source *source,
               const adm_conv_output *output)
{
  int n = source->a.n, h = adm_source_height (source), w = adm_source_width (source),
      pad = conv->size / 2;
  bool narrow = conv->algorithm == ADM_CONV_DIRECT16,
       plain = !narrow && conv->size == 1 && !source->mul && !source->silu && source->b.c == 0
               && source->resample == ADM_RESAMPLE_NONE;
  uint64_t numbers
      = (uint64_t) n * (uint64_t) (h + 2 * pad) * (uint64_t) (w + 2 * pad) * (uint64_t) conv->cin;
  void *input = plain ? source->a.data
                      : adm_arena_take (exec->arena,
                                        numbers * (narrow ? sizeof (uint16_t) : sizeof (float)));

  adm_layout counted = { 0 }, gathering = { 0 };
  adm_layout_floats (&gathering, narrow ? NARROWED * (uint64_t) conv->cin : 0);
  adm_exec_scratch (exec, gathering);
  direct_scratch_of (conv, &counted);
  adm_exec_scratch (exec, counted);
  if (adm_exec_begin_at (exec, conv->size == 1 ? ADM_LAYER_CONV1 : ADM_LAYER_CONV3,
                         2.0 * n * output->y.h * output->y.w * conv->cout * conv->cin * conv->size
                             * conv->size,
                         adm_conv_pace (conv, exec->kernels->rate16))) {
    if (!plain) {
      struct gather gather = { .exec = exec,
                               .source = source,
                               .out = narrow ? NULL : input,
                               .out16 = input,
                               .pad = pad,
                               .rows = h + 2 * pad,
                               .width = w + 2 * pad,
                               .channels = conv->cin };
      adm_exec_run (exec, n * gather.rows, gather_row, &gather);
    }
    struct direct d = { .exec = exec,
                        .conv = conv,
                        .output = output,
                        .input = narrow ? NULL : input,
                        .input16 = narrow ? input : NULL,
                        .in_w = w + 2 * pad,
                        .in_h = h + 2 * pad };
    d.columns = output->y.w < STRIP_PIXELS ? output->y.w : STRIP_PIXELS;
    d.rows = STRIP_PIXELS / d.columns < output->y.h ? STRIP_PIXELS / d.columns : output->y.h;
    d.strips_x = (output->y.w + d.columns - 1) / d.columns;
    d.strips_y = (output->y.h + d.rows - 1) / d.rows;
    int strips = n * d.strips_x * d.strips_y, count = adm_conv_panels (conv);
    /* groups of panels for each strip */
    int split = strips >= UNITS ? 1 : (UNITS + strips - 1) / strips;
    d.group = split >= count ? 1 : (count + split - 1) / split;
    d.groups = (count + d.group - 1) / d.group;
    adm_exec_run (exec, strips * d.groups, direct_unit, &d);
  }
  if (!plain)
    adm_arena_give (exec->arena, input);
}

void
adm_conv2d (adm_exec *exec, const adm_conv *conv, const adm_source *source, adm_conv_output output)
{
  if (conv->algorithm == ADM_CONV_WINOGRAD)
    adm_conv2d_winograd (exec, conv, source, &output);
  else
    conv2d_direct (exec, conv, source, &output);
}

/* Seven loops and a double: what the others must equal. */
void
adm_conv2d_ref (const adm_conv *conv, const float *raw, const adm_source *source,
                adm_conv_output output)
{
  const adm_kernels *kernels = adm_kernels_named ("portable");
  adm_map y = output.y;
  int pad = conv->size / 2;
  for (int n = 0; n < y.n; n++)
    for (int row = 0; row < y.h; row++)
      for (int col = 0; col < y.w; col++)
        for (int o = 0; o < conv->cout; o++) {
          double sum = conv->bias ? (double) conv->bias[o] : 0;
          for (int i = 0; i < conv->cin; i++)
            for (int ky = 0; ky < conv->size; ky++)
              for (int kx = 0; kx < conv->size; kx++) {
                float v;
                int at = col * conv->stride + kx - pad;
                adm_source_row (
                    kernels, source,
                    (adm_span) { n, row * conv->stride + ky - pad, at, at + 1, i, i + 1 }, &v, 1);
                sum += (double) v
                       * (double) raw[((o * conv->cin + i) * conv->size + ky) * conv->size + kx];
              }
          if (output.extra)
            sum += (double) output.extra[n * conv->cout + o];
          if (output.residual) {
            float v;
            adm_source_row (kernels, output.residual, (adm_span) { n, row, col, col + 1, o, o + 1 },
                            &v, 1);
            sum += (double) v;
          }
          y.data[((n * y.h + row) * y.w + col) * y.c + o] = (float) (sum * (double) output.scale);
        }
}
