/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass over memory for the statistics, in double (no cancellation in E[x^2] - E[x]^2), in
 * chunks of pixels that do not depend on the number of threads. */
#include "ops/group_norm.h"

#include <math.h>
#include <string.h>

#define EPS 1e-5

adm_norm
adm_norm_take (adm_exec *exec, int n, int c)
{
  uint64_t nc = (uint64_t) n * (uint64_t) c;
  return (adm_norm) { n,
                      c,
                      adm_floats_take (exec, nc),
                      adm_floats_take (exec, nc),
                      adm_floats_take (exec, (uint64_t) n * ADM_GROUPS),
                      adm_floats_take (exec, (uint64_t) n * ADM_GROUPS) };
}

void
adm_norm_give (adm_exec *exec, adm_norm norm)
{
  adm_arena_give (exec->arena, norm.mul);
  adm_arena_give (exec->arena, norm.add);
  adm_arena_give (exec->arena, norm.mean);
  adm_arena_give (exec->arena, norm.rstd);
}

adm_source
adm_norm_source (adm_source source, adm_norm norm, bool silu)
{
  source.mul = norm.mul;
  source.add = norm.add;
  source.silu = silu;
  return source;
}

/* Chunks of pixels an image is cut into: enough for many threads, few enough for the sums to stay
 * small. */
static int
chunks_of (int pixels)
{
  int chunks = pixels / 32;
  return chunks < 1 ? 1 : chunks > 64 ? 64 : chunks;
}

struct sums {
  const adm_kernels *kernels;
  const adm_source *source;
  adm_norm norm;
  adm_map x, dy; /* backward */
  bool silu;
  int pixels, chunks, c;
  double *sum, *square;             /* [N,chunks,C] */
  double *total_sum, *total_square; /* [C], of one image */
};

static void
forward_chunk (void *arg, int unit, int worker)
{
  struct sums *s = arg;
  (void) worker;
  int n = unit / s->chunks, chunk = unit % s->chunks;
  int from = (int) ((int64_t) s->pixels * chunk / s->chunks),
      to = (int) ((int64_t) s->pixels * (chunk + 1) / s->chunks);
  const adm_map *map[2] = { &s->source->a, &s->source->b };
  double *sum = s->sum + (ptrdiff_t) unit * s->c, *square = s->square + (ptrdiff_t) unit * s->c;
  memset (sum, 0, (size_t) s->c * sizeof *sum);
  memset (square, 0, (size_t) s->c * sizeof *square);
  for (int i = 0; i < 2; i++) {
    int c = map[i]->c;
    if (c)
      s->kernels->moments (to - from, c, map[i]->data + ((ptrdiff_t) n * s->pixels + from) * c, c,
                           sum, square);
    sum += c;
    square += c;
  }
}

/* Adds up the chunks of image N in order: TOTAL [C]. */
static void
add_chunks (const struct sums *s, const double *partial, int n, double *total)
{
  memset (total, 0, (size_t) s->c * sizeof *total);
  for (int chunk = 0; chunk < s->chunks; chunk++)
    for (int c = 0; c < s->c; c++)
      total[c] += partial[((ptrdiff_t) n * s->chunks + chunk) * s->c + c];
}

static struct sums
sums_take (adm_exec *exec, int n, int pixels, int c)
{
  struct sums s
      = { .kernels = exec->kernels, .pixels = pixels, .chunks = chunks_of (pixels), .c = c };
  uint64_t total = (uint64_t) c * sizeof (double),
           bytes = (uint64_t) n * (uint64_t) s.chunks * total;
  s.sum = adm_arena_take (exec->arena, bytes);
  s.square = adm_arena_take (exec->arena, bytes);
  s.total_sum = adm_arena_take (exec->arena, total);
  s.total_square = adm_arena_take (exec->arena, total);
  return s;
}

static void
sums_give (adm_exec *exec, struct sums s)
{
  adm_arena_give (exec->arena, s.sum);
  adm_arena_give (exec->arena, s.square);
  adm_arena_give (exec->arena, s.total_sum);
  adm_arena_give (exec->arena, s.total_square);
}

