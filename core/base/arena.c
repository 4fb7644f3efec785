/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * First fit over a sorted list of used intervals. */
#include "base/arena.h"

#include "base/checked.h"

#include <string.h>

/* While measuring, addresses start here: never NULL, never dereferenced. */
#define MEASURE_BASE ((uintptr_t) 1 << 20)

void
adm_arena_init (adm_arena *arena, void *base, uint64_t size)
{
  memset (arena, 0, sizeof *arena);
  arena->base = base;
  arena->size = size;
}

static uintptr_t
origin (const adm_arena *arena)
{
  return arena->base ? (uintptr_t) arena->base : MEASURE_BASE;
}

void *
adm_arena_take (adm_arena *arena, uint64_t bytes)
{
  uint64_t size, begin = 0, end;
  int at = 0;

  if (!adm_align_u64 (bytes ? bytes : 1, ADM_ARENA_ALIGN, &size) || arena->used == ADM_ARENA_BLOCKS)
    goto fail;
  for (; at < arena->used; at++) {
    if (arena->block[at].begin - begin >= size)
      break;
    begin = arena->block[at].end;
  }
  if (!adm_add_u64 (begin, size, &end) || (arena->base && end > arena->size))
    goto fail;

  memmove (&arena->block[at + 1], &arena->block[at],
           (size_t) (arena->used - at) * sizeof arena->block[0]);
  arena->block[at].begin = begin;
  arena->block[at].end = end;
  arena->used++;
  if (end > arena->reach)
    arena->reach = end;
  return (void *) (origin (arena) + (uintptr_t) begin);

fail:
  arena->failed = true;
  return NULL;
}

void
adm_arena_give (adm_arena *arena, const void *pointer)
{
  if (!pointer)
    return;
  uint64_t begin = (uint64_t) ((uintptr_t) pointer - origin (arena));
  for (int at = 0; at < arena->used; at++)
    if (arena->block[at].begin == begin) {
      arena->used--;
      memmove (&arena->block[at], &arena->block[at + 1],
               (size_t) (arena->used - at) * sizeof arena->block[0]);
      return;
    }
  arena->failed = true;
}
