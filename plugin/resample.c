/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling of small pictures: see resample.h. The filter is separable: rows first, then columns.
 */
#include "resample.h"

#include <math.h>

/* Resamples COUNT values, SOURCE_STEP apart, to TARGET_COUNT, TARGET_STEP apart, for each of
 * CHANNELS neighbouring ones. */
static void
resample_line (const float *source, int count, gsize source_step, float *target, int target_count,
               gsize target_step, int channels)
{
  double ratio = (double) count / target_count;
  double radius = MAX (ratio, 1.0);

  for (int i = 0; i < target_count; i++) {
    double centre = (i + 0.5) * ratio - 0.5;
    int first = (int) ceil (centre - radius), last = (int) floor (centre + radius);
    double total = 0.0, sum[4] = { 0 };

    for (int j = first; j <= last; j++) {
      double weight = 1.0 - fabs (j - centre) / radius;
      const float *value = source + (gsize) CLAMP (j, 0, count - 1) * source_step;
      for (int c = 0; c < channels; c++)
        sum[c] += weight * (double) value[c];
      total += weight;
    }
    for (int c = 0; c < channels; c++)
      target[(gsize) i * target_step + (gsize) c] = (float) (sum[c] / total);
  }
}

gboolean
resample_picture (const float *source, int source_w, int source_h, int channels, float *target,
                  int target_w, int target_h)
{
  gsize n = (gsize) channels;

  g_assert (channels >= 1 && channels <= 4);
  if ((gsize) target_w > G_MAXSIZE / sizeof (float) / n / (gsize) source_h)
    return FALSE;
  g_autofree float *narrow = g_try_new (float, (gsize) target_w *(gsize) source_h *n);
  if (!narrow)
    return FALSE;
  for (int y = 0; y < source_h; y++)
    resample_line (source + (gsize) y * (gsize) source_w * n, source_w, n,
                   narrow + (gsize) y * (gsize) target_w * n, target_w, n, channels);
  for (int x = 0; x < target_w; x++)
    resample_line (narrow + (gsize) x * n, source_h, (gsize) target_w * n, target + (gsize) x * n,
                   target_h, (gsize) target_w * n, channels);
  return TRUE;
}
