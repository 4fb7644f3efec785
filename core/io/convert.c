/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * float16, bfloat16 and float64 to float32, and back to the 16-bit types, in loops that a compiler
 * vectorises; every value is checked on the way. */
#include "io/weights_file.h"

#include "base/half.h"

#include <string.h>

uint64_t
adm_dtype_size (adm_dtype dtype)
{
  switch (dtype) {
  case ADM_DTYPE_F32:
    return 4;
  case ADM_DTYPE_F16:
  case ADM_DTYPE_BF16:
    return 2;
  case ADM_DTYPE_F64:
    return 8;
  case ADM_DTYPE_OTHER:
    break;
  }
  return 0;
}

/* IEEE 754 binary16: a subnormal is its mantissa times 2^-24. */
static inline uint32_t
half_bits (uint32_t h)
{
  uint32_t sign = (h & 0x8000u) << 16, magnitude = h & 0x7fffu;
  float small = (float) magnitude * 0x1p-24f;
  uint32_t bits;
  memcpy (&bits, &small, sizeof bits);
  uint32_t normal = (magnitude << 13) + ((uint32_t) (127 - 15) << 23);
  normal += magnitude >= 0x7c00u ? (uint32_t) (255 - 31 - 112) << 23 : 0;
  return sign | (magnitude < 0x400u ? bits : normal);
}

/* The exponent of NaN and of infinity has all its bits set, and that of no other number. */
bool
adm_all_finite (const float *x, size_t n)
{
  uint32_t bad = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy (&bits, x + i, sizeof bits);
    bad |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return !bad;
}

bool
adm_convert_to_f32 (adm_dtype dtype, bool swap, const unsigned char *from, size_t n, float *out)
{
  uint32_t bad = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t bits = 0;
    if (dtype == ADM_DTYPE_F32) {
      memcpy (&bits, from + 4 * i, 4);
      bits = swap ? __builtin_bswap32 (bits) : bits;
    } else if (dtype == ADM_DTYPE_F64) {
      uint64_t wide;
      double value;
      memcpy (&wide, from + 8 * i, 8);
      wide = swap ? __builtin_bswap64 (wide) : wide;
      memcpy (&value, &wide, 8);
      float narrow = (float) value;
      memcpy (&bits, &narrow, 4);
    } else {
      uint16_t word;
      memcpy (&word, from + 2 * i, 2);
      word = swap ? __builtin_bswap16 (word) : word;
      bits = dtype == ADM_DTYPE_F16 ? half_bits (word) : (uint32_t) word << 16;
    }
    bad |= (bits & 0x7f800000u) == 0x7f800000u;
    memcpy (out + i, &bits, 4);
  }
  return !bad;
}

bool
adm_convert_from_f32 (adm_dtype dtype, const float *from, size_t n, unsigned char *out)
{
  uint32_t bad = 0;
  if (dtype == ADM_DTYPE_F32) {
    memcpy (out, from, n * sizeof *from);
    return true;
  }
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy (&bits, from + i, sizeof bits);
    uint32_t half = adm_half_of (from[i]), brain = (bits + 0x7fffu + (bits >> 16 & 1)) >> 16;
    uint32_t value = dtype == ADM_DTYPE_F16 ? half : brain;
    bad |= dtype == ADM_DTYPE_F16 ? (bits & 0x7fffffffu) >= 0x477ff000u
                                  : (brain & 0x7f80u) == 0x7f80u;
    uint16_t word = (uint16_t) value;
    memcpy (out + 2 * i, &word, sizeof word);
  }
  return !bad;
}
