/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a convolution's weights are kept: for which algorithm, in how many bits. */
#ifndef ADM_OPS_CONV_WEIGHTS_H
#define ADM_OPS_CONV_WEIGHTS_H

#include "ops/kernels.h"

/* DIRECT16: direct, with 16-bit products. */
typedef enum adm_conv_algorithm {
  ADM_CONV_DIRECT,
  ADM_CONV_WINOGRAD,
  ADM_CONV_DIRECT16
} adm_conv_algorithm;

/* Weights of one convolution, padded by (size - 1) / 2 with zeros. For 16-bit products they are
 * bfloat16 numbers in pairs (adm_product16). Those of float32 products, HALF, are IEEE half
 * precision of the true values over FACTOR, a power of two that brings the largest near 2^15:
 * nothing overflows, and what is lost is below 2^-11 of a weight. Each panel is widened again just
 * before it is used. */
typedef struct adm_conv {
  int cin, cout;
  int size;   /* 1 or 3 */
  int stride; /* 1 or 2 */
  adm_conv_algorithm algorithm;
  bool half;    /* kept in 16 bits, widened for use */
  float factor; /* of the 16 bits; 1 for float32 */
  /* float or uint16_t; direct [cout / 32, size, size, cin, 32]; Winograd [cout / 32, 36, cin,
   * 32] */
  const void *packed;
  const float *bias; /* [cout], or NULL */
  /* gradients [cout,cin,size,size] (checkpoint order) and [cout], added to; NULL: not wanted */
  float *dw, *dbias;
} adm_conv;

/* Chooses the algorithm for maps of H x W outputs. RATE16: of the kernels (kernels.h) where 16-bit
 * products are wanted, 0 where not. */
void adm_conv_plan (adm_conv *conv, int h, int w, bool exact, double rate16);
/* What CONV's algorithm does in a second over what the direct one does with float32 products. */
double adm_conv_pace (const adm_conv *conv, double rate16);
uint64_t adm_conv_packed_bytes (const adm_conv *conv);
/* Panels of ADM_PANEL output channels. */
int adm_conv_panels (const adm_conv *conv);
/* Sets FACTOR for RAW [cout,cin,size,size], before the first adm_conv_put. */
void adm_conv_pack_start (adm_conv *conv, const float *raw);
/* Weights number I … I + 31 of PACKED = VALUES, in the form that CONV keeps them: of one input
 * channel, and all of 32 output channels. */
void adm_conv_put (const adm_conv *conv, void *packed, size_t i, const float values[ADM_PANEL]);
/* COUNT weights from number I on as float32: in place, or widened into BUFFER. */
const float *adm_conv_weights (const adm_kernels *kernels, const adm_conv *conv, size_t i,
                               size_t count, float *buffer);

#endif
