/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 16-bit products, by the plain tiles and by what this processor has. Numbers that bfloat16 holds
 * exactly must come out as in float32: packing, taps, tiles and tails are then right. Others may be
 * off by what rounding to 8 bits costs; whole networks by no more than the reference's own bfloat16
 * (bf16_err of the fixtures). */
#include "adm.h"
#include "harness.h"
#include "ops/attention.h"
#include "ops/matmul.h"
#include "said.h"

#include <yyjson.h>

#define EXACT_TOLERANCE 3e-6
/* 2^-9 at most for each factor, half of that in the mean. */
#define ROUNDED_TOLERANCE 5e-3

/* The plain tiles of whole networks would take minutes under the sanitizer. */
#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

static adm_error error;

static float
rounded (float x)
{
  uint32_t bits;
  uint16_t upper;
  adm_kernels_named ("portable")->narrow (1, &x, &upper);
  bits = (uint32_t) upper << 16;
  memcpy (&x, &bits, sizeof x);
  return x;
}

static float *
round_all (float *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    x[i] = rounded (x[i]);
  return x;
}

/* Every table's rounding against the definition: the nearest of the two neighbours, ties to the
 * even one. */
static void
narrowing (void)
{
  enum { COUNT = 1 << 16 };
  static const char *const names[] = { "portable", "avx2", "avx512", "tiles", "avx512bf16", "amx" };
  float *x = malloc (COUNT * sizeof *x);
  uint16_t *y = malloc (COUNT * sizeof *y);
  for (uint32_t i = 0; i < COUNT; i++) {
    static const uint32_t lower[] = { 0, 1, 0x7fff, 0x8000, 0x8001, 0xffff };
    uint32_t bits = i * 40503u << 16 | lower[i % 6];
    memcpy (x + i, &bits, sizeof bits);
  }
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    int wrong = 0;
    if (!adm_kernels_named (names[k]))
      continue;
    adm_kernels_named (names[k])->narrow (COUNT, x, y);
    for (int i = 0; i < COUNT; i++) {
      uint32_t bits, below, above;
      memcpy (&bits, x + i, sizeof bits);
      below = bits >> 16;
      above = below + 1;
      bool nan = isnan (x[i]);
      uint32_t rest = bits & 0xffff,
               nearest = rest > 0x8000 || (rest == 0x8000 && below % 2) ? above : below;
      wrong += nan ? !((y[i] & 0x7f80) == 0x7f80 && (y[i] & 0x7f)) : y[i] != nearest;
    }
    if (!CHECK (wrong == 0))
      printf ("  %s: %d numbers are wrong\n", names[k], wrong);
  }
  free (x), free (y);
}

/* ---- convolutions ---------------------------------------------------------------------------- */

struct conv_case {
  int n, h, w, cin, cout;
  int size, stride; /* 0: 3, 1 */
  bool concat, norm, residual;
  adm_resample resample;
};

struct conv_test {
  adm_conv conv;
  adm_source source;
  adm_conv_output output;
};

static void
run_conv (adm_exec *exec, void *user)
{
  struct conv_test *t = user;
  adm_conv2d (exec, &t->conv, &t->source, t->output);
}

