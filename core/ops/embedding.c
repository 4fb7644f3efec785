/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sinusoidal timestep embedding (DDPM, section 3.3 and appendix B; Vaswani et al. 2017, section
 * 3.5). */
#include "ops/embedding.h"

#include <math.h>

void
adm_timestep_embedding (int n, const int *t, float scale, int dim, float *out)
{
  int waves = dim / 2;
  for (int i = 0; i < n; i++, out += dim) {
    for (int k = 0; k < waves; k++) {
      /* ln (10000) */
      float frequency = expf ((float) -9.210340371976184 * (float) k / (float) waves);
      float angle = (float) t[i] * scale * frequency;
      out[k] = cosf (angle);
      out[waves + k] = sinf (angle);
    }
    if (dim % 2)
      out[dim - 1] = 0;
  }
}
