/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checked size arithmetic: every sum, product and rounding of a size that a file or a user gave
 * goes through here. Each returns false on overflow and leaves *OUT untouched. */
#ifndef ADM_BASE_CHECKED_H
#define ADM_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool
adm_add_u64 (uint64_t a, uint64_t b, uint64_t *out)
{
  uint64_t r;
  if (__builtin_add_overflow (a, b, &r))
    return false;
  *out = r;
  return true;
}

static inline bool
adm_mul_u64 (uint64_t a, uint64_t b, uint64_t *out)
{
  uint64_t r;
  if (__builtin_mul_overflow (a, b, &r))
    return false;
  *out = r;
  return true;
}

/* Rounds A up to a multiple of ALIGN, a power of two. */
static inline bool
adm_align_u64 (uint64_t a, uint64_t align, uint64_t *out)
{
  uint64_t r;
  if (!adm_add_u64 (a, align - 1, &r))
    return false;
  *out = r & ~(align - 1);
  return true;
}

#endif
