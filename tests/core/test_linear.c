/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small dense kernels: linear layers and their gradient, matrix products, the timestep embedding,
 * bilinear enlargement, resampling gradients, changes of layout. */
#include "harness.h"

#define TOLERANCE 2e-6

struct linear {
  adm_linear_weights layer;
  int n;
  const float *x, *dy;
  float *y, *dx;
};

static void
run_linear (adm_exec *exec, void *user)
{
  struct linear *l = user;
  adm_linear (exec, &l->layer, l->n, l->x, true, l->y);
  if (l->dy)
    adm_linear_backward (exec, &l->layer, l->n, l->dy, l->dx);
}

static void
linear_case (adm_rng *rng, int n, int in, int out)
{
  size_t ni = (size_t) (n * in), no = (size_t) (n * out);
  float *x = harness_random (rng, ni, 1), *w = harness_random (rng, (size_t) (in * out), 1),
        *b = harness_random (rng, (size_t) out, 1), *dy = harness_random (rng, no, 1);
  float *y = malloc (no * sizeof *y), *expected = malloc (no * sizeof *y),
        *dx = malloc (ni * sizeof *dx),
        *transposed = malloc ((size_t) (in * out) * sizeof *transposed),
        *dx_expected = malloc (ni * sizeof *dx);
  for (int o = 0; o < out; o++)
    for (int i = 0; i < in; i++)
      transposed[i * out + o] = w[o * in + i];
  struct linear l = {
    .layer = { .in = in, .out = out, .w = w, .b = b }, .n = n, .x = x, .dy = dy, .y = y, .dx = dx
  };
  /* the gradient by x is the product with W transposed */
  adm_linear_weights gradient = { .in = out, .out = in, .w = transposed };
  adm_linear_ref (&l.layer, n, x, true, expected);
  adm_linear_ref (&gradient, n, dy, false, dx_expected);
  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 3; threads++) {
      harness_run (threads, kernels[k], run_linear, &l);
      CHECK (harness_error (y, expected, no) <= TOLERANCE);
      CHECK (harness_error (dx, dx_expected, ni) <= TOLERANCE);
    }
  /* weights in bfloat16: of the numbers that they round to it is the same product */
  uint16_t *w16 = malloc ((size_t) (in * out) * sizeof *w16);
  for (int k = 0; k < tables; k++) {
    kernels[k]->narrow ((size_t) (in * out), w, w16);
    for (int i = 0; i < in * out; i++) {
      const uint32_t bits = (uint32_t) w16[i] << 16;
      memcpy (&transposed[i], &bits, sizeof bits);
      CHECK (fabsf (transposed[i] - w[i]) <= fabsf (w[i]) / 256);
    }
    adm_linear_ref (&(adm_linear_weights) { .in = in, .out = out, .w = transposed, .b = b }, n, x,
                    true, expected);
    struct linear rounded = l;
    rounded.layer.w16 = w16;
    rounded.dy = NULL;
    harness_run (2, kernels[k], run_linear, &rounded);
    CHECK (harness_error (y, expected, no) <= TOLERANCE);
  }
  free (x), free (w), free (b), free (dy), free (y), free (expected), free (dx), free (transposed),
      free (dx_expected), free (w16);
}

static void
matmul_case (adm_rng *rng, int m, int n, int k, bool ta, bool tb, bool accumulate)
{
  int lda = (ta ? m : k) + 3, ldb = (tb ? k : n) + 1, ldc = n + 2;
  float *a = harness_random (rng, (size_t) ((ta ? k : m) * lda), 1),
        *b = harness_random (rng, (size_t) ((tb ? n : k) * ldb), 1);
  float *c = harness_random (rng, (size_t) (m * ldc), 1),
        *expected = malloc ((size_t) (m * ldc) * sizeof *c),
        *start = malloc ((size_t) (m * ldc) * sizeof *c);
  memcpy (expected, c, (size_t) (m * ldc) * sizeof *c);
  memcpy (start, c, (size_t) (m * ldc) * sizeof *c);
  adm_matmul_operands of = { .m = m,
                             .n = n,
                             .k = k,
                             .a = a,
                             .lda = lda,
                             .transpose_a = ta,
                             .b = b,
                             .ldb = ldb,
                             .transpose_b = tb,
                             .alpha = 0.3f };
  of.c = expected, of.ldc = ldc, of.accumulate = accumulate;
  adm_matmul_ref (&of);
  of.c = c;
  float *scratch = malloc (adm_matmul_scratch (ta, m, n, k) * sizeof *scratch);
  const adm_kernels *kernels[HARNESS_KERNELS];
  int tables = harness_kernels (kernels);
  for (int i = 0; i < tables; i++) {
    memcpy (c, start, (size_t) (m * ldc) * sizeof *c);
    adm_matmul (kernels[i], scratch, &of);
    CHECK (harness_error (c, expected, (size_t) (m * ldc)) <= TOLERANCE);
  }
  free (a), free (b), free (c), free (expected), free (start), free (scratch);
}

