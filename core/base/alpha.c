/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling of transparency: see adm_array.h. Rows first, then columns. */
#include "adm_array.h"
#include "base/error.h"

#include <math.h>
#include <stdlib.h>

/* Value I of OUT_COUNT from COUNT values that lie STEP apart. */
static float
resample (const float *values, int count, size_t step, int i, int out_count)
{
  double ratio = (double) count / out_count, radius = ratio > 1 ? ratio : 1,
         centre = (i + 0.5) * ratio - 0.5, sum = 0, total = 0;
  for (int j = (int) ceil (centre - radius); j <= (int) floor (centre + radius); j++) {
    double weight = 1 - fabs (j - centre) / radius;
    sum += weight * (double) values[(size_t) (j < 0 ? 0 : j < count ? j : count - 1) * step];
    total += weight;
  }
  return (float) (sum / total);
}

adm_status
adm_alpha_resize (const uint8_t *alpha, int width, int height, int out_width, int out_height,
                  uint8_t *out, adm_error *error)
{
  size_t w = (size_t) width, h = (size_t) height, ow = (size_t) out_width, oh = (size_t) out_height;
  float *row = calloc (w, sizeof *row), *narrow = calloc (h * ow, sizeof *narrow);
  const bool memory = row && narrow;
  for (size_t y = 0; memory && y < h; y++) {
    for (size_t x = 0; x < w; x++)
      row[x] = alpha[y * w + x];
    for (int x = 0; x < out_width; x++)
      narrow[y * ow + (size_t) x] = resample (row, width, 1, x, out_width);
  }
  for (size_t y = 0; memory && y < oh; y++)
    for (size_t x = 0; x < ow; x++)
      out[y * ow + x] = (uint8_t) (resample (narrow + x, height, ow, (int) y, out_height) + 0.5f);
  free (row);
  free (narrow);
  return memory ? ADM_OK : ADM_FAIL (error, NO_MEMORY_SIDES, out_width, out_height);
}
