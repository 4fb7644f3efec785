/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a convolution's input: norm, SiLU, resampling, concatenation and padding happen here, on
 * the way into the strip that the convolution works on. */
#include "ops/source.h"

#include <string.h>

adm_source
adm_source_of (adm_map map)
{
  return (adm_source) { .a = map };
}

int
adm_source_channels (const adm_source *source)
{
  return source->a.c + source->b.c;
}

static int
resampled (const adm_source *source, int side)
{
  switch (source->resample) {
  case ADM_RESAMPLE_UP:
  case ADM_RESAMPLE_ZERO:
    return side * 2;
  case ADM_RESAMPLE_DOWN:
    return side / 2;
  case ADM_RESAMPLE_NONE:
    break;
  }
  return side;
}

int
adm_source_height (const adm_source *source)
{
  return resampled (source, source->a.h);
}

int
adm_source_width (const adm_source *source)
{
  return resampled (source, source->a.w);
}

/* One pixel of SPAN's image and channels, before resampling. */
static void
pixel (const adm_kernels *kernels, const adm_source *source, adm_span span, int y, int x,
       float *out)
{
  int n = span.n, c0 = span.c0, c1 = span.c1, ca = source->a.c, c = ca + source->b.c;
  ptrdiff_t at = ((ptrdiff_t) n * source->a.h + y) * source->a.w + x;
  const float *mul = source->mul ? source->mul + (ptrdiff_t) n * c : NULL;
  const float *add = source->add ? source->add + (ptrdiff_t) n * c : NULL;
  int split = c1 < ca ? c1 : ca > c0 ? ca : c0;
  if (c0 < split)
    kernels->affine (split - c0, source->a.data + at * ca + c0, mul ? mul + c0 : NULL,
                     add ? add + c0 : NULL, source->silu, out);
  if (split < c1)
    kernels->affine (c1 - split, source->b.data + at * source->b.c + (split - ca),
                     mul ? mul + split : NULL, add ? add + split : NULL, source->silu,
                     out + (split - c0));
}

/* The average of a 2x2 block, in the order (00 + 01) + (10 + 11). */
static void
block_average (const adm_kernels *kernels, const adm_source *source, adm_span span, int x,
               float *out)
{
  enum { CHUNK = 128 };
  for (int c = span.c0, end = span.c1; c < end; c += CHUNK, out += CHUNK) {
    int channels = end - c < CHUNK ? end - c : CHUNK;
    float v[4][CHUNK];
    span.c0 = c;
    span.c1 = c + channels;
    for (int k = 0; k < 4; k++)
      pixel (kernels, source, span, 2 * span.y + k / 2, 2 * x + k % 2, v[k]);
    for (int i = 0; i < channels; i++)
      out[i] = 0.25f * ((v[0][i] + v[1][i]) + (v[2][i] + v[3][i]));
  }
}

void
adm_source_row (const adm_kernels *kernels, const adm_source *source, adm_span span, float *out,
                ptrdiff_t step)
{
  int h = adm_source_height (source), w = adm_source_width (source), y = span.y;
  size_t bytes = (size_t) (span.c1 - span.c0) * sizeof *out;
  for (int x = span.x0; x < span.x1; x++, out += step) {
    bool zero = y < 0 || y >= h || x < 0 || x >= w
                || (source->resample == ADM_RESAMPLE_ZERO && ((x | y) & 1));
    if (zero)
      memset (out, 0, bytes);
    else
      switch (source->resample) {
      case ADM_RESAMPLE_NONE:
        pixel (kernels, source, span, y, x, out);
        break;
      case ADM_RESAMPLE_UP:
        if ((x & 1) && x > span.x0)
          memcpy (out, out - step, bytes);
        else
          pixel (kernels, source, span, y / 2, x / 2, out);
        break;
      case ADM_RESAMPLE_ZERO:
        pixel (kernels, source, span, y / 2, x / 2, out);
        break;
      case ADM_RESAMPLE_DOWN:
        block_average (kernels, source, span, x, out);
        break;
      }
  }
}

struct take {
  const adm_kernels *kernels;
  const adm_source *source;
  adm_map to;
};

static void
take_row (void *arg, int unit, int worker)
{
  const struct take *t = arg;
  (void) worker;
  adm_source_row (t->kernels, t->source,
                  (adm_span) { unit / t->to.h, unit % t->to.h, 0, t->to.w, 0, t->to.c },
                  t->to.data + (ptrdiff_t) unit * t->to.w * t->to.c, t->to.c);
}

adm_map
adm_source_take (adm_exec *exec, const adm_source *source)
{
  adm_map map = adm_map_take (exec, source->a.n, adm_source_height (source),
                              adm_source_width (source), adm_source_channels (source));
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_exec_run (exec, map.n * map.h, take_row, &(struct take) { exec->kernels, source, map });
  return map;
}
