/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads: every unit exactly once, many short runs in a row, counts that cannot be. Workspace:
 * overlap, reuse, refusal. */
#include "base/arena.h"
#include "base/pool.h"
#include "check.h"
#include "said.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_int hits[1000];

static void
hit (void *arg, int unit, int worker)
{
  int threads = *(int *) arg;
  if (worker >= 0 && worker < threads)
    atomic_fetch_add (&hits[unit], 1);
}

static void
test_pool (int threads)
{
  adm_pool *pool;
  adm_error error;
  if (!CHECK (adm_pool_new (threads, &pool, &error) == ADM_OK))
    return;
  CHECK (adm_pool_threads (pool) == threads);
  for (int i = 0; i < 1000; i++)
    atomic_store (&hits[i], 0);
  for (int run = 0; run < 500; run++)
    adm_pool_run (pool, 1 + run % 7, hit, &threads);
  adm_pool_run (pool, 1000, hit, &threads);
  adm_pool_run (pool, 0, hit, &threads);
  int total = 0;
  for (int i = 0; i < 1000; i++) {
    total += atomic_load (&hits[i]);
    if (i >= 7)
      CHECK (atomic_load (&hits[i]) == 1);
  }
  int expected = 1000;
  for (int run = 0; run < 500; run++)
    expected += 1 + run % 7;
  CHECK (total == expected);
  adm_pool_free (pool);
}

struct counted {
  atomic_int units;
  bool over;
};

static atomic_int late;

static void
count (void *arg, int unit, int worker)
{
  struct counted *run = arg;
  (void) unit, (void) worker;
  if (run->over)
    atomic_fetch_add (&late, 1);
  atomic_fetch_add (&run->units, 1);
}

/* Runs are not held up by workers that come late, who find the next one, never one that is over. */
static void
test_late (int threads, int runs)
{
  static struct counted run[2];
  adm_pool *pool;
  adm_error error;
  int wrong = 0;
  if (!CHECK (adm_pool_new (threads, &pool, &error) == ADM_OK))
    return;
  for (int i = 0; i < runs; i++) {
    struct counted *this = &run[i & 1];
    atomic_store (&this->units, 0);
    this->over = false;
    adm_pool_run (pool, 2 + i % 5, count, this);
    wrong += atomic_load (&this->units) != 2 + i % 5;
    this->over = true;
  }
  CHECK (!wrong && !atomic_load (&late));
  adm_pool_free (pool);
}

static void
test_arena (void)
{
  static unsigned char memory[4096] __attribute__ ((aligned (64)));
  adm_arena measure, place;
  adm_arena_init (&measure, NULL, 0);
  adm_arena_init (&place, memory, 640);
  unsigned char *at[3];
  for (int pass = 0; pass < 2; pass++) {
    adm_arena *arena = pass ? &place : &measure;
    for (int i = 0; i < 3; i++)
      at[i] = adm_arena_take (arena, 100 + (uint64_t) i);
    adm_arena_give (arena, at[1]);
    CHECK (adm_arena_take (arena, 128) == at[1]); /* first fit fills the hole */
    CHECK (adm_arena_take (arena, 200) == at[2] + 128);
    CHECK (arena->reach == 640 && !arena->failed);
  }
  CHECK (at[0] == memory && at[1] == memory + 128 && at[2] == memory + 256);
  CHECK (adm_arena_take (&place, 1) == NULL && place.failed); /* full */
  adm_arena_give (&place, NULL);

  adm_arena_init (&place, memory, 640);
  CHECK (adm_arena_take (&place, UINT64_MAX) == NULL && place.failed);
  adm_arena_init (&place, memory, 640);
  adm_arena_give (&place, memory + 64); /* never taken */
  CHECK (place.failed);
}

static void
test_wishes (void)
{
  int processors = adm_processor_count ();
  CHECK (adm_pool_threads_for (0) == processors && adm_pool_threads_for (1) == 1);
  CHECK (adm_pool_threads_for (processors + 1) == processors);
  /* absurd: adm_pool_new says so */
  CHECK (adm_pool_threads_for (ADM_MAX_THREADS + 1) == ADM_MAX_THREADS + 1);
}

int
main (void)
{
  adm_pool *pool;
  adm_error error;
  for (int threads = 1; threads <= 4; threads++)
    test_pool (threads);
  test_late (2, 20000);
  test_late (16, 5000);
  CHECK (adm_pool_new (0, &pool, &error) == ADM_ERROR_USAGE && pool == NULL);
  CHECK (adm_pool_new (100000, &pool, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "1 … 256");
  adm_pool_free (NULL);
  test_arena ();
  test_wishes ();
  return check_summary ();
}
