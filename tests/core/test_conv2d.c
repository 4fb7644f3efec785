/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every convolution path against the seven loops, for each instruction set, on odd sizes, and its input gradient against the
 * identity <dy, conv (dx)> = <conv' (dy), dx>, evaluated in double. */
#include "harness.h"

/* float32 accumulation over at most a few thousand terms; Winograd's transforms lose two more digits. */
#define DIRECT_TOLERANCE 3e-6
#define WINOGRAD_TOLERANCE 3e-5
/* Rounding to 11 bits costs 1.4e-4 of a weight (root of the mean square); Winograd's output transform, whose rows hold up to 8,
 * enlarges that some fifteen times. */
#define HALF_TOLERANCE 5e-4
#define HALF_WINOGRAD_TOLERANCE 4e-3

struct test {
  adm_conv conv;
  adm_source source;
  adm_conv_output output;
};

static void
run_conv (adm_exec *exec, void *user)
{
  struct test *t = user;
  adm_conv2d (exec, &t->conv, &t->source, t->output);
}

enum { CONCAT = 1, NORM = 2, RESIDUAL = 4, EXTRA = 8, UP = 16, DOWN = 32, STRIDE = 64, ONE = 128, RESIDUAL_UP = 256, NO_BIAS = 512, RESIDUAL_CONCAT = 1024, HALF = 2048 };

static void
one_case (adm_rng *rng, int n, int h, int w, int cin, int cout, adm_conv_algorithm algorithm, int flags)
{
  struct test t = { 0 };
  bool half = flags & HALF;
  int size = flags & ONE ? 1 : 3, cb = flags & CONCAT ? cin / 3 : 0, ca = cin - cb;
  t.conv = (adm_conv) { .cin = cin, .cout = cout, .size = size, .stride = flags & STRIDE ? 2 : 1, .algorithm = algorithm, .half = half };
  size_t pixels = (size_t) n * (size_t) h * (size_t) w;
  float *a = harness_random (rng, pixels * (size_t) ca, 1), *b = harness_random (rng, pixels * (size_t) cb, 1);
  float *mul = harness_random (rng, (size_t) n * (size_t) cin, 1), *add = harness_random (rng, (size_t) n * (size_t) cin, 1);
  float *raw = harness_random (rng, (size_t) cout * (size_t) cin * (size_t) (size * size), 0.1f);
  float *bias = harness_random (rng, (size_t) cout, 1), *extra = harness_random (rng, (size_t) n * (size_t) cout, 1);
  float *packed = malloc (adm_conv_packed_bytes (&t.conv));
  adm_error error;
  adm_pool *one;
  CHECK (adm_pool_new (1, &one, &error) == ADM_OK);
  adm_conv_pack (&t.conv, one, raw, packed);
  adm_pool_free (one);
  t.conv.packed = packed;
  t.conv.bias = flags & NO_BIAS ? NULL : bias;
  t.source.a = (adm_map) { a, n, h, w, ca };
  t.source.b = (adm_map) { b, n, h, w, cb };
  if (flags & NORM) {
    t.source.mul = mul;
    t.source.add = add;
    t.source.silu = true;
  }
  t.source.resample = flags & UP ? ADM_RESAMPLE_UP : flags & DOWN ? ADM_RESAMPLE_DOWN : ADM_RESAMPLE_NONE;
  int oh = (adm_source_height (&t.source) + t.conv.stride - 1) / t.conv.stride, ow = (adm_source_width (&t.source) + t.conv.stride - 1) / t.conv.stride;
  size_t count = (size_t) n * (size_t) oh * (size_t) ow * (size_t) cout;
  float *y = malloc (count * sizeof *y), *first = malloc (count * sizeof *first), *expected = malloc (count * sizeof *expected);
  float *r = harness_random (rng, count, 1);
  adm_source residual = adm_source_of ((adm_map) { r, n, oh, ow, cout });
  if (flags & RESIDUAL_UP) {
    residual.resample = ADM_RESAMPLE_UP;
    residual.a.h = oh / 2;
    residual.a.w = ow / 2;
  }
  if (flags & RESIDUAL_CONCAT) {
    residual.a.c = cout / 3;
    residual.b = (adm_map) { r + (size_t) n * (size_t) oh * (size_t) ow * (size_t) (cout / 3), n, oh, ow, cout - cout / 3 };
  }
  t.output = (adm_conv_output) { .y = { expected, n, oh, ow, cout }, .scale = 0.7f };
  t.output.residual = flags & (RESIDUAL | RESIDUAL_UP | RESIDUAL_CONCAT) ? &residual : NULL;
  t.output.extra = flags & EXTRA ? extra : NULL;
  adm_conv2d_ref (&t.conv, raw, &t.source, t.output);
  t.output.y.data = y;

  const adm_kernels *kernels[3];
  int tables = harness_kernels (kernels);
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 3; threads++) {
      memset (y, 0xff, count * sizeof *y);
      harness_run (threads, kernels[k], run_conv, &t);
      double e = harness_error (y, expected, count), limit = algorithm == ADM_CONV_WINOGRAD ? WINOGRAD_TOLERANCE : DIRECT_TOLERANCE;
      if (half)
        limit = algorithm == ADM_CONV_WINOGRAD ? HALF_WINOGRAD_TOLERANCE : HALF_TOLERANCE;
      if (!CHECK (e <= limit))
        printf ("  %s, %d threads, %dx%dx%d, %d -> %d, flags %d: error %.3g, at most %.3g\n", kernels[k]->name, threads, n, h, w, cin, cout, flags,
                e, limit);
      if (threads == 1)
        memcpy (first, y, count * sizeof *y);
      else
        CHECK (memcmp (first, y, count * sizeof *y) == 0);
    }
  free (a), free (b), free (mul), free (add), free (raw), free (bias), free (extra), free (packed), free (y), free (first), free (expected), free (r);
}

