/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every convolution path against the seven loops, for each instruction set, on odd sizes, and its
 * input gradient against the identity <dy, conv (dx)> = <conv' (dy), dx>, evaluated in double. */
#include "harness.h"

/* float32 accumulation over at most a few thousand terms; Winograd's transforms lose two more
 * digits. */
#define DIRECT_TOLERANCE 3e-6
#define WINOGRAD_TOLERANCE 3e-5
/* Rounding to 11 bits costs 1.4e-4 of a weight (root of the mean square); Winograd's output
 * transform, whose rows hold up to 8, enlarges that some fifteen times. */
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

/* Packs as the loader does, one panel after the other. */
static void
pack (adm_conv *conv, const float *raw, bool backward, void *packed)
{
  adm_conv_pack_start (conv, raw);
  for (int panel = 0; panel < adm_conv_panels (conv); panel++)
    adm_conv_pack_panel (conv, raw, backward, panel, packed);
}

struct conv_case {
  int n, h, w, cin, cout;
  adm_conv_algorithm algorithm;
  int size;   /* 0: 3 */
  int stride; /* 0: 1 */
  bool half;  /* weights in 16 bits */
  bool concat, norm, extra, no_bias;
  adm_resample resample;
  enum { NO_RESIDUAL, PLAIN, ENLARGED, CONCATENATED } residual;
};

static void
one_case (adm_rng *rng, struct conv_case of)
{
  int n = of.n, h = of.h, w = of.w, cin = of.cin, cout = of.cout, size = of.size ? of.size : 3;
  bool half = of.half, winograd = of.algorithm == ADM_CONV_WINOGRAD;
  struct test t = { 0 };
  int cb = of.concat ? cin / 3 : 0, ca = cin - cb;
  t.conv = (adm_conv) { .cin = cin,
                        .cout = cout,
                        .size = size,
                        .stride = of.stride ? of.stride : 1,
                        .algorithm = of.algorithm,
                        .half = half };
  size_t pixels = (size_t) n * (size_t) h * (size_t) w;
  float *a = harness_random (rng, pixels * (size_t) ca, 1),
        *b = harness_random (rng, pixels * (size_t) cb, 1);
  float *mul = harness_random (rng, (size_t) n * (size_t) cin, 1),
        *add = harness_random (rng, (size_t) n * (size_t) cin, 1);
  float *raw = harness_random (rng, (size_t) cout * (size_t) cin * (size_t) (size * size), 0.1f);
  float *bias = harness_random (rng, (size_t) cout, 1),
        *extra = harness_random (rng, (size_t) n * (size_t) cout, 1);
  float *packed = malloc (adm_conv_packed_bytes (&t.conv));
  pack (&t.conv, raw, false, packed);
  t.conv.packed = packed;
  t.conv.bias = of.no_bias ? NULL : bias;
  t.source.a = (adm_map) { a, n, h, w, ca };
  t.source.b = (adm_map) { b, n, h, w, cb };
  if (of.norm) {
    t.source.mul = mul;
    t.source.add = add;
    t.source.silu = true;
  }
  t.source.resample = of.resample;
  int oh = (adm_source_height (&t.source) + t.conv.stride - 1) / t.conv.stride,
      ow = (adm_source_width (&t.source) + t.conv.stride - 1) / t.conv.stride;
  size_t count = (size_t) n * (size_t) oh * (size_t) ow * (size_t) cout;
  float *y = malloc (count * sizeof *y), *first = malloc (count * sizeof *first),
        *expected = malloc (count * sizeof *expected);
  float *r = harness_random (rng, count, 1);
  adm_source residual = adm_source_of ((adm_map) { r, n, oh, ow, cout });
  if (of.residual == ENLARGED) {
    residual.resample = ADM_RESAMPLE_UP;
    residual.a.h = oh / 2;
    residual.a.w = ow / 2;
  }
  if (of.residual == CONCATENATED) {
    residual.a.c = cout / 3;
    residual.b = (adm_map) { r + (size_t) n * (size_t) oh * (size_t) ow * (size_t) (cout / 3), n,
                             oh, ow, cout - cout / 3 };
  }
  t.output = (adm_conv_output) { .y = { expected, n, oh, ow, cout }, .scale = 0.7f };
  t.output.residual = of.residual ? &residual : NULL;
  t.output.extra = of.extra ? extra : NULL;
  adm_conv2d_ref (&t.conv, raw, &t.source, t.output);
  t.output.y.data = y;

  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 3; threads++) {
      memset (y, 0xff, count * sizeof *y);
      harness_run (threads, kernels[k], run_conv, &t);
      double e = harness_error (y, expected, count),
             limit = winograd ? WINOGRAD_TOLERANCE : DIRECT_TOLERANCE;
      if (half)
        limit = winograd ? HALF_WINOGRAD_TOLERANCE : HALF_TOLERANCE;
      if (!CHECK (e <= limit))
        printf ("  %s, %d threads, %dx%dx%d, %d -> %d: error %.3g, at most %.3g\n",
                kernels[k]->name, threads, n, h, w, cin, cout, e, limit);
      if (threads == 1)
        memcpy (first, y, count * sizeof *y);
      else
        CHECK (memcmp (first, y, count * sizeof *y) == 0);
    }
  free (a), free (b), free (mul), free (add), free (raw), free (bias), free (extra), free (packed),
      free (y), free (first), free (expected), free (r);
}

