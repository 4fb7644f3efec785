/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pieces of one block of memory, one after the other. The function that takes them runs twice: on a
 * cursor without memory, which only counts, and on the block itself; so what is measured is what is
 * placed. For lifetimes that nest, see base/arena.h. */
#ifndef ADM_BASE_LAYOUT_H
#define ADM_BASE_LAYOUT_H

#include "base/checked.h"

#include <stddef.h>

typedef struct adm_layout {
  unsigned char *base; /* NULL: only counts */
  uint64_t bytes;      /* taken so far; UINT64_MAX: more than can be counted */
} adm_layout;

/* BYTES at the next multiple of ALIGNMENT, a power of two, from the base; NULL while counting. */
static inline void *
adm_layout_take (adm_layout *layout, uint64_t bytes, uint64_t alignment)
{
  uint64_t begin;
  if (!adm_align_u64 (layout->bytes, alignment, &begin)
      || !adm_add_u64 (begin, bytes, &layout->bytes)) {
    layout->bytes = UINT64_MAX;
    return NULL;
  }
  return layout->base ? layout->base + begin : NULL;
}

/* The same for N floats, on cache lines. */
static inline float *
adm_layout_floats (adm_layout *layout, uint64_t n)
{
  uint64_t bytes;
  return (float *) adm_layout_take (
      layout, adm_mul_u64 (n, sizeof (float), &bytes) ? bytes : UINT64_MAX, 64);
}

#endif
