/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops, written once over vectors of LANES floats. Included by kernels_portable.c and
 * the like, which define LANES (4, 8, 16), ROWS (tile height of the product), TABLE (the table's
 * name) and, where they have a product of their own behind it, MULTIPLY or, of 16 bits, RATE16.
 *
 * The product keeps a tile of ROWS pixels by two vectors of output channels in registers: each step
 * loads two vectors of weights and broadcasts ROWS activations, 2 * ROWS multiply-adds for 2 + ROWS
 * loads. Weights come packed in panels of ADM_PANEL output channels, so that they are read in
 * order. */
#include "ops/kernels.h"

#include <stdint.h>
#include <string.h>

typedef float vf __attribute__ ((vector_size (LANES * 4)));
typedef int32_t vi __attribute__ ((vector_size (LANES * 4)));

#define ALWAYS static inline __attribute__ ((always_inline))

ALWAYS vf
load (const float *p)
{
  vf v;
  memcpy (&v, p, sizeof v);
  return v;
}

ALWAYS void
store (float *p, vf v)
{
  memcpy (p, &v, sizeof v);
}

/* The first N < LANES entries; the others are 0. */
ALWAYS vf
load_tail (const float *p, int n)
{
  vf v = { 0 };
  memcpy (&v, p, (size_t) n * sizeof *p);
  return v;
}

/* Whole vectors take the quick way: the other copies byte by byte. */
ALWAYS vf
load_some (const float *x, int tail)
{
  return tail >= LANES ? load (x) : load_tail (x, tail);
}

ALWAYS void
store_tail (float *p, vf v, int n)
{
  memcpy (p, &v, (size_t) n * sizeof *p);
}

ALWAYS vf
splat (float x)
{
  return x - (vf) { 0 };
}

ALWAYS vf
select_vf (vi mask, vf yes, vf no)
{
  return (vf) (((vi) yes & mask) | ((vi) no & ~mask));
}

/* exp by range reduction to |r| <= ln 2 / 2 and a polynomial of degree 6; within 2 ulp on [-87,
 * 88], clamped outside. NaN stays NaN. */
