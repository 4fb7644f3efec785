/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sinusoidal timestep embedding (DDPM; Vaswani et al. 2017). */
#include "ops/ops.h"

#include <math.h>

void
adm_timestep_embedding (int n, const int *t, int dim, float *out)
{
  int half = dim / 2;
  for (int i = 0; i < n; i++, out += dim) {
    for (int k = 0; k < half; k++) {
      float frequency = expf ((float) -9.210340371976184 * (float) k / (float) half); /* ln (10000) */
      float angle = (float) t[i] * frequency;
      out[k] = cosf (angle);
      out[half + k] = sinf (angle);
    }
    if (dim % 2)
      out[dim - 1] = 0;
  }
}
