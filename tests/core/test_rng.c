/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The generator against the published MT19937 sequence, and randn against PyTorch's numbers, stored
 * in the fixtures' noise files (drawn there with the seed that the file's case states). */
#include "base/rng.h"

#include "check.h"

#include <stdlib.h>

/* PyTorch's vectorised logarithm and cosine differ from libm's by an ulp at most; numbers reach 5,
 * an ulp there is 4.8e-7. */
#define NOISE_TOLERANCE 5e-7

static void
test_words (void)
{
  adm_rng rng;
  /* the paper's default seed; its first and its 10000th number are well known */
  adm_rng_seed (&rng, 5489);
  uint32_t word = adm_rng_next (&rng);
  CHECK (word == UINT32_C (3499211612));
  for (int i = 1; i < 10000; i++)
    word = adm_rng_next (&rng);
  CHECK (word == UINT32_C (4123659995));
}

static void
test_seed_is_32_bits (void)
{
  adm_rng a, b;
  adm_rng_seed (&a, UINT64_C (7));
  adm_rng_seed (&b, UINT64_C (0x500000007));
  CHECK (adm_rng_next (&a) == adm_rng_next (&b));
  adm_rng_seed (&b, UINT64_C (8));
  CHECK (adm_rng_next (&a) != adm_rng_next (&b));
}

/* NAME holds [entries, 1, 3, side, side] float32 behind its header; each entry is one randn of
 * SEED's generator. */
static void
test_noise_file (const char *name, uint64_t seed, size_t entries, size_t side)
{
  char path[1024];
  snprintf (path, sizeof path, "%s/%s", ADM_TEST_FIXTURES, name);
  size_t n = 3 * side * side;
  float *expected = malloc (n * sizeof *expected), *drawn = malloc (n * sizeof *drawn);
  FILE *file = fopen (path, "rb");
  if (!CHECK (expected && drawn && file)) {
    printf ("  %s\n", path);
    exit (1);
  }
  CHECK (fseek (file, -(long) (entries * n * sizeof *expected), SEEK_END) == 0);
  adm_rng rng;
  adm_rng_seed (&rng, seed);
  double worst = 0.0;
  for (size_t e = 0; e < entries; e++) {
    CHECK (fread (expected, sizeof *expected, n, file) == n);
    adm_rng_randn (&rng, drawn, n);
    for (size_t i = 0; i < n; i++)
      worst = fmax (worst, fabs ((double) drawn[i] - expected[i]));
  }
  CHECK_NEAR (worst, 0.0, NOISE_TOLERANCE);
  fclose (file);
  free (expected);
  free (drawn);
}

/* A count that is no multiple of 16: the whole blocks that the end does not touch are those of the
 * longer draw, the last 16 are a fresh block, and the generator has then given n + 16 words. */
static void
test_ragged_end (void)
{
  enum { N = 3 * 5 * 5, WHOLE = N - 16 };
  float ragged[N], fresh[N + 5], block[16];
  adm_rng a, b, c;
  adm_rng_seed (&a, 3);
  b = c = a;
  adm_rng_randn (&a, ragged, N);
  adm_rng_randn (&b, fresh, N + 5);
  CHECK (memcmp (ragged, fresh, WHOLE * sizeof (float)) == 0);
  for (int i = 0; i < N; i++)
    adm_rng_next (&c);
  adm_rng_randn (&c, block, 16);
  CHECK (memcmp (ragged + WHOLE, block, sizeof block) == 0);
  CHECK (adm_rng_next (&a) == adm_rng_next (&c));
}

static void
test_moments (void)
{
  enum { N = 1 << 18 };
  static float x[N];
  adm_rng rng;
  adm_rng_seed (&rng, 12345);
  adm_rng_randn (&rng, x, N);
  double mean = 0.0, square = 0.0;
  for (int i = 0; i < N; i++) {
    mean += (double) x[i] / N;
    square += (double) x[i] * x[i] / N;
  }
  CHECK_NEAR (mean, 0.0, 5.0 / sqrt (N)); /* five standard errors */
  CHECK_NEAR (square, 1.0, 5.0 * sqrt (2.0 / N));
}

int
main (void)
{
  test_words ();
  test_seed_is_32_bits ();
  test_noise_file ("unet-cond.ddpm8.noise.npy", 1, 9, 32);
  test_noise_file ("unet-cond.ddim8.noise.npy", 2, 9, 32);
  test_noise_file ("unet-uncond.ddpm8.noise.npy", 5, 9, 32);
  test_noise_file ("unet-uncond.ddpm8.g400.0.noise.npy", 6, 9, 32);
  test_noise_file ("superres.ddpm6.noise.npy", 8, 7, 64);
  test_ragged_end ();
  test_moments ();
  return check_summary ();
}