static void
conv_case (adm_rng *rng, struct conv_case of)
{
  int n = of.n, h = of.h, w = of.w, cin = of.cin, cout = of.cout, size = of.size ? of.size : 3,
      cb = of.concat ? cin / 4 : 0, ca = cin - cb;
  struct conv_test t = { .conv = { .cin = cin,
                                   .cout = cout,
                                   .size = size,
                                   .stride = of.stride ? of.stride : 1,
                                   .algorithm = ADM_CONV_DIRECT16 } };
  size_t pixels = (size_t) n * (size_t) h * (size_t) w, channels = (size_t) n * (size_t) cin,
         weights = (size_t) cout * (size_t) cin * (size_t) (size * size);
  float *a = round_all (harness_random (rng, pixels * (size_t) ca, 1), pixels * (size_t) ca),
        *b = round_all (harness_random (rng, pixels * (size_t) cb, 1), pixels * (size_t) cb),
        *raw = round_all (harness_random (rng, weights, 0.1f), weights),
        *mul = harness_random (rng, channels, 1), *add = harness_random (rng, channels, 1),
        *bias = harness_random (rng, (size_t) cout, 1);
  uint16_t *packed = malloc (adm_conv_packed_bytes (&t.conv));
  adm_conv_pack_start (&t.conv, raw);
  for (int panel = 0; panel < adm_conv_panels (&t.conv); panel++)
    adm_conv_pack_panel (&t.conv, raw, false, panel, packed);
  t.conv.packed = packed;
  t.conv.bias = bias;
  t.source = (adm_source) { .a = { a, n, h, w, ca }, .b = { b, n, h, w, cb } };
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
        *expected = malloc (count * sizeof *expected), *r = harness_random (rng, count, 1);
  adm_source residual = adm_source_of ((adm_map) { r, n, oh, ow, cout });
  t.output = (adm_conv_output) { .y = { expected, n, oh, ow, cout }, .scale = 0.7f };
  t.output.residual = of.residual ? &residual : NULL;
  adm_conv2d_ref (&t.conv, raw, &t.source, t.output);
  t.output.y.data = y;

  const adm_kernels *kernels[3];
  int tables = harness_kernels16 (kernels);
  bool exactly = !of.norm && of.resample != ADM_RESAMPLE_DOWN;
  for (int k = 0; k < tables; k++)
    for (int threads = 1; threads <= 2; threads++) {
      memset (y, 0xff, count * sizeof *y);
      harness_run (threads, kernels[k], run_conv, &t);
      double e = harness_error (y, expected, count),
             limit = exactly ? EXACT_TOLERANCE : ROUNDED_TOLERANCE;
      if (!CHECK (e <= limit && (exactly || e > EXACT_TOLERANCE)))
        printf ("  %s, %dx%dx%d, %d -> %d: error %.3g, at most %.3g\n", kernels[k]->name, n, h, w,
                cin, cout, e, limit);
      if (threads == 1)
        memcpy (first, y, count * sizeof *y);
      else
        CHECK (memcmp (first, y, count * sizeof *y) == 0);
    }
  free (a), free (b), free (raw), free (mul), free (add), free (bias), free (packed), free (y),
      free (first), free (expected), free (r);
}

/* Infinities and NaN pass through; what is smaller than any normal number may count as nothing. */
static void
extremes (void)
{
  enum { CIN = 32, COUT = 32 };
  static float raw[COUT * CIN], x[4 * CIN], y[4 * COUT];
  static uint16_t packed[COUT * CIN];
  struct conv_test t
      = { .conv
          = { .cin = CIN, .cout = COUT, .size = 1, .stride = 1, .algorithm = ADM_CONV_DIRECT16 } };
  for (int i = 0; i < COUT * CIN; i++)
    raw[i] = 1;
  for (int i = 0; i < CIN; i++) {
    x[i] = 1;
    x[3 * CIN + i] = 1e-40f;
  }
  x[CIN] = INFINITY;
  x[2 * CIN] = NAN;
  adm_conv_pack_panel (&t.conv, raw, false, 0, packed);
  t.conv.packed = packed;
  t.conv.bias = (float[COUT]) { 0 };
  t.source = adm_source_of ((adm_map) { x, 1, 1, 4, CIN });
  t.output = (adm_conv_output) { .y = { y, 1, 1, 4, COUT }, .scale = 1 };
  const adm_kernels *kernels[3];
  int tables = harness_kernels16 (kernels);
  for (int k = 0; k < tables; k++) {
    harness_run (1, kernels[k], run_conv, &t);
    for (int o = 0; o < COUT; o++)
      CHECK (y[o] == CIN && isinf (y[COUT + o]) && isnan (y[2 * COUT + o])
             && fabsf (y[3 * COUT + o]) < 1e-37f);
  }
}

/* ---- products and attention ------------------------------------------------------------------ */

