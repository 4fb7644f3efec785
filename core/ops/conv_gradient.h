/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A convolution's gradient by its weights: a product over pixels. */
#ifndef ADM_OPS_CONV_GRADIENT_H
#define ADM_OPS_CONV_GRADIENT_H

#include "ops/conv2d.h"

/* Of adm_conv2d with SOURCE, given the gradient DY [N,H,W,cout] of its sum (before any rescaling):
 *   CONV->dw [o,i,ky,kx] += sum over n, y, x of dy [n,y,x,o] source [n, y stride + ky - pad, …, i]
 *   CONV->dbias [o] += sum of dy [n,y,x,o],   DEXTRA [n,o] (NULL: not wanted) = the same of image n
 * Nothing is done where DW is not wanted and DEXTRA is NULL. */
void adm_conv2d_gradient (adm_exec *exec, const adm_conv *conv, const adm_source *source,
                          adm_map dy, float *dextra);
void adm_conv2d_gradient_ref (const adm_conv *conv, const adm_source *source, adm_map dy,
                              float *dextra);

#endif
