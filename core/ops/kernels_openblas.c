/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The portable loops, their product by OpenBLAS's sgemm: for processors that none of our own was
 * written for, and OpenBLAS's were. A tap of a strip is one call, on the calling thread. */
#define LANES 4
#define ROWS 4
#define NAME "openblas"
#define TABLE adm_kernels_openblas
#define MULTIPLY multiply_by_sgemm

#include "ops/kernels.h"

#include "base/openblas.h"

#include <stdatomic.h>

extern const adm_kernels adm_kernels_openblas;
void adm_kernels_use_sgemm (__typeof__ (cblas_sgemm) *loaded);

#include "ops/kernels_body.h"

static _Atomic (__typeof__ (cblas_sgemm) *) sgemm;

void
adm_kernels_use_sgemm (__typeof__ (cblas_sgemm) *loaded)
{
  atomic_store (&sgemm, loaded);
}

static void
multiply_by_sgemm (const adm_product *of)
{
  const adm_product p = *of;
  enum { FEW = 4 }; /* rows that a call is not worth */
  __typeof__ (cblas_sgemm) *product = atomic_load (&sgemm);
  if (p.m < FEW) {
    multiply (of);
    return;
  }
  for (int t = 0; t < p.taps; t++)
    product (CblasRowMajor, CblasNoTrans, CblasNoTrans, p.m, ADM_PANEL, p.cin, 1, p.a + p.tap[t],
             (blasint) p.a_stride, p.w + (ptrdiff_t) t * p.cin * ADM_PANEL, ADM_PANEL,
             t || p.accumulate ? 1 : 0, p.c, (blasint) p.c_stride);
}
