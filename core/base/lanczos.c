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

/* Where the pixels of lines lie: from one of a line to the NEXT, from one line to the other. */
typedef struct lines {
  ptrdiff_t next, line;
} lines;

static void
filter (const taps *t, const float *in, lines from, int count, float *out, lines to, int length)
{
  for (int l = 0; l < count; l++)
    for (int i = 0; i < length; i++) {
      const int *at = t->at + (size_t) i * (size_t) t->n;
      const double *weight = t->weight + (size_t) i * (size_t) t->n;
      double sum = 0;
      for (int k = 0; k < t->n; k++)
        sum += weight[k] * (double) in[l * from.line + at[k] * from.next];
      out[l * to.line + i * to.next] = (float) sum;
    }
}

bool
adm_lanczos (const float *in, adm_plane_size from, int channels, const bool wrap[2],
             adm_plane_size to, float *out)
{
  taps down = { 0 }, across = { 0 };
  float *between = malloc ((size_t) from.height * (size_t) to.width * sizeof *between);
  bool ok = between && taps_init (&across, from.width, to.width, wrap[1])
            && taps_init (&down, from.height, to.height, wrap[0]);
  for (int c = 0; c < channels && ok; c++) {
    const size_t plane = (size_t) c * (size_t) from.height * (size_t) from.width;
    filter (&across, in + plane, (lines) { 1, from.width }, from.height, between,
            (lines) { 1, to.width }, to.width);
    filter (&down, between, (lines) { to.width, 1 }, to.width,
            out + (size_t) c * (size_t) to.height * (size_t) to.width, (lines) { to.width, 1 },
            to.height);
  }
  taps_clear (&down);
  taps_clear (&across);
  free (between);
  return ok;
}
