/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Products of small matrices on the calling thread. */
#ifndef ADM_OPS_MATMUL_H
#define ADM_OPS_MATMUL_H

#include "ops/kernels.h"

/* C [m,n] = alpha op (A) op (B) (+ C if ACCUMULATE), row-major; rows are LDA, LDB, LDC floats
 * apart. */
typedef struct adm_matmul_operands {
  int m, n, k;
  const float *a; /* [m,k], or [k,m] if TRANSPOSE_A */
  int lda;
  bool transpose_a, transpose_b;
  const float *b; /* [k,n], or [n,k] if TRANSPOSE_B */
  int ldb;
  float alpha;
  float *c;
  int ldc;
  bool accumulate;
} adm_matmul_operands;

/* SCRATCH: adm_matmul_scratch () floats. */
void adm_matmul (const adm_kernels *kernels, float *scratch, const adm_matmul_operands *of);
uint64_t adm_matmul_scratch (bool transpose_a, int m, int n, int k);
/* Its two steps, for a B that several products share: alpha op (B) [k,n] into PACKED,
 * adm_matmul_packed_count () floats; and the product of it with A [m,k], not transposed, whose
 * scratch is M * ADM_PANEL floats (what OF says of B does not matter then). */
uint64_t adm_matmul_packed_count (int n, int k);
void adm_matmul_pack (bool transpose_b, int n, int k, float alpha, const float *b, int ldb,
                      float *packed);
void adm_matmul_packed (const adm_kernels *kernels, float *scratch, const adm_matmul_operands *of,
                        const float *packed);
/* The same with 16-bit products, for kernels that have them: PACKED of adm_matmul_packed16_count ()
 * numbers, and a scratch of adm_matmul_scratch16 () bytes. */
uint64_t adm_matmul_packed16_count (int n, int k);
uint64_t adm_matmul_scratch16 (int m, int k);
void adm_matmul_pack16 (const adm_kernels *kernels, const adm_matmul_operands *of,
                        uint16_t *packed);
void adm_matmul_packed16 (const adm_kernels *kernels, void *scratch, const adm_matmul_operands *of,
                          const uint16_t *packed);
/* All of it; SCRATCH: adm_matmul16_scratch () bytes. */
void adm_matmul16 (const adm_kernels *kernels, void *scratch, const adm_matmul_operands *of);
uint64_t adm_matmul16_scratch (bool transpose_a, int m, int n, int k);
void adm_matmul_ref (const adm_matmul_operands *of);

#endif
