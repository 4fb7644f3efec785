/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A convolution's gradient by its weights against seven loops in double, on odd sizes, for each
 * instruction set and number of threads; and dropout. */
#include "harness.h"

/* float32 sums over at most a thousand positions */
#define TOLERANCE 2e-6

struct test {
  adm_conv conv;
  adm_source source;
  adm_map dy;
  float *dextra;
};

static void
run_gradient (adm_exec *exec, void *user)
{
  struct test *t = user;
  adm_conv2d_gradient (exec, &t->conv, &t->source, t->dy, t->dextra);
}

struct gradient_case {
  int n, h, w, cin, cout;
  int size, stride; /* 0: 3, 1 */
  bool concat, norm, extra;
  adm_resample resample;
};

static void
one_case (adm_rng *rng, struct gradient_case of)
{
  int size = of.size ? of.size : 3, stride = of.stride ? of.stride : 1,
      cb = of.concat ? of.cin / 3 : 0, ca = of.cin - cb;
  size_t pixels = (size_t) (of.n * of.h * of.w),
         weights = (size_t) (of.cout * of.cin * size * size), extras = (size_t) (of.n * of.cout);
  float *a = harness_random (rng, pixels * (size_t) ca, 1),
        *b = harness_random (rng, pixels * (size_t) cb, 1),
        *mul = harness_random (rng, (size_t) (of.n * of.cin), 1),
        *add = harness_random (rng, (size_t) (of.n * of.cin), 1);
  struct test t = { .conv = { .cin = of.cin, .cout = of.cout, .size = size, .stride = stride },
                    .source = { .a = { a, of.n, of.h, of.w, ca },
                                .b = { b, of.n, of.h, of.w, cb },
                                .mul = of.norm ? mul : NULL,
                                .add = of.norm ? add : NULL,
                                .silu = of.norm,
                                .resample = of.resample } };
  int h = adm_source_height (&t.source) / stride, w = adm_source_width (&t.source) / stride;
  float *dy = harness_random (rng, (size_t) (of.n * h * w * of.cout), 1);
  /* gradients are added to what is there */
  float *start = harness_random (rng, weights + (size_t) of.cout, 1),
        *expected = malloc ((weights + (size_t) of.cout) * sizeof *expected),
        *found = malloc ((weights + (size_t) of.cout) * sizeof *found),
        *extra = calloc (2 * extras, sizeof *extra);
  t.dy = (adm_map) { dy, of.n, h, w, of.cout };
  memcpy (expected, start, (weights + (size_t) of.cout) * sizeof *start);
  t.conv.dw = expected;
  t.conv.dbias = expected + weights;
  adm_conv2d_gradient_ref (&t.conv, &t.source, t.dy, of.extra ? extra : NULL);
  t.conv.dw = found;
  t.conv.dbias = found + weights;
  t.dextra = of.extra ? extra + extras : NULL;
  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 3; threads++) {
      memcpy (found, start, (weights + (size_t) of.cout) * sizeof *start);
      harness_run (threads, kernels[k], run_gradient, &t);
      CHECK (harness_error (found, expected, weights) <= TOLERANCE);
      CHECK (harness_error (found + weights, expected + weights, (size_t) of.cout) <= TOLERANCE);
      CHECK (!of.extra || harness_error (extra + extras, extra, extras) <= TOLERANCE);
    }
  free (a), free (b), free (mul), free (add), free (dy), free (start), free (expected),
      free (found), free (extra);
}

static void
run_dropout (adm_exec *exec, void *user)
{
  adm_dropout (exec, 0.25f, 77, *(adm_map *) user);
}

/* The share that is left out, what stays, and that it is the same again. */
static void
test_dropout (void)
{
  enum { COUNT = 2 * 16 * 16 * 48 };
  float *x = malloc (2 * COUNT * sizeof *x);
  int zeros = 0;
  for (int i = 0; i < 2 * COUNT; i++)
    x[i] = 3;
  for (int i = 0; i < 2; i++)
    harness_run (1 + 2 * i, adm_kernels_best (false), run_dropout,
                 &(adm_map) { x + i * COUNT, 2, 16, 16, 48 });
  for (int i = 0; i < COUNT; i++) {
    zeros += x[i] == 0;
    if (x[i] != 0 && !CHECK_NEAR (x[i], 4, 1e-6))
      break;
  }
  CHECK (memcmp (x, x + COUNT, COUNT * sizeof *x) == 0);
  /* five standard deviations of a binomial distribution */
  CHECK_NEAR (zeros, 0.25 * COUNT, 5 * sqrt (COUNT * 0.25 * 0.75));
  free (x);
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 21);
  const struct gradient_case cases[] = {
    { .n = 1, .h = 1, .w = 1, .cin = 1, .cout = 1 },
    { .n = 2, .h = 5, .w = 7, .cin = 3, .cout = 37 },
    { .n = 3, .h = 9, .w = 16, .cin = 33, .cout = 5, .norm = true, .extra = true },
    { .n = 2, .h = 8, .w = 6, .cin = 48, .cout = 33, .norm = true, .concat = true },
    { .n = 2, .h = 8, .w = 6, .cin = 9, .cout = 6, .stride = 2 },
    { .n = 2, .h = 4, .w = 6, .cin = 35, .cout = 6, .norm = true, .resample = ADM_RESAMPLE_UP },
    { .n = 1, .h = 8, .w = 6, .cin = 35, .cout = 6, .norm = true, .resample = ADM_RESAMPLE_DOWN },
    { .n = 2, .h = 3, .w = 11, .cin = 40, .cout = 70, .size = 1 },
    { .n = 2, .h = 3, .w = 11, .cin = 41, .cout = 7, .size = 1, .norm = true, .extra = true },
    { .n = 2, .h = 16, .w = 16, .cin = 7, .cout = 3 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    one_case (&rng, cases[i]);
  test_dropout ();
  return check_summary ();
}
