/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sixteen floats a vector. */
#define LANES 16
#define ROWS 8
#define NAME "avx512"
#define TABLE adm_kernels_avx512

#include "ops/kernels.h"

extern const adm_kernels adm_kernels_avx512;

#include "ops/kernels_body.h"
