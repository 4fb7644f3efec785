/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's worker: see worker.h. The session belongs to the thread. Both threads touch the
 * queues, which guard themselves, and WANTED, the id of the job that may run: whoever runs another
 * stops at the core's next question, but goes on reading networks that the wanted one needs as
 * well.
 */
#include "worker.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "picture-bytes.h"
#include "plugin-words.h"
#include "weights-mark.h"

/* Asked for by worker_warm: no pictures, no events but loading. */
#define WARM_ID G_MAXUINT

/* Events of steps and of loading that carry no picture, a second at most. */
enum { NEWS_A_SECOND = 20, NICER = 5 };

/* Pictures of a step that is not done: so often they are quick enough to follow, and slow enough
 * not to flicker. */
enum { FORMING_EVERY = G_USEC_PER_SEC * 2 / 5 };

/* Of a stage: less says too little of how long the whole takes. */
#define TELLING 0.02
/* Of a job's first seconds, for the same reason. */
#define SOON 0.5

/* A job and how to run it. */
typedef struct {
  WorkerJob job;
  adm_options options;
} Entry;

struct Worker {
  GThread *thread;
  GAsyncQueue *jobs;        /* of Entry */
  GAsyncQueue *events;      /* of Posted */
  guint drain;              /* atomic: the pending call of drain_events, or 0 */
  GMutex mutex;             /* guards DRAIN's making and taking */
  gint wanted;              /* atomic: a job's id; 0: none */
  const char *wanted_model; /* atomic: path of that job's model */
  gint reads;               /* atomic: see worker_reads */
  adm_options options;      /* main thread; a job takes a copy along */
  UiEventFunc func;
  gpointer sink;

  /* worker thread only */
  adm_session *session;
  adm_options session_options;
  char *session_model;    /* path of the model's description */
  char *weights[2];       /* marks of its weights by kind of task; NULL: not read yet */
  gint64 session_changed; /* the latest change of its files */
  int earlier_reads;      /* by sessions before this one */
  const Entry *entry;
  const WorkerJob *job; /* ENTRY's */
  int image, stage;     /* which the steps are of */
  int step;             /* the last that was done */
  gint64 stage_began;   /* of the first step */
  gint64 reported;
  gint64 pictured;  /* 0: the stage has shown none */
  gint64 job_began; /* its first step, when WHOLE of it was done; 0: has not */
  double whole;
  adm_error error;
};

typedef struct {
  UiEvent event;
  char *message;
  UiSettings *settings;
} Posted;

static void
posted_free (gpointer data)
{
  Posted *posted = data;

  g_clear_object (&posted->event.pixels);
  ui_settings_free (posted->settings);
  g_free (posted->message);
  g_free (posted);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  ui_settings_free (entry->job.settings);
  if (entry->job.free_data)
    entry->job.free_data (entry->job.data);
  g_free (entry);
}

/* ---- events ---------------------------------------------------------------------------------- */

static void
hand_over (Worker *worker, Posted *posted)
{
  worker->func (&posted->event, worker->sink);
  posted_free (posted);
}

/* Main thread. Of steps that have piled up only the last is told, with the last picture among
 * them. */
static gboolean
drain_events (gpointer data)
{
  Worker *worker = data;
  Posted *posted, *step = NULL;

  g_mutex_lock (&worker->mutex);
  worker->drain = 0;
  g_mutex_unlock (&worker->mutex);
  while ((posted = g_async_queue_try_pop (worker->events))) {
    gboolean follows
        = step && posted->event.kind == UI_EVENT_STEP && posted->event.job == step->event.job;
    if (follows) {
      if (!posted->event.pixels)
        posted->event.pixels = g_steal_pointer (&step->event.pixels);
      posted_free (step);
    } else if (step)
      hand_over (worker, step);
    step = posted->event.kind == UI_EVENT_STEP ? posted : NULL;
    if (!step)
      hand_over (worker, posted);
  }
  if (step)
    hand_over (worker, step);
  return G_SOURCE_REMOVE;
}

/* Any thread. Takes over the references in EVENT; MESSAGE and SETTINGS are copied. */
static void
post (Worker *worker, UiEvent event)
{
  Posted *posted = g_new0 (Posted, 1);

  posted->event = event;
  posted->message = g_strdup (event.message);
  posted->event.message = posted->message;
  posted->settings = event.settings ? ui_settings_copy (event.settings) : NULL;
  posted->event.settings = posted->settings;
  g_async_queue_push (worker->events, posted);
  g_mutex_lock (&worker->mutex);
  if (!worker->drain)
    worker->drain = g_idle_add (drain_events, worker);
  g_mutex_unlock (&worker->mutex);
}

