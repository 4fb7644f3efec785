/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four floats a vector: SSE2 on x86-64, NEON on arm64, whatever the compiler has elsewhere. */
#define LANES 4
#define ROWS 4
#define NAME "portable"
#define TABLE adm_kernels_portable

#include "ops/kernels.h"

extern const adm_kernels adm_kernels_portable;

#include "ops/kernels_body.h"
