/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tiles: see tiling.h. Workspace: | x [3,S,S] | low [3,tile,tile] | out [channels,S,S] | row
 * weights [S] | column weights [S] |. */
#include "diffusion/tiling.h"

#include <string.h>

static int
tiles_on (int length, int tile)
{
  int stride = tile - tile / 4;
  return length <= tile ? 1 : (length - tile + stride - 1) / stride + 1;
}

adm_tiling
adm_tiling_new (int height, int width, int tile, int factor)
{
  return (
      adm_tiling) { height, width, tile, factor, tiles_on (height, tile), tiles_on (width, tile) };
}

int
adm_tiling_start (int i, int count, int length, int tile)
{
  return count > 1 ? (int) ((int64_t) i * (length - tile) / (count - 1)) : 0;
}

/* Before sharing: the distance to the tile's nearer edge, in output pixels, at most a quarter of
 * the tile. */
static float
pull (int pixel, int side)
{
  int edge = pixel < side - 1 - pixel ? pixel : side - 1 - pixel;
  int most = side / 4 > 0 ? side / 4 : 1;
  return (float) (edge < most ? edge : most) + 0.5f;
}

void
adm_tiling_weights (int i, int count, int length, int tile, int factor, float *weights)
{
  int side = tile * factor, start = adm_tiling_start (i, count, length, tile) * factor;
  for (int p = 0; p < side; p++) {
    float sum = 0;
    for (int k = 0; k < count; k++) {
      int at = start + p - adm_tiling_start (k, count, length, tile) * factor;
      sum += at >= 0 && at < side ? pull (at, side) : 0;
    }
    weights[p] = pull (p, side) / sum;
  }
}

static void
crop (const float *planar, int height, int width, int y, int x, int side, float *out)
{
  for (int c = 0; c < 3; c++)
    for (int j = 0; j < side; j++)
      memcpy (out + ((size_t) c * (size_t) side + (size_t) j) * (size_t) side,
              planar + ((size_t) c * (size_t) height + (size_t) (y + j)) * (size_t) width
                  + (size_t) x,
              (size_t) side * sizeof *out);
}

static void
blend (const float *tile, int channels, int side, const float *rows, const float *columns,
       float *planar, int height, int width, int y, int x)
{
  for (int c = 0; c < channels; c++)
    for (int j = 0; j < side; j++) {
      const float *from = tile + ((size_t) c * (size_t) side + (size_t) j) * (size_t) side;
      float *to = planar + ((size_t) c * (size_t) height + (size_t) (y + j)) * (size_t) width
                  + (size_t) x;
      for (int i = 0; i < side; i++)
        to[i] += rows[j] * columns[i] * from[i];
    }
}

size_t
adm_tiling_workspace (const adm_tiling *tiling, int channels)
{
  size_t low = (size_t) tiling->tile, side = low * (size_t) tiling->factor;
  return (3 + (size_t) channels) * side * side + 3 * low * low + 2 * side;
}

adm_status
adm_tiling_predict (const adm_tiling *tiling, int channels, const float *x, const float *low,
                    adm_tile_function tile, void *user, float *workspace, float *out,
                    adm_error *error)
{
  int side = tiling->tile * tiling->factor, height = tiling->height * tiling->factor,
      width = tiling->width * tiling->factor;
  float *tile_x = workspace, *tile_low = tile_x + 3 * (size_t) side * (size_t) side;
  float *tile_out = tile_low + 3 * (size_t) tiling->tile * (size_t) tiling->tile;
  float *rows = tile_out + (size_t) channels * (size_t) side * (size_t) side,
        *columns = rows + side;

  memset (out, 0, (size_t) channels * (size_t) height * (size_t) width * sizeof *out);
  for (int r = 0; r < tiling->rows; r++) {
    int top = adm_tiling_start (r, tiling->rows, tiling->height, tiling->tile);
    adm_tiling_weights (r, tiling->rows, tiling->height, tiling->tile, tiling->factor, rows);
    for (int c = 0; c < tiling->columns; c++) {
      int left = adm_tiling_start (c, tiling->columns, tiling->width, tiling->tile);
      adm_tiling_weights (c, tiling->columns, tiling->width, tiling->tile, tiling->factor, columns);
      crop (x, height, width, top * tiling->factor, left * tiling->factor, side, tile_x);
      crop (low, tiling->height, tiling->width, top, left, tiling->tile, tile_low);
      adm_status status = tile (user, r * tiling->columns + c, tile_x, tile_low, tile_out, error);
      if (status)
        return status;
      blend (tile_out, channels, side, rows, columns, out, height, width, top * tiling->factor,
             left * tiling->factor);
    }
  }
  return ADM_OK;
}