static gboolean
is_wanted (Worker *worker)
{
  return (guint) g_atomic_int_get (&worker->wanted) == worker->job->id;
}

/* PICTURE as the artist sees it; NULL when memory is short. */
static GdkPixbuf *
to_pixbuf (const adm_picture *picture)
{
  int bytes = picture_bytes_a_pixel (picture->channels);
  GdkPixbuf *pixbuf
      = gdk_pixbuf_new (GDK_COLORSPACE_RGB, bytes == 4, 8, picture->width, picture->height);

  if (pixbuf
      && !picture_bytes_write (picture, bytes, gdk_pixbuf_get_pixels (pixbuf),
                               (gsize) gdk_pixbuf_get_rowstride (pixbuf)))
    g_clear_object (&pixbuf);
  return pixbuf;
}

/* Whether the job that may run needs the networks that are being read. */
static gboolean
is_model_wanted (Worker *worker)
{
  guint wanted = (guint) g_atomic_int_get (&worker->wanted);
  const char *model = g_atomic_pointer_get (&worker->wanted_model);

  return wanted == worker->job->id
         || (wanted != 0 && g_strcmp0 (model, worker->job->model->path) == 0);
}

/* Worker: networks are being read. The news go to the job that waits for them. */
static bool
on_loading (Worker *worker, const adm_progress *progress)
{
  guint wanted = (guint) g_atomic_int_get (&worker->wanted);
  gint64 now = g_get_monotonic_time ();

  if (!is_model_wanted (worker))
    return false;
  if (now - worker->reported > G_USEC_PER_SEC / NEWS_A_SECOND) {
    worker->reported = now;
    post (worker, (UiEvent) { .kind = UI_EVENT_LOADING,
                              .job = wanted == WARM_ID ? 0 : wanted,
                              .fraction = progress->fraction });
  }
  return true;
}

/* What a step takes, 0 while not known: a large canvas's first step tells long before its end. */
static double
seconds_per_step (const adm_progress *progress, gint64 since)
{
  double steps = progress->fraction * progress->steps;

  return progress->step > 0 || (since > G_USEC_PER_SEC && progress->fraction > TELLING)
             ? (double) since / G_USEC_PER_SEC / steps
             : 0.0;
}

/* What is left of the job, by the core's own reckoning of its parts; 0 while not known. */
static double
seconds_left (Worker *worker, const adm_progress *progress, gint64 now)
{
  double since = (double) (now - worker->job_began) / G_USEC_PER_SEC;

  if (worker->job_began == 0) {
    worker->job_began = now;
    worker->whole = progress->whole;
    return 0.0;
  }
  return since > SOON && progress->whole > worker->whole + TELLING
             ? since * (1.0 - progress->whole) / (progress->whole - worker->whole)
             : 0.0;
}

/* Whether the picture of PROGRESS is shown: of each step that is done, and now and then between. */
static gboolean
is_shown (Worker *worker, const adm_progress *progress, gint64 now)
{
  gboolean done = progress->step != worker->step;

  if (!progress->x0 || (!done && worker->pictured > 0 && now - worker->pictured < FORMING_EVERY))
    return FALSE;
  worker->step = progress->step;
  worker->pictured = now;
  return TRUE;
}

/* Worker: the core's callback. */
static bool
on_progress (const adm_progress *progress, void *data)
{
  Worker *worker = data;
  const adm_picture seen = { progress->x0, progress->height, progress->width, progress->channels };
  gint64 now = g_get_monotonic_time ();

  if (progress->stage == ADM_STAGE_LOAD)
    return on_loading (worker, progress);
  if (!is_wanted (worker))
    return false;
  if (worker->image != progress->image || worker->stage != (int) progress->stage) {
    worker->image = progress->image;
    worker->stage = (int) progress->stage;
    worker->stage_began = now;
    worker->step = 0;
    worker->pictured = 0;
  }
  gboolean shown = is_shown (worker, progress, now);
  double left = seconds_left (worker, progress, now);
  if (shown || now - worker->reported > G_USEC_PER_SEC / NEWS_A_SECOND) {
    worker->reported = now;
    post (worker,
          (UiEvent) { .kind = UI_EVENT_STEP,
                      .job = worker->job->id,
                      .image = progress->image,
                      .images = progress->images,
                      .upsampling = progress->stage == ADM_STAGE_UPSAMPLE,
                      .step = progress->step,
                      .steps = progress->steps,
                      .fraction = progress->fraction,
                      .seconds_per_step = seconds_per_step (progress, now - worker->stage_began),
                      .seconds_left = left,
                      .pixels = shown ? to_pixbuf (&seen) : NULL });
  }
  return true;
}