/* The adjoint identity, for both packings of the transposed kernel and for a stride of 2. */
static void
gradient_case (adm_rng *rng, struct conv_case of)
{
  int n = of.n, h = of.h, w = of.w, cin = of.cin, cout = of.cout, size = of.size ? of.size : 3,
      stride = of.stride ? of.stride : 1;
  struct test forward = { 0 }, backward = { 0 };
  int oh = h / stride, ow = w / stride;
  size_t in = (size_t) n * (size_t) h * (size_t) w * (size_t) cin,
         out = (size_t) n * (size_t) oh * (size_t) ow * (size_t) cout;
  float *x = harness_random (rng, in, 1), *dy = harness_random (rng, out, 1),
        *raw = harness_random (rng, (size_t) (cin * cout * size * size), 1);
  float *y = malloc (out * sizeof *y), *dx = malloc (in * sizeof *dx);
  forward.conv = (adm_conv) { .cin = cin, .cout = cout, .size = size, .stride = stride };
  backward.conv = (adm_conv) {
    .cin = cout, .cout = cin, .size = size, .stride = 1, .algorithm = of.algorithm
  };
  float *packed = malloc (adm_conv_packed_bytes (&forward.conv));
  float *transposed = malloc (adm_conv_packed_bytes (&backward.conv));
  pack (&forward.conv, raw, false, packed);
  pack (&backward.conv, raw, true, transposed);
  forward.conv.packed = packed;
  backward.conv.packed = transposed;
  forward.source = adm_source_of ((adm_map) { x, n, h, w, cin });
  forward.output = (adm_conv_output) { .y = { y, n, oh, ow, cout }, .scale = 1 };
  backward.source = adm_source_of ((adm_map) { dy, n, oh, ow, cout });
  backward.source.resample = stride == 2 ? ADM_RESAMPLE_ZERO : ADM_RESAMPLE_NONE;
  backward.output = (adm_conv_output) { .y = { dx, n, h, w, cin }, .scale = 1 };
  harness_run (2, adm_kernels_best (false), run_conv, &forward);
  harness_run (2, adm_kernels_best (false), run_conv, &backward);
  double left = 0, right = 0, size_of = 0;
  for (size_t i = 0; i < out; i++) {
    left += (double) dy[i] * (double) y[i];
    size_of += fabs ((double) dy[i] * (double) y[i]);
  }
  for (size_t i = 0; i < in; i++)
    right += (double) dx[i] * (double) x[i];
  CHECK_NEAR (left, right, 1e-6 * size_of);
  free (x), free (dy), free (raw), free (y), free (dx), free (packed), free (transposed);
}

/* Every half-precision number that is a number, through every table, against its definition. */
static void
every_fp16 (void)
{
  enum { COUNT = 1 << 16 };
  uint16_t *h = malloc (COUNT * sizeof *h);
  float *y = malloc (COUNT * sizeof *y);
  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  for (int i = 0; i < COUNT; i++)
    h[i] = (uint16_t) ((i >> 10 & 31) == 31 ? 0 : i);
  for (int k = 0; k < tables; k++) {
    int wrong = 0;
    kernels[k]->widen (COUNT, h, 0.25f, y);
    for (int i = 0; i < COUNT; i++) {
      int exponent = h[i] >> 10 & 31, mantissa = h[i] & 1023;
      double value
          = ldexp (exponent ? 1024 + mantissa : mantissa, (exponent ? exponent : 1) - 25 - 2);
      wrong += (double) y[i] != (h[i] & 0x8000 ? -value : value);
    }
    if (!CHECK (wrong == 0))
      printf ("  %s: %d numbers are wrong\n", kernels[k]->name, wrong);
  }
  free (h), free (y);
}

