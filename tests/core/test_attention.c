/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attention in both channel orders against the plain loops; its backward, and that of the single
 * query, against central differences in double precision. */
#include "harness.h"

#define TOLERANCE 3e-6

struct test {
  adm_attention_shape shape;
  adm_map qkv, out, dout, dqkv;
  float *first;
  const float *dfirst;
  adm_map dqkv_first;
};

static void
run (adm_exec *exec, void *user)
{
  struct test *t = user;
  adm_attention (exec, t->shape, t->qkv, t->out);
  adm_attention_backward (exec, t->shape, t->qkv, t->dout, t->dqkv);
  adm_attention_first (exec, t->shape, t->qkv, t->first);
  adm_attention_first_backward (exec, t->shape, t->qkv, t->dfirst, t->dqkv_first);
}

/* sum dout * attention (qkv) over the first QUERIES queries of each image, in double, one entry
 * moved by STEP. */
static double
objective (const struct test *t, int queries, const float *dout, size_t at, double step)
{
  int c = t->qkv.c / 3, positions = t->qkv.h * t->qkv.w, d = c / t->shape.heads;
  double total = 0;
  double *p = malloc ((size_t) positions * sizeof *p);
#define QKV(n, i, k)                                                                               \
  ((double) t->qkv.data[((n) * positions + (i)) * t->qkv.c + (k)]                                  \
   + ((size_t) (((n) * positions + (i)) * t->qkv.c + (k)) == at ? step : 0))
  for (int n = 0; n < t->qkv.n; n++)
    for (int head = 0; head < t->shape.heads; head++) {
      int q = t->shape.new_order ? head * d : head * 3 * d,
          k = t->shape.new_order ? c + head * d : q + d,
          v = t->shape.new_order ? 2 * c + head * d : q + 2 * d;
      for (int i = 0; i < queries; i++) {
        double top = -INFINITY, sum = 0;
        for (int j = 0; j < positions; j++) {
          p[j] = 0;
          for (int l = 0; l < d; l++)
            p[j] += QKV (n, i, q + l) * QKV (n, j, k + l) / sqrt ((double) d);
          top = fmax (top, p[j]);
        }
        for (int j = 0; j < positions; j++)
          sum += p[j] = exp (p[j] - top);
        for (int j = 0; j < positions; j++)
          for (int l = 0; l < d; l++)
            total += (double) dout[(n * queries + i) * c + head * d + l] * p[j] / sum
                     * QKV (n, j, v + l);
      }
    }
  free (p);
  return total;
}

static void
check_gradient (const struct test *t, int queries, const float *dout, const float *found,
                size_t count)
{
  double worst = 0, largest = 0, h = 1e-5;
  for (size_t i = 0; i < count; i += 1 + count / 61) {
    double d = (objective (t, queries, dout, i, h) - objective (t, queries, dout, i, -h)) / (2 * h);
    worst = fmax (worst, fabs ((double) found[i] - d));
    largest = fmax (largest, fabs (d));
  }
  if (!CHECK (worst <= 1e-5 * fmax (largest, 1)))
    printf ("  gradient off by %.3g of %.3g\n", worst, largest);
}

struct attention_case {
  int n, h, w, heads, d;
  bool new_order;
};

static void
one_case (adm_rng *rng, struct attention_case of)
{
  int n = of.n, h = of.h, w = of.w, heads = of.heads, d = of.d;
  int c = heads * d, positions = h * w;
  size_t count = (size_t) (n * positions * c);
  struct test t = { .shape = { heads, of.new_order } };
  float *qkv = harness_random (rng, 3 * count, 1.5f), *dout = harness_random (rng, count, 1),
        *out = malloc (count * sizeof *out);
  float *expected = malloc (count * sizeof *out), *dqkv = malloc (3 * count * sizeof *dqkv),
        *dqkv_first = malloc (3 * count * sizeof *dqkv);
  float *first = malloc ((size_t) (n * c) * sizeof *first),
        *dfirst = harness_random (rng, (size_t) (n * c), 1),
        *before = malloc (3 * count * sizeof *before);
  t.qkv = (adm_map) { qkv, n, h, w, 3 * c };
  t.out = (adm_map) { out, n, h, w, c };
  t.dout = (adm_map) { dout, n, h, w, c };
  t.dqkv = (adm_map) { dqkv, n, h, w, 3 * c };
  t.dqkv_first = (adm_map) { dqkv_first, n, h, w, 3 * c };
  t.first = first;
  t.dfirst = dfirst;
  adm_attention_ref (t.shape, t.qkv, (adm_map) { expected, n, h, w, c });
  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 3; threads++) {
      memset (dqkv, 0xff, 3 * count * sizeof *dqkv);
      harness_run (threads, kernels[k], run, &t);
      CHECK (harness_error (out, expected, count) <= TOLERANCE);
      for (int i = 0; i < n; i++)
        CHECK (harness_error (first + i * c, expected + i * positions * c, (size_t) c)
               <= TOLERANCE);
      if (threads == 1) {
        check_gradient (&t, positions, dout, dqkv, 3 * count);
        check_gradient (&t, 1, dfirst, dqkv_first, 3 * count);
        memcpy (before, dqkv, 3 * count * sizeof *dqkv);
      } else
        CHECK (memcmp (before, dqkv, 3 * count * sizeof *dqkv) == 0);
    }
  free (qkv), free (dout), free (out), free (expected), free (dqkv), free (dqkv_first),
      free (first), free (dfirst), free (before);
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 7);
  const struct attention_case cases[] = {
    { .n = 1, .h = 1, .w = 1, .heads = 1, .d = 16, .new_order = true },
    { .n = 2, .h = 7, .w = 5, .heads = 3, .d = 10, .new_order = true },
    { .n = 2, .h = 7, .w = 5, .heads = 2, .d = 33 },
    { .n = 1, .h = 9, .w = 9, .heads = 1, .d = 64 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    one_case (&rng, cases[i]);
  return check_summary ();
}
