/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See windows.h. */
#include "diffusion/windows.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

adm_axis
adm_axis_new (int length, int side, bool wrap, bool vertical)
{
  /* the two-dimensional low-discrepancy sequence of the plastic number (Roberts 2018) */
  static const double turn[2] = { 0.75487766624669276, 0.56984029099805327 };
  return (adm_axis) { length, side, wrap, false, turn[vertical] };
}

adm_axis
adm_axis_settled (adm_axis axis)
{
  axis.settled = true;
  return axis;
}

/* From one window to the next. */
static int
stride (const adm_axis *axis)
{
  return axis->side > 4 ? axis->side - axis->side / 4 : axis->side > 1 ? axis->side - 1 : 1;
}

/* On an open axis the grid begins up to a stride before the canvas (unless it is settled), and its
 * first and last window are moved inside; on a torus it may begin anywhere. */
adm_axis_grid
adm_axis_at (const adm_axis *axis, unsigned step)
{
  double at = step * axis->turn;
  at -= floor (at);
  if (axis->wrap) {
    int count = axis->length <= axis->side ? 1 : (axis->length + stride (axis) - 1) / stride (axis);
    return (adm_axis_grid) { count, (int) (at * axis->length) };
  }
  int more = axis->length - axis->side, offset = axis->settled ? 0 : (int) (at * stride (axis));
  if (more <= 0)
    return (adm_axis_grid) { 1, 0 };
  return (adm_axis_grid) { 1 + (more + offset + stride (axis) - 1) / stride (axis), offset };
}

int
adm_axis_most (const adm_axis *axis)
{
  int more = axis->length - axis->side;
  if (axis->wrap || axis->settled || more <= 0)
    return adm_axis_at (axis, 0).count;
  return 1 + (more + 2 * stride (axis) - 2) / stride (axis);
}

int
adm_axis_start (const adm_axis *axis, const adm_axis_grid *grid, int i)
{
  if (axis->wrap)
    return (int) (((int64_t) i * axis->length / grid->count + grid->offset) % axis->length);
  int at = i * stride (axis) - grid->offset, last = axis->length - axis->side;
  if (axis->settled) /* evenly: all neighbours overlap alike */
    return grid->count > 1 ? (int) ((int64_t) i * last / (grid->count - 1)) : 0;
  return at < 0 ? 0 : at > last ? last : at;
}

/* Before sharing: the distance to the window's nearer edge, at most a quarter of it. */
static float
pull (int pixel, int side)
{
  int edge = pixel < side - 1 - pixel ? pixel : side - 1 - pixel;
  int most = side / 4 > 0 ? side / 4 : 1;
  return (float) (edge < most ? edge : most) + 0.5f;
}

/* What all windows pull at pixel AT of the canvas' LENGTH pixels, a window that sees it several
 * times each time. */
static float
pull_of_all (const adm_axis *axis, const adm_axis_grid *grid, int factor, int at)
{
  int side = axis->side * factor, length = axis->length * factor;
  float sum = 0;
  for (int k = 0; k < grid->count; k++) {
    int p = at - adm_axis_start (axis, grid, k) * factor;
    if (axis->wrap)
      for (p = p < 0 ? p + length : p; p < side; p += length)
        sum += pull (p, side);
    else if (p >= 0 && p < side)
      sum += pull (p, side);
  }
  return sum;
}

void
adm_axis_weights (const adm_axis *axis, const adm_axis_grid *grid, int i, int factor,
                  float *weights)
{
  int side = axis->side * factor, length = axis->length * factor,
      start = adm_axis_start (axis, grid, i) * factor;
  for (int p = 0; p < side; p++)
    weights[p] = pull (p, side) / pull_of_all (axis, grid, factor, (start + p) % length);
}

/* ---- one window ------------------------------------------------------------------------------ */

/* Calls for each run of a row's pixels that lie side by side in the canvas as in the window. */
#define FOR_RUNS(w, from, at, run)                                                                 \
  for (int from = 0, at = (w)->start[1], run; from < (w)->side; from += run, at = 0)               \
    if ((run = (w)->length[1] - at < (w)->side - from ? (w)->length[1] - at : (w)->side - from),   \
        true)

static size_t
row_of (const adm_window *w, int channel, int j)
{
  int y = (w->start[0] + j) % w->length[0];
  return ((size_t) channel * (size_t) w->length[0] + (size_t) y) * (size_t) w->length[1];
}

void
adm_window_cut (const adm_window *w, const float *planar, int channels, float *out)
{
  for (int c = 0; c < channels; c++)
    for (int j = 0; j < w->side; j++, out += w->side)
      FOR_RUNS (w, from, at, run)
  memcpy (out + from, planar + row_of (w, c, j) + at, (size_t) run * sizeof *out);
}

void
adm_window_add (const adm_window *w, const adm_window_share *share, const float *in, int channels,
                float *planar)
{
  for (int c = 0; c < channels; c++)
    for (int j = 0; j < w->side; j++, in += w->side) {
      const float row = share->rows[j] * share->scale;
      FOR_RUNS (w, from, at, run)
      {
        float *to = planar + row_of (w, c, j) + at;
        const float *map = share->map ? share->map + row_of (w, 0, j) + at : NULL;
        for (int k = 0; k < run; k++)
          to[k] += row * share->columns[from + k] * (map ? map[k] : 1) * in[from + k];
      }
    }
}

bool
adm_window_touches (const adm_window *w, const float *map)
{
  for (int j = 0; j < w->side; j++)
    FOR_RUNS (w, from, at, run)
  for (int k = 0; k < run; k++)
    if (map[row_of (w, 0, j) + (size_t) (at + k)] > 0)
      return true;
  return false;
}