/* ---- work ------------------------------------------------------------------------------------ */

static adm_status
no_memory (adm_error *error)
{
  return adm_error_set (error, ADM_ERROR_MEMORY,
                        _ ("There is not enough memory for the picture. Close other programs, or "
                           "choose a smaller model."));
}

/* When one of MODEL's files was last changed; 0: they are gone, or cannot be looked at. */
static gint64
last_change (const adm_model *model)
{
  const char *files[] = { model->path, model->diffusion, model->classifier, model->upsampler };
  gint64 latest = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    GStatBuf about;
    if (files[i] && g_stat (files[i], &about) == 0)
      latest = MAX (latest, MAX ((gint64) about.st_mtime, (gint64) about.st_ctime));
  }
  return latest;
}

/* The session of the job's model: the one at hand, or a new one. Weights that are in memory serve
 * on when their files are gone, not when they have been replaced. */
static adm_status
ensure_session (Worker *worker)
{
  const adm_model *model = worker->job->model;
  const adm_options *options = &worker->entry->options;
  gint64 changed = last_change (model);

  if (worker->session && g_strcmp0 (worker->session_model, model->path) == 0
      && changed <= worker->session_changed && options->half == worker->session_options.half
      && options->exact == worker->session_options.exact
      && options->memory_limit == worker->session_options.memory_limit)
    return ADM_OK;
  if (worker->session)
    worker->earlier_reads += adm_session_reads (worker->session);
  adm_session_free (worker->session);
  g_free (worker->session_model);
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&worker->weights[i], g_free);
  worker->session_model = g_strdup (model->path);
  worker->session_options = *options;
  worker->session_changed = changed;
  return adm_session_new (model, options, &worker->session, &worker->error);
}

/* Worker: the core's sink. */
static adm_status
send_picture (int i, const adm_picture *picture, void *data, adm_error *error)
{
  Worker *worker = data;
  const WorkerJob *job = worker->job;
  GdkPixbuf *pixels = to_pixbuf (picture);

  if (!pixels)
    return no_memory (error);
  g_autoptr (UiSettings) settings = ui_settings_copy (job->settings);
  char **weights = &worker->weights[job->task.kind == ADM_TASK_UPSCALE];
  if (!*weights)
    *weights = weights_mark (job->model, job->task.kind);
  ui_settings_set_weights (settings, *weights);
  settings->seed += i;
  settings->count = 1;
  post (worker, (UiEvent) { .kind = UI_EVENT_IMAGE,
                            .job = job->id,
                            .image = i,
                            .images = job->settings->count,
                            .pixels = pixels,
                            .settings = settings });
  return ADM_OK;
}

/* The networks of the job's model, so that its first picture comes sooner. */
static adm_status
warm (Worker *worker)
{
  const WorkerJob *job = worker->job;
  int parts = job->task.kind == ADM_TASK_UPSCALE
                  ? ADM_PART_UPSAMPLER
                  : ADM_PART_DIFFUSION | (job->model->classifier ? ADM_PART_CLASSIFIER : 0);

  return adm_session_load (worker->session, parts, on_progress, worker, &worker->error);
}

static adm_status
carry_out (Worker *worker)
{
  const WorkerJob *job = worker->job;
  const adm_sink sink = { on_progress, send_picture, worker, .all_channels = true };
  adm_task task = job->task;
  adm_plan plan;
  gboolean upscale = task.kind == ADM_TASK_UPSCALE;
  g_autofree float *low = NULL;

  if (upscale)
    task.upscale.low = low = job->source (job->source_data, task.upscale.low_w, task.upscale.low_h);
  worker->image = worker->stage = -1;
  worker->job_began = 0;
  adm_status status = upscale && !low
                          ? no_memory (&worker->error)
                          : adm_session_plan (worker->session, &task, &plan, &worker->error);
  if (!status)
    status = adm_session_run (worker->session, &plan, &sink, &worker->error);
  return status;
}

