/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Group norm (Wu & He 2018), 32 groups, eps 1e-5, folded with AdaGN (paper, section 3.1) into one
 * multiply-add a channel:
 *   (x - mean) / sqrt (var + eps) * w + b, then * (1 + scale) + shift   =   mul * x + add
 * so that a convolution can apply it while reading. */
#ifndef ADM_OPS_GROUP_NORM_H
#define ADM_OPS_GROUP_NORM_H

#include "ops/source.h"

enum { ADM_GROUPS = 32 };

/* What the forward leaves for the reader and for the backward; the arrays live in the arena. */
typedef struct adm_norm {
  int n, c;
  float *mul, *add;   /* [N,C] */
  float *mean, *rstd; /* [N,32] */
} adm_norm;

typedef struct adm_norm_weights {
  const float *w, *b; /* [C] */
  float *dw, *db;     /* their gradients, added to; NULL: not wanted */
} adm_norm_weights;

adm_norm adm_norm_take (adm_exec *exec, int n, int c);
void adm_norm_give (adm_exec *exec, adm_norm norm);
/* SOURCE read through NORM and, if SILU, SiLU. */
adm_source adm_norm_source (adm_source source, adm_norm norm, bool silu);

/* Statistics over SOURCE's maps as they are in memory (its multiply-add, SiLU and resampling are
 * not applied); W, B [C]; SCALE_SHIFT [N,2C] (scale, then shift) or NULL. C a multiple of 32. */
void adm_group_norm (adm_exec *exec, const adm_source *source, const float *w, const float *b,
                     const float *scale_shift, adm_norm norm);

/* DX (= or +=) the gradient by X of f (mul * x + add) given DY, both [N,H,W,C]; f is SiLU or the
 * identity. With WEIGHTS whose gradients are wanted, those, too; they need the forward's
 * SCALE_SHIFT and give DSCALE_SHIFT [N,2C] where there was one. */
typedef struct adm_norm_backward {
  adm_map x, dy, dx;
  bool silu, accumulate;
  const adm_norm_weights *weights; /* NULL: the gradient by X alone */
  const float *scale_shift;
  float *dscale_shift;
} adm_norm_backward;
void adm_group_norm_backward (adm_exec *exec, adm_norm norm, const adm_norm_backward *of);

/* Y = mul * x + add computed the long way, in double. */
void adm_group_norm_ref (adm_map x, const float *w, const float *b, const float *scale_shift,
                         adm_map y);

#endif