static void
matmul_case (adm_rng *rng, int m, int n, int k, bool transpose)
{
  size_t in = (size_t) (m * k), weights = (size_t) (k * n), out = (size_t) (m * n);
  float *a = round_all (harness_random (rng, in, 1), in),
        *b = round_all (harness_random (rng, weights, 1), weights),
        *c = harness_random (rng, out, 1), *expected = malloc (out * sizeof *expected),
        *start = malloc (out * sizeof *start);
  memcpy (expected, c, out * sizeof *c);
  memcpy (start, c, out * sizeof *c);
  adm_matmul_operands of = { .m = m,
                             .n = n,
                             .k = k,
                             .a = a,
                             .lda = k,
                             .transpose_b = transpose,
                             .b = b,
                             .ldb = transpose ? k : n,
                             .alpha = 0.5f,
                             .c = expected,
                             .ldc = n,
                             .accumulate = true };
  adm_matmul_ref (&of);
  of.c = c;
  uint16_t *packed = malloc (adm_matmul_packed16_count (n, k) * sizeof *packed);
  void *scratch = aligned_alloc (64, (adm_matmul_scratch16 (m, k) + 63) / 64 * 64);
  const adm_kernels *kernels[3];
  int tables = harness_kernels16 (kernels);
  for (int t = 0; t < tables; t++) {
    memcpy (c, start, out * sizeof *c);
    adm_matmul_pack16 (kernels[t], &of, packed);
    adm_matmul_packed16 (kernels[t], scratch, &of, packed);
    double e = harness_error (c, expected, out);
    if (!CHECK (e <= EXACT_TOLERANCE))
      printf ("  %s, %d x %d x %d: error %.3g\n", kernels[t]->name, m, n, k, e);
  }
  free (a), free (b), free (c), free (expected), free (start), free (packed), free (scratch);
}

struct attention_test {
  adm_attention_shape shape;
  adm_map qkv, out;
};

static void
run_attention (adm_exec *exec, void *user)
{
  struct attention_test *t = user;
  exec->products16 = true;
  adm_attention (exec, t->shape, t->qkv, t->out);
}

static void
attention_case (adm_rng *rng, int n, int h, int w, int heads, int d)
{
  size_t count = (size_t) (n * h * w * heads * d);
  float *qkv = harness_random (rng, 3 * count, 1.5f), *out = malloc (count * sizeof *out),
        *expected = malloc (count * sizeof *expected);
  struct attention_test t = { .shape = { heads, true },
                              .qkv = { qkv, n, h, w, 3 * heads * d },
                              .out = { out, n, h, w, heads * d } };
  adm_attention_ref (t.shape, t.qkv, (adm_map) { expected, n, h, w, heads * d });
  const adm_kernels *kernels[3];
  int tables = harness_kernels16 (kernels);
  for (int k = 0; k < tables; k++) {
    memset (out, 0xff, count * sizeof *out);
    harness_run (2, kernels[k], run_attention, &t);
    double e = harness_error (out, expected, count);
    /* scores are exponents: their rounding, of 2 or 3 at times, is magnified */
    if (!CHECK (e <= 3 * ROUNDED_TOLERANCE && e > EXACT_TOLERANCE))
      printf ("  %s, attention over %d x %d: error %.3g\n", kernels[k]->name, h, w, e);
  }
  free (qkv), free (out), free (expected);
}

/* ---- networks -------------------------------------------------------------------------------- */

static char *
fixture (const char *name)
{
  static char path[4][1024];
  static int next;
  next = (next + 1) % 4;
  snprintf (path[next], sizeof path[next], "%s/%s", ADM_TEST_FIXTURES, name);
  return path[next];
}

static float *
load (yyjson_val *name, int64_t shape[8], size_t *count)
{
  float *data;
  int rank;
  if (adm_npy_read (fixture (yyjson_get_str (name)), &data, &rank, shape, &error)) {
    printf ("%s\n", said (&error));
    exit (1);
  }
  *count = 1;
  for (int i = 0; i < rank; i++)
    *count *= (size_t) shape[i];
  return data;
}

