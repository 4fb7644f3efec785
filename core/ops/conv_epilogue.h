/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What follows a convolution while its sums are in cache: bias, embedding, skip connection,
 * rescaling. */
#ifndef ADM_OPS_CONV_EPILOGUE_H
#define ADM_OPS_CONV_EPILOGUE_H

#include "ops/conv_weights.h"
#include "ops/source.h"

typedef struct adm_conv_output {
  adm_map y; /* [N, H / stride, W / stride, cout] */
  /* added: same size as Y, no multiply-add or SiLU of its own; may be Y itself; NULL: none */
  const adm_source *residual;
  const float *extra; /* [N, cout] added to every pixel, or NULL */
  float scale;        /* of the whole sum, 1 normally */
} adm_conv_output;

/* PIXELS of them, from X of row Y of image N; output channels from C0 on. */
typedef struct adm_conv_strip {
  int n, y, x, pixels, c0;
} adm_conv_strip;

/* Writes STRIP from COLUMNS [pixels][ADM_PANEL]. TEMP: as many floats. */
void adm_conv_epilogue (const adm_kernels *kernels, const adm_conv *conv,
                        const adm_conv_output *output, adm_conv_strip strip, const float *columns,
                        float *temp);

#endif
