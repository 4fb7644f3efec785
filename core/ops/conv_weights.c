/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Panels of 32 output channels, for each point of the kernel or of its transform the input channels
 * in order: as the inner product reads them. */
#include "ops/conv_weights.h"

#include "base/half.h"

#include <math.h>
#include <string.h>

int
adm_conv_panels (const adm_conv *conv)
{
  return (conv->cout + ADM_PANEL - 1) / ADM_PANEL;
}

/* What Winograd's way does in a second over what the direct one does, measured: more where maps are
 * large and the transformed weights serve many tiles, or where these are few and stay in a core's
 * cache. */
static double
winograd_gain (const adm_conv *conv, int h, int w)
{
  bool cached = (int64_t) conv->cin * conv->cout <= 64 * 128;
  return cached || (int64_t) h * w >= 128 * 128 ? 2.3 : 1.8;
}

void
adm_conv_plan (adm_conv *conv, int h, int w, bool exact, double rate16)
{
  /* Transformed weights are four times as large. Below 32x32, and for the widest layers there,
   * streaming them costs what the arithmetic saves; and a network's memory stays near its weights'
   * size. */
  bool worth = h >= 32 && w >= 32 && (int64_t) h * w * 256 >= (int64_t) conv->cin * conv->cout;
  bool winograd = !exact && conv->size == 3 && conv->stride == 1 && worth && conv->cin >= 32
                  && conv->cout >= 32;
  /* Rows of whole tiles; the first and last layers, of 3 to 8 channels, are not worth 16 bits. */
  bool products16 = !exact && rate16 > 0 && conv->cin % ADM_PAIRS == 0
                    && conv->cout % ADM_PAIRS == 0
                    && (!winograd || rate16 >= winograd_gain (conv, h, w));
  conv->algorithm = products16 ? ADM_CONV_DIRECT16 : winograd ? ADM_CONV_WINOGRAD : ADM_CONV_DIRECT;
}

/* Winograd's in whole networks, with their surroundings: 2.1 on maps of 64 px, 1.9 on 256 px. */
double
adm_conv_pace (const adm_conv *conv, double rate16)
{
  return conv->algorithm == ADM_CONV_WINOGRAD   ? 2
         : conv->algorithm == ADM_CONV_DIRECT16 ? rate16
                                                : 1;
}

uint64_t
adm_conv_packed_bytes (const adm_conv *conv)
{
  uint64_t points = conv->algorithm == ADM_CONV_WINOGRAD ? ADM_WINO_POINTS
                                                         : (uint64_t) (conv->size * conv->size);
  return (uint64_t) adm_conv_panels (conv) * points * (uint64_t) conv->cin * ADM_PANEL
         * (conv->half || conv->algorithm == ADM_CONV_DIRECT16 ? sizeof (uint16_t)
                                                               : sizeof (float));
}

/* ---- weights in 16 bits ---------------------------------------------------------------------- */

void
adm_conv_put (const adm_conv *conv, void *packed, size_t i, const float values[ADM_PANEL])
{
  uint16_t *words = packed, brain[ADM_PANEL];
  if (conv->algorithm == ADM_CONV_DIRECT16) {
    /* this input channel's places in the pairs with its neighbour */
    size_t channel = i / ADM_PANEL;
    uint16_t *pairs = words + channel / 2 * 2 * ADM_PANEL + channel % 2;
    adm_kernels_named ("portable")->narrow (ADM_PANEL, values, brain);
    for (int k = 0; k < ADM_PANEL; k++)
      pairs[2 * k] = brain[k];
  } else if (conv->half)
    for (int k = 0; k < ADM_PANEL; k++)
      words[i + (size_t) k] = adm_half_of (values[k] / conv->factor);
  else
    memcpy ((float *) packed + i, values, ADM_PANEL * sizeof *values);
}

const float *
adm_conv_weights (const adm_kernels *kernels, const adm_conv *conv, size_t i, size_t count,
                  float *buffer)
{
  if (!conv->half)
    return (const float *) conv->packed + i;
  kernels->widen (count, (const uint16_t *) conv->packed + i, conv->factor, buffer);
  return buffer;
}

/* The power of two that brings the largest weight into 2^13 … 2^15: Winograd's transform makes none
 * larger. */
static float
factor_for (const adm_conv *conv, const float *raw)
{
  size_t count = (size_t) conv->cout * (size_t) conv->cin * (size_t) (conv->size * conv->size);
  float largest = 0;
  int exponent;
  for (size_t i = 0; conv->half && i < count; i++)
    largest = fabsf (raw[i]) > largest ? fabsf (raw[i]) : largest;
  if (!conv->half || !(largest > 0) || !isfinite (largest))
    return 1;
  frexpf (largest, &exponent);
  return ldexpf (1, exponent - 15 < -96 ? -96 : exponent - 15);
}

void
adm_conv_pack_start (adm_conv *conv, const float *raw)
{
  conv->factor = factor_for (conv, raw);
}
