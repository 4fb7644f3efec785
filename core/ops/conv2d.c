/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Direct convolution as an implicit matrix product: [pixels, size * size * cin] times [size * size * cin, cout], where a row of the
 * left matrix is never built: the product's inner loop reads it from the padded map through one offset for each tap.
 *
 *   source --(norm, SiLU, resample, concatenate, pad)--> padded [N,H+2,W+2,cin] --(strip x panels of 32 outputs)--> y
 *
 * A 1x1 convolution of a plain map needs no padded copy at all. */
#include "ops/conv2d.h"

#include <math.h>
#include <string.h>

enum {
  STRIP_PIXELS = 256,  /* pixels of one unit of work */
  UNITS = 32,          /* units wanted, so that any number of threads finds work */
  DEPTH = 1536,        /* depth (taps * cin) of one pass over a strip: a panel of weights then stays in L2 */
};

static int
panels (const adm_conv *conv)
{
  return (conv->cout + ADM_PANEL - 1) / ADM_PANEL;
}

void
adm_conv_plan (adm_conv *conv, int h, int w, bool exact)
{
  /* Transformed weights are four times as large. Below 32x32, and for the widest layers there, streaming them costs what the
   * arithmetic saves; and a network's memory stays near its weights' size. */
  bool worth = h >= 32 && w >= 32 && (int64_t) h * w * 256 >= (int64_t) conv->cin * conv->cout;
  bool winograd = !exact && conv->size == 3 && conv->stride == 1 && worth && conv->cin >= 32 && conv->cout >= 32;
  conv->algorithm = winograd ? ADM_CONV_WINOGRAD : ADM_CONV_DIRECT;
}

uint64_t
adm_conv_packed_bytes (const adm_conv *conv)
{
  uint64_t count = conv->algorithm == ADM_CONV_WINOGRAD
                       ? adm_winograd_packed_count (conv)
                       : (uint64_t) panels (conv) * (uint64_t) (conv->size * conv->size) * (uint64_t) conv->cin * ADM_PANEL;
  return count * (conv->half ? sizeof (uint16_t) : sizeof (float));
}

/* ---- weights in 16 bits ------------------------------------------------------------------------------------------ */

/* Nearest half, ties to even; |X| < 65504. */
static uint16_t
half_of (float x)
{
  uint32_t bits, sign;
  memcpy (&bits, &x, sizeof bits);
  sign = bits >> 16 & 0x8000;
  bits &= 0x7fffffff;
  if (bits < 0x38800000) { /* subnormal: adding 0.5 lets the float unit round at 2^-24 */
    float shifted = (sign ? -x : x) + 0.5f;
    memcpy (&bits, &shifted, sizeof bits);
    return (uint16_t) (sign | (bits - 0x3f000000));
  }
  bits += 0xc8000fff + (bits >> 13 & 1); /* exponent from bias 127 to 15, and half a unit of what is cut off */
  return (uint16_t) (sign | bits >> 13);
}

void
adm_conv_put (const adm_conv *conv, void *packed, size_t i, const float values[ADM_PANEL])
{
  if (!conv->half)
    memcpy ((float *) packed + i, values, ADM_PANEL * sizeof *values);
  for (int k = 0; conv->half && k < ADM_PANEL; k++)
    ((uint16_t *) packed)[i + (size_t) k] = half_of (values[k] / conv->factor);
}

const float *
adm_conv_weights (const adm_kernels *kernels, const adm_conv *conv, size_t i, size_t count, float *room)
{
  if (!conv->half)
    return (const float *) conv->packed + i;
  kernels->widen (count, (const uint16_t *) conv->packed + i, conv->factor, room);
  return room;
}

/* The power of two that brings the largest weight into 2^13 … 2^15: Winograd's transform makes none larger. */
static float
factor_for (const adm_conv *conv, const float *raw)
{
  size_t count = (size_t) conv->cout * (size_t) conv->cin * (size_t) (conv->size * conv->size);
  float largest = 0;
  int exponent;
  for (size_t i = 0; conv->half && i < count; i++)
    largest = fabsf (raw[i]) > largest ? fabsf (raw[i]) : largest;
  if (!conv->half || !(largest > 0) || !isfinite (largest))
    return 1;
  frexpf (largest, &exponent);
  return ldexpf (1, exponent - 15 < -96 ? -96 : exponent - 15);
}

/* The weights of channels 32 UNIT … of the output, from input channel I: W [taps][ADM_PANEL], zeros past the last channel. */
static void
gather (const adm_conv *conv, const float *raw, bool backward, int unit, int i, float w[ADM_CONV_TAPS][ADM_PANEL])
{
  int taps = conv->size * conv->size;
  for (int k = 0; k < ADM_PANEL; k++) {
    int o = unit * ADM_PANEL + k;
    size_t at = backward ? (size_t) i * (size_t) conv->cout + (size_t) o : (size_t) o * (size_t) conv->cin + (size_t) i;
    for (int t = 0; t < taps; t++)
      w[t][k] = o < conv->cout ? raw[at * (size_t) taps + (size_t) (backward ? taps - 1 - t : t)] : 0;
  }
}

