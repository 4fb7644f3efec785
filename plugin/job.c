/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The work in the background: see job.h. The worker owns the session and everything it makes until it has ended; what both
 * threads touch is the flag that cancels and how far the work is, which a mutex guards.
 */
#include "job.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>
#include <signal.h>

#include "plugin-error.h"

#define OWNER_KEY "adm-job"
#define REPORT_INTERVAL (G_USEC_PER_SEC / 20)
/* Loading's share of the whole job's progress. */
#define LOAD_SHARE 0.05

typedef struct {
  const AdmJobPlan *plan;
  GMainLoop *loop;
  GThread *thread;
  gint cancelled; /* atomic */

  /* Worker only. */
  gint64 reported;                   /* when the last report was posted */
  double sample_work, upsample_work; /* rough cost of each picture's stage */

  GMutex mutex; /* guards the two that follow */
  double fraction;
  guint idle; /* the pending call of show_fraction, or 0 */

  /* Written by the worker, read once it has ended. */
  adm_error error;
  AdmJobResult result;
} Job;

/* Main thread: shows how far the job has come. GIMP lets events in while it draws the bar, so its user may close the bar's own view right
 * then; after a new fraction GIMP 3.0 touches the bar no more, but after gimp_progress_set_text it goes on with what it has freed. So the
 * text stays what gimp_progress_init made it. */
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

/* The part of the whole job that is done. */
static double
job_fraction (const Job *job, const adm_progress *progress)
{
  double images = MAX (progress->images, 1);
  double whole = images * (job->sample_work + job->upsample_work);
  double done = 0.0;

  if (progress->stage == ADM_STAGE_LOAD)
    return LOAD_SHARE * progress->fraction;
  if (progress->stage == ADM_STAGE_SAMPLE)
    done = (progress->image + progress->fraction) * job->sample_work;
  else
    done = images * job->sample_work + (progress->image + progress->fraction) * job->upsample_work;
  return LOAD_SHARE + (1.0 - LOAD_SHARE) * done / whole;
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
    job->fraction = job_fraction (job, progress);
    if (!job->idle)
      job->idle = g_idle_add (show_fraction, job);
    g_mutex_unlock (&job->mutex);
  }
  return !g_atomic_int_get (&job->cancelled);
}

static adm_status
fail_memory (Job *job)
{
  job->error.status = ADM_ERROR_MEMORY;
  g_strlcpy (job->error.message, _ ("There is not enough memory for the pictures. Ask for fewer, or close other programs."),
             sizeof job->error.message);
  return job->error.status;
}

/* Room for COUNT pictures of WIDTH × HEIGHT × 3 values of SIZE bytes, or NULL. */
static gpointer
pictures_new (int count, int width, int height, gsize size)
{
  return g_try_malloc_n ((gsize) count, (gsize) width * (gsize) height * 3 * size);
}

/* Rounds COUNT planar pictures to 8 bits; takes PLANAR over. */
static adm_status
finish (Job *job, float *planar, int count, int width, int height)
{
  gsize values = (gsize) width * (gsize) height * 3;
  guint8 *pixels = pictures_new (count, width, height, 1);

  if (pixels) {
    for (int i = 0; i < count; i++)
      adm_pixels_to_u8 (planar + (gsize) i * values, height, width, pixels + (gsize) i * values);
    g_free (job->result.pixels);
    job->result = (AdmJobResult) { .count = count, .width = width, .height = height, .pixels = pixels };
  }
  g_free (planar);
  return pixels ? ADM_OK : fail_memory (job);
}

/* Loads all networks that the plan needs, so that a broken file is known before any work. */
static adm_status
load (Job *job, adm_session *session)
{
  const AdmJobPlan *plan = job->plan;
  int parts = 0;

  if (plan->sample)
    parts |= ADM_PART_DIFFUSION;
  if (plan->sample && plan->request.scale > 0.0)
    parts |= ADM_PART_CLASSIFIER;
  if (!plan->sample || plan->upsample)
    parts |= ADM_PART_UPSAMPLER;
  return adm_session_load (session, parts, on_progress, job, &job->error);
}

