/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The yardstick: OpenBLAS's sgemm on this machine (base/openblas.h). Inference does without that
 * library where loops of ours fit the processor (kernels_openblas.c): it ends the process when it
 * cannot start its threads, its serial build must not be called from two threads, and its interface
 * packs the weights anew in every call. */
#include "adm.h"

#include "base/error.h"
#include "base/openblas.h"
#include "base/pool.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { SIDE = 2048, REPEATS = 5 };

struct peak {
  __typeof__ (cblas_sgemm) *sgemm;
  const float *a, *b;
  float *c;
  int bands;
};

static void
peak_band (void *arg, int unit, int worker)
{
  struct peak *p = arg;
  (void) worker;
  int from = SIDE * unit / p->bands, to = SIDE * (unit + 1) / p->bands;
  p->sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, to - from, SIDE, SIDE, 1,
            p->a + (size_t) from * SIDE, SIDE, p->b, SIDE, 0, p->c + (size_t) from * SIDE, SIDE);
}

adm_status
adm_sgemm_peak (int threads, double *gflops, adm_error *error)
{
  size_t count = (size_t) SIDE * SIDE;
  adm_pool *pool;
  adm_openblas blas;
  adm_status status = adm_openblas_load (&blas, error);
  if (!status)
    status = adm_pool_new (adm_pool_threads_for (threads), &pool, error);
  if (status)
    return status;
  float *memory = malloc (3 * count * sizeof *memory);
  if (!memory) {
    adm_pool_free (pool);
    return ADM_FAIL (error, NO_MEMORY_MIB, (uint64_t) 50 << 20);
  }
  for (size_t i = 0; i < 3 * count; i++)
    memory[i] = (float) (i % 1021) / 1021.0f - 0.5f;
  struct peak peak
      = { blas.sgemm, memory, memory + count, memory + 2 * count, adm_pool_threads (pool) };
  double best = INFINITY;
  for (int i = 0; i <= REPEATS; i++) {
    struct timespec t0, t1;
    clock_gettime (CLOCK_MONOTONIC, &t0);
    adm_pool_run (pool, peak.bands, peak_band, &peak);
    clock_gettime (CLOCK_MONOTONIC, &t1);
    double seconds = (double) (t1.tv_sec - t0.tv_sec) + 1e-9 * (double) (t1.tv_nsec - t0.tv_nsec);
    if (i > 0 && seconds < best)
      best = seconds;
  }
  *gflops = 2e-9 * SIDE * (double) SIDE * SIDE / best;
  free (memory);
  adm_pool_free (pool);
  return ADM_OK;
}
