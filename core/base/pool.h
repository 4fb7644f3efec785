/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core's own threads. Work comes as numbered units that do not depend on the number of threads,
 * so that results are byte-identical for any; workers take the next unit when free. */
#ifndef ADM_BASE_POOL_H
#define ADM_BASE_POOL_H

#include "adm.h"

typedef struct adm_pool adm_pool;

enum { ADM_MAX_THREADS = 256 };

/* How many workers a wish for THREADS gets: 0 or less means all processors this process may use,
 * and more than there are would only wait for each other. Beyond ADM_MAX_THREADS the wish is left
 * for adm_pool_new to refuse. */
int adm_pool_threads_for (int threads);

/* THREADS workers in all, the calling thread among them; 1 … ADM_MAX_THREADS. */
adm_status adm_pool_new (int threads, adm_pool **out, adm_error *error);
void adm_pool_free (adm_pool *pool);
int adm_pool_threads (const adm_pool *pool);

/* Calls WORK (ARG, unit, worker) for every unit in 0 … UNITS-1, worker in 0 … threads-1, and
 * returns when all are done. */
typedef void (*adm_work) (void *arg, int unit, int worker);
void adm_pool_run (adm_pool *pool, int units, adm_work work, void *arg);

#endif
