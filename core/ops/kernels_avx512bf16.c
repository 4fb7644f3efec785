/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AVX-512 with vdpbf16ps: two 16-bit products and their sum for each of sixteen floats. */
#define LANES 16
#define ROWS 8
#define NAME "avx512bf16"
#define TABLE adm_kernels_avx512bf16
#define RATE16 1.8

#include "ops/kernels.h"

#include <immintrin.h>

#define WIDEN(p) ((vf) _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (const void *) (p))))

extern const adm_kernels adm_kernels_avx512bf16;

#include "ops/kernels_body.h"

enum { ROWS16 = 14 }; /* with two sums each, two weights and a pair of inputs: 31 registers */

/* Two bfloat16 numbers, in every lane. */
ALWAYS __m512bh
pair (const uint16_t *p)
{
  int32_t both;
  memcpy (&both, p, sizeof both);
  return (__m512bh) _mm512_set1_epi32 (both);
}

ALWAYS __m512bh
pairs (const uint16_t *p)
{
  return (__m512bh) _mm512_loadu_si512 (p);
}

/* M rows by all ADM_PANEL channels, as multiply_tile. */
ALWAYS void
multiply16_tile (const int m, adm_product16 p)
{
  __m512 acc0[ROWS16], acc1[ROWS16];
#pragma GCC unroll 16
  for (int i = 0; i < m; i++) {
    acc0[i] = p.accumulate ? _mm512_loadu_ps (p.c + i * p.c_stride) : _mm512_setzero_ps ();
    acc1[i] = p.accumulate ? _mm512_loadu_ps (p.c + i * p.c_stride + LANES) : _mm512_setzero_ps ();
  }
  const uint16_t *wp = p.w;
  for (int t = 0; t < p.taps; t++) {
    const uint16_t *at = p.a + p.tap[t];
    for (int k = 0; k < p.cin; k += 2, wp += 2 * ADM_PANEL) {
      __m512bh w0 = pairs (wp), w1 = pairs (wp + 2 * LANES);
#pragma GCC unroll 16
      for (int i = 0; i < m; i++) {
        __m512bh x = pair (at + i * p.a_stride + k);
        acc0[i] = _mm512_dpbf16_ps (acc0[i], w0, x);
        acc1[i] = _mm512_dpbf16_ps (acc1[i], w1, x);
      }
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < m; i++) {
    _mm512_storeu_ps (p.c + i * p.c_stride, acc0[i]);
    _mm512_storeu_ps (p.c + i * p.c_stride + LANES, acc1[i]);
  }
}

ALWAYS adm_product16
multiply16_rows (const int rows, adm_product16 p)
{
  multiply16_tile (rows, p);
  p.m -= rows;
  p.a += rows * p.a_stride;
  p.c += rows * p.c_stride;
  return p;
}

#define ROWS_CASE(n)                                                                               \
  case n:                                                                                          \
    p = multiply16_rows (n, p);                                                                    \
    break

/* In tiles as even as can be: few rows have too few sums to hide each other's latency. */
static void
multiply16 (const adm_product16 *product)
{
  adm_product16 p = *product;
  for (int tiles = (p.m + ROWS16 - 1) / ROWS16; tiles > 0; tiles--)
    switch ((p.m + tiles - 1) / tiles) {
      ROWS_CASE (14);
      ROWS_CASE (13);
      ROWS_CASE (12);
      ROWS_CASE (11);
      ROWS_CASE (10);
      ROWS_CASE (9);
      ROWS_CASE (8);
      ROWS_CASE (7);
      ROWS_CASE (6);
      ROWS_CASE (5);
      ROWS_CASE (4);
      ROWS_CASE (3);
      ROWS_CASE (2);
      ROWS_CASE (1);
    }
}
