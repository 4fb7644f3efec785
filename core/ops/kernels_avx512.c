/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sixteen floats a vector. */
#define LANES 16
#define ROWS 8
#define NAME "avx512"
#define TABLE adm_kernels_avx512

#include "ops/kernels.h"

#include <immintrin.h>

#define WIDEN(p) ((vf) _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (const void *) (p))))

extern const adm_kernels adm_kernels_avx512;

#include "ops/kernels_body.h"
