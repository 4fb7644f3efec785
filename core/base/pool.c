/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Workers wait a moment by spinning (layers follow one another within microseconds), then sleep on
 * a condition. */
#include "base/pool.h"

#include "base/error.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Longer than the gap between two layers, far shorter than anybody's notice. */
enum { SPINS = 4000 };

struct adm_pool {
  int threads;
  pthread_t *thread; /* threads - 1 of them */
  pthread_mutex_t mutex;
  pthread_cond_t start, done;
  atomic_int generation; /* one more for each run */
  atomic_int next;       /* next unit */
  atomic_int busy;       /* workers still inside this run, the caller not counted */
  bool quit;
  int units;
  adm_work work;
  void *arg;
};

struct worker {
  adm_pool *pool;
  int index;
};

static inline void
relax (void)
{
#if defined __x86_64__ || defined __i386__
  __builtin_ia32_pause ();
#elif defined __aarch64__
  __asm__ volatile ("yield");
#endif
}

static void
drain (adm_pool *pool, int worker)
{
  for (;;) {
    int unit = atomic_fetch_add_explicit (&pool->next, 1, memory_order_relaxed);
    if (unit >= pool->units)
      return;
    pool->work (pool->arg, unit, worker);
  }
}

static void *
worker_main (void *data)
{
  struct worker self = *(struct worker *) data;
  adm_pool *pool = self.pool;
  int seen = 0;

  free (data);
  for (;;) {
    for (int i = 0;
         i < SPINS && atomic_load_explicit (&pool->generation, memory_order_acquire) == seen; i++)
      relax ();
    if (atomic_load_explicit (&pool->generation, memory_order_acquire) == seen) {
      pthread_mutex_lock (&pool->mutex);
      while (atomic_load_explicit (&pool->generation, memory_order_acquire) == seen)
        pthread_cond_wait (&pool->start, &pool->mutex);
      pthread_mutex_unlock (&pool->mutex);
    }
    seen = atomic_load_explicit (&pool->generation, memory_order_acquire);
    if (pool->quit)
      return NULL;
    drain (pool, self.index);
    if (atomic_fetch_sub_explicit (&pool->busy, 1, memory_order_acq_rel) == 1) {
      pthread_mutex_lock (&pool->mutex);
      pthread_cond_signal (&pool->done);
      pthread_mutex_unlock (&pool->mutex);
    }
  }
}

int
adm_processor_count (void)
{
  cpu_set_t set;
  int count = sched_getaffinity (0, sizeof set, &set) == 0 ? CPU_COUNT (&set) : 1;
  return count < 1 ? 1 : count > ADM_MAX_THREADS ? ADM_MAX_THREADS : count;
}

int
adm_pool_threads_for (int threads)
{
  int processors = adm_processor_count ();
  return threads <= 0 || (threads > processors && threads <= ADM_MAX_THREADS) ? processors
                                                                              : threads;
}

adm_status
adm_pool_new (int threads, adm_pool **out, adm_error *error)
{
  *out = NULL;
  if (threads < 1 || threads > ADM_MAX_THREADS)
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_THREADS, (double) threads, 1.0,
                     (double) ADM_MAX_THREADS);

  adm_pool *pool = calloc (1, sizeof *pool);
  pthread_t *thread = calloc ((size_t) threads, sizeof *thread);
  if (!pool || !thread) {
    free (pool);
    free (thread);
    return ADM_FAIL (error, NO_MEMORY_THREADS, threads);
  }
  pool->thread = thread;
  pthread_mutex_init (&pool->mutex, NULL);
  pthread_cond_init (&pool->start, NULL);
  pthread_cond_init (&pool->done, NULL);
  pool->threads = 1;

  /* Signals belong to the program's own threads. */
  sigset_t all, old;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  int code = 0;
  for (int i = 1; i < threads && code == 0; i++) {
    struct worker *worker = malloc (sizeof *worker);
    if (!worker) {
      code = 12;
      break;
    }
    *worker = (struct worker) { pool, i };
    code = pthread_create (&thread[i - 1], NULL, worker_main, worker);
    if (code)
      free (worker);
    else
      pool->threads++;
  }
  pthread_sigmask (SIG_SETMASK, &old, NULL);
  if (code) {
    ADM_FAIL (error, THREAD_START, pool->threads + 1, threads, code);
    adm_pool_free (pool);
    return error->status;
  }
  *out = pool;
  return ADM_OK;
}

/* Publishes the fields set before it and wakes who sleeps. */
static void
announce (adm_pool *pool)
{
  pthread_mutex_lock (&pool->mutex);
  atomic_fetch_add_explicit (&pool->generation, 1, memory_order_release);
  pthread_cond_broadcast (&pool->start);
  pthread_mutex_unlock (&pool->mutex);
}

void
adm_pool_free (adm_pool *pool)
{
  if (!pool)
    return;
  pool->quit = true;
  announce (pool);
  for (int i = 0; i < pool->threads - 1; i++)
    pthread_join (pool->thread[i], NULL);
  pthread_cond_destroy (&pool->start);
  pthread_cond_destroy (&pool->done);
  pthread_mutex_destroy (&pool->mutex);
  free (pool->thread);
  free (pool);
}

int
adm_pool_threads (const adm_pool *pool)
{
  return pool->threads;
}

void
adm_pool_run (adm_pool *pool, int units, adm_work work, void *arg)
{
  if (pool->threads == 1 || units <= 1) {
    for (int unit = 0; unit < units; unit++)
      work (arg, unit, 0);
    return;
  }
  pool->units = units;
  pool->work = work;
  pool->arg = arg;
  atomic_store_explicit (&pool->next, 0, memory_order_relaxed);
  atomic_store_explicit (&pool->busy, pool->threads - 1, memory_order_relaxed);
  announce (pool);
  drain (pool, 0);
  for (int i = 0; i < SPINS && atomic_load_explicit (&pool->busy, memory_order_acquire) > 0; i++)
    relax ();
  if (atomic_load_explicit (&pool->busy, memory_order_acquire) > 0) {
    pthread_mutex_lock (&pool->mutex);
    while (atomic_load_explicit (&pool->busy, memory_order_acquire) > 0)
      pthread_cond_wait (&pool->done, &pool->mutex);
    pthread_mutex_unlock (&pool->mutex);
  }
}