static void
list_ints (yyjson_val *list, int out[8])
{
  size_t i, n;
  yyjson_val *v;
  yyjson_arr_foreach (list, i, n, v) out[i] = yyjson_get_int (v);
}

/* FOUND against the file that CASE names KEY: its error is at most what the reference's is. */
static void
check_gate (const char *what, yyjson_val *c, const char *key, const char *gate, const float *found)
{
  int64_t shape[8];
  size_t count;
  float *truth = load (yyjson_obj_get (c, key), shape, &count);
  double limit = yyjson_get_num (yyjson_obj_get (c, gate)), e = harness_error (found, truth, count);
  printf ("%s: %s error %.3g, the reference's %.3g\n", what, key, e, limit);
  CHECK (limit > 0 && e <= limit && e > 1e-5);
  free (truth);
}

static void
network_case (const char *weights, yyjson_val *c, const char *kernels, bool classifier)
{
  int t[8] = { 0 }, y[8] = { 0 };
  int64_t shape[8], low_shape[8] = { 0 };
  size_t count, low_count;
  float *x = load (yyjson_obj_get (c, "x"), shape, &count), *low = NULL;
  list_ints (yyjson_obj_get (c, "t"), t);
  yyjson_val *labels = yyjson_obj_get (c, "y");
  if (yyjson_is_arr (labels))
    list_ints (labels, y);
  if (yyjson_is_str (yyjson_obj_get (c, "low_res")))
    low = load (yyjson_obj_get (c, "low_res"), low_shape, &low_count);
  float *out = malloc (2 * count * sizeof *out), *logits = malloc (65536 * sizeof *logits);
  adm_batch batch = { .n = (int) shape[0],
                      .x = x,
                      .t = t,
                      .labels = yyjson_is_arr (labels) ? y : NULL,
                      .low = low,
                      .low_h = (int) low_shape[2],
                      .low_w = (int) low_shape[3] };
  adm_options options = { .threads = 2, .kernels = kernels };
  char what[128];
  snprintf (what, sizeof what, "%s, %s", weights, kernels);
  adm_network *network;
  if (CHECK (adm_network_load (fixture (weights), &options, NULL, NULL, &network, &error)
             == ADM_OK)) {
    if (classifier) {
      CHECK (adm_network_gradient (network, &batch, logits, out, &error) == ADM_OK);
      check_gate (what, c, "logits", "logits_bf16_err", logits);
      check_gate (what, c, "grad", "grad_bf16_err", out);
    } else {
      CHECK (adm_network_evaluate (network, &batch, out, &error) == ADM_OK);
      check_gate (what, c, "out", "bf16_err", out);
    }
    adm_network_free (network);
  }
  free (x), free (low), free (out), free (logits);
}

static void
networks (void)
{
  size_t i, n, k, m;
  yyjson_val *key, *network, *c;
  yyjson_doc *doc = yyjson_read_file (fixture ("index.json"), 0, NULL, NULL);
  const adm_kernels *kernels[3];
  int tables = harness_kernels16 (kernels), cases = 0;
  yyjson_obj_foreach (yyjson_doc_get_root (doc), i, n, key, network)
  {
    const char *kind = yyjson_get_str (yyjson_obj_get (yyjson_obj_get (network, "config"), "kind"));
    yyjson_arr_foreach (yyjson_obj_get (network, "cases"), k, m, c)
    {
      if (strcmp (yyjson_get_str (yyjson_obj_get (c, "kind")), "eval") != 0)
        continue;
      cases++;
      for (int table = 0; table < tables; table++)
        network_case (yyjson_get_str (yyjson_obj_get (network, "weights")), c, kernels[table]->name,
                      !strcmp (kind, "classifier"));
    }
  }
  CHECK (cases >= 9);
  yyjson_doc_free (doc);
}

/* With `exact` nothing is rounded, whatever the table could do; without `fast` none that could is
 * chosen. */
