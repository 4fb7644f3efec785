/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gaussians fitted to features, and the distance between two of them. */
#ifndef ADM_EVALUATE_GAUSS_H
#define ADM_EVALUATE_GAUSS_H

#include "base/openblas.h"
#include "base/pool.h"

/* What evaluating is done with. */
typedef struct adm_workbench {
  adm_openblas blas;
  adm_pool *pool;
  bool (*tick) (void *user, double done); /* of the work in hand; false cancels. May be NULL */
  void *user;
} adm_workbench;

typedef struct adm_gauss {
  int width;          /* D; 0: none */
  double *mean;       /* [D] */
  double *covariance; /* [D,D] */
} adm_gauss;

adm_status adm_gauss_new (int width, adm_gauss *out, adm_error *error);
void adm_gauss_clear (adm_gauss *gauss);

/* Mean and unbiased covariance of ROWS [N,D], N >= 2, in double. *OUT is new. */
adm_status adm_gauss_fit (const adm_workbench *bench, const float *rows, uint64_t n, int width,
                          adm_gauss *out, adm_error *error);

/* d^2 = |m_a - m_b|^2 + tr (C_a + C_b - 2 (C_a C_b)^1/2) (Heusel et al. 2017, arXiv 1706.08500,
 * equation 6; Dowson & Landau 1982). The last trace is that of (C_a^1/2 C_b C_a^1/2)^1/2, whose
 * eigenvalues are the same and which is symmetric. Both of one width. */
adm_status adm_gauss_distance (const adm_workbench *bench, const adm_gauss *a, const adm_gauss *b,
                               double *out, adm_error *error);

#endif
