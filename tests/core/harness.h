/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a kernel as a network would: once to measure, then on exactly the memory measured, with a
 * guard behind it. */
#ifndef ADM_TESTS_HARNESS_H
#define ADM_TESTS_HARNESS_H

#include "base/rng.h"
#include "check.h"
#include "ops/ops.h"

#include <stdlib.h>

enum { GUARD = 4096, HARNESS_KERNELS = 4 };

typedef void (*harness_body) (adm_exec *exec, void *user);

static inline void
harness_run (int threads, const adm_kernels *kernels, harness_body body, void *user)
{
  adm_arena arena;
  adm_error error;
  adm_pool *pool;
  adm_arena_init (&arena, NULL, 0);
  adm_exec exec = { .arena = &arena, .kernels = kernels, .measure = true };
  body (&exec, user);
  CHECK (!arena.failed && arena.used == 0);

  uint64_t workspace = arena.reach, bytes = adm_exec_place (&exec, NULL, workspace, threads);
  unsigned char *memory = aligned_alloc (64, (size_t) (bytes + GUARD + 63) / 64 * 64);
  memset (memory, 0xff, (size_t) bytes); /* NaN: nothing may be read before it is written */
  memset (memory + bytes, 0xa5, GUARD);
  if (!CHECK (adm_pool_new (threads, &pool, &error) == ADM_OK))
    exit (1);
  uint64_t scratch = exec.scratch_bytes;
  exec = (adm_exec) { .arena = &arena, .pool = pool, .kernels = kernels, .scratch_bytes = scratch };
  adm_exec_place (&exec, memory, workspace, threads);
  body (&exec, user);
  CHECK (!arena.failed && arena.used == 0 && arena.reach == workspace);
  bool whole = true;
  for (int i = 0; i < GUARD; i++)
    whole &= memory[bytes + (uint64_t) i] == 0xa5;
  CHECK (whole);
  adm_pool_free (pool);
  free (memory);
}

static inline float *
harness_random (adm_rng *rng, size_t n, float scale)
{
  size_t capacity = n < ADM_RNG_BLOCK ? ADM_RNG_BLOCK : n;
  float *x = malloc (capacity * sizeof *x);
  adm_rng_randn (rng, x, capacity);
  for (size_t i = 0; i < capacity; i++)
    x[i] *= scale;
  return x;
}

/* Root of the mean square of A - B over that of B. */
static inline double
harness_error (const float *a, const float *b, size_t n)
{
  double difference = 0, norm = 0;
  for (size_t i = 0; i < n; i++) {
    difference += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
    norm += (double) b[i] * (double) b[i];
  }
  return sqrt (difference / (norm > 0 ? norm : 1));
}

/* The tables this processor can run; the portable one always. */
static inline int
harness_kernels (const adm_kernels *out[HARNESS_KERNELS])
{
  static const char *const names[] = { "portable", "openblas", "avx2", "avx512" };
  int count = 0;
  for (int i = 0; i < HARNESS_KERNELS; i++)
    if (adm_kernels_named (names[i]))
      out[count++] = adm_kernels_named (names[i]);
  return count;
}

/* Those with 16-bit products: the plain one always. */
static inline int
harness_kernels16 (const adm_kernels *out[3])
{
  static const char *const names[] = { "tiles", "avx512bf16", "amx" };
  int count = 0;
  for (int i = 0; i < 3; i++)
    if (adm_kernels_named (names[i]))
      out[count++] = adm_kernels_named (names[i]);
  return count;
}

#endif