/* What packing stores is the nearest half-precision number of each weight, whatever their size. */
static void
narrowing (void)
{
  for (int scale = -40; scale <= 40; scale += 8) {
    enum { COUNT = 32 * 64 };
    adm_conv conv = { .cin = 64, .cout = 32, .size = 1, .stride = 1, .half = true };
    float raw[COUNT], back[COUNT];
    uint16_t packed[COUNT];
    for (int i = 0; i < COUNT; i++)
      raw[i] = (float) ldexp (i % 2 ? -1 - i / 2048.0 : 1 + i / 4096.0, scale - i % 40);
    pack (&conv, raw, false, packed);
    adm_kernels_best (false)->widen (COUNT, packed, conv.factor, back);
    int wrong = 0;
    for (int o = 0; o < 32; o++)
      for (int i = 0; i < 64; i++) {
        double x = (double) raw[o * 64 + i], found = (double) back[i * 32 + o];
        /* 0.5 units in the last place of 11 bits, or of the smallest number */
        double unit = fmax (ldexp (fabs (x), -11), ldexp ((double) conv.factor, -25));
        wrong += !(fabs (found - x) <= unit);
      }
    if (!CHECK (wrong == 0))
      printf ("  scale 2^%d: %d of %d weights are off\n", scale, wrong, COUNT);
  }
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 5);
  /* clang-format off */
  const struct conv_case cases[] = {
    { .n = 1, .h = 1, .w = 1, .cin = 3, .cout = 5 },
    { .n = 1, .h = 7, .w = 5, .cin = 20, .cout = 33, .norm = true, .residual = PLAIN,
      .extra = true },
    { .n = 3, .h = 7, .w = 5, .cin = 33, .cout = 20, .concat = true, .norm = true,
      .residual = PLAIN },
    { .n = 2, .h = 8, .w = 6, .cin = 16, .cout = 48, .resample = ADM_RESAMPLE_UP, .norm = true,
      .residual = ENLARGED },
    { .n = 2, .h = 8, .w = 6, .cin = 16, .cout = 40, .resample = ADM_RESAMPLE_DOWN, .norm = true },
    { .n = 1, .h = 8, .w = 10, .cin = 24, .cout = 35, .stride = 2, .no_bias = true },
    { .n = 2, .h = 5, .w = 7, .cin = 35, .cout = 70, .size = 1, .concat = true,
      .residual = CONCATENATED },
    { .n = 2, .h = 5, .w = 7, .cin = 35, .cout = 70, .size = 1 },
    { .n = 1, .h = 3, .w = 300, .cin = 4, .cout = 6, .residual = PLAIN },
    { .n = 1, .h = 40, .w = 9, .cin = 600, .cout = 37, .norm = true },
    { .n = 1, .h = 1, .w = 1, .cin = 3, .cout = 5, .algorithm = ADM_CONV_WINOGRAD },
    { .n = 1, .h = 7, .w = 5, .cin = 20, .cout = 33, .algorithm = ADM_CONV_WINOGRAD, .norm = true,
      .residual = PLAIN, .extra = true },
    { .n = 3, .h = 9, .w = 13, .cin = 33, .cout = 20, .algorithm = ADM_CONV_WINOGRAD,
      .concat = true, .norm = true, .residual = PLAIN },
    { .n = 2, .h = 8, .w = 6, .cin = 70, .cout = 48, .algorithm = ADM_CONV_WINOGRAD,
      .resample = ADM_RESAMPLE_UP, .norm = true, .residual = ENLARGED },
    { .n = 2, .h = 12, .w = 10, .cin = 16, .cout = 40, .algorithm = ADM_CONV_WINOGRAD,
      .resample = ADM_RESAMPLE_DOWN, .norm = true, .residual = CONCATENATED },
    { .n = 1, .h = 4, .w = 150, .cin = 16, .cout = 40, .algorithm = ADM_CONV_WINOGRAD,
      .no_bias = true },
    { .n = 1, .h = 7, .w = 5, .cin = 20, .cout = 33, .half = true, .norm = true,
      .residual = PLAIN },
    { .n = 2, .h = 5, .w = 7, .cin = 35, .cout = 70, .half = true, .size = 1, .concat = true },
    { .n = 1, .h = 3, .w = 4, .cin = 1700, .cout = 6, .half = true },
    { .n = 1, .h = 40, .w = 9, .cin = 600, .cout = 37, .half = true, .norm = true },
    { .n = 1, .h = 7, .w = 5, .cin = 20, .cout = 33, .algorithm = ADM_CONV_WINOGRAD, .half = true,
      .norm = true, .residual = PLAIN },
    { .n = 1, .h = 24, .w = 20, .cin = 70, .cout = 48, .algorithm = ADM_CONV_WINOGRAD,
      .half = true },
  };
  /* clang-format on */
  const struct conv_case gradients[] = {
    { .n = 2, .h = 7, .w = 5, .cin = 20, .cout = 33 },
    { .n = 1, .h = 7, .w = 5, .cin = 33, .cout = 20, .algorithm = ADM_CONV_WINOGRAD },
    { .n = 2, .h = 8, .w = 6, .cin = 20, .cout = 33, .stride = 2 },
    { .n = 2, .h = 7, .w = 5, .cin = 20, .cout = 33, .size = 1 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    one_case (&rng, cases[i]);
  every_fp16 ();
  narrowing ();
  for (size_t i = 0; i < sizeof gradients / sizeof gradients[0]; i++)
    gradient_case (&rng, gradients[i]);
  return check_summary ();
}
