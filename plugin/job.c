/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work in the background: see job.h. The worker owns the session and everything it makes until
 * it has ended; what both threads touch is the flag that cancels and how far the work is, which a
 * mutex guards.
 */
#include "job.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>
#include <signal.h>

#include "picture-bytes.h"
#include "plugin-error.h"

#define OWNER_KEY "adm-job"
#define REPORT_INTERVAL (G_USEC_PER_SEC / 20)

typedef struct {
  const AdmJobOrder *order;
  GMainLoop *loop;
  GThread *thread;
  gint cancelled;  /* atomic */
  gint64 reported; /* worker only: when the last report was posted */

  GMutex mutex; /* guards the two that follow */
  double fraction;
  guint idle; /* the pending call of show_fraction, or 0 */

  /* Written by the worker, read once it has ended. */
  adm_error error;
  AdmJobResult result;
} Job;

/* Main thread: shows how far the job has come. GIMP lets events in while it draws the bar, so its
 * user may close the bar's own view right then; after a new fraction GIMP 3.0 touches the bar no
 * more, but after gimp_progress_set_text it goes on with what it has freed. So the text stays what
 * gimp_progress_init made it. */
static gboolean
show_fraction (gpointer data)
{
  Job *job = data;

  g_mutex_lock (&job->mutex);
  double fraction = job->fraction;
  job->idle = 0;
  g_mutex_unlock (&job->mutex);
  gimp_progress_update (fraction);
  return G_SOURCE_REMOVE;
}

/* Worker: the core's callback. */
static bool
on_progress (const adm_progress *progress, void *data)
{
  Job *job = data;
  gint64 now = g_get_monotonic_time ();

  if (now - job->reported >= REPORT_INTERVAL) {
    job->reported = now;
    g_mutex_lock (&job->mutex);
    job->fraction = progress->whole;
    if (!job->idle)
      job->idle = g_idle_add (show_fraction, job);
    g_mutex_unlock (&job->mutex);
  }
  return !g_atomic_int_get (&job->cancelled);
}

static adm_status
fail_memory (adm_error *error)
{
  return adm_error_set (
      error, ADM_ERROR_MEMORY,
      _ ("There is not enough memory for the pictures. Ask for fewer, or close other programs."));
}

/* Worker: the core's sink. */
static adm_status
keep_picture (int i, const adm_picture *picture, void *data, adm_error *error)
{
  Job *job = data;
  gsize row = (gsize) picture->width * (gsize) job->result.channels;
  guint8 *to = job->result.pixels + (gsize) i * row * (gsize) picture->height;

  return picture_bytes_write (picture, job->result.channels, to, row) ? ADM_OK
                                                                      : fail_memory (error);
}

/* Everything between a task and its pictures. */
static adm_status
carry_out (Job *job)
{
  const AdmJobOrder *order = job->order;
  const adm_sink sink = { on_progress, keep_picture, job, .all_channels = true };
  adm_options options = { .threads = order->threads,
                          .exact = order->exact,
                          .fast = !order->exact,
                          .program_bytes = adm_process_memory () };
  adm_plan plan;
  adm_session *session = NULL;
  adm_status status = adm_plan_make (order->model, &order->task, &plan, &job->error);

  if (status == ADM_OK) {
    job->result = (AdmJobResult) { .count = plan.count,
                                   .width = plan.width,
                                   .height = plan.height,
                                   .channels = picture_bytes_a_pixel (plan.channels) };
    job->result.pixels
        = g_try_malloc_n ((gsize) plan.count,
                          (gsize) plan.width * (gsize) plan.height * (gsize) job->result.channels);
    if (!job->result.pixels)
      status = fail_memory (&job->error);
  }
  if (status == ADM_OK)
    status = adm_session_new (order->model, &options, &session, &job->error);
  if (status == ADM_OK)
    status = adm_session_run (session, &plan, &sink, &job->error);
  adm_session_free (session);
  return status;
}

static gboolean
quit_loop (gpointer data)
{
  Job *job = data;

  g_main_loop_quit (job->loop);
  return G_SOURCE_REMOVE;
}

static gpointer
worker (gpointer data)
{
  Job *job = data;

  job->error.status = carry_out (job);
  if (job->error.status != ADM_OK)
    g_clear_pointer (&job->result.pixels, g_free);
  g_idle_add (quit_loop, job);
  return NULL;
}

static gboolean
on_signal (gpointer data)
{
  Job *job = data;

  g_atomic_int_set (&job->cancelled, 1);
  return G_SOURCE_CONTINUE;
}

/* Main thread: waits for the worker's end and takes back what it posted. */
static void
join (Job *job)
{
  g_clear_pointer (&job->thread, g_thread_join);
  while (g_idle_remove_by_data (job))
    ;
}

gboolean
job_run (const AdmJobOrder *order, GObject *owner, const char *title, AdmJobResult *result,
         GError **error)
{
  Job job = { .order = order };

  job.loop = g_main_loop_new (NULL, FALSE);
  g_mutex_init (&job.mutex);
  g_object_set_data (owner, OWNER_KEY, &job);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, &job),
        interrupt = g_unix_signal_add (SIGINT, on_signal, &job);

  gimp_progress_init (title);
  job.thread = g_thread_try_new ("adm-job", worker, &job, NULL);
  if (job.thread) {
    g_main_loop_run (job.loop);
    join (&job);
  } else {
    fail_memory (&job.error);
  }
  gimp_progress_end ();

  g_source_remove (terminate);
  g_source_remove (interrupt);
  g_object_set_data (owner, OWNER_KEY, NULL);
  g_main_loop_unref (job.loop);
  g_mutex_clear (&job.mutex);
  if (job.error.status != ADM_OK) {
    plugin_error_set_core (error, &job.error);
    return FALSE;
  }
  *result = job.result;
  return TRUE;
}

void
job_stop (GObject *owner)
{
  Job *job = g_object_get_data (owner, OWNER_KEY);

  if (!job)
    return;
  g_atomic_int_set (&job->cancelled, 1);
  join (job);
  g_clear_pointer (&job->result.pixels, g_free);
}
