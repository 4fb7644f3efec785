/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's worker: one thread that keeps a model's networks warm between jobs, makes pictures
 * one after the other, and sends what it sees to the main thread as UiEvents. A new job replaces
 * the running one; old events cannot overtake.
 */
#ifndef ADM_WORKER_H
#define ADM_WORKER_H

#include "adm.h"
#include "ui/backend.h"

typedef struct Worker Worker;

/* One job: TASK, whose pictures the SETTINGS describe. */
typedef struct {
  guint id;
  const adm_model *model; /* must live until the worker is freed */
  UiSettings *settings;   /* owned */
  adm_task task;
  gboolean exact; /* direct convolutions only */
  /* What TASK points to, owned; let go with FREE_DATA. */
  gpointer data;
  GDestroyNotify free_data;
  /* Of an upscaling task: its picture, of the size that TASK says. Called on the worker's thread;
   * NULL when memory is short, freed with g_free. What SOURCE reads outlives the worker. */
  float *(*source) (gconstpointer source_data, int width, int height);
  gconstpointer source_data;
} WorkerJob;

/* Events go to FUNC on the main thread. THREADS: 0 for all processors. */
Worker *worker_new (int threads, UiEventFunc func, gpointer sink);
/* Ends the running job and the thread before it returns; no event comes afterwards. */
void worker_free (Worker *worker);

/* For the jobs that start from now on; other than before: their networks are read anew. LIMIT in
 * bytes, 0: what the machine has. */
void worker_set_memory (Worker *worker, gboolean half, guint64 limit);
/* Replaces the running job, if any; networks of the same model that it is reading go on being read.
 * Takes over JOB's settings. */
void worker_start (Worker *worker, const WorkerJob *job);
/* Begins to load MODEL's networks for tasks of KIND (for upscaling its upsampler alone), so that
 * the first picture comes sooner. Told by events of job 0: UI_EVENT_LOADING, then UI_EVENT_LOADED
 * unless a job needs the outcome, which tells it then. */
void worker_warm (Worker *worker, const adm_model *model, adm_task_kind kind);
void worker_stop (Worker *worker);
/* How often a network's weights were read by the jobs that have ended, and by the loads ahead of
 * time: once for each network, as long as neither the model nor the memory is set otherwise and all
 * fits. */
int worker_reads (Worker *worker);

#endif
