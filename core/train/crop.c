/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Resampling with the fixed-point sums of the library that the reference uses (Pillow), so that
 * networks see the same pixels. */
#include "train/crop.h"

#include "base/error.h"
#include "io/picture.h"

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

/* Lines of pixels: inputs IN bytes apart, outputs OUT. */
struct steps {
  int channels;
  size_t in, out;
};

/* One line of OUT pixels. */
static void
resample_line (const struct taps *taps, int out, const uint8_t *from, uint8_t *to,
               struct steps step)
{
  for (int i = 0; i < out; i++, to += step.out)
    for (int c = 0; c < step.channels; c++) {
      int64_t sum = 1 << (BITS - 1);
      for (int k = 0; k < taps[i].count; k++)
        sum += (int64_t) taps[i].coefficient[k]
               * from[(size_t) (taps[i].first + k) * step.in + (size_t) c];
      sum >>= BITS;
      to[c] = (uint8_t) (sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
}

bool
adm_pixmap_resize (const adm_pixmap *in, adm_filter filter, adm_pixmap *out)
{
  int *store_x, *store_y;
  size_t pixel = (size_t) in->channels, in_row = pixel * (size_t) in->width,
         out_row = pixel * (size_t) out->width;
  struct taps *x = make_taps (filter, in->width, out->width, &store_x),
              *y = make_taps (filter, in->height, out->height, &store_y);
  uint8_t *between = malloc ((size_t) in->height * out_row);
  out->channels = in->channels;
  out->pixels = malloc ((size_t) out->height * out_row);
  bool ok = x && y && between && out->pixels;
  for (int row = 0; row < in->height && ok; row++)
    resample_line (x, out->width, in->pixels + (size_t) row * in_row,
                   between + (size_t) row * out_row, (struct steps) { in->channels, pixel, pixel });
  for (int column = 0; column < out->width && ok; column++)
    resample_line (y, out->height, between + pixel * (size_t) column,
                   out->pixels + pixel * (size_t) column,
                   (struct steps) { in->channels, out_row, out_row });
  if (!ok) {
    free (out->pixels);
    out->pixels = NULL;
  }
  free (x), free (y), free (store_x), free (store_y), free (between);
  return ok;
}

/* ---- channels -------------------------------------------------------------------------------- */

static uint8_t
luma (const uint8_t *rgb)
{
  return (uint8_t) ((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 0x8000u) >> 16);
}

void
adm_pixmap_make_grey (adm_pixmap *picture)
{
  size_t count = (size_t) picture->height * (size_t) picture->width;
  for (size_t i = 0; i < count; i++)
    picture->pixels[i] = luma (picture->pixels + 3 * i);
  picture->channels = 1;
}

void
adm_pixmap_multiply (adm_pixmap *picture)
{
  size_t count = (size_t) picture->height * (size_t) picture->width;
  for (uint8_t *p = picture->pixels; p < picture->pixels + 4 * count; p += 4)
    for (int c = 0; c < 3; c++)
      p[c] = (uint8_t) ((p[c] * p[3] + 127) / 255);
}

adm_status
adm_pixmap_read (const char *path, int channels, adm_pixmap *out, adm_error *error)
{
  bool rgba = channels == 4;
  *out = (adm_pixmap) { .channels = rgba ? 4 : 3 };
  adm_status status
      = rgba ? adm_picture_read_straight (path, &out->pixels, &out->width, &out->height, error)
             : adm_picture_read (path, &out->pixels, NULL, &out->width, &out->height, error);
  if (!status && rgba)
    adm_pixmap_multiply (out);
  if (!status && channels == 1)
    adm_pixmap_make_grey (out);
  return status;
}

/* Level of channel C of a pixel of CHANNELS; colours are divided by alpha. */
static int
level_of (const uint8_t *pixel, int c, int channels)
{
  if (channels < 4 || c == 3 || pixel[3] == 255)
    return pixel[c];
  if (pixel[3] == 0)
    return 255;
  int level = (255 * pixel[c] + pixel[3] / 2) / pixel[3];
  return level > 255 ? 255 : level;
}

/* ---- crops ----------------------------------------------------------------------------------- */

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
reduce (adm_pixmap *at, int side)
{
  adm_pixmap next;
  int least;
  while ((least = at->width < at->height ? at->width : at->height) >= 2 * side) {
    next = (adm_pixmap) { .height = at->height / 2, .width = at->width / 2 };
    if (!adm_pixmap_resize (at, ADM_FILTER_BOX, &next))
      return false;
    free (at->pixels);
    *at = next;
  }
  double scale = (double) side / least;
  next = (adm_pixmap) { .height = (int) nearbyint (at->height * scale),
                        .width = (int) nearbyint (at->width * scale) };
  if (next.height == at->height && next.width == at->width)
    return true;
  if (!adm_pixmap_resize (at, ADM_FILTER_BICUBIC, &next))
    return false;
  free (at->pixels);
  *at = next;
  return true;
}

adm_status
adm_crop_picture (const adm_pixmap *picture, adm_crop crop, adm_rng *rng, float *out,
                  adm_error *error)
{
  size_t pixel = (size_t) picture->channels,
         bytes = pixel * (size_t) picture->height * (size_t) picture->width,
         area = (size_t) crop.size * (size_t) crop.size;
  adm_pixmap at = *picture;
  at.pixels = malloc (bytes);
  if (at.pixels)
    memcpy (at.pixels, picture->pixels, bytes);
  if (!at.pixels || !reduce (&at, smaller_side (crop, rng))) {
    free (at.pixels);
    return ADM_FAIL (error, NO_MEMORY_SIDES, picture->width, picture->height);
  }
  int free_y = at.height - crop.size, free_x = at.width - crop.size;
  int y0 = crop.random ? (int) (adm_rng_next (rng) % (uint32_t) (free_y + 1)) : free_y / 2,
      x0 = crop.random ? (int) (adm_rng_next (rng) % (uint32_t) (free_x + 1)) : free_x / 2;
  bool mirror = crop.mirror && (adm_rng_next (rng) & 1);
  for (int y = 0; y < crop.size; y++)
    for (int x = 0; x < crop.size; x++) {
      int column = x0 + (mirror ? crop.size - 1 - x : x);
      const uint8_t *from
          = at.pixels + pixel * ((size_t) (y0 + y) * (size_t) at.width + (size_t) column);
      for (int c = 0; c < at.channels; c++)
        out[(size_t) c * area + (size_t) y * (size_t) crop.size + (size_t) x]
            = (float) level_of (from, c, at.channels) / 127.5f - 1;
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
adm_crop_texture (const adm_pixmap *picture, adm_texture_crop crop, adm_rng *rng, float *out,
                  adm_error *error)
{
  int width = picture->width, height = picture->height, least = width < height ? width : height,
      small = (3 * least + 9) / 10;
  size_t pixel = (size_t) picture->channels;
  int side = small + (int) (adm_rng_next (rng) % (uint32_t) (least - small + 1));
  uint32_t free_x = (uint32_t) (crop.tiles ? width : width - side + 1),
           free_y = (uint32_t) (crop.tiles ? height : height - side + 1);
  int x0 = (int) (adm_rng_next (rng) % free_x), y0 = (int) (adm_rng_next (rng) % free_y);
  int turn = (int) (adm_rng_next (rng) & (crop.turns ? 7 : 4));
  adm_pixmap square
      = { malloc (pixel * (size_t) side * (size_t) side), side, side, picture->channels };
  if (!square.pixels)
    return ADM_FAIL (error, NO_MEMORY_SIDES, side, side);
  for (int i = 0; i < side * side; i++) {
    int x = i % side, y = i / side;
    turned (side, turn, &x, &y);
    size_t row = (size_t) ((y0 + y) % height), column = (size_t) ((x0 + x) % width);
    memcpy (square.pixels + pixel * (size_t) i,
            picture->pixels + pixel * (row * (size_t) width + column), pixel);
  }
  adm_status status
      = adm_crop_picture (&square, (adm_crop) { .size = crop.size }, NULL, out, error);
  free (square.pixels);
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
