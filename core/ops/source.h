/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a convolution reads: a ResBlock's "group norm, scale and shift, SiLU, resample, concatenate"
 * in front of it cost no pass over memory of their own. */
#ifndef ADM_OPS_SOURCE_H
#define ADM_OPS_SOURCE_H

#include "ops/exec.h"

typedef enum adm_resample {
  ADM_RESAMPLE_NONE,
  ADM_RESAMPLE_UP,   /* nearest, x2 */
  ADM_RESAMPLE_DOWN, /* 2x2 average */
  ADM_RESAMPLE_ZERO, /* x2, zeros between: the gradient of a stride of 2 */
} adm_resample;

/* resample (f (mul * [a, b] + add)): A and B concatenated along channels, same N, H, W. */
typedef struct adm_source {
  adm_map a, b;           /* b.c 0: A alone */
  const float *mul, *add; /* [N, a.c + b.c], or NULL */
  bool silu;
  adm_resample resample;
} adm_source;

adm_source adm_source_of (adm_map map);
int adm_source_channels (const adm_source *source);
int adm_source_height (const adm_source *source); /* after resampling */
int adm_source_width (const adm_source *source);

/* Channels C0 … C1-1 of pixels X0 … X1-1 of row Y of image N. */
typedef struct adm_span {
  int n, y, x0, x1, c0, c1;
} adm_span;
/* SPAN after all of the above, zeros outside the picture; pixels PIXEL floats apart. */
void adm_source_row (const adm_kernels *kernels, const adm_source *source, adm_span span,
                     float *out, ptrdiff_t pixel);
/* All of it, as a map of its own, which the caller gives back. */
adm_map adm_source_take (adm_exec *exec, const adm_source *source);

#endif
