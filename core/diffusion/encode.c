/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DDIM's steps upwards (arXiv 2010.02502, equation 14, with the reference implementation's
 * clamp):
 *   x_{i+1} = sqrt (a_{i+1}) x0 + sqrt (1 - a_{i+1}) eps,   x0 and eps at x_i.
 * The picture stands for x_0, and the last step's a is 0: x_T is its eps alone. */
#include "diffusion/encode.h"

#include "base/error.h"
#include "diffusion/guidance.h"
#include "diffusion/sampler.h"

#include <math.h>

adm_status
adm_diffusion_encode (const adm_denoiser *denoiser, const adm_schedule *schedule,
                      const adm_encode_params *params, float *x, adm_error *error)
{
  const size_t n = 3 * (size_t) denoiser->height * (size_t) denoiser->width;
  adm_layout layout = { .base = (unsigned char *) params->workspace };
  const adm_diffusion_arrays a = adm_diffusion_take (&layout, denoiser);
  for (int i = 0; i < schedule->steps; i++) {
    const adm_schedule_step *s = &schedule->step[i];
    double next = i + 1 < schedule->steps ? s[1].alpha_bar : 0.0, sum = 0.0;
    adm_status status = denoiser->predict (denoiser->user, x, s->t, a.out, error);
    if (status)
      return status;
    for (size_t j = 0; j < n; j++) {
      adm_prediction p = adm_guide_prediction (s, (double) x[j], (double) a.out[j], 0.0, 0.0);
      a.x0[j] = (float) p.x0;
      x[j] = (float) (sqrt (next) * p.x0 + sqrt (1.0 - next) * p.eps);
      sum += (double) (x[j] - x[j]); /* 0, or NaN for what is not finite */
    }
    if (sum != 0.0 || isnan (sum))
      return ADM_FAIL (error, OUTPUT_VALUE, denoiser->network ? denoiser->network : "network",
                       i + 1, schedule->steps, s->t);
    if (params->stepped && !params->stepped (params->user, i + 1, schedule->steps, a.x0))
      return ADM_FAIL (error, STOPPED_AT, i + 1, schedule->steps);
  }
  return ADM_OK;
}
