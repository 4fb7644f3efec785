/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The 16-bit product over five tile operations, which kernels_amx.c gives the processor's own
 * instructions and kernels_tiles.c plain C, so that what is written here is tested everywhere.
 *
 * A tile has up to 16 rows of 64 bytes: 16 float32 sums, or 32 bfloat16 numbers. Included behind
 * kernels_body.h, a type tile_set (SET is one of them) and definitions of
 *   tile_configure (set, low, high)      rows of inputs and sums, in the first of two tiles and in
 *                                        the second
 *   tile_zero (set, tile)
 *   tile_load (set, tile, from, stride)  rows STRIDE bytes apart
 *   tile_multiply_add (set, c, a, b)     c [i][j] += sum over k of a [i][2k, 2k+1] b [k][2j, 2j+1]
 *   tile_store (set, tile, to, stride)
 * and tile_release (), which gives the tiles back. Tile numbers are constants: 0 … 3 sums (two of
 * rows by two of channels), 4, 5 inputs, 6, 7 weights. */
enum { TILE_ROWS = 16, TILE_BYTES = 64 };

/* LOW + HIGH rows by all ADM_PANEL channels. */
ALWAYS void
tile_strip (const bool both, adm_product16 p, tile_set *set)
{
  (void) set; /* AMX has one set, and names none */
  const ptrdiff_t c = p.c_stride * (ptrdiff_t) sizeof (float),
                  a = p.a_stride * (ptrdiff_t) sizeof (uint16_t), w = 2 * TILE_BYTES;
  float *low = p.c, *high = p.c + TILE_ROWS * p.c_stride;
  if (p.accumulate) {
    tile_load (set, 0, low, c);
    tile_load (set, 1, low + ADM_PANEL / 2, c);
    if (both) {
      tile_load (set, 2, high, c);
      tile_load (set, 3, high + ADM_PANEL / 2, c);
    }
  } else {
    tile_zero (set, 0);
    tile_zero (set, 1);
    if (both) {
      tile_zero (set, 2);
      tile_zero (set, 3);
    }
  }
  const uint16_t *wp = p.w;
  for (int t = 0; t < p.taps; t++)
    for (int k = 0; k < p.cin; k += ADM_PAIRS, wp += ADM_PAIRS * ADM_PANEL) {
      const uint16_t *at = p.a + p.tap[t] + k;
      tile_load (set, 6, wp, w);
      tile_load (set, 7, wp + ADM_PANEL, w);
      tile_load (set, 4, at, a);
      tile_multiply_add (set, 0, 4, 6);
      tile_multiply_add (set, 1, 4, 7);
      if (both) {
        tile_load (set, 5, at + TILE_ROWS * p.a_stride, a);
        tile_multiply_add (set, 2, 5, 6);
        tile_multiply_add (set, 3, 5, 7);
      }
    }
  tile_store (set, 0, low, c);
  tile_store (set, 1, low + ADM_PANEL / 2, c);
  if (both) {
    tile_store (set, 2, high, c);
    tile_store (set, 3, high + ADM_PANEL / 2, c);
  }
}

static void
multiply16 (const adm_product16 *product)
{
  adm_product16 p = *product;
  tile_set set;
  int low = 0, high = 0;
  while (p.m > 0) {
    int rows = p.m < 2 * TILE_ROWS ? p.m : 2 * TILE_ROWS;
    int first = rows < TILE_ROWS ? rows : TILE_ROWS;
    if (first != low || rows - first != high) {
      low = first;
      high = rows - first;
      tile_configure (&set, low, high);
    }
    if (high)
      tile_strip (true, p, &set);
    else
      tile_strip (false, p, &set);
    p.m -= rows;
    p.a += rows * p.a_stride;
    p.c += rows * p.c_stride;
  }
  tile_release ();
}
