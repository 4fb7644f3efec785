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

static void
multiply16 (adm_product16 p)
{
  while (p.m >= ROWS16 && p.m != 16)
    p = multiply16_rows (ROWS16, p);
  while (p.m >= 8)
    p = multiply16_rows (8, p);
  if (p.m >= 4)
    p = multiply16_rows (4, p);
  if (p.m >= 2)
    p = multiply16_rows (2, p);
  if (p.m)
    multiply16_tile (1, p);
}