/* The adjoint identity, for both packings of the transposed kernel and for a stride of 2. */
static void
gradient_case (adm_rng *rng, int n, int h, int w, int cin, int cout, int size, int stride, adm_conv_algorithm algorithm)
{
  struct test forward = { 0 }, backward = { 0 };
  int oh = h / stride, ow = w / stride;
  size_t in = (size_t) n * (size_t) h * (size_t) w * (size_t) cin, out = (size_t) n * (size_t) oh * (size_t) ow * (size_t) cout;
  float *x = harness_random (rng, in, 1), *dy = harness_random (rng, out, 1), *raw = harness_random (rng, (size_t) (cin * cout * size * size), 1);
  float *y = malloc (out * sizeof *y), *dx = malloc (in * sizeof *dx);
  adm_error error;
  adm_pool *one;
  CHECK (adm_pool_new (1, &one, &error) == ADM_OK);
  forward.conv = (adm_conv) { .cin = cin, .cout = cout, .size = size, .stride = stride };
  backward.conv = (adm_conv) { .cin = cout, .cout = cin, .size = size, .stride = 1, .algorithm = algorithm };
  float *packed = malloc (adm_conv_packed_bytes (&forward.conv));
  float *turned = malloc (adm_conv_packed_bytes (&backward.conv));
  adm_conv_pack (&forward.conv, one, raw, packed);
  adm_conv_pack_backward (&backward.conv, one, raw, turned);
  adm_pool_free (one);
  forward.conv.packed = packed;
  backward.conv.packed = turned;
  forward.source = adm_source_of ((adm_map) { x, n, h, w, cin });
  forward.output = (adm_conv_output) { .y = { y, n, oh, ow, cout }, .scale = 1 };
  backward.source = adm_source_of ((adm_map) { dy, n, oh, ow, cout });
  backward.source.resample = stride == 2 ? ADM_RESAMPLE_ZERO : ADM_RESAMPLE_NONE;
  backward.output = (adm_conv_output) { .y = { dx, n, h, w, cin }, .scale = 1 };
  harness_run (2, adm_kernels_best (), run_conv, &forward);
  harness_run (2, adm_kernels_best (), run_conv, &backward);
  double left = 0, right = 0, size_of = 0;
  for (size_t i = 0; i < out; i++) {
    left += (double) dy[i] * (double) y[i];
    size_of += fabs ((double) dy[i] * (double) y[i]);
  }
  for (size_t i = 0; i < in; i++)
    right += (double) dx[i] * (double) x[i];
  CHECK_NEAR (left, right, 1e-6 * size_of);
  free (x), free (dy), free (raw), free (y), free (dx), free (packed), free (turned);
}

/* Every half that is a number, through every table, against its definition. */
static void
every_half (void)
{
  enum { COUNT = 1 << 16 };
  uint16_t *h = malloc (COUNT * sizeof *h);
  float *y = malloc (COUNT * sizeof *y);
  const adm_kernels *kernels[3];
  int tables = harness_kernels (kernels);
  for (int i = 0; i < COUNT; i++)
    h[i] = (uint16_t) ((i >> 10 & 31) == 31 ? 0 : i);
  for (int k = 0; k < tables; k++) {
    int wrong = 0;
    kernels[k]->widen (COUNT, h, 0.25f, y);
    for (int i = 0; i < COUNT; i++) {
      int exponent = h[i] >> 10 & 31, mantissa = h[i] & 1023;
      double value = ldexp (exponent ? 1024 + mantissa : mantissa, (exponent ? exponent : 1) - 25 - 2);
      wrong += (double) y[i] != (h[i] & 0x8000 ? -value : value);
    }
    if (!CHECK (wrong == 0))
      printf ("  %s: %d halves are wrong\n", kernels[k]->name, wrong);
  }
  free (h), free (y);
}

