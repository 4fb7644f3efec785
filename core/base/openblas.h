/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenBLAS with the LAPACK it carries, loaded by name when first needed: Debian's threaded build
 * starts threads while it loads, and what only samples should neither wait for them nor hold its
 * memory. Every call runs on the calling thread; who wants more threads cuts the work into units
 * (base/pool.h). */
#ifndef ADM_BASE_OPENBLAS_H
#define ADM_BASE_OPENBLAS_H

#include "adm_error.h"

#include <cblas.h>

typedef struct adm_openblas {
  __typeof__ (cblas_sgemm) *sgemm;
  __typeof__ (cblas_dgemm) *dgemm;
  __typeof__ (cblas_dsyrk) *dsyrk;
  /* LAPACK's symmetric eigenproblem, divide and conquer (Cuppen 1981) */
  void (*dsyevd) (const char *job, const char *triangle, const int *n, double *a, const int *lda,
                  double *values, double *work, const int *work_size, int *iwork,
                  const int *iwork_size, int *info);
} adm_openblas;

/* ADM_ERROR_IO: it is not installed, or is the serial build, which must not be called from two
 * threads at once. */
adm_status adm_openblas_load (adm_openblas *out, adm_error *error);

#endif