void
adm_group_norm (adm_exec *exec, const adm_source *source, const float *w, const float *b,
                const float *scale_shift, adm_norm norm)
{
  struct sums s = sums_take (exec, norm.n, source->a.h * source->a.w, norm.c);
  s.source = source;
  if (adm_exec_begin (exec, ADM_LAYER_NORM, 0)) {
    int per = norm.c / ADM_GROUPS;
    double count = (double) per * s.pixels;
    adm_exec_run (exec, norm.n * s.chunks, forward_chunk, &s);
    double *sum = s.total_sum, *square = s.total_square;
    for (int n = 0; n < norm.n; n++) {
      add_chunks (&s, s.sum, n, sum);
      add_chunks (&s, s.square, n, square);
      for (int g = 0; g < ADM_GROUPS; g++) {
        double total = 0, squares = 0;
        for (int c = g * per; c < (g + 1) * per; c++) {
          total += sum[c];
          squares += square[c];
        }
        double mean = total / count, variance = fmax (squares / count - mean * mean, 0),
               rstd = 1 / sqrt (variance + EPS);
        norm.mean[n * ADM_GROUPS + g] = (float) mean;
        norm.rstd[n * ADM_GROUPS + g] = (float) rstd;
        for (int c = g * per; c < (g + 1) * per; c++) {
          double mul = rstd * (double) w[c], add = (double) b[c] - mean * mul;
          /* AdaGN (paper, section 3.1): y_s GroupNorm (h) + y_b, y_s = 1 + scale */
          if (scale_shift) {
            double scale = 1 + (double) scale_shift[(ptrdiff_t) n * 2 * norm.c + c];
            mul *= scale;
            add = add * scale + (double) scale_shift[(ptrdiff_t) n * 2 * norm.c + norm.c + c];
          }
          norm.mul[(ptrdiff_t) n * norm.c + c] = (float) mul;
          norm.add[(ptrdiff_t) n * norm.c + c] = (float) add;
        }
      }
    }
  }
  sums_give (exec, s);
}

/* Pixels FROM … TO-1 of image N. */
static adm_norm_rows
rows_of (const struct sums *s, int n, int from, int to)
{
  ptrdiff_t at = ((ptrdiff_t) n * s->pixels + from) * s->c, of = (ptrdiff_t) n * s->c;
  return (adm_norm_rows) { .p = to - from,
                           .c = s->c,
                           .x = s->x.data + at,
                           .dy = s->dy.data + at,
                           .mul = s->norm.mul + of,
                           .add = s->norm.add + of,
                           .silu = s->silu };
}

/* With xh = (x - mean) rstd, z = mul x + add, dz = dy f'(z), and sums over the M = H W C/32 entries
 * of a group:
 *   dx = mul dz - rstd / M * sum (g dz) - rstd xh / M * sum (g dz xh),  g = mul / rstd
 *      = mul dz - k1 - k2 x,   k2 = rstd^2 / M * sum (g dz xh),   k1 = rstd / M * sum (g dz) - k2
 *        mean
 * The sums come from two sums a channel, A = sum dz and B = sum dz x. */
static void
backward_chunk (void *arg, int unit, int worker)
{
  struct sums *s = arg;
  (void) worker;
  int n = unit / s->chunks, chunk = unit % s->chunks, c = s->c;
  int from = (int) ((int64_t) s->pixels * chunk / s->chunks),
      to = (int) ((int64_t) s->pixels * (chunk + 1) / s->chunks);
  double *a = s->sum + (ptrdiff_t) unit * c, *b = s->square + (ptrdiff_t) unit * c;
  memset (a, 0, (size_t) c * sizeof *a);
  memset (b, 0, (size_t) c * sizeof *b);
  s->kernels->norm_grad_sums (rows_of (s, n, from, to), a, b);
}

struct apply {
  const struct sums *s;
  const float *k1, *k2; /* [N,C] */
  bool accumulate;
  float *dx;
};

static void
apply_chunk (void *arg, int unit, int worker)
{
  struct apply *p = arg;
  const struct sums *s = p->s;
  (void) worker;
  int n = unit / s->chunks, chunk = unit % s->chunks, c = s->c;
  int from = (int) ((int64_t) s->pixels * chunk / s->chunks),
      to = (int) ((int64_t) s->pixels * (chunk + 1) / s->chunks);
  ptrdiff_t at = ((ptrdiff_t) n * s->pixels + from) * c, of = (ptrdiff_t) n * c;
  s->kernels->norm_grad (rows_of (s, n, from, to), p->k1 + of, p->k2 + of, p->accumulate,
                         p->dx + at);
}

