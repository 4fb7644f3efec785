/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small pictures of a model's classes, for the window's list: made once by the window's own worker
 * while it has nothing else to do, kept in the user's cache folder. A model that takes longer than
 * a moment for one makes no others. */
#ifndef ADM_SWATCHES_H
#define ADM_SWATCHES_H

#include "adm.h"
#include "ui/backend.h"
#include "worker.h"

/* Of the worker's jobs, the one that makes a swatch. */
#define SWATCHES_JOB (G_MAXUINT - 1)

typedef struct Swatches Swatches;

/* UI_EVENT_SWATCH goes to TELL, on the main thread and after the call that led to it. FOLDER is
 * made when there is something to keep. WORKER outlives the swatches. */
Swatches *swatches_new (const char *folder, Worker *worker, UiEventFunc tell, gpointer user);
void swatches_free (Swatches *swatches);

/* Asks for the swatch of MODEL's class CLASS_NAME; a request not yet answered is forgotten. MODEL
 * lives as long as the swatches. */
void swatches_ask (Swatches *swatches, const adm_model *model, const char *class_name);

/* Every event of the worker goes through here first. TRUE: it was a swatch's, and goes no
 * further. */
gboolean swatches_event (Swatches *swatches, const UiEvent *event);

/* The worker has been given something else, which comes first. EXACT: as in WorkerJob. */
void swatches_yield (Swatches *swatches, gboolean exact);

#endif
