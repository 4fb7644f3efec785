/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weight gradients of 3x3 convolutions: ops/conv_gradient.c against OpenBLAS's sgemm on strips of
 * an im2col matrix, one thread each, in one run. Shapes of the embedded model and of ADM's 64 px
 * network. Both read a plain map and add to dw [o,i,ky,kx]; sgemm has the best of three heights of
 * strips.
 *
 *   weight_gradients [REPEATS]     one line a shape: GFLOP/s of both, best of REPEATS (5), ratio */
#include "../core/harness.h"
#include "base/openblas.h"
#include "clock.h"
#include "said.h"

#include <stdio.h>

enum { TAPS = 9, STRIPS = 3 };
static const int strip_pixels[STRIPS] = { 128, 512, 2048 };

struct shape {
  const char *model;
  int n, side, channels;
};

struct bench {
  struct shape shape;
  int repeats;
  adm_openblas blas;
  adm_conv conv;
  adm_source source;
  adm_map dy;
  float *padded, *columns, *sums; /* of sgemm's way */
  double seconds;                 /* best of ours */
};

static void
ours (adm_exec *exec, void *user)
{
  struct bench *b = user;
  size_t weights = (size_t) b->shape.channels * (size_t) b->shape.channels * TAPS;
  if (!exec->measure)
    memset (b->conv.dw, 0, weights * sizeof (float));
  double began = now ();
  adm_conv2d_gradient (exec, &b->conv, &b->source, b->dy, NULL);
  double took = now () - began;
  if (!exec->measure && took < b->seconds)
    b->seconds = took;
}

/* Image I with a border of zeros. */
static void
pad (struct bench *b, int i)
{
  int side = b->shape.side, c = b->shape.channels, width = side + 2;
  memset (b->padded, 0, (size_t) (width * width * c) * sizeof (float));
  for (int y = 0; y < side; y++)
    memcpy (b->padded + ((y + 1) * width + 1) * c,
            b->source.a.data + (ptrdiff_t) (i * side + y) * side * c,
            (size_t) (side * c) * sizeof (float));
}

/* Rows of im2col for pixels FROM … FROM + COUNT - 1: [ky][kx,i], three copies each. */
static void
unroll (struct bench *b, int from, int count)
{
  int side = b->shape.side, c = b->shape.channels, width = side + 2;
  float *to = b->columns;
  for (int p = from; p < from + count; p++)
    for (int ky = 0; ky < 3; ky++, to += 3 * c)
      memcpy (to, b->padded + ((p / side + ky) * width + p % side) * c,
              (size_t) (3 * c) * sizeof (float));
}

static double
theirs (struct bench *b, int strip, float *dw)
{
  int side = b->shape.side, c = b->shape.channels, all = side * side, k = TAPS * c;
  double began = now ();
  memset (b->sums, 0, (size_t) (c * k) * sizeof (float));
  for (int i = 0; i < b->shape.n; i++) {
    pad (b, i);
    for (int p = 0; p < all; p += strip) {
      int count = all - p < strip ? all - p : strip;
      unroll (b, p, count);
      b->blas.sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, c, k, count, 1,
                     b->dy.data + (ptrdiff_t) (i * all + p) * c, c, b->columns, k, 1, b->sums, k);
    }
  }
  for (int o = 0; o < c; o++)
    for (int in = 0; in < c; in++)
      for (int t = 0; t < TAPS; t++)
        dw[((ptrdiff_t) o * c + in) * TAPS + t] = b->sums[(ptrdiff_t) o * k + t * c + in];
  return now () - began;
}

static void
one_shape (struct bench *b, adm_rng *rng)
{
  int side = b->shape.side, c = b->shape.channels, n = b->shape.n;
  size_t pixels = (size_t) (n * side * side), weights = (size_t) (c * c) * TAPS;
  float *x = harness_random (rng, pixels * (size_t) c, 1),
        *dy = harness_random (rng, pixels * (size_t) c, 1), *mine = calloc (weights, sizeof *mine),
        *other = calloc (weights, sizeof *other);
  double best = INFINITY, flops = 2.0 * (double) pixels * (double) weights;
  int best_strip = 0;
  b->conv = (adm_conv) { .cin = c, .cout = c, .size = 3, .stride = 1, .dw = mine };
  b->source = adm_source_of ((adm_map) { x, n, side, side, c });
  b->dy = (adm_map) { dy, n, side, side, c };
  b->padded = malloc ((size_t) ((side + 2) * (side + 2) * c) * sizeof (float));
  b->columns = malloc ((size_t) (2048 * TAPS * c) * sizeof (float));
  b->sums = malloc (weights * sizeof (float));
  b->seconds = INFINITY;
  /* in turn, so that both meet the same machine */
  for (int i = 0; i < b->repeats; i++) {
    harness_run (1, adm_kernels_best (false), ours, b);
    for (int s = 0; s < STRIPS; s++) {
      double took = theirs (b, strip_pixels[s], other);
      if (took < best) {
        best = took;
        best_strip = strip_pixels[s];
      }
    }
  }
  CHECK (harness_error (mine, other, weights) < 1e-5);
  printf ("%-10s %3d channels %2d px, %2d images: ours %6.1f, sgemm %6.1f GFLOP/s (strips of %d), "
          "ratio %.2f\n",
          b->shape.model, c, side, n, 1e-9 * flops / b->seconds, 1e-9 * flops / best, best_strip,
          best / b->seconds);
  free (x), free (dy), free (mine), free (other), free (b->padded), free (b->columns),
      free (b->sums);
}

int
main (int argc, char **argv)
{
  static const struct shape shapes[]
      = { { "materials", 16, 64, 64 }, { "materials", 16, 32, 64 }, { "materials", 16, 16, 128 },
          { "materials", 16, 8, 192 }, { "adm-64", 2, 64, 192 },    { "adm-64", 2, 32, 384 },
          { "adm-64", 4, 16, 576 },    { "adm-64", 8, 8, 768 } };
  struct bench b = { .repeats = argc > 1 ? atoi (argv[1]) : 5 };
  adm_error error;
  adm_rng rng;
  adm_rng_seed (&rng, 4);
  if (b.repeats < 1 || adm_openblas_load (&b.blas, &error)) {
    fprintf (stderr, "weight_gradients: %s\n",
             b.repeats < 1 ? "REPEATS must be 1 or more" : said (&error));
    return 2;
  }
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    b.shape = shapes[i];
    one_shape (&b, &rng);
  }
  return check_summary ();
}
