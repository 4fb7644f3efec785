/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AMX's tiles in plain C: slow, and everywhere. */
#define LANES 4
#define ROWS 4
#define NAME "tiles"
#define TABLE adm_kernels_tiles
#define RATE16 8 /* as amx, so that the same layers go through it */

#include "ops/kernels.h"

extern const adm_kernels adm_kernels_tiles;

#include "ops/kernels_body.h"

typedef struct tile {
  int rows;
  unsigned char row[16][64];
} tile;

typedef tile tile_set[8];

ALWAYS void
tile_configure (tile_set *set, int low, int high)
{
  const int rows[8] = { low, low, high, high, low, high, 16, 16 };
  for (int i = 0; i < 8; i++)
    (*set)[i].rows = rows[i];
}

ALWAYS void
tile_zero (tile_set *set, int number)
{
  memset ((*set)[number].row, 0, sizeof (*set)[number].row);
}

ALWAYS void
tile_load (tile_set *set, int number, const void *from, ptrdiff_t stride)
{
  for (int i = 0; i < (*set)[number].rows; i++)
    memcpy ((*set)[number].row[i], (const unsigned char *) from + i * stride, 64);
}

ALWAYS void
tile_store (tile_set *set, int number, void *to, ptrdiff_t stride)
{
  for (int i = 0; i < (*set)[number].rows; i++)
    memcpy ((unsigned char *) to + i * stride, (*set)[number].row[i], 64);
}

static float
float_at (const unsigned char *row, int column)
{
  float value;
  memcpy (&value, row + 4 * column, sizeof value);
  return value;
}

/* Number COLUMN of 32 bfloat16 ones. */
static float
brain_at (const unsigned char *row, int column)
{
  uint16_t upper;
  memcpy (&upper, row + 2 * column, sizeof upper);
  uint32_t bits = (uint32_t) upper << 16;
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

ALWAYS void
tile_multiply_add (tile_set *set, int c, int a, int b)
{
  const tile *left = &(*set)[a], *right = &(*set)[b];
  for (int i = 0; i < (*set)[c].rows; i++)
    for (int j = 0; j < 16; j++) {
      float sum = float_at ((*set)[c].row[i], j);
      for (int k = 0; k < 32; k++)
        sum += brain_at (left->row[i], k) * brain_at (right->row[k / 2], 2 * j + k % 2);
      memcpy ((*set)[c].row[i] + 4 * j, &sum, sizeof sum);
    }
}

#define tile_release() ((void) 0)

#include "ops/kernels_tiles.h"
