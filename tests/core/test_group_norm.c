/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Group norm with AdaGN against the long way; its backward through SiLU against central differences
 * in double precision. */
#include "harness.h"

#define FORWARD_TOLERANCE 1e-6
#define GRADIENT_TOLERANCE 2e-6 /* float32 rounding; the differences themselves are good to 1e-9 */

struct test {
  adm_map x, y, dy, dx;
  adm_map b; /* concatenated to X, or nothing */
  const float *w, *bias, *scale_shift;
  bool silu, accumulate;
};

static void
apply (adm_exec *exec, void *user)
{
  struct test *t = user;
  adm_source source = adm_source_of (t->x);
  source.b = t->b;
  adm_norm norm = adm_norm_take (exec, t->x.n, t->x.c + t->b.c);
  adm_group_norm (exec, &source, t->w, t->bias, t->scale_shift, norm);
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0)) {
    source = adm_norm_source (source, norm, false);
    for (int i = 0; i < t->x.n * t->x.h; i++)
      adm_source_row (exec->kernels, &source,
                      (adm_span) { i / t->x.h, i % t->x.h, 0, t->x.w, 0, norm.c },
                      t->y.data + i * t->x.w * norm.c, norm.c);
  }
  if (t->dx.data)
    adm_group_norm_backward (
        exec, norm,
        &(adm_norm_backward) {
            .x = t->x, .dy = t->dy, .dx = t->dx, .silu = t->silu, .accumulate = t->accumulate });
  adm_norm_give (exec, norm);
}

/* sum dy * f (GroupNorm (x)) in double, x perturbed at AT by STEP. */
static double
objective (const struct test *t, size_t at, double step)
{
  adm_map x = t->x;
  int per = x.c / ADM_GROUPS, pixels = x.h * x.w;
  double total = 0;
  for (int n = 0; n < x.n; n++)
    for (int g = 0; g < ADM_GROUPS; g++) {
      double mean = 0, variance = 0;
      for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < pixels * per; i++) {
          int c = g * per + i % per;
          size_t k = (size_t) ((n * pixels + i / per) * x.c + c);
          double v = (double) x.data[k] + (k == at ? step : 0);
          if (pass == 0)
            mean += v / (pixels * per);
          else if (pass == 1)
            variance += (v - mean) * (v - mean) / (pixels * per);
          else {
            double z = (v - mean) / sqrt (variance + 1e-5) * (double) t->w[c] + (double) t->bias[c];
            if (t->scale_shift)
              z = z * (1 + (double) t->scale_shift[n * 2 * x.c + c])
                  + (double) t->scale_shift[n * 2 * x.c + x.c + c];
            total += (double) t->dy.data[k] * (t->silu ? z / (1 + exp (-z)) : z);
          }
        }
    }
  return total;
}

struct norm_case {
  int n, h, w, c;
  bool ada, silu, accumulate;
  int concat; /* channels of the first of two maps; 0: one map */
};

static void
one_case (adm_rng *rng, struct norm_case of)
{
  int n = of.n, h = of.h, w = of.w, c = of.c, concat = of.concat;
  bool ada = of.ada, silu = of.silu, accumulate = of.accumulate;
  size_t count = (size_t) n * (size_t) h * (size_t) w * (size_t) c;
  float *x = harness_random (rng, count, 2), *dy = harness_random (rng, count, 1);
  float *gain = harness_random (rng, (size_t) c, 1), *bias = harness_random (rng, (size_t) c, 1),
        *ss = harness_random (rng, (size_t) (2 * n * c), 0.5f);
  float *y = malloc (count * sizeof *y), *expected = malloc (count * sizeof *y),
        *dx = malloc (count * sizeof *dx), *start = harness_random (rng, count, 1);
  for (size_t i = 0; i < count; i++)
    /* a mean that matters; gradients near a group of equal values have no float32 answer */
    x[i] += concat ? 5 : 0.5f;
  struct test t = { .x = { x, n, h, w, c },
                    .y = { y, n, h, w, c },
                    .w = gain,
                    .bias = bias,
                    .scale_shift = ada ? ss : NULL,
                    .silu = silu };
  adm_group_norm_ref (t.x, gain, bias, t.scale_shift, (adm_map) { expected, n, h, w, c });
  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  float *split = NULL;
  if (concat) {
    /* the same numbers from two maps */
    split = malloc (count * sizeof *split);
    size_t pixels = count / (size_t) c, ca = (size_t) concat, cb = (size_t) (c - concat);
    for (size_t i = 0; i < pixels; i++) {
      memcpy (split + i * ca, x + i * (size_t) c, ca * sizeof *x);
      memcpy (split + pixels * ca + i * cb, x + i * (size_t) c + ca, cb * sizeof *x);
    }
    t.x = (adm_map) { split, n, h, w, concat };
    t.b = (adm_map) { split + pixels * ca, n, h, w, c - concat };
  } else {
    t.dy = (adm_map) { dy, n, h, w, c };
    t.dx = (adm_map) { dx, n, h, w, c };
    t.accumulate = accumulate;
  }
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 3; threads++) {
      memcpy (dx, start, count * sizeof *dx);
      harness_run (threads, kernels[k], apply, &t);
      CHECK (harness_error (y, expected, count) <= FORWARD_TOLERANCE * 4);
      if (concat)
        continue;
      double worst = 0, largest = 0, h0 = 1e-4;
      for (size_t i = 0; i < count; i += 1 + count / 97) {
        double d = (objective (&t, i, h0) - objective (&t, i, -h0)) / (2 * h0);
        double found = (double) dx[i] - (accumulate ? (double) start[i] : 0);
        worst = fmax (worst, fabs (found - d));
        largest = fmax (largest, fabs (d));
      }
      if (!CHECK (worst <= GRADIENT_TOLERANCE * 10 * fmax (largest, 1)))
        printf ("  %s: gradient off by %.3g of %.3g\n", kernels[k]->name, worst, largest);
    }
  free (x), free (dy), free (gain), free (bias), free (ss), free (y), free (expected), free (dx),
      free (start), free (split);
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 6);
  const struct norm_case cases[] = {
    { .n = 1, .h = 1, .w = 1, .c = 128, .silu = true },
    { .n = 2, .h = 7, .w = 5, .c = 32, .ada = true, .silu = true },
    { .n = 3, .h = 7, .w = 5, .c = 96, .ada = true, .silu = true, .accumulate = true },
    { .n = 1, .h = 16, .w = 16, .c = 64, .accumulate = true },
    { .n = 2, .h = 7, .w = 5, .c = 96, .ada = true, .silu = true, .concat = 37 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    one_case (&rng, cases[i]);
  return check_summary ();
}
