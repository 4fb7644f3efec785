/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A workspace that measures or places. The same code runs twice: first on an arena without memory,
 * which only records how far it would reach, then on one block of that size. Sizes therefore cannot
 * drift from use.
 *
 * Lifetimes may nest in any way: a first-fit list of used intervals, at most ADM_ARENA_BLOCKS at a
 * time. Deterministic, no allocation, some hundred calls for one evaluation of a network.
 *
 *     offset 0                                                    reach
 *     | skip 0 | skip 1 |  h  |   (free)   | qkv | attention out |
 */
#ifndef ADM_BASE_ARENA_H
#define ADM_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADM_ARENA_BLOCKS = 4096, ADM_ARENA_ALIGN = 64 };

typedef struct adm_arena {
  unsigned char *base; /* NULL: measuring */
  uint64_t size;       /* bytes at base */
  uint64_t reach;      /* bytes needed so far */
  bool failed;         /* too many blocks, an overflow, or more than SIZE was asked for */
  int used;
  struct {
    uint64_t begin, end;
  } block[ADM_ARENA_BLOCKS];
} adm_arena;

/* BASE (aligned to 64, SIZE bytes, owned by the caller) or NULL to measure. */
void adm_arena_init (adm_arena *arena, void *base, uint64_t size);

/* BYTES aligned to 64; while measuring, an address that must not be read. NULL (and failed) when it
 * does not fit. */
void *adm_arena_take (adm_arena *arena, uint64_t bytes);

/* Gives back what adm_arena_take returned; NULL is accepted. */
void adm_arena_give (adm_arena *arena, const void *pointer);

#endif