/* Samples the pictures of the plan. */
static adm_status
run_sample (Job *job, adm_session *session)
{
  const AdmJobPlan *plan = job->plan;
  int side = plan->model->image_size;
  float *planar = pictures_new (plan->request.count, side, side, sizeof (float));

  if (!planar)
    return fail_memory (job);
  if (adm_session_sample (session, &plan->request, on_progress, job, planar, NULL, &job->error) != ADM_OK) {
    g_free (planar);
    return job->error.status;
  }
  return finish (job, planar, plan->request.count, side, side);
}

/* The 8-bit PIXELS of COUNT pictures, as planar values. NULL when memory is short. */
static float *
to_planar (const guint8 *pixels, int count, int width, int height)
{
  gsize values = (gsize) width * (gsize) height * 3;
  float *planar = pictures_new (count, width, height, sizeof (float));

  for (int i = 0; planar && i < count; i++)
    adm_pixels_from_u8 (pixels + (gsize) i * values, height, width, planar + (gsize) i * values);
  return planar;
}

/* Upsamples the pictures sampled before, or the plan's source. */
static adm_status
run_upsample (Job *job, adm_session *session)
{
  const AdmJobPlan *plan = job->plan;
  adm_request request = plan->upsample_request;
  int low_side, side;

  if (adm_session_upscale_size (session, &low_side, &side, &job->error) != ADM_OK)
    return job->error.status;
  if (plan->sample && low_side != job->result.width) {
    job->error.status = ADM_ERROR_SHAPE;
    g_snprintf (job->error.message, sizeof job->error.message,
                _ ("The upsampling network of “%s” takes pictures of %d pixels, but its pictures have %d. Switch Upsample off."), plan->model->name,
                low_side, job->result.width);
    return job->error.status;
  }
  int low_w = plan->sample ? low_side : plan->source_w, low_h = plan->sample ? low_side : plan->source_h;
  int width = plan->tiles ? low_w * (side / low_side) : side, height = plan->tiles ? low_h * (side / low_side) : side;
  float *low = to_planar (plan->sample ? job->result.pixels : plan->source, request.count, low_w, low_h);
  float *planar = pictures_new (request.count, width, height, sizeof (float));
  request.low = low;
  request.low_w = low_w;
  request.low_h = low_h;
  request.tiled = plan->tiles;
  adm_status status = low && planar ? adm_session_upscale (session, &request, on_progress, job, planar, NULL, &job->error) : fail_memory (job);
  g_free (low);
  if (status == ADM_OK)
    return finish (job, planar, request.count, width, height);
  g_free (planar);
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
  const AdmJobPlan *plan = job->plan;
  adm_options options = { .threads = plan->threads };
  adm_session *session = NULL;
  adm_status status = adm_session_new (plan->model, &options, &session, &job->error);

  if (status == ADM_OK)
    status = load (job, session);
  if (status == ADM_OK && plan->sample)
    status = run_sample (job, session);
  if (status == ADM_OK && (!plan->sample || plan->upsample))
    status = run_upsample (job, session);
  adm_session_free (session);
  if (status != ADM_OK)
    g_clear_pointer (&job->result.pixels, g_free);
  job->error.status = status;
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
job_run (const AdmJobPlan *plan, GObject *owner, const char *title, AdmJobResult *result, GError **error)
{
  Job job = { .plan = plan };
  double growth = plan->model->upsampled_size > 0 ? (double) plan->model->upsampled_size / plan->model->image_size : 1.0;

  /* Upsampling steps cost about as many times more as there are more pixels. */
  job.sample_work = plan->sample ? plan->request.steps : 0.0;
  job.upsample_work = !plan->sample || plan->upsample ? plan->upsample_request.steps * growth * growth : 0.0;
  job.loop = g_main_loop_new (NULL, FALSE);
  g_mutex_init (&job.mutex);
  g_object_set_data (owner, OWNER_KEY, &job);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, &job), interrupt = g_unix_signal_add (SIGINT, on_signal, &job);

  gimp_progress_init (title);
  job.thread = g_thread_try_new ("adm-job", worker, &job, NULL);
  if (job.thread) {
    g_main_loop_run (job.loop);
    join (&job);
  } else {
    fail_memory (&job);
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