int
adm_conv_pack_units (const adm_conv *conv)
{
  return panels (conv);
}

void
adm_conv_pack_start (adm_conv *conv, const float *raw)
{
  conv->factor = factor_for (conv, raw);
}

void
adm_conv_pack_unit (const adm_conv *conv, const float *raw, bool backward, int unit, void *packed)
{
  size_t taps = (size_t) (conv->size * conv->size), cin = (size_t) conv->cin, first = (size_t) unit * taps * cin * ADM_PANEL;
  float w[ADM_CONV_TAPS][ADM_PANEL];
  for (size_t i = 0; i < cin; i++) {
    gather (conv, raw, backward, unit, (int) i, w);
    if (conv->algorithm == ADM_CONV_WINOGRAD)
      adm_winograd_pack (conv, unit, (int) i, (const float (*)[ADM_PANEL]) w, packed);
    else
      for (size_t t = 0; t < taps; t++)
        adm_conv_put (conv, packed, first + (t * cin + i) * ADM_PANEL, w[t]);
  }
}

struct packing {
  const adm_conv *conv;
  const float *raw;
  void *packed;
  bool backward;
};

static void
pack_panel (void *arg, int unit, int worker)
{
  struct packing *job = arg;
  (void) worker;
  adm_conv_pack_unit (job->conv, job->raw, job->backward, unit, job->packed);
}

static void
pack (adm_conv *conv, adm_pool *pool, const float *raw, bool backward, void *packed)
{
  struct packing job = { conv, raw, packed, backward };
  adm_conv_pack_start (conv, raw);
  adm_pool_run (pool, panels (conv), pack_panel, &job);
}

void
adm_conv_pack (adm_conv *conv, adm_pool *pool, const float *raw, void *packed)
{
  pack (conv, pool, raw, false, packed);
}

void
adm_conv_pack_backward (adm_conv *conv, adm_pool *pool, const float *raw, void *packed)
{
  pack (conv, pool, raw, true, packed);
}

void
adm_conv_finish (const adm_kernels *kernels, const adm_conv *conv, const adm_conv_output *output, int n, int y, int x, int p, int c0,
                 const float *columns, float *temp)
{
  const adm_source *residual = output->residual;
  int width = conv->cout - c0 < ADM_PANEL ? conv->cout - c0 : ADM_PANEL;
  static const float no_bias[ADM_PANEL];
  const float *r = NULL;
  ptrdiff_t stride = 0, at = ((ptrdiff_t) n * output->y.h + y) * output->y.w + x;

  if (residual && residual->resample == ADM_RESAMPLE_NONE && residual->b.c == 0) {
    stride = residual->a.c;
    r = residual->a.data + at * stride + c0;
  } else if (residual) {
    stride = ADM_PANEL;
    adm_source_row (kernels, residual, n, y, x, x + p, c0, c0 + width, temp, stride);
    r = temp;
  }
  kernels->finish (p, width, columns, conv->bias ? conv->bias + c0 : no_bias,
                   output->extra ? output->extra + (ptrdiff_t) n * conv->cout + c0 : NULL, r, stride, output->scale,
                   output->y.data + at * conv->cout + c0, conv->cout);
}

/* ---- bringing the source into a padded map ----------------------------------------------------------------------- */

struct gather {
  const adm_kernels *kernels;
  const adm_source *source;
  float *out;
  int pad, rows, width, channels; /* of the padded map */
};

static void
gather_row (void *arg, int unit, int worker)
{
  struct gather *g = arg;
  (void) worker;
  int n = unit / g->rows, y = unit % g->rows;
  adm_source_row (g->kernels, g->source, n, y - g->pad, -g->pad, g->width - g->pad, 0, g->channels,
                  g->out + (ptrdiff_t) unit * g->width * g->channels, g->channels);
}

/* ---- the product ------------------------------------------------------------------------------------------------- */

struct direct {
  adm_exec *exec;
  const adm_conv *conv;
  const adm_conv_output *output;
  const float *input; /* padded map */
  int in_w;           /* its width */
  int in_h;           /* and height */
  int rows, columns;  /* of a strip of outputs */
  int strips_y, strips_x;
  int group, groups;  /* panels of one unit */
};

