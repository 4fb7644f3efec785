/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Linear layers on a handful of rows: time embeddings, classifier heads. */
#ifndef ADM_OPS_LINEAR_H
#define ADM_OPS_LINEAR_H

#include "ops/exec.h"

typedef struct adm_linear_weights {
  int in, out;
  const float *w, *b; /* [out,in], [out] or NULL */
  const uint16_t
      *w16;       /* in W's place, forward alone: the same as bfloat16, which is half to read */
  float *dw, *db; /* their gradients, added to; NULL: not wanted */
} adm_linear_weights;

/* Y [N,out] = X [N,in] W^T + B; SILU applies to X first. Y and X do not overlap. */
void adm_linear (adm_exec *exec, const adm_linear_weights *layer, int n, const float *x, bool silu,
                 float *y);
/* DX [N,in] = DY [N,out] W. */
void adm_linear_backward (adm_exec *exec, const adm_linear_weights *layer, int n, const float *dy,
                          float *dx);
/* The layer's gradients DW += DY^T X and DB += column sums of DY, X [N,in] after any SiLU. Nothing
 * where they are not wanted. */
void adm_linear_gradient (adm_exec *exec, const adm_linear_weights *layer, int n, const float *x,
                          const float *dy);
void adm_linear_ref (const adm_linear_weights *layer, int n, const float *x, bool silu, float *y);

#endif
