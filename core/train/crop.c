/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling with the fixed-point sums of the library that the reference uses (Pillow), so that
 * networks see the same pixels. */
#include "train/crop.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 22 }; /* of a coefficient's fraction */

static double
weight_at (adm_filter filter, double x)
{
  const double a = -0.5;
  if (filter == ADM_FILTER_BOX)
    return x > -0.5 && x <= 0.5 ? 1 : 0;
  x = fabs (x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/* What one output takes: COUNT inputs from FIRST on. */
struct taps {
  int first, count;
  int *coefficient;
};

/* For OUT outputs of IN inputs; freed with free () of *STORE too. */
static struct taps *
make_taps (adm_filter filter, int in, int out, int **store)
{
  double scale = (double) in / out, stretch = scale < 1 ? 1 : scale,
         reach = (filter == ADM_FILTER_BOX ? 0.5 : 2) * stretch;
  size_t most = (size_t) ceil (reach) * 2 + 1;
  struct taps *taps = malloc ((size_t) out * sizeof *taps);
  *store = malloc ((size_t) out * most * sizeof **store);
  double *weights = malloc (most * sizeof *weights);
  for (int i = 0; i < out && taps && *store && weights; i++) {
    double centre = (i + 0.5) * scale, sum = 0;
    int first = (int) (centre - reach + 0.5), end = (int) (centre + reach + 0.5);
    first = first < 0 ? 0 : first;
    end = end > in ? in : end;
    taps[i] = (struct taps) { first, end - first, *store + (size_t) i * most };
    for (int k = 0; k < taps[i].count; k++)
      sum += weights[k] = weight_at (filter, (k + first - centre + 0.5) / stretch);
    for (int k = 0; k < taps[i].count; k++)
      taps[i].coefficient[k] = (int) floor (weights[k] / sum * (1 << BITS) + 0.5);
  }
  if (!*store || !weights) {
    free (taps);
    taps = NULL;
  }
  if (!taps) {
    free (*store);
    *store = NULL;
  }
  free (weights);
  return taps;
}

/* One line of OUT pixels; inputs IN_STEP bytes apart, outputs OUT_STEP. */
static void
resample_line (const struct taps *taps, int out, const uint8_t *from, size_t in_step, uint8_t *to,
               size_t out_step)
{
  for (int i = 0; i < out; i++, to += out_step)
    for (int c = 0; c < 3; c++) {
      int64_t sum = 1 << (BITS - 1);
      for (int k = 0; k < taps[i].count; k++)
        sum += (int64_t) taps[i].coefficient[k]
               * from[(size_t) (taps[i].first + k) * in_step + (size_t) c];
      sum >>= BITS;
      to[c] = (uint8_t) (sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
}

bool
adm_rgb_resize (const adm_rgb *in, adm_filter filter, adm_rgb *out)
{
  int *store_x, *store_y;
  size_t in_row = 3 * (size_t) in->width, out_row = 3 * (size_t) out->width;
  struct taps *x = make_taps (filter, in->width, out->width, &store_x),
              *y = make_taps (filter, in->height, out->height, &store_y);
  uint8_t *between = malloc ((size_t) in->height * out_row);
  out->pixels = malloc ((size_t) out->height * out_row);
  bool ok = x && y && between && out->pixels;
  for (int row = 0; row < in->height && ok; row++)
    resample_line (x, out->width, in->pixels + (size_t) row * in_row, 3,
                   between + (size_t) row * out_row, 3);
  for (int column = 0; column < out->width && ok; column++)
    resample_line (y, out->height, between + 3 * (size_t) column, out_row,
                   out->pixels + 3 * (size_t) column, out_row);
  if (!ok) {
    free (out->pixels);
    out->pixels = NULL;
  }
  free (x), free (y), free (store_x), free (store_y), free (between);
  return ok;
}

/* The smaller side that the whole picture is reduced to. */
static int
smaller_side (adm_crop crop, adm_rng *rng)
{
  if (!crop.random)
    return crop.size;
  int most = (int) ceil (crop.size / 0.8);
  return crop.size + (int) (adm_rng_next (rng) % (uint32_t) (most - crop.size + 1));
}

/* *AT, pixels of its own, to a smaller side of exactly SIDE. */
static bool
reduce (adm_rgb *at, int side)
{
  adm_rgb next;
  int least;
  while ((least = at->width < at->height ? at->width : at->height) >= 2 * side) {
    next = (adm_rgb) { .height = at->height / 2, .width = at->width / 2 };
    if (!adm_rgb_resize (at, ADM_FILTER_BOX, &next))
      return false;
    free (at->pixels);
    *at = next;
  }
  double scale = (double) side / least;
  next = (adm_rgb) { .height = (int) nearbyint (at->height * scale),
                     .width = (int) nearbyint (at->width * scale) };
  if (next.height == at->height && next.width == at->width)
    return true;
  if (!adm_rgb_resize (at, ADM_FILTER_BICUBIC, &next))
    return false;
  free (at->pixels);
  *at = next;
  return true;
}

adm_status
adm_crop_picture (const uint8_t *pixels, int height, int width, adm_crop crop, adm_rng *rng,
                  float *out, adm_error *error)
{
  size_t bytes = 3 * (size_t) height * (size_t) width,
         area = (size_t) crop.size * (size_t) crop.size;
  adm_rgb at = { malloc (bytes), height, width };
  if (at.pixels)
    memcpy (at.pixels, pixels, bytes);
  if (!at.pixels || !reduce (&at, smaller_side (crop, rng))) {
    free (at.pixels);
    return ADM_FAIL (error, NO_MEMORY_SIDES, width, height);
  }
  int free_y = at.height - crop.size, free_x = at.width - crop.size;
  int y0 = crop.random ? (int) (adm_rng_next (rng) % (uint32_t) (free_y + 1)) : free_y / 2,
      x0 = crop.random ? (int) (adm_rng_next (rng) % (uint32_t) (free_x + 1)) : free_x / 2;
  bool mirror = crop.mirror && (adm_rng_next (rng) & 1);
  for (int y = 0; y < crop.size; y++)
    for (int x = 0; x < crop.size; x++) {
      int column = x0 + (mirror ? crop.size - 1 - x : x);
      const uint8_t *from
          = at.pixels + 3 * ((size_t) (y0 + y) * (size_t) at.width + (size_t) column);
      for (size_t c = 0; c < 3; c++)
        out[c * area + (size_t) y * (size_t) crop.size + (size_t) x] = (float) from[c] / 127.5f - 1;
    }
  free (at.pixels);
  return ADM_OK;
}

/* The place in a square of SIDE that X, Y has after TURN quarters and a mirror (bit 2). */
static void
turned (int side, int turn, int *x, int *y)
{
  int a = turn & 4 ? side - 1 - *x : *x, b = *y;
  for (int i = 0; i < (turn & 3); i++) {
    int before = a;
    a = side - 1 - b;
    b = before;
  }
  *x = a;
  *y = b;
}

adm_status
adm_crop_texture (const uint8_t *pixels, int height, int width, adm_texture_crop crop, adm_rng *rng,
                  float *out, adm_error *error)
{
  int least = width < height ? width : height, small = (3 * least + 9) / 10;
  int side = small + (int) (adm_rng_next (rng) % (uint32_t) (least - small + 1));
  uint32_t free_x = (uint32_t) (crop.tiles ? width : width - side + 1),
           free_y = (uint32_t) (crop.tiles ? height : height - side + 1);
  int x0 = (int) (adm_rng_next (rng) % free_x), y0 = (int) (adm_rng_next (rng) % free_y);
  int turn = (int) (adm_rng_next (rng) & (crop.turns ? 7 : 4));
  uint8_t *square = malloc (3 * (size_t) side * (size_t) side);
  if (!square)
    return ADM_FAIL (error, NO_MEMORY_SIDES, side, side);
  for (int i = 0; i < side * side; i++) {
    int x = i % side, y = i / side;
    turned (side, turn, &x, &y);
    memcpy (square + 3 * (size_t) i,
            pixels
                + 3 * ((size_t) ((y0 + y) % height) * (size_t) width + (size_t) ((x0 + x) % width)),
            3);
  }
  adm_status status
      = adm_crop_picture (square, side, side, (adm_crop) { .size = crop.size }, NULL, out, error);
  free (square);
  return status;
}

void
adm_area_reduce (const float *x, int size, int small, float *low)
{
  int factor = size / small;
  for (int c = 0; c < 3; c++, x += (size_t) size * (size_t) size)
    for (int row = 0; row < small; row++)
      for (int column = 0; column < small; column++) {
        double sum = 0;
        for (int i = 0; i < factor * factor; i++)
          sum += (double) x[(row * factor + i / factor) * size + column * factor + i % factor];
        double level = nearbyint ((sum / (factor * factor) + 1) * 127.5);
        *low++ = (float) (level / 127.5 - 1);
      }
}
