/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See lanczos.h. First along rows, then along columns; sums in double. */
#include "base/lanczos.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

enum { LOBES = 3 };

static double
kernel (double x)
{
  const double pi = 3.14159265358979323846;
  if (x == 0)
    return 1;
  return fabs (x) < LOBES ? sin (pi * x) * sin (pi * x / LOBES) * LOBES / (pi * pi * x * x) : 0;
}

/* One axis: for each of TO pixels, TAPS positions of FROM and their weights. */
typedef struct taps {
  int n;
  int *at;        /* [to,n] */
  double *weight; /* [to,n], each row sums to 1 */
} taps;

static bool
taps_init (taps *t, int from, int to, bool wrap)
{
  const double ratio = (double) from / to, wide = ratio > 1 ? ratio : 1;
  t->n = 2 * (int) ceil (LOBES * wide) + 1;
  t->at = malloc ((size_t) to * (size_t) t->n * sizeof *t->at);
  t->weight = malloc ((size_t) to * (size_t) t->n * sizeof *t->weight);
  for (int i = 0; t->at && t->weight && i < to; i++) {
    const double middle = (i + 0.5) * ratio - 0.5;
    const int first = (int) floor (middle) - t->n / 2;
    int *at = t->at + (size_t) i * (size_t) t->n;
    double *weight = t->weight + (size_t) i * (size_t) t->n, sum = 0;
    for (int k = 0; k < t->n; k++) {
      int p = first + k;
      sum += weight[k] = kernel ((p - middle) / wide);
      at[k] = wrap ? (p % from + from) % from : p < 0 ? 0 : p >= from ? from - 1 : p;
    }
    for (int k = 0; k < t->n; k++)
      weight[k] /= sum;
  }
  return t->at && t->weight;
}

static void
taps_clear (taps *t)
{
  free (t->at);
  free (t->weight);
}

/* HEIGHT rows of WIDTH pixels, to TO pixels each. */
static void
filter_rows (const taps *t, const float *in, int height, int width, float *out, int to)
{
  for (int y = 0; y < height; y++, in += width, out += to)
    for (int i = 0; i < to; i++) {
      const int *at = t->at + (size_t) i * (size_t) t->n;
      const double *weight = t->weight + (size_t) i * (size_t) t->n;
      double sum = 0;
      for (int k = 0; k < t->n; k++)
        sum += weight[k] * (double) in[at[k]];
      out[i] = (float) sum;
    }
}

/* Columns of rows of WIDTH pixels, to TO pixels each; SUM [width]. */
static void
filter_columns (const taps *t, const float *in, int width, float *out, int to, double *sum)
{
  for (int i = 0; i < to; i++, out += width) {
    for (int x = 0; x < width; x++)
      sum[x] = 0;
    for (int k = 0; k < t->n; k++) {
      const float *row
          = in + (size_t) t->at[(size_t) i * (size_t) t->n + (size_t) k] * (size_t) width;
      const double weight = t->weight[(size_t) i * (size_t) t->n + (size_t) k];
      for (int x = 0; x < width; x++)
        sum[x] += weight * (double) row[x];
    }
    for (int x = 0; x < width; x++)
      out[x] = (float) sum[x];
  }
}

bool
adm_lanczos (const float *in, adm_plane_size from, int channels, const bool wrap[2],
             adm_plane_size to, float *out)
{
  taps down = { 0 }, across = { 0 };
  float *between = malloc ((size_t) from.height * (size_t) to.width * sizeof *between);
  double *sum = malloc ((size_t) to.width * sizeof *sum);
  bool ok = between && sum && taps_init (&across, from.width, to.width, wrap[1])
            && taps_init (&down, from.height, to.height, wrap[0]);
  for (int c = 0; c < channels && ok; c++) {
    filter_rows (&across, in + (size_t) c * (size_t) from.height * (size_t) from.width, from.height,
                 from.width, between, to.width);
    filter_columns (&down, between, to.width,
                    out + (size_t) c * (size_t) to.height * (size_t) to.width, to.height, sum);
  }
  taps_clear (&down);
  taps_clear (&across);
  free (between);
  free (sum);
  return ok;
}
