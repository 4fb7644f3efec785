/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work in the background: a thread of its own runs the core, while the main thread keeps a main
 * loop going, since only the main thread may speak with GIMP. Progress comes to the main thread,
 * and so to GIMP, as idle calls, never more than twenty a second.
 */
#ifndef ADM_JOB_H
#define ADM_JOB_H

#include <glib-object.h>

#include "adm.h"

/* What to do, and with what. */
typedef struct {
  const adm_model *model;
  int threads;    /* 0: all processors */
  gboolean exact; /* direct convolutions only */
  adm_task task;
} AdmJobOrder;

/* The finished pictures: 8-bit sRGB, [count][height][width][channels]; 3 channels, or with alpha
 * 4. */
typedef struct {
  int count, width, height, channels;
  guint8 *pixels; /* freed with g_free */
} AdmJobResult;

/* Carries ORDER out, with a progress bar of GIMP's under TITLE; while it runs, OWNER (the plug-in)
 * holds it, so that job_stop finds it. A SIGTERM or SIGINT, or job_stop, ends it early with
 * PLUGIN_ERROR_CANCELLED. FALSE with ERROR set, and RESULT untouched, when it fails. */
gboolean job_run (const AdmJobOrder *order, GObject *owner, const char *title, AdmJobResult *result,
                  GError **error);

/* Stops the job of OWNER, if one runs, and waits until its thread has ended. For a plug-in about to
 * quit: the interrupted job_run must not be returned to. */
void job_stop (GObject *owner);

#endif
