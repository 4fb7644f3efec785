/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions with their surroundings: nothing before or behind one costs a pass over memory of
 * its own. */
#ifndef ADM_OPS_CONV2D_H
#define ADM_OPS_CONV2D_H

#include "ops/conv_epilogue.h"

/* One panel of RAW [cout,cin,size,size] (checkpoint order) into PACKED, after adm_conv_pack_start;
 * by any threads. BACKWARD: CONV is the input gradient of a convolution with weights RAW, its cin
 * the other's cout; kernels are rotated by 180 degrees and transposed. */
void adm_conv_pack_panel (const adm_conv *conv, const float *raw, bool backward, int panel,
                          void *packed);

void adm_conv2d (adm_exec *exec, const adm_conv *conv, const adm_source *source,
                 adm_conv_output output);
/* RAW weights in checkpoint order; the source is first brought into a map of its own. */
void adm_conv2d_ref (const adm_conv *conv, const float *raw, const adm_source *source,
                     adm_conv_output output);

#endif