/* K1 and K2 of image N from its sums A and B. */
static void
input_coefficients (const struct sums *s, int n, float *k1, float *k2)
{
  const adm_norm *norm = &s->norm;
  const double *a = s->total_sum, *b = s->total_square;
  int per = norm->c / ADM_GROUPS;
  double count = (double) per * s->pixels;
  for (int g = 0; g < ADM_GROUPS; g++) {
    double mean = (double) norm->mean[n * ADM_GROUPS + g],
           rstd = (double) norm->rstd[n * ADM_GROUPS + g], first = 0, second = 0;
    for (int c = g * per; c < (g + 1) * per; c++) {
      double gain = (double) norm->mul[(ptrdiff_t) n * norm->c + c] / rstd;
      first += gain * a[c];
      second += gain * (b[c] - mean * a[c]) * rstd;
    }
    double slope = rstd * rstd / count * second;
    for (int c = g * per; c < (g + 1) * per; c++) {
      k2[(ptrdiff_t) n * norm->c + c] = (float) slope;
      k1[(ptrdiff_t) n * norm->c + c] = (float) (rstd / count * first - slope * mean);
    }
  }
}

/* With y = xh w + b and z = y (1 + scale) + shift: dshift = sum dz, dscale = sum dz y, dw = sum dz
 * (1 + scale) xh, db = sum dz (1 + scale), of image N. */
static void
weight_gradient (const struct sums *s, const adm_norm_backward *of, int n)
{
  const adm_norm *norm = &s->norm;
  const adm_norm_weights *weights = of->weights;
  int per = norm->c / ADM_GROUPS, channels = norm->c;
  const float *scale = of->scale_shift ? of->scale_shift + (ptrdiff_t) n * 2 * channels : NULL;
  for (int c = 0; c < channels; c++) {
    int g = n * ADM_GROUPS + c / per;
    double dz = s->total_sum[c],
           dz_xh = (s->total_square[c] - (double) norm->mean[g] * dz) * (double) norm->rstd[g],
           gain = scale ? 1 + (double) scale[c] : 1;
    if (of->dscale_shift) {
      float *d = of->dscale_shift + (ptrdiff_t) n * 2 * channels;
      d[c] = (float) (dz_xh * (double) weights->w[c] + dz * (double) weights->b[c]);
      d[channels + c] = (float) dz;
    }
    if (weights->dw) {
      weights->dw[c] += (float) (gain * dz_xh);
      weights->db[c] += (float) (gain * dz);
    }
  }
}

void
adm_group_norm_backward (adm_exec *exec, adm_norm norm, const adm_norm_backward *of)
{
  struct sums s = sums_take (exec, norm.n, of->x.h * of->x.w, norm.c);
  float *k1 = adm_floats_take (exec, (uint64_t) norm.n * (uint64_t) norm.c),
        *k2 = adm_floats_take (exec, (uint64_t) norm.n * (uint64_t) norm.c);
  s.norm = norm;
  s.x = of->x;
  s.dy = of->dy;
  s.silu = of->silu;
  if (adm_exec_begin (exec, ADM_LAYER_NORM, 0)) {
    adm_exec_run (exec, norm.n * s.chunks, backward_chunk, &s);
    for (int n = 0; n < norm.n; n++) {
      add_chunks (&s, s.sum, n, s.total_sum);
      add_chunks (&s, s.square, n, s.total_square);
      input_coefficients (&s, n, k1, k2);
      if (of->weights)
        weight_gradient (&s, of, n);
    }
    struct apply apply = { &s, k1, k2, of->accumulate, of->dx.data };
    adm_exec_run (exec, norm.n * s.chunks, apply_chunk, &apply);
  }
  adm_arena_give (exec->arena, k1);
  adm_arena_give (exec->arena, k2);
  sums_give (exec, s);
}

void
adm_group_norm_ref (adm_map x, const float *w, const float *b, const float *scale_shift, adm_map y)
{
  int per = x.c / ADM_GROUPS, pixels = x.h * x.w;
  for (int n = 0; n < x.n; n++)
    for (int g = 0; g < ADM_GROUPS; g++) {
      double mean = 0, variance = 0;
      for (int i = 0; i < pixels * per; i++)
        mean += (double) x.data[(n * pixels + i / per) * x.c + g * per + i % per] / (pixels * per);
      for (int i = 0; i < pixels * per; i++) {
        double d = (double) x.data[(n * pixels + i / per) * x.c + g * per + i % per] - mean;
        variance += d * d / (pixels * per);
      }
      for (int i = 0; i < pixels * per; i++) {
        int c = g * per + i % per, at = (n * pixels + i / per) * x.c + c;
        double v
            = ((double) x.data[at] - mean) / sqrt (variance + EPS) * (double) w[c] + (double) b[c];
        if (scale_shift)
          v = v * (1 + (double) scale_shift[n * 2 * x.c + c])
              + (double) scale_shift[n * 2 * x.c + x.c + c];
        y.data[at] = (float) v;
      }
    }
}
