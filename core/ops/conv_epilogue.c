/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A skip connection that is a plain map is added from where it stands; any other is brought into a
 * strip first. */
#include "ops/conv_epilogue.h"

void
adm_conv_epilogue (const adm_kernels *kernels, const adm_conv *conv, const adm_conv_output *output,
                   adm_conv_strip at, const float *columns, float *temp)
{
  static const float no_bias[ADM_PANEL];
  const adm_source *residual = output->residual;
  int c0 = at.c0, width = conv->cout - c0 < ADM_PANEL ? conv->cout - c0 : ADM_PANEL;
  ptrdiff_t pixel = ((ptrdiff_t) at.n * output->y.h + at.y) * output->y.w + at.x;
  adm_epilogue rows = { .p = at.pixels, .n = width, .c = columns, .scale = output->scale };
  rows.bias = conv->bias ? conv->bias + c0 : no_bias;
  rows.extra = output->extra ? output->extra + (ptrdiff_t) at.n * conv->cout + c0 : NULL;
  rows.y = output->y.data + pixel * conv->cout + c0;
  rows.y_stride = conv->cout;
  if (residual && residual->resample == ADM_RESAMPLE_NONE && residual->b.c == 0) {
    rows.residual_stride = residual->a.c;
    rows.residual = residual->a.data + pixel * residual->a.c + c0;
  } else if (residual) {
    adm_source_row (kernels, residual,
                    (adm_span) { at.n, at.y, at.x, at.x + at.pixels, c0, c0 + width }, temp,
                    ADM_PANEL);
    rows.residual_stride = ADM_PANEL;
    rows.residual = temp;
  }
  kernels->epilogue (&rows);
}
