/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling of transparency: see alpha.h. Rows first, then columns. */
#include "cli/alpha.h"

#include "cli/program.h"

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
alpha_resize (const uint8_t *alpha, int width, int height, int out_width, int out_height,
              uint8_t **out, adm_error *error)
{
  size_t w = (size_t) width, h = (size_t) height, ow = (size_t) out_width, oh = (size_t) out_height;
  float *row = calloc (w, sizeof *row), *narrow = calloc (h * ow, sizeof *narrow);
  *out = row && narrow ? calloc (oh, ow) : NULL;
  for (size_t y = 0; *out && y < h; y++) {
    for (size_t x = 0; x < w; x++)
      row[x] = alpha[y * w + x];
    for (int x = 0; x < out_width; x++)
      narrow[y * ow + (size_t) x] = resample (row, width, 1, x, out_width);
  }
  for (int y = 0; *out && y < out_height; y++)
    for (size_t x = 0; x < ow; x++)
      (*out)[(size_t) y * ow + x]
          = (uint8_t) (resample (narrow + x, height, ow, y, out_height) + 0.5f);
  free (row);
  free (narrow);
  return *out
             ? ADM_OK
             : program_fail (error, ADM_ERROR_MEMORY,
                             "no memory for the transparency of %d x %d px; give a smaller picture",
                             out_width, out_height);
}
