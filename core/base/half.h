/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half precision, IEEE 754 binary16, from float32. */
#ifndef ADM_BASE_HALF_H
#define ADM_BASE_HALF_H

#include <stdint.h>
#include <string.h>

/* X, |x| < 65520, as binary16: to nearest, ties to even. Below 2^-14 a half's spacing is 2^-24,
 * which adding and taking away 0.5 rounds a float to. */
static inline uint16_t
adm_half_of (float x)
{
  uint32_t bits, small_bits;
  memcpy (&bits, &x, sizeof bits);
  uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  float small;
  memcpy (&small, &magnitude, sizeof small);
  small += 0.5f;
  memcpy (&small_bits, &small, sizeof small_bits);
  uint32_t rounded = (magnitude + 0xfffu + (magnitude >> 13 & 1)) >> 13;
  uint32_t normal = rounded - ((uint32_t) (127 - 15) << 10);
  return (uint16_t) (sign | (magnitude < 0x38800000u ? small_bits - 0x3f000000u : normal));
}

#endif