static void
direct_unit (void *arg, int unit, int worker)
{
  struct direct *d = arg;
  const adm_conv *conv = d->conv;
  const adm_map *y = &d->output->y;
  int group = unit % d->groups, strip = unit / d->groups;
  int x0 = strip % d->strips_x * d->columns, y0 = strip / d->strips_x % d->strips_y * d->rows, n = strip / d->strips_x / d->strips_y;
  int x1 = x0 + d->columns < y->w ? x0 + d->columns : y->w, y1 = y0 + d->rows < y->h ? y0 + d->rows : y->h;
  int last = (group + 1) * d->group < panels (conv) ? (group + 1) * d->group : panels (conv);
  int taps = conv->size * conv->size, cin = conv->cin, w = x1 - x0;
  float *columns = adm_exec_scratch_of (d->exec, worker), *temp = columns + STRIP_PIXELS * ADM_PANEL, *room = temp + STRIP_PIXELS * ADM_PANEL;

  ptrdiff_t tap[ADM_MAX_TAPS];
  for (int t = 0; t < taps; t++)
    tap[t] = ((ptrdiff_t) (t / conv->size) * d->in_w + t % conv->size) * cin;
  int pass = DEPTH / cin < 1 ? 1 : DEPTH / cin < taps ? DEPTH / cin : taps;

  for (int p = group * d->group; p < last; p++) {
    for (int t = 0; t < taps; t += pass) {
      int count = taps - t < pass ? taps - t : pass;
      const float *weights = adm_conv_weights (d->exec->kernels, conv, ((size_t) p * (size_t) taps + (size_t) t) * (size_t) cin * ADM_PANEL,
                                               (size_t) count * (size_t) cin * ADM_PANEL, room);
      for (int row = y0; row < y1; row++) {
        const float *a = d->input + (((ptrdiff_t) n * d->in_h + (ptrdiff_t) row * conv->stride) * d->in_w + (ptrdiff_t) x0 * conv->stride) * cin;
        d->exec->kernels->multiply (w, count, tap + t, cin, a, (ptrdiff_t) conv->stride * cin, weights,
                                    columns + (ptrdiff_t) (row - y0) * w * ADM_PANEL, ADM_PANEL, t > 0);
      }
    }
    for (int row = y0; row < y1; row++)
      adm_conv_finish (d->exec->kernels, conv, d->output, n, row, x0, w, p * ADM_PANEL, columns + (ptrdiff_t) (row - y0) * w * ADM_PANEL, temp);
  }
}

static void
conv2d_direct (adm_exec *exec, const adm_conv *conv, const adm_source *source, const adm_conv_output *output)
{
  int n = source->a.n, h = adm_source_height (source), w = adm_source_width (source), pad = conv->size / 2;
  bool plain = conv->size == 1 && !source->mul && !source->silu && source->b.c == 0 && source->resample == ADM_RESAMPLE_NONE;
  float *input = plain ? source->a.data : adm_floats_take (exec, (uint64_t) n * (uint64_t) (h + 2 * pad) * (uint64_t) (w + 2 * pad) * (uint64_t) conv->cin);

  uint64_t room = conv->half ? (uint64_t) (conv->cin > DEPTH ? conv->cin : DEPTH) * ADM_PANEL : 0;
  adm_exec_scratch (exec, (2 * STRIP_PIXELS * ADM_PANEL + room) * sizeof (float));
  if (adm_exec_begin (exec, conv->size == 1 ? ADM_LAYER_CONV1 : ADM_LAYER_CONV3, 2.0 * n * output->y.h * output->y.w * conv->cout * conv->cin * conv->size * conv->size)) {
    if (!plain) {
      struct gather gather = { exec->kernels, source, input, pad, h + 2 * pad, w + 2 * pad, conv->cin };
      adm_exec_run (exec, n * gather.rows, gather_row, &gather);
    }
    struct direct d = { .exec = exec, .conv = conv, .output = output, .input = input, .in_w = w + 2 * pad, .in_h = h + 2 * pad };
    d.columns = output->y.w < STRIP_PIXELS ? output->y.w : STRIP_PIXELS;
    d.rows = STRIP_PIXELS / d.columns < output->y.h ? STRIP_PIXELS / d.columns : output->y.h;
    d.strips_x = (output->y.w + d.columns - 1) / d.columns;
    d.strips_y = (output->y.h + d.rows - 1) / d.rows;
    int strips = n * d.strips_x * d.strips_y, count = panels (conv);
    int split = strips >= UNITS ? 1 : (UNITS + strips - 1) / strips; /* groups of panels for each strip */
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
adm_conv2d_ref (const adm_conv *conv, const float *raw, const adm_source *source, adm_conv_output output)
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
                adm_source_row (kernels, source, n, row * conv->stride + ky - pad, at, at + 1, i, i + 1, &v, 1);
                sum += (double) v * (double) raw[((o * conv->cin + i) * conv->size + ky) * conv->size + kx];
              }
          if (output.extra)
            sum += (double) output.extra[n * conv->cout + o];
          if (output.residual) {
            float v;
            adm_source_row (kernels, output.residual, n, row, col, col + 1, o, o + 1, &v, 1);
            sum += (double) v;
          }
          y.data[((n * y.h + row) * y.w + col) * y.c + o] = (float) (sum * (double) output.scale);
        }
}
