/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Normal noise, number for number what PyTorch's CPU generator gives for the same seed: the
 * Mersenne Twister MT19937 (Matsumoto & Nishimura 1998) and the block-wise Box-Muller transform of
 * its `randn` on float32 tensors. */
#ifndef ADM_BASE_RNG_H
#define ADM_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

enum { ADM_RNG_WORDS = 624, ADM_RNG_BLOCK = 16 };

/* A plain value: copy it to fork the stream. */
typedef struct adm_rng {
  uint32_t word[ADM_RNG_WORDS];
  int next; /* index of the next word; ADM_RNG_WORDS: the state must be renewed first */
} adm_rng;

/* Only the low 32 bits of SEED count, as in PyTorch. */
void adm_rng_seed (adm_rng *rng, uint64_t seed);

/* The next 32 random bits. */
uint32_t adm_rng_next (adm_rng *rng);

/* N >= ADM_RNG_BLOCK standard normal numbers into OUT, within 5e-7 of PyTorch's: `randn (N)`. Fewer
 * numbers would take another algorithm there, and no picture is that small. Two calls of N / 2 are
 * not one of N unless N / 2 is a multiple of ADM_RNG_BLOCK. */
void adm_rng_randn (adm_rng *rng, float *out, size_t n);

#endif
