/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Workers wait a moment by spinning (layers follow one another within microseconds), then sleep on
 * a condition. A run is over when its units are: it is closed then, and a worker that comes later,
 * because it slept or the processor was another program's, is not waited for.
 *
 * Each worker begins with a share of its own of consecutive units, then helps others. Units of
 * successive layers are rows of the same maps, so what a worker reads is mostly what it wrote, and
 * lies in its cache: processors that share none take longer to fetch a map from each other than to
 * compute it. */
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

/* Units FIRST … END-1 that nobody has begun, of one worker's share; as long as a cache line, and
 * so never on another's. */
typedef struct share {
  atomic_uint_least64_t left; /* FIRST, and END in the upper half */
  char apart[64 - sizeof (atomic_uint_least64_t)];
} share;

struct adm_pool {
  int threads;
  share *share;      /* [threads] */
  pthread_t *thread; /* threads - 1 of them */
  pthread_mutex_t mutex;
  pthread_cond_t start, done;
  atomic_uint_least64_t run; /* its number in the upper half, OPEN, and the workers inside it, the
                                caller not counted */
  bool quit;
  adm_work work;
  void *arg;
};

#define OPEN (UINT64_C (1) << 31)

static inline uint32_t
number_of (uint64_t run)
{
  return (uint32_t) (run >> 32);
}

static inline uint32_t
inside (uint64_t run)
{
  return (uint32_t) (run & (OPEN - 1));
}

static inline uint64_t
now (adm_pool *pool)
{
  return atomic_load_explicit (&pool->run, memory_order_acquire);
}

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

static uint64_t
units_left (int first, int end)
{
  return (uint64_t) (uint32_t) end << 32 | (uint32_t) first;
}

/* The first unit of SHARE, or for others than its owner the last; -1: none is left. */
static int
take_unit (share *of, bool owner)
{
  uint64_t left = atomic_load_explicit (&of->left, memory_order_relaxed);
  for (;;) {
    int first = (int) (uint32_t) left, end = (int) (left >> 32);
    if (first >= end)
      return -1;
    uint64_t less = owner ? units_left (first + 1, end) : units_left (first, end - 1);
    if (atomic_compare_exchange_weak_explicit (&of->left, &left, less, memory_order_relaxed,
                                               memory_order_relaxed))
      return owner ? first : end - 1;
  }
}

static void
drain (adm_pool *pool, int worker)
{
  for (int i = 0; i < pool->threads; i++) {
    share *of = &pool->share[(worker + i) % pool->threads];
    for (int unit; (unit = take_unit (of, i == 0)) >= 0;)
      pool->work (pool->arg, unit, worker);
  }
}

/* Waits for a run that is not number SEEN; its number. */
static uint32_t
await_run (adm_pool *pool, uint32_t seen)
{
  for (int i = 0; i < SPINS && number_of (now (pool)) == seen; i++)
    relax ();
  if (number_of (now (pool)) == seen) {
    pthread_mutex_lock (&pool->mutex);
    while (number_of (now (pool)) == seen)
      pthread_cond_wait (&pool->start, &pool->mutex);
    pthread_mutex_unlock (&pool->mutex);
  }
  return number_of (now (pool));
}

/* Whether run NUMBER is still open; the caller is inside it then, and must leave it. */
static bool
enter (adm_pool *pool, uint32_t number)
{
  uint64_t run = now (pool);
  while (number_of (run) == number && (run & OPEN))
    if (atomic_compare_exchange_weak_explicit (&pool->run, &run, run + 1, memory_order_acq_rel,
                                               memory_order_acquire))
      return true;
  return false;
}

static void
leave (adm_pool *pool)
{
  uint64_t run = atomic_fetch_sub_explicit (&pool->run, 1, memory_order_acq_rel) - 1;
  if (!(run & OPEN) && !inside (run)) {
    pthread_mutex_lock (&pool->mutex);
    pthread_cond_signal (&pool->done);
    pthread_mutex_unlock (&pool->mutex);
  }
}

static void *
worker_main (void *data)
{
  struct worker self = *(struct worker *) data;
  adm_pool *pool = self.pool;

  free (data);
  for (uint32_t seen = 0;;) {
    seen = await_run (pool, seen);
    if (!enter (pool, seen))
      continue;
    if (pool->quit)
      return NULL;
    drain (pool, self.index);
    leave (pool);
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
  share *shares = calloc ((size_t) threads, sizeof *shares);
  if (!pool || !thread || !shares) {
    free (pool), free (thread), free (shares);
    return ADM_FAIL (error, NO_MEMORY_THREADS, threads);
  }
  pool->thread = thread;
  pool->share = shares;
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

/* Opens a run, which publishes the fields set before it, and wakes who sleeps. Nobody is inside. */
static void
announce (adm_pool *pool)
{
  const uint64_t next = ((uint64_t) number_of (now (pool)) + 1) << 32 | OPEN;
  pthread_mutex_lock (&pool->mutex);
  atomic_store_explicit (&pool->run, next, memory_order_release);
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
  free (pool->thread), free (pool->share);
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
  pool->work = work;
  pool->arg = arg;
  for (int i = 0; i < pool->threads; i++) {
    int64_t many = units;
    atomic_store_explicit (
        &pool->share[i].left,
        units_left ((int) (many * i / pool->threads), (int) (many * (i + 1) / pool->threads)),
        memory_order_relaxed);
  }
  announce (pool);
  drain (pool, 0);
  atomic_fetch_and_explicit (&pool->run, ~OPEN, memory_order_acq_rel);
  for (int i = 0; i < SPINS && inside (now (pool)); i++)
    relax ();
  if (inside (now (pool))) {
    pthread_mutex_lock (&pool->mutex);
    while (inside (now (pool)))
      pthread_cond_wait (&pool->done, &pool->mutex);
    pthread_mutex_unlock (&pool->mutex);
  }
}