/* What packing stores is the nearest half of each weight, whatever their size. */
static void
narrowing (void)
{
  adm_error error;
  adm_pool *one;
  if (!CHECK (adm_pool_new (1, &one, &error) == ADM_OK))
    return;
  for (int scale = -40; scale <= 40; scale += 8) {
    enum { COUNT = 32 * 64 };
    adm_conv conv = { .cin = 64, .cout = 32, .size = 1, .stride = 1, .half = true };
    float raw[COUNT], back[COUNT];
    uint16_t packed[COUNT];
    for (int i = 0; i < COUNT; i++)
      raw[i] = (float) ldexp (i % 2 ? -1 - i / 2048.0 : 1 + i / 4096.0, scale - i % 40);
    adm_conv_pack (&conv, one, raw, packed);
    adm_kernels_best ()->widen (COUNT, packed, conv.factor, back);
    int wrong = 0;
    for (int o = 0; o < 32; o++)
      for (int i = 0; i < 64; i++) {
        double x = (double) raw[o * 64 + i], found = (double) back[i * 32 + o];
        /* half a unit in the last place of 11 bits, or of the smallest half */
        double unit = fmax (ldexp (fabs (x), -11), ldexp ((double) conv.factor, -25));
        wrong += !(fabs (found - x) <= unit);
      }
    if (!CHECK (wrong == 0))
      printf ("  scale 2^%d: %d of %d weights are off\n", scale, wrong, COUNT);
  }
  adm_pool_free (one);
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 5);
  one_case (&rng, 1, 1, 1, 3, 5, ADM_CONV_DIRECT, 0);
  one_case (&rng, 1, 7, 5, 20, 33, ADM_CONV_DIRECT, NORM | RESIDUAL | EXTRA);
  one_case (&rng, 3, 7, 5, 33, 20, ADM_CONV_DIRECT, CONCAT | NORM | RESIDUAL);
  one_case (&rng, 2, 8, 6, 16, 48, ADM_CONV_DIRECT, UP | NORM | RESIDUAL_UP);
  one_case (&rng, 2, 8, 6, 16, 40, ADM_CONV_DIRECT, DOWN | NORM);
  one_case (&rng, 1, 8, 10, 24, 35, ADM_CONV_DIRECT, STRIDE | NO_BIAS);
  one_case (&rng, 2, 5, 7, 35, 70, ADM_CONV_DIRECT, ONE | CONCAT | RESIDUAL_CONCAT);
  one_case (&rng, 2, 5, 7, 35, 70, ADM_CONV_DIRECT, ONE);
  one_case (&rng, 1, 3, 300, 4, 6, ADM_CONV_DIRECT, RESIDUAL);
  one_case (&rng, 1, 40, 9, 600, 37, ADM_CONV_DIRECT, NORM);
  one_case (&rng, 1, 1, 1, 3, 5, ADM_CONV_WINOGRAD, 0);
  one_case (&rng, 1, 7, 5, 20, 33, ADM_CONV_WINOGRAD, NORM | RESIDUAL | EXTRA);
  one_case (&rng, 3, 9, 13, 33, 20, ADM_CONV_WINOGRAD, CONCAT | NORM | RESIDUAL);
  one_case (&rng, 2, 8, 6, 70, 48, ADM_CONV_WINOGRAD, UP | NORM | RESIDUAL_UP);
  one_case (&rng, 2, 12, 10, 16, 40, ADM_CONV_WINOGRAD, DOWN | NORM | RESIDUAL_CONCAT);
  one_case (&rng, 1, 4, 150, 16, 40, ADM_CONV_WINOGRAD, NO_BIAS);
  one_case (&rng, 1, 7, 5, 20, 33, ADM_CONV_DIRECT, HALF | NORM | RESIDUAL);
  one_case (&rng, 2, 5, 7, 35, 70, ADM_CONV_DIRECT, HALF | ONE | CONCAT);
  one_case (&rng, 1, 3, 4, 1700, 6, ADM_CONV_DIRECT, HALF);
  one_case (&rng, 1, 40, 9, 600, 37, ADM_CONV_DIRECT, HALF | NORM);
  one_case (&rng, 1, 7, 5, 20, 33, ADM_CONV_WINOGRAD, HALF | NORM | RESIDUAL);
  one_case (&rng, 1, 24, 20, 70, 48, ADM_CONV_WINOGRAD, HALF);
  every_half ();
  narrowing ();
  gradient_case (&rng, 2, 7, 5, 20, 33, 3, 1, ADM_CONV_DIRECT);
  gradient_case (&rng, 1, 7, 5, 33, 20, 3, 1, ADM_CONV_WINOGRAD);
  gradient_case (&rng, 2, 8, 6, 20, 33, 3, 2, ADM_CONV_DIRECT);
  gradient_case (&rng, 2, 7, 5, 20, 33, 1, 1, ADM_CONV_DIRECT);
  return check_summary ();
}
