/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions with adm_conv.algorithm ADM_CONV_WINOGRAD. */
#ifndef ADM_OPS_WINOGRAD_H
#define ADM_OPS_WINOGRAD_H

#include "ops/conv_epilogue.h"

/* Input channel I of one panel of weights, G [9][ADM_PANEL], transformed and put into PACKED. */
void adm_winograd_pack (const adm_conv *conv, int panel, int i, const float g[9][ADM_PANEL],
                        void *packed);
void adm_conv2d_winograd (adm_exec *exec, const adm_conv *conv, const adm_source *source,
                          const adm_conv_output *output);

#endif
