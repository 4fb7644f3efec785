/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops, one table of them for each instruction set. kernels_body.h writes each loop
 * once, in GCC's vector extensions; it is compiled for each of them (portable, AVX2+FMA, AVX-512)
 * and the best table the processor can run is chosen at run time. Arrays are float32, but for the
 * operands of 16-bit products; channels are the fastest axis. */
#ifndef ADM_OPS_KERNELS_H
#define ADM_OPS_KERNELS_H

#include "adm.h"

#include <stdbool.h>
#include <stddef.h>

enum {
  ADM_PANEL = 32, /* output channels in one packed panel of weights, whatever the instruction set */
  ADM_PAIRS = 32, /* inputs of 16 bits that one tile's row holds */
  ADM_MAX_TAPS = 9,
  ADM_WINO_OUT = 4, /* F(4x4, 3x3): output tile */
  ADM_WINO_IN = 6,  /* input tile */
  ADM_WINO_POINTS = 36,
};

/* C [m][ADM_PANEL] (=, or += if ACCUMULATE) sum over taps t and channels k of A [m * a_stride +
 * tap[t] + k] * W [t * cin + k][ADM_PANEL]; C's rows are c_stride apart. */
typedef struct adm_product {
  int m, taps, cin;
  const ptrdiff_t *tap;
  const float *a, *w;
  float *c;
  ptrdiff_t a_stride, c_stride;
  bool accumulate;
} adm_product;

/* The same of bfloat16 numbers with float32 sums: W in pairs, [(t * cin + k) / 2][ADM_PANEL][2].
 * CIN is a multiple of ADM_PAIRS; strides and taps count numbers and are even. */
typedef struct adm_product16 {
  int m, taps, cin;
  const ptrdiff_t *tap;
  const uint16_t *a, *w;
  float *c;
  ptrdiff_t a_stride, c_stride;
  bool accumulate;
} adm_product16;

/* C [m][ADM_PANEL] += sum over pixels p of A [p * a_stride + i] * W [p][ADM_PANEL], i < m: products
 * over pixels, for weight gradients. */
typedef struct adm_correlation {
  int m, pixels;
  const float *a, *w;
  float *c;
  ptrdiff_t a_stride;
} adm_correlation;

/* P pixels of C channels that went through f (mul * x + add), f SiLU or the identity, and the
 * gradient that came back. */
typedef struct adm_norm_rows {
  int p, c;
  const float *x, *dy;    /* [p][c] */
  const float *mul, *add; /* [c] */
  bool silu;
} adm_norm_rows;

/* y = (c + bias + extra + residual) * scale over P rows of N <= ADM_PANEL channels; EXTRA and
 * RESIDUAL may be NULL. */
typedef struct adm_epilogue {
  int p, n;
  const float *c;            /* [p][ADM_PANEL] */
  const float *bias, *extra; /* [n] */
  const float *residual;
  float *y;
  ptrdiff_t residual_stride, y_stride;
  float scale;
} adm_epilogue;

/* What has many fields is handed over by its address: a copy reads in one piece what was just
 * written in several, which the processor waits for (4 % of a small network's time). */
typedef struct adm_kernels {
  const char *name;

  void (*multiply) (const adm_product *product);
  /* NULL where the table has no 16-bit products. RATE16: what they do in a second, over what
   * MULTIPLY does there. */
  void (*multiply16) (const adm_product16 *product);
  double rate16;
  void (*correlate) (adm_correlation of);

  /* y[i] = factor * h[i], h in IEEE half precision without infinities; N is a multiple of 16,
   * FACTOR a power of two. */
  void (*widen) (size_t n, const uint16_t *h, float factor, float *y);

  /* y[i] = x[i] as bfloat16, the nearest, ties to even; NaN stays NaN. */
  void (*narrow) (size_t n, const float *x, uint16_t *y);

  /* y[i] = f (mul[i] * x[i] + add[i]), i < n; f is SiLU or the identity; MUL NULL: f (x[i]). Y may
   * be X. */
  void (*affine) (int n, const float *x, const float *mul, const float *add, bool silu, float *y);

  /* Sums over P pixels of C channels, rows STRIDE apart: sum[c] += x, square[c] += x * x, in
   * double. */
  void (*moments) (int p, int c, const float *x, ptrdiff_t stride, double *sum, double *square);

  /* Group norm's backward (group_norm.c has the derivation), dz = dy * f' (mul * x + add): a[c] +=
   * dz, b[c] += dz * x. */
  void (*norm_grad_sums) (adm_norm_rows rows, double *a, double *b);
  /* dx = mul * dz - k1 - k2 * x (+ dx if ACCUMULATE); K1, K2 [c]. */
  void (*norm_grad) (adm_norm_rows rows, const float *k1, const float *k2, bool accumulate,
                     float *dx);

  void (*epilogue) (const adm_epilogue *rows);

  /* Winograd F(4x4,3x3) input transform (Lavin & Gray 2016): V [36][v_stride] = B^T d B for C
   * channels of one 6x6 tile d whose rows are ROW apart and pixels PIXEL apart. */
  void (*wino_input) (int c, const float *d, ptrdiff_t row, ptrdiff_t pixel, float *v,
                      ptrdiff_t v_stride);
  /* Output transform: Y [4][4][ADM_PANEL] = A^T M A of M [36][m_stride]. */
  void (*wino_output) (const float *m, ptrdiff_t m_stride, float *y);

  /* Row-wise softmax in place over N entries: x = exp (x - max) / sum. */
  void (*softmax) (int n, float *x);
  /* Its backward, in place: of P = softmax (S) and DP, DS = P (DP - sum (DP P)). */
  void (*softmax_grad) (int n, const float *p, float *dp);
  /* dot (a, b) over N entries. */
  float (*dot) (int n, const float *a, const float *b);
  /* The same of B in bfloat16. */
  float (*dot16) (int n, const float *a, const uint16_t *b);
  /* y += a * x over N entries. */
  void (*axpy) (int n, float a, const float *x, float *y);
} adm_kernels;

/* The best table for this processor, FAST: also among those with 16-bit products. */
const adm_kernels *adm_kernels_best (bool fast);
/* By name: "portable", "openblas", "avx2" and "avx512"; with 16-bit products "amx", "avx512bf16"
 * and "tiles", amx's logic in plain C, for tests. NULL if the processor, or the system, lacks it or
 * there is none of that name. */
const adm_kernels *adm_kernels_named (const char *name);
/* The table an option asks for, NULL for the best. ADM_ERROR_USAGE: no such table, or not for this
 * processor. */
adm_status adm_kernels_choose (const char *name, bool fast, const adm_kernels **out,
                               adm_error *error);

#endif