ALWAYS vf
exp_vf (vf x)
{
  vi nan = x != x;
  vf c = select_vf (x > splat (88.0f), splat (88.0f), x);
  c = select_vf (c < splat (-87.0f), splat (-87.0f), c);
  vf magic = splat (12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
  vf t = c * splat (1.44269504f) + magic;
  vf n = t - magic;
  vf r = c - n * splat (0.693359375f);
  r = r - n * splat (-2.12194440e-4f);
  vf p = splat (1.9875691500e-4f);
  p = p * r + splat (1.3981999507e-3f);
  p = p * r + splat (8.3334519073e-3f);
  p = p * r + splat (4.1665795894e-2f);
  p = p * r + splat (1.6666665459e-1f);
  p = p * r + splat (5.0000001201e-1f);
  p = p * r * r + r + splat (1.0f);
  vi scale = ((vi) t - (vi) magic + 127) << 23;
  return select_vf (nan, x, p * (vf) scale);
}

ALWAYS vf
sigmoid_vf (vf x)
{
  return splat (1.0f) / (splat (1.0f) + exp_vf (-x));
}

/* ---- half precision -------------------------------------------------------------------------- */

/* Read as float32 bits, a half-precision number's exponent and mantissa moved up by 13 are its
 * value times 2^-112, subnormals included. */
static void
widen (size_t n, const uint16_t *h, float factor, float *y)
{
#ifdef WIDEN
  for (size_t i = 0; i < n; i += LANES)
    store (y + i, WIDEN (h + i) * splat (factor));
#else
  for (size_t i = 0; i < n; i++) {
    uint32_t magnitude = (uint32_t) (h[i] & 0x7fff) << 13, sign = (uint32_t) (h[i] & 0x8000) << 16;
    float v;
    memcpy (&v, &magnitude, sizeof v);
    v = v * 0x1p112f * factor;
    memcpy (&magnitude, &v, sizeof v);
    magnitude |= sign;
    memcpy (y + i, &magnitude, sizeof magnitude);
  }
#endif
}

/* ---- bfloat16 -------------------------------------------------------------------------------- */

/* The upper half of a float's bits: what is cut off is rounded into it by adding, and NaN keeps a
 * bit that says so. */
static void
narrow (size_t n, const float *x, uint16_t *y)
{
  for (size_t i = 0; i < n; i++) {
    uint32_t bits, rounded;
    memcpy (&bits, x + i, sizeof bits);
    rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    y[i] = (uint16_t) ((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded);
  }
}

#ifdef MULTIPLY
static void MULTIPLY (const adm_product *product);
#else
#define MULTIPLY multiply
#endif

#ifdef RATE16
static void multiply16 (const adm_product16 *product);
#define MULTIPLY16 multiply16
#else
#define MULTIPLY16 NULL
#define RATE16 0
#endif

/* ---- product --------------------------------------------------------------------------------- */

ALWAYS void
multiply_tile (const int m, adm_product p)
{
  for (int column = 0; column < ADM_PANEL; column += 2 * LANES) {
    vf acc0[ROWS], acc1[ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
      acc0[i] = p.accumulate ? load (p.c + i * p.c_stride + column) : (vf) { 0 };
      acc1[i] = p.accumulate ? load (p.c + i * p.c_stride + column + LANES) : (vf) { 0 };
    }
    const float *wp = p.w + column;
    for (int t = 0; t < p.taps; t++) {
      const float *at = p.a + p.tap[t];
      for (int k = 0; k < p.cin; k++, wp += ADM_PANEL) {
        vf w0 = load (wp), w1 = load (wp + LANES);
#pragma GCC unroll 16
        for (int i = 0; i < m; i++) {
          vf x = splat (at[i * p.a_stride + k]);
          acc0[i] += x * w0;
          acc1[i] += x * w1;
        }
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
      store (p.c + i * p.c_stride + column, acc0[i]);
      store (p.c + i * p.c_stride + column + LANES, acc1[i]);
    }
  }
}

/* A tile of ROWS rows, and what of P lies behind it. */
ALWAYS adm_product
multiply_rows (const int rows, adm_product p)
{
  multiply_tile (rows, p);
  p.m -= rows;
  p.a += rows * p.a_stride;
  p.c += rows * p.c_stride;
  return p;
}

static void
multiply (const adm_product *product)
{
  adm_product p = *product;

  while (p.m >= ROWS)
    p = multiply_rows (ROWS, p);
#if ROWS > 8
  if (p.m >= 8)
    p = multiply_rows (8, p);
#endif
#if ROWS > 4
  if (p.m >= 4)
    p = multiply_rows (4, p);
#endif
  if (p.m >= 2)
    p = multiply_rows (2, p);
  if (p.m)
    multiply_tile (1, p);
}

/* ---- product over pixels --------------------------------------------------------------------- */

/* M sums by two vectors of W stay in registers over all pixels. */
ALWAYS void
correlate_tile (const int m, adm_correlation of)
{
  for (int column = 0; column < ADM_PANEL; column += 2 * LANES) {
    vf acc0[ROWS], acc1[ROWS];
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
      acc0[i] = load (of.c + i * ADM_PANEL + column);
      acc1[i] = load (of.c + i * ADM_PANEL + column + LANES);
    }
    const float *at = of.a, *wp = of.w + column;
    for (int p = 0; p < of.pixels; p++, at += of.a_stride, wp += ADM_PANEL) {
      vf w0 = load (wp), w1 = load (wp + LANES);
#pragma GCC unroll 16
      for (int i = 0; i < m; i++) {
        vf x = splat (at[i]);
        acc0[i] += x * w0;
        acc1[i] += x * w1;
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < m; i++) {
      store (of.c + i * ADM_PANEL + column, acc0[i]);
      store (of.c + i * ADM_PANEL + column + LANES, acc1[i]);
    }
  }
}

static void
correlate (adm_correlation of)
{
  for (; of.m >= ROWS; of.m -= ROWS, of.a += ROWS, of.c += ROWS * ADM_PANEL)
    correlate_tile (ROWS, of);
  for (; of.m > 0; of.m--, of.a++, of.c += ADM_PANEL)
    correlate_tile (1, of);
}

/* ---- elementwise ----------------------------------------------------------------------------- */

static void
affine (int n, const float *x, const float *mul, const float *add, bool silu, float *y)
{
  int i = 0;
  if (!mul && !silu) {
    if (y != x)
      memcpy (y, x, (size_t) n * sizeof *y);
    return;
  }
  for (; i < n; i += LANES) {
    int tail = n - i;
    bool whole = tail >= LANES;
    vf v = whole ? load (x + i) : load_tail (x + i, tail);
    if (mul)
      v = v * (whole ? load (mul + i) : load_tail (mul + i, tail))
          + (whole ? load (add + i) : load_tail (add + i, tail));
    if (silu)
      v = v * sigmoid_vf (v);
    if (whole)
      store (y + i, v);
    else
      store_tail (y + i, v, tail);
  }
}

#include "ops/kernels_norm.h"

/* LANES channels from C on or, at the end, PART of them. */
ALWAYS void
epilogue_of (int tail, const adm_epilogue *rows, int c)
{
  const adm_epilogue e = *rows;
  vf b = load_some (e.bias + c, tail);
  if (e.extra)
    b += load_some (e.extra + c, tail);
  for (int j = 0; j < e.p; j++) {
    vf v = load (e.c + j * ADM_PANEL + c) + b;
    if (e.residual)
      v += load_some (e.residual + j * e.residual_stride + c, tail);
    v *= splat (e.scale);
    if (tail == LANES)
      store (e.y + j * e.y_stride + c, v);
    else
      store_tail (e.y + j * e.y_stride + c, v, tail);
  }
}

static void
epilogue (const adm_epilogue *rows)
{
  for (int i = 0; i < rows->n; i += LANES)
    if (rows->n - i >= LANES)
      epilogue_of (LANES, rows, i);
    else
      epilogue_of (rows->n - i, rows, i);
}

/* ---- Winograd F(4x4, 3x3) -------------------------------------------------------------------- */

/* One dimension of B^T d, interpolation points 0, ±1, ±2, ∞. */
ALWAYS void
wino_b (const vf d[6], vf o[6])
{
  vf four = splat (4.0f), two = splat (2.0f);
  vf a = d[4] - four * d[2], b = d[3] - four * d[1];
  vf e = d[4] - d[2], f = two * (d[3] - d[1]);
  o[0] = four * d[0] - splat (5.0f) * d[2] + d[4];
  o[1] = a + b;
  o[2] = a - b;
  o[3] = e + f;
  o[4] = e - f;
  o[5] = four * d[1] - splat (5.0f) * d[3] + d[5];
}

/* One dimension of A^T m. */
ALWAYS void
wino_a (const vf m[6], vf o[4])
{
  vf s = m[1] + m[2], d = m[1] - m[2], t = m[3] + m[4], e = m[3] - m[4];
  o[0] = m[0] + s + t;
  o[1] = d + splat (2.0f) * e;
  o[2] = s + splat (4.0f) * t;
  o[3] = d + splat (8.0f) * e + m[5];
}

ALWAYS void
wino_input_vector (const float *d, ptrdiff_t row, ptrdiff_t pixel, float *v, ptrdiff_t v_stride,
                   int tail)
{
  vf t[6][6];
  for (int x = 0; x < 6; x++) {
    vf in[6], out[6];
    for (int y = 0; y < 6; y++)
      in[y] = tail == LANES ? load (d + y * row + x * pixel)
                            : load_tail (d + y * row + x * pixel, tail);
    wino_b (in, out);
    for (int y = 0; y < 6; y++)
      t[y][x] = out[y];
  }
  for (int y = 0; y < 6; y++) {
    vf out[6];
    wino_b (t[y], out);
    for (int x = 0; x < 6; x++)
      if (tail == LANES)
        store (v + (y * 6 + x) * v_stride, out[x]);
      else
        store_tail (v + (y * 6 + x) * v_stride, out[x], tail);
  }
}

static void
wino_input (int c, const float *d, ptrdiff_t row, ptrdiff_t pixel, float *v, ptrdiff_t v_stride)
{
  int i = 0;
  for (; i + LANES <= c; i += LANES)
    wino_input_vector (d + i, row, pixel, v + i, v_stride, LANES);
  if (i < c)
    wino_input_vector (d + i, row, pixel, v + i, v_stride, c - i);
}

static void
wino_output (const float *m, ptrdiff_t m_stride, float *y)
{
  for (int i = 0; i < ADM_PANEL; i += LANES) {
    vf t[4][6];
    for (int x = 0; x < 6; x++) {
      vf in[6], out[4];
      for (int k = 0; k < 6; k++)
        in[k] = load (m + (k * 6 + x) * m_stride + i);
      wino_a (in, out);
      for (int k = 0; k < 4; k++)
        t[k][x] = out[k];
    }
    for (int k = 0; k < 4; k++) {
      vf out[4];
      wino_a (t[k], out);
      for (int x = 0; x < 4; x++)
        store (y + (k * 4 + x) * ADM_PANEL + i, out[x]);
    }
  }
}

/* ---- rows of attention, linear layers -------------------------------------------------------- */

static void
softmax (int n, float *x)
{
  float top = x[0];
  int i = 0;
  vf most = splat (top);
  for (; i + LANES <= n; i += LANES) {
    vf v = load (x + i);
    most = select_vf (v > most, v, most);
  }
  for (int k = 0; k < LANES; k++)
    top = most[k] > top ? most[k] : top;
  for (; i < n; i++)
    top = x[i] > top ? x[i] : top;
  double sum = 0;
  vf s = { 0 };
  i = 0;
  for (; i + LANES <= n; i += LANES) {
    vf e = exp_vf (load (x + i) - splat (top));
    store (x + i, e);
    s += e;
  }
  for (int k = 0; k < LANES; k++)
    sum += (double) s[k];
  if (i < n) {
    vf e = exp_vf (load_tail (x + i, n - i) - splat (top));
    store_tail (x + i, e, n - i);
    for (int k = 0; k < n - i; k++)
      sum += (double) e[k];
  }
  vf inverse = splat ((float) (1.0 / sum));
  for (i = 0; i + LANES <= n; i += LANES)
    store (x + i, load (x + i) * inverse);
  for (; i < n; i++)
    x[i] *= inverse[0];
}

static float
dot (int n, const float *a, const float *b)
{
  vf s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
  int i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 += load (a + i) * load (b + i);
    s1 += load (a + i + LANES) * load (b + i + LANES);
    s2 += load (a + i + 2 * LANES) * load (b + i + 2 * LANES);
    s3 += load (a + i + 3 * LANES) * load (b + i + 3 * LANES);
  }
  for (; i + LANES <= n; i += LANES)
    s0 += load (a + i) * load (b + i);
  if (i < n)
    s1 += load_tail (a + i, n - i) * load_tail (b + i, n - i);
  s0 = (s0 + s1) + (s2 + s3);
  float sum = 0;
  for (int k = 0; k < LANES; k++)
    sum += s0[k];
  return sum;
}

static float
dot16 (int n, const float *a, const uint16_t *b)
{
  float w[4 * LANES], sum = 0;
  for (int i = 0; i < n; i += 4 * LANES) {
    const int left = n - i < 4 * LANES ? n - i : 4 * LANES;
    for (int k = 0; k < left; k++) /* the upper halves of float32's */
      memcpy (&w[k], &(uint32_t) { (uint32_t) b[i + k] << 16 }, sizeof *w);
    sum += dot (left, a + i, w);
  }
  return sum;
}

static void
softmax_grad (int n, const float *p, float *dp)
{
  float sum = dot (n, p, dp);
  int i = 0;
  for (; i + LANES <= n; i += LANES)
    store (dp + i, load (p + i) * (load (dp + i) - splat (sum)));
  for (; i < n; i++)
    dp[i] = p[i] * (dp[i] - sum);
}

static void
axpy (int n, float a, const float *x, float *y)
{
  int i = 0;
  vf s = splat (a);
  for (; i + LANES <= n; i += LANES)
    store (y + i, load (y + i) + s * load (x + i));
  for (; i < n; i++)
    y[i] += a * x[i];
}

const adm_kernels TABLE = {
  .name = NAME,
  .multiply = MULTIPLY,
  .multiply16 = MULTIPLY16,
  .rate16 = RATE16,
  .narrow = narrow,
  .correlate = correlate,
  .widen = widen,
  .affine = affine,
  .moments = moments,
  .norm_grad_sums = norm_grad_sums,
  .norm_grad = norm_grad,
  .epilogue = epilogue,
  .wino_input = wino_input,
  .wino_output = wino_output,
  .softmax = softmax,
  .softmax_grad = softmax_grad,
  .dot = dot,
  .dot16 = dot16,
  .axpy = axpy,
};
