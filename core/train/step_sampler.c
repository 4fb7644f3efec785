/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loss-second-moment resampling. */
#include "train/step_sampler.h"

#include <math.h>
#include <string.h>

void
adm_step_sampler_prepare (const adm_step_sampler *s, double *cumulative)
{
  const double alike = 0.001;
  bool warm = s->history != NULL;
  double sum = 0, so_far = 0;
  for (int t = 0; t < s->steps && warm; t++)
    warm = s->count[t] >= ADM_STEP_HISTORY;
  for (int t = 0; t < s->steps; t++) {
    double square = warm ? 0 : 1;
    for (int i = 0; i < ADM_STEP_HISTORY && warm; i++) {
      double loss = (double) s->history[t * ADM_STEP_HISTORY + i];
      square += loss * loss / ADM_STEP_HISTORY;
    }
    cumulative[t] = s->chance ? s->chance[t] : sqrt (square);
    sum += cumulative[t];
  }
  for (int t = 0; t < s->steps; t++)
    cumulative[t] = so_far += (1 - alike) * cumulative[t] / (sum > 0 ? sum : 1) + alike / s->steps;
}

int
adm_step_sampler_draw (const adm_step_sampler *s, const double *cumulative, adm_rng *rng,
                       double *weight)
{
  double at = cumulative[s->steps - 1] * ((double) adm_rng_next (rng) + 0.5) / 4294967296.0;
  int low = 0, high = s->steps - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (cumulative[middle] > at)
      high = middle;
    else
      low = middle + 1;
  }
  *weight = s->weight ? s->weight[low]
                      : 1 / (s->steps * (cumulative[low] - (low > 0 ? cumulative[low - 1] : 0)));
  return low;
}

void
adm_step_sampler_note (adm_step_sampler *s, int t, double loss)
{
  if (!s->history)
    return;
  float *of = s->history + t * ADM_STEP_HISTORY;
  int count = (int) s->count[t];
  if (count == ADM_STEP_HISTORY) {
    memmove (of, of + 1, (ADM_STEP_HISTORY - 1) * sizeof *of);
    count--;
  }
  of[count] = (float) loss;
  s->count[t] = (float) (count + 1);
}
