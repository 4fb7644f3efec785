/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A canvas laid out with pieces of one window: colours and contrast are the window's everywhere,
 * no seam shows, ends meet on a torus, maps are followed, and no byte is left to chance. */
#include "pipeline/anchor.h"

#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 64, TILE_AREA = TILE * TILE };

typedef struct layout {
  adm_axis axis[2];
  float *work, *canvas;
  int height, width, area;
} layout;

static layout
layout_new (int height, int width, bool wrap)
{
  layout l = { .axis = { adm_axis_new (height, TILE, wrap, true),
                         adm_axis_new (width, TILE, wrap, false) },
               .height = height,
               .width = width,
               .area = height * width };
  l.work = malloc (adm_anchor_work (l.axis) * sizeof *l.work);
  l.canvas = calloc (3 * (size_t) l.area, sizeof *l.canvas);
  return l;
}

static void
layout_clear (layout *l)
{
  free (l->work);
  free (l->canvas);
}

/* Waves that go on round the torus, of another mean and strength in each channel, with noise. */
static void
fill_tile (float *tile, float noise)
{
  adm_rng rng;
  adm_rng_seed (&rng, 3);
  for (int c = 0; c < 3; c++)
    for (int i = 0; i < TILE_AREA; i++) {
      const double y = 2 * 3.14159265358979 * (i / TILE) / TILE,
                   x = 2 * 3.14159265358979 * (i % TILE) / TILE;
      const double random = adm_rng_next (&rng) / 4294967296.0 - 0.5;
      tile[c * TILE_AREA + i] = (float) (0.3 * (c - 1) + 0.1 * (c + 1) * sin (3 * x) * cos (2 * y))
                                + noise * (float) random;
    }
}

static void
moments_of (const float *x, int n, double *mean, double *deviation)
{
  double sum = 0, square = 0;
  for (int i = 0; i < n; i++)
    sum += (double) x[i];
  for (int i = 0; i < n; i++)
    square += ((double) x[i] - sum / n) * ((double) x[i] - sum / n);
  *mean = sum / n;
  *deviation = sqrt (square / n);
}

static bool
lay (const layout *l, const float *tile, const float *map, uint64_t seed, bool (*go) (void *),
     void *user)
{
  adm_quilt quilt = {
    .axis = l->axis, .map = map, .work = l->work, .canvas = l->canvas, .go = go, .user = user
  };
  adm_rng_seed (&quilt.moves, seed);
  return adm_anchor_quilt (&quilt, tile);
}

static void
test_colours_and_contrast (void)
{
  static float tile[3 * TILE_AREA];
  layout l = layout_new (400, 304, false);
  fill_tile (tile, 0.8f);
  lay (&l, tile, NULL, 1, NULL, NULL);
  for (int c = 0; c < 3; c++) {
    double mean, deviation, its_mean, its_deviation;
    moments_of (tile + c * TILE_AREA, TILE_AREA, &its_mean, &its_deviation);
    moments_of (l.canvas + c * l.area, l.area, &mean, &deviation);
    CHECK_NEAR (mean, its_mean, 0.02);
    CHECK_NEAR (deviation / its_deviation, 1, 0.05);
    /* … in each row, whether pieces meet there or not: a plain mean would lose a third */
    for (int y = 0; y < l.height; y++) {
      moments_of (l.canvas + c * l.area + y * l.width, l.width, &mean, &deviation);
      CHECK (deviation > 0.8 * its_deviation && deviation < 1.2 * its_deviation);
    }
  }
  layout_clear (&l);
}

/* Largest difference between neighbours across, the wrapped edge included if asked for. */
static double
steepest (const layout *l, bool edge)
{
  double most = 0;
  for (int y = 0; y < 3 * l->height; y++)
    for (int x = edge ? 0 : 1; x < l->width; x++)
      most = fmax (most, fabs ((double) l->canvas[y * l->width + x]
                               - (double) l->canvas[y * l->width + (x + l->width - 1) % l->width]));
  return most;
}

static void
test_ends_meet (void)
{
  static float tile[3 * TILE_AREA];
  layout torus = layout_new (160, 200, true);
  fill_tile (tile, 0);
  lay (&torus, tile, NULL, 2, NULL, NULL);
  CHECK (steepest (&torus, true) <= 1.001 * steepest (&torus, false));
  CHECK (steepest (&torus, true) < 0.2);
  layout_clear (&torus);
}

static void
test_maps (void)
{
  static float tile[3 * TILE_AREA], map[128 * 96];
  layout l = layout_new (128, 96, false), whole = layout_new (128, 96, false);
  fill_tile (tile, 0.8f);
  for (int i = 0; i < l.area; i++)
    map[i] = i % l.width < 40 ? 0 : i % l.width < 60 ? 0.25f : 1;
  lay (&whole, tile, NULL, 5, NULL, NULL);
  lay (&l, tile, map, 5, NULL, NULL);
  for (int i = 0; i < 3 * l.area; i++)
    CHECK_NEAR (l.canvas[i], map[i % l.area] * whole.canvas[i], 1e-5);
  /* on top of what is there */
  lay (&l, tile, NULL, 5, NULL, NULL);
  for (int i = 0; i < 3 * l.area; i++)
    CHECK_NEAR (l.canvas[i], (1 + map[i % l.area]) * whole.canvas[i], 1e-5);
  layout_clear (&l);
  layout_clear (&whole);
}

static void
test_chance (void)
{
  static float tile[3 * TILE_AREA];
  layout a = layout_new (100, 140, false), b = layout_new (100, 140, false);
  const size_t bytes = 3 * (size_t) a.area * sizeof (float);
  fill_tile (tile, 0.8f);
  lay (&a, tile, NULL, 1, NULL, NULL);
  lay (&b, tile, NULL, 1, NULL, NULL);
  CHECK (memcmp (a.canvas, b.canvas, bytes) == 0);
  memset (b.canvas, 0, bytes);
  lay (&b, tile, NULL, 7, NULL, NULL);
  CHECK (memcmp (a.canvas, b.canvas, bytes) != 0);
  layout_clear (&a);
  layout_clear (&b);
}

static bool
count_down (void *user)
{
  int *left = user;
  return --*left > 0;
}

static void
test_stop (void)
{
  static float tile[3 * TILE_AREA];
  layout l = layout_new (400, 304, false);
  for (int asked = 1; asked < 6; asked++) {
    int left = asked;
    CHECK (!lay (&l, tile, NULL, 1, count_down, &left));
    CHECK (left == 0);
  }
  layout_clear (&l);
}

int
main (void)
{
  test_stop ();
  test_colours_and_contrast ();
  test_ends_meet ();
  test_maps ();
  test_chance ();
  return check_summary ();
}