static void
test_embedding (void)
{
  float out[2 * 7];
  int t[2] = { 0, 742 };
  adm_timestep_embedding (2, t, 1, 7, out);
  for (int k = 0; k < 3; k++) {
    CHECK_NEAR (out[k], 1, 0);
    CHECK_NEAR (out[3 + k], 0, 0);
    double angle = 742 * exp (-log (10000.0) * k / 3);
    CHECK_NEAR (out[7 + k], cos (angle), 1e-4); /* angles are float32, as in the reference */
    CHECK_NEAR (out[10 + k], sin (angle), 1e-4);
  }
  CHECK_NEAR (out[6], 0, 0);
}

static void
test_bilinear (void)
{
  /* half-pixel centres: 1/4 and 3/4 between neighbours, edges repeated */
  const float in[4] = { 0, 4, 8, 12 };
  float out[16];
  adm_resize_bilinear (1, 2, 2, in, 4, 4, out);
  const float expected[16] = { 0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12 };
  for (int i = 0; i < 16; i++)
    CHECK_NEAR (out[i], expected[i], 1e-6);
}

struct resample {
  bool up;
  adm_map dy, dx;
};

static void
run_resample (adm_exec *exec, void *user)
{
  struct resample *r = user;
  adm_map_fill (exec, 2, r->dx);
  adm_resample_backward (exec, r->up, r->dy, r->dx);
  adm_map_scale (exec, 3, r->dx);
  adm_map_add (exec, r->dx, r->dx);
}

/* <dy, resample (x)> = <dx, x>: x is a unit vector, the forward is what convolutions read. */
static void
resample_case (adm_rng *rng, bool up, int h, int w, int c)
{
  int oh = up ? 2 * h : h / 2, ow = up ? 2 * w : w / 2;
  size_t in = (size_t) (2 * h * w * c), out = (size_t) (2 * oh * ow * c);
  float *x = harness_random (rng, in, 1), *dy = harness_random (rng, out, 1),
        *dx = malloc (in * sizeof *dx), *row = malloc ((size_t) (ow * c) * sizeof *row);
  struct resample r = { up, { dy, 2, oh, ow, c }, { dx, 2, h, w, c } };
  harness_run (2, adm_kernels_best (false), run_resample, &r);
  adm_source source = adm_source_of ((adm_map) { x, 2, h, w, c });
  source.resample = up ? ADM_RESAMPLE_UP : ADM_RESAMPLE_DOWN;
  double left = 0, right = 0;
  for (int i = 0; i < 2 * oh; i++) {
    adm_source_row (adm_kernels_best (false), &source, (adm_span) { i / oh, i % oh, 0, ow, 0, c },
                    row, c);
    for (int k = 0; k < ow * c; k++)
      left += (double) row[k] * (double) dy[i * ow * c + k];
  }
  for (size_t i = 0; i < in; i++)
    right += ((double) dx[i] / 6 - 2) * (double) x[i];
  CHECK_NEAR (left, right, 1e-4 * sqrt ((double) in));
  free (x), free (dy), free (dx), free (row);
}

static void
test_layout (adm_rng *rng)
{
  enum { N = 2, C = 3, H = 5, W = 7 };
  float *planar = harness_random (rng, N * C * H * W, 1), map[N * H * W * 6], back[N * C * H * W];
  memset (map, 0, sizeof map);
  adm_map m = { map, N, H, W, 6 };
  adm_map_from_planar (planar, C, 3, m);
  for (int i = 0; i < N * C * H * W; i++) {
    int x = i % W, y = i / W % H, c = i / W / H % C, n = i / W / H / C;
    CHECK (map[((n * H + y) * W + x) * 6 + 3 + c] == planar[i]);
  }
  adm_map_from_planar (planar, C, 0, m);
  adm_map_to_planar (m, C, back);
  CHECK (memcmp (planar, back, sizeof back) == 0);
  free (planar);
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 8);
  linear_case (&rng, 1, 1, 1);
  linear_case (&rng, 3, 37, 130);
  linear_case (&rng, 2, 130, 7);
  for (int i = 0; i < 8; i++) {
    matmul_case (&rng, 7, 5, 9, i & 1, i & 2, i & 4);
    matmul_case (&rng, 13, 70, 33, i & 1, i & 2, i & 4);
    matmul_case (&rng, 1, 1, 1, i & 1, i & 2, i & 4);
  }
  test_embedding ();
  test_bilinear ();
  resample_case (&rng, true, 5, 3, 17);
  resample_case (&rng, false, 6, 4, 17);
  test_layout (&rng);
  return check_summary ();
}
