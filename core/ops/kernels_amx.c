/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AVX-512, and AMX's tiles for 16-bit products. The system must have granted their state before
 * (kernels.c). */
#define LANES 16
#define ROWS 8
#define NAME "amx"
#define TABLE adm_kernels_amx
#define RATE16 8

#include "ops/kernels.h"

#include <immintrin.h>

#define WIDEN(p) ((vf) _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (const void *) (p))))

extern const adm_kernels adm_kernels_amx;

#include "ops/kernels_body.h"

/* The tiles are the processor's, one set a thread. */
typedef char tile_set;

/* What ldtilecfg reads: palette 1, bytes of a row and rows of each tile. */
ALWAYS void
tile_configure (tile_set *set, int low, int high)
{
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } config = { .palette = 1 };
  const int rows[8] = { low, low, high, high, low, high, 16, 16 };
  _Static_assert (sizeof config == 64, "what ldtilecfg reads");
  for (int i = 0; i < 8; i++)
    if (rows[i]) {
      config.rows[i] = (uint8_t) rows[i];
      config.row_bytes[i] = 64;
    }
  (void) set;
  /* the intrinsic tells the compiler of eight bytes; all 64 must be there */
  __asm__ volatile ("" : : "r"(&config) : "memory");
  _tile_loadconfig (&config);
}

#define tile_zero(set, tile) _tile_zero (tile)
#define tile_load(set, tile, from, stride) _tile_loadd (tile, from, stride)
#define tile_multiply_add(set, c, a, b) _tile_dpbf16ps (c, a, b)
#define tile_store(set, tile, to, stride) _tile_stored (tile, to, stride)
#define tile_release() _tile_release ()

#include "ops/kernels_tiles.h"
