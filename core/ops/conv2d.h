/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Convolutions with their surroundings. A ResBlock's "group norm, scale and shift, SiLU, resample, concatenate" in front of a
 * convolution and its "bias, embedding, skip connection" behind it cost no pass over memory of their own. */
#ifndef ADM_OPS_CONV2D_H
#define ADM_OPS_CONV2D_H

#include "ops/ops.h"

typedef enum adm_resample {
  ADM_RESAMPLE_NONE,
  ADM_RESAMPLE_UP,   /* nearest, x2 */
  ADM_RESAMPLE_DOWN, /* 2x2 average */
  ADM_RESAMPLE_ZERO, /* x2, zeros between: the gradient of a stride of 2 */
} adm_resample;

/* resample (f (mul * [a, b] + add)): A and B concatenated along channels, same N, H, W. */
typedef struct adm_source {
  adm_map a, b;          /* b.c 0: A alone */
  const float *mul, *add; /* [N, a.c + b.c], or NULL */
  bool silu;
  adm_resample resample;
} adm_source;

adm_source adm_source_of (adm_map map);
int adm_source_channels (const adm_source *source);
int adm_source_height (const adm_source *source); /* after resampling */
int adm_source_width (const adm_source *source);
/* Channels C0 … C1-1 of pixels X0 … X1-1 of row Y of image N, after all of the above, zeros outside the picture; pixels PIXEL apart. */
void adm_source_row (const adm_kernels *kernels, const adm_source *source, int n, int y, int x0, int x1, int c0, int c1, float *out,
                     ptrdiff_t pixel);

enum { ADM_CONV_TAPS = 9 }; /* of the largest kernel */

typedef enum adm_conv_algorithm { ADM_CONV_DIRECT, ADM_CONV_WINOGRAD } adm_conv_algorithm;

/* Weights of one convolution, padded by (size - 1) / 2 with zeros. In 16 bits they are IEEE halves of the true values over FACTOR,
 * a power of two that brings the largest near 2^15: nothing overflows, and what is lost is below 2^-11 of a weight. Each panel is
 * widened again just before it is used. */
typedef struct adm_conv {
  int cin, cout;
  int size;                     /* 1 or 3 */
  int stride;                   /* 1 or 2 */
  adm_conv_algorithm algorithm;
  bool half;                    /* kept in 16 bits */
  float factor;                 /* of the halves; 1 for float32 */
  const void *packed;           /* float or uint16_t; direct [cout / 32, size, size, cin, 32]; Winograd [cout / 32, 36, cin, 32] */
  const float *bias;            /* [cout], or NULL */
} adm_conv;

/* Chooses the algorithm for maps of H x W outputs. */
void adm_conv_plan (adm_conv *conv, int h, int w, bool exact);
uint64_t adm_conv_packed_bytes (const adm_conv *conv);
/* RAW [cout,cin,size,size] (checkpoint order) into PACKED, one panel a unit of work; sets FACTOR. */
void adm_conv_pack (adm_conv *conv, adm_pool *pool, const float *raw, void *packed);
/* For the input gradient of a convolution with weights RAW [cin', cout', size, size]: CONV has cin = cout of the forward one and
 * cout = cin; kernels are turned by 180 degrees and transposed. */
void adm_conv_pack_backward (adm_conv *conv, adm_pool *pool, const float *raw, void *packed);
/* The same in parts, for who has other work to share out: the start sets FACTOR, then each unit once, by any threads. */
int adm_conv_pack_units (const adm_conv *conv);
void adm_conv_pack_start (adm_conv *conv, const float *raw);
void adm_conv_pack_unit (const adm_conv *conv, const float *raw, bool backward, int unit, void *packed);

typedef struct adm_conv_output {
  adm_map y;                  /* [N, H / stride, W / stride, cout] */
  const adm_source *residual; /* added: same size as Y, no multiply-add or SiLU of its own; may be Y itself; NULL: none */
  const float *extra;         /* [N, cout] added to every pixel, or NULL */
  float scale;                /* of the whole sum, 1 normally */
} adm_conv_output;

void adm_conv2d (adm_exec *exec, const adm_conv *conv, const adm_source *source, adm_conv_output output);
/* RAW weights in checkpoint order; the source is first brought into a map of its own. */
void adm_conv2d_ref (const adm_conv *conv, const float *raw, const adm_source *source, adm_conv_output output);

/* winograd.c: conv->algorithm is ADM_CONV_WINOGRAD. */
void adm_conv2d_winograd (adm_exec *exec, const adm_conv *conv, const adm_source *source, const adm_conv_output *output);
/* Input channel I of one panel of weights, G [9][ADM_PANEL], transformed and put into PACKED. */
void adm_winograd_pack (const adm_conv *conv, int panel, int i, const float g[9][ADM_PANEL], void *packed);
uint64_t adm_winograd_packed_count (const adm_conv *conv);

/* Weights number I … I + 31 of PACKED = VALUES, in the form that CONV keeps them. */
void adm_conv_put (const adm_conv *conv, void *packed, size_t i, const float values[ADM_PANEL]);
/* COUNT weights from number I on as float32: in place, or widened into ROOM. */
const float *adm_conv_weights (const adm_kernels *kernels, const adm_conv *conv, size_t i, size_t count, float *room);

/* Writes P pixels from X of row Y, ADM_PANEL columns of COLUMNS [P][ADM_PANEL] belonging to output channels C0 …, with bias, residual
 * and the rest. TEMP: P * ADM_PANEL floats. */
void adm_conv_finish (const adm_kernels *kernels, const adm_conv *conv, const adm_conv_output *output, int n, int y, int x, int p, int c0,
                      const float *columns, float *temp);

#endif
