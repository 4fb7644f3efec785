/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MT19937 and randn in PyTorch's order of draws. Uniforms first fill the buffer; each block of 16
 * then becomes normal by Box-Muller, its first half the radii's source and its second half the
 * angles'. A ragged end is covered by drawing the LAST 16 entries afresh, over some that were
 * ready. */
#include "base/rng.h"

#include <assert.h>
#include <math.h>

enum { MT_SHIFT = 397, HALF = ADM_RNG_BLOCK / 2 };

void
adm_rng_seed (adm_rng *rng, uint64_t seed)
{
  rng->word[0] = (uint32_t) seed;
  for (uint32_t i = 1; i < ADM_RNG_WORDS; i++) {
    uint32_t last = rng->word[i - 1];
    rng->word[i] = UINT32_C (1812433253) * (last ^ (last >> 30)) + i;
  }
  rng->next = ADM_RNG_WORDS;
}

static void
renew (adm_rng *rng)
{
  uint32_t *w = rng->word;
  for (int i = 0; i < ADM_RNG_WORDS; i++) {
    uint32_t y
        = (w[i] & UINT32_C (0x80000000)) | (w[(i + 1) % ADM_RNG_WORDS] & UINT32_C (0x7fffffff));
    w[i] = w[(i + MT_SHIFT) % ADM_RNG_WORDS] ^ (y >> 1) ^ ((y & 1) ? UINT32_C (0x9908b0df) : 0);
  }
  rng->next = 0;
}

uint32_t
adm_rng_next (adm_rng *rng)
{
  if (rng->next >= ADM_RNG_WORDS)
    renew (rng);
  uint32_t y = rng->word[rng->next++];
  y ^= y >> 11;
  y ^= (y << 7) & UINT32_C (0x9d2c5680);
  y ^= (y << 15) & UINT32_C (0xefc60000);
  return y ^ (y >> 18);
}

/* Uniform in [0, 1), a multiple of 2^-24. */
static float
uniform (adm_rng *rng)
{
  return (float) (adm_rng_next (rng) & UINT32_C (0xffffff)) * 0x1p-24f;
}

/* 1 - u is exact in float32 and never 0. */
static void
box_muller (float *block)
{
  for (int j = 0; j < HALF; j++) {
    float radius = sqrtf (-2.0f * logf (1.0f - block[j]));
    float angle = (float) (2.0 * 3.14159265358979323846) * block[j + HALF];
    block[j] = radius * cosf (angle);
    block[j + HALF] = radius * sinf (angle);
  }
}

void
adm_rng_randn (adm_rng *rng, float *out, size_t n)
{
  assert (n >= ADM_RNG_BLOCK);
  for (size_t i = 0; i < n; i++)
    out[i] = uniform (rng);
  for (size_t i = 0; i + ADM_RNG_BLOCK <= n; i += ADM_RNG_BLOCK)
    box_muller (out + i);
  if (n % ADM_RNG_BLOCK) {
    float *last = out + (n - ADM_RNG_BLOCK);
    for (int j = 0; j < ADM_RNG_BLOCK; j++)
      last[j] = uniform (rng);
    box_muller (last);
  }
}
