/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Eight floats a vector with fused multiply-add: most desktop processors since 2013. */
#define LANES 8
#define ROWS 6
#define NAME "avx2"
#define TABLE adm_kernels_avx2

#include "ops/kernels.h"

#include <immintrin.h>

#define WIDEN(p) ((vf) _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (const void *) (p))))

extern const adm_kernels adm_kernels_avx2;

#include "ops/kernels_body.h"