/* What became of it: to the job's owner, or, when networks were read ahead of time, to whom it may
 * concern. */
static void
tell_end (Worker *worker, adm_status status)
{
  const WorkerJob *job = worker->job;
  g_autofree char *message
      = status && status != ADM_ERROR_CANCELLED ? plugin_words (&worker->error) : NULL;

  if (job->id != WARM_ID)
    post (worker, (UiEvent) { .kind = message ? UI_EVENT_FAILED : UI_EVENT_DONE,
                              .job = job->id,
                              .message = message });
  else
    post (worker,
          (UiEvent) { .kind = UI_EVENT_LOADED, .message = is_wanted (worker) ? message : NULL });
}

static void
run_job (Worker *worker, const Entry *entry)
{
  const WorkerJob *job = &entry->job;
  adm_status status = ADM_OK;

  worker->entry = entry;
  worker->job = job;
  worker->reported = 0;
  if (!is_wanted (worker))
    status = ADM_ERROR_CANCELLED;
  if (!status)
    status = ensure_session (worker);
  if (!status)
    status = job->id == WARM_ID ? warm (worker) : carry_out (worker);
  if (worker->session)
    g_atomic_int_set (&worker->reads, worker->earlier_reads + adm_session_reads (worker->session));
  tell_end (worker, status);
  worker->job = NULL;
  worker->entry = NULL;
}

/* Drawing comes first, GIMP's and the window's own: what is reckoned can wait a moment. The core's
 * threads are children of this one and inherit it. On Linux 0 is this thread alone. */
static void
step_back (void)
{
  if (setpriority (PRIO_PROCESS, 0, NICER) != 0)
    g_debug ("the worker's priority stays: %s", g_strerror (errno));
}

static gpointer
worker_main (gpointer data)
{
  Worker *worker = data;

  step_back ();
  for (;;) {
    Entry *entry = g_async_queue_pop (worker->jobs);
    gboolean last = entry->job.id == 0;
    if (!last)
      run_job (worker, entry);
    entry_free (entry);
    if (last)
      break;
  }
  adm_session_free (worker->session);
  worker->session = NULL;
  return NULL;
}

/* ---- main thread ----------------------------------------------------------------------------- */

Worker *
worker_new (int threads, UiEventFunc func, gpointer sink)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->options.threads = threads;
  worker->options.program_bytes = adm_process_memory ();
  worker->func = func;
  worker->sink = sink;
  worker->jobs = g_async_queue_new_full (entry_free);
  worker->events = g_async_queue_new_full (posted_free);
  g_mutex_init (&worker->mutex);
  worker->thread = g_thread_new ("adm-worker", worker_main, worker);
  return worker;
}

static void
enqueue (Worker *worker, const WorkerJob *job)
{
  Entry *entry = g_new (Entry, 1);

  *entry = (Entry) { *job, worker->options };
  entry->options.exact = job->exact;
  entry->options.fast = !job->exact;
  g_atomic_pointer_set (&worker->wanted_model, job->model ? job->model->path : NULL);
  g_atomic_int_set (&worker->wanted, (gint) job->id);
  g_async_queue_push (worker->jobs, entry);
}

void
worker_set_memory (Worker *worker, gboolean half, guint64 limit)
{
  worker->options.half = half;
  worker->options.memory_limit = limit;
}

void
worker_start (Worker *worker, const WorkerJob *job)
{
  enqueue (worker, job);
}

void
worker_warm (Worker *worker, const adm_model *model, adm_task_kind kind)
{
  enqueue (worker, &(WorkerJob) { .id = WARM_ID, .model = model, .task = { .kind = kind } });
}

void
worker_stop (Worker *worker)
{
  g_atomic_int_set (&worker->wanted, 0);
}

int
worker_reads (Worker *worker)
{
  return g_atomic_int_get (&worker->reads);
}

void
worker_free (Worker *worker)
{
  if (!worker)
    return;
  enqueue (worker, &(WorkerJob) { .id = 0 });
  g_thread_join (worker->thread);
  if (worker->drain)
    g_source_remove (worker->drain);
  g_async_queue_unref (worker->jobs);
  g_async_queue_unref (worker->events);
  g_mutex_clear (&worker->mutex);
  g_free (worker->session_model);
  for (int i = 0; i < 2; i++)
    g_free (worker->weights[i]);
  g_free (worker);
}