static void
choosing (void)
{
  const adm_kernels *found;
  CHECK (adm_kernels_choose (NULL, false, &found, &error) == ADM_OK && !found->multiply16);
  CHECK (adm_kernels_choose ("tiles", false, &found, &error) == ADM_OK && found->multiply16);
  const adm_kernels *kernels[3];
  int tables = harness_kernels16 (kernels);
  CHECK (adm_kernels_choose (NULL, true, &found, &error) == ADM_OK);
  CHECK (tables == 1 ? !found->multiply16 : found == kernels[tables - 1]);
  CHECK (adm_kernels_choose ("amx512", true, &found, &error) == ADM_ERROR_USAGE);
}

/* What is listed for people is what there is: each name is chosen or said to be lacking, in its own
 * list; nothing else is known, no part of a name either. */
static void
listing (void)
{
  const char *const lists[] = { ADM_KERNELS_32, ADM_KERNELS_16 };
  static const char *const strangers[] = { "", "avx", "avx512,", "avx512, avx2", " avx2", "AVX2" };
  const adm_kernels *found, *kernels[HARNESS_KERNELS], *kernels16[3];
  int tables = harness_kernels (kernels), tables16 = harness_kernels16 (kernels16), names = 0;
  for (int list = 0; list < 2; list++) {
    char copy[128], *rest = copy;
    snprintf (copy, sizeof copy, "%s", lists[list]);
    for (char *name; (name = strsep (&rest, ",")); names++) {
      name += *name == ' ';
      adm_status status = adm_kernels_choose (name, false, &found, &error);
      CHECK (status == ADM_OK ? !strcmp (found->name, name) && !!found->multiply16 == list
                              : error.code == ADM_CODE_KERNELS_LACKING);
    }
  }
  CHECK (names == HARNESS_KERNELS + 3);
  for (int i = 0; i < tables; i++)
    CHECK (strstr (ADM_KERNELS_32, kernels[i]->name) != NULL);
  for (int i = 0; i < tables16; i++)
    CHECK (strstr (ADM_KERNELS_16, kernels16[i]->name) != NULL);
  for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
    CHECK (adm_kernels_choose (strangers[i], false, &found, &error) == ADM_ERROR_USAGE
           && error.code == ADM_CODE_KERNELS_UNKNOWN);
}

int
main (void)
{
  adm_rng rng;
  adm_rng_seed (&rng, 16);
  /* clang-format off */
  const struct conv_case cases[] = {
    { .n = 1, .h = 1, .w = 1, .cin = 32, .cout = 32 },
    { .n = 2, .h = 7, .w = 5, .cin = 64, .cout = 33, .residual = true },
    { .n = 1, .h = 9, .w = 17, .cin = 96, .cout = 64, .concat = true },
    { .n = 1, .h = 3, .w = 47, .cin = 32, .cout = 40, .size = 1 },
    { .n = 2, .h = 8, .w = 6, .cin = 64, .cout = 32, .stride = 2 },
    { .n = 2, .h = 4, .w = 6, .cin = 64, .cout = 32, .resample = ADM_RESAMPLE_UP },
    { .n = 1, .h = 8, .w = 6, .cin = 64, .cout = 32, .resample = ADM_RESAMPLE_DOWN },
    { .n = 2, .h = 9, .w = 7, .cin = 96, .cout = 70, .norm = true, .residual = true },
    { .n = 1, .h = 3, .w = 300, .cin = 32, .cout = 6 },
    { .n = 1, .h = 20, .w = 9, .cin = 4000, .cout = 37 },
  };
  /* clang-format on */
  narrowing ();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    conv_case (&rng, cases[i]);
  extremes ();
  matmul_case (&rng, 1, 1, 1, false);
  matmul_case (&rng, 64, 70, 33, true);
  matmul_case (&rng, 17, 64, 100, false);
  attention_case (&rng, 2, 5, 7, 2, 32);
  attention_case (&rng, 1, 16, 9, 1, 64);
  choosing ();
  listing ();
  if (!SANITIZED)
    networks ();
  return check_summary ();
}
