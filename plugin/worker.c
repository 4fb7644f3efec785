/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's worker: see worker.h. The session belongs to the thread. Both threads touch the queues, which guard themselves, and
 * WANTED, the id of the job that may run: whoever runs another stops at the core's next question, but goes on reading networks
 * that the wanted one needs as well.
 */
#include "worker.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

/* Asked for by worker_warm: no pictures, no events but loading. */
#define WARM_ID G_MAXUINT

/* Events of steps and of loading that carry no picture, a second at most. */
enum { NEWS_A_SECOND = 20, NICER = 5 };

/* A job and how to run it. */
typedef struct {
  WorkerJob job;
  adm_options options;
} Entry;

struct Worker {
  GThread *thread;
  GAsyncQueue *jobs;   /* of Entry */
  GAsyncQueue *events; /* of Posted */
  guint drain;         /* atomic: the pending call of drain_events, or 0 */
  GMutex mutex;        /* guards DRAIN's making and taking */
  gint wanted;         /* atomic: a job's id; 0: none */
  const char *wanted_model; /* atomic: path of that job's model */
  gint reads;          /* atomic: see worker_reads */
  adm_options options; /* main thread; a job takes a copy along */
  UiEventFunc func;
  gpointer sink;

  /* worker thread only */
  adm_session *session;
  adm_options session_options;
  char *session_model;   /* path of the model's description */
  gint64 session_changed; /* the latest change of its files */
  int earlier_reads;      /* by sessions before this one */
  const Entry *entry;
  const WorkerJob *job;  /* ENTRY's */
  int image, images;
  gint64 stage_began;  /* of the first step */
  gint64 reported;
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
  g_free (entry);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static void
hand_over (Worker *worker, Posted *posted)
{
  worker->func (&posted->event, worker->sink);
  posted_free (posted);
}

/* Main thread. Of steps that have piled up only the last is told, with the last picture among them. */
static gboolean
drain_events (gpointer data)
{
  Worker *worker = data;
  Posted *posted, *step = NULL;

  g_mutex_lock (&worker->mutex);
  worker->drain = 0;
  g_mutex_unlock (&worker->mutex);
  while ((posted = g_async_queue_try_pop (worker->events))) {
    gboolean follows = step && posted->event.kind == UI_EVENT_STEP && posted->event.job == step->event.job;
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

/* A picture [3,height,width] as the artist sees it; NULL when memory is short. */
static GdkPixbuf *
to_pixbuf (const float *planar, int height, int width)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  gsize row = (gsize) width * 3;
  guint8 *packed = pixbuf ? g_try_malloc_n ((gsize) height, row) : NULL;

  if (!packed) {
    g_clear_object (&pixbuf);
    return NULL;
  }
  adm_pixels_to_u8 (planar, height, width, packed);
  for (int y = 0; y < height; y++)
    memcpy (gdk_pixbuf_get_pixels (pixbuf) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf), packed + (gsize) y * row, row);
  g_free (packed);
  return pixbuf;
}

/* Whether the job that may run needs the networks that are being read. */
static gboolean
is_model_wanted (Worker *worker)
{
  guint wanted = (guint) g_atomic_int_get (&worker->wanted);
  const char *model = g_atomic_pointer_get (&worker->wanted_model);

  return wanted == worker->job->id || (wanted != 0 && g_strcmp0 (model, worker->job->model->path) == 0);
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
    post (worker, (UiEvent) { .kind = UI_EVENT_LOADING, .job = wanted == WARM_ID ? 0 : wanted, .fraction = progress->fraction });
  }
  return true;
}

/* Worker: the core's callback. */
static bool
on_progress (const adm_progress *progress, void *data)
{
  Worker *worker = data;
  gint64 now = g_get_monotonic_time ();

  if (progress->stage == ADM_STAGE_LOAD)
    return on_loading (worker, progress);
  if (!is_wanted (worker))
    return false;
  if (!worker->stage_began)
    worker->stage_began = now;
  if (progress->x0 || now - worker->reported > G_USEC_PER_SEC / NEWS_A_SECOND) {
    worker->reported = now;
    post (worker, (UiEvent) { .kind = UI_EVENT_STEP,
                              .job = worker->job->id,
                              .image = worker->image,
                              .images = worker->images,
                              .upsampling = progress->stage == ADM_STAGE_UPSAMPLE,
                              .step = progress->step,
                              .steps = progress->steps,
                              .fraction = progress->fraction,
                              .seconds_per_step = progress->step ? (double) (now - worker->stage_began) / G_USEC_PER_SEC / progress->step : 0.0,
                              .pixels = progress->x0 ? to_pixbuf (progress->x0, progress->height, progress->width) : NULL });
  }
  return true;
}

/* ---- work -------------------------------------------------------------------------------------------------------- */

static adm_status
no_memory (Worker *worker)
{
  worker->error.status = ADM_ERROR_MEMORY;
  g_strlcpy (worker->error.message, _ ("There is not enough memory for the picture. Close other programs, or choose a smaller model."),
             sizeof worker->error.message);
  return ADM_ERROR_MEMORY;
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

/* The session of the job's model: the one at hand, or a new one. Weights that are in memory serve on when their files are gone, not
 * when they have been replaced. */
static adm_status
ensure_session (Worker *worker)
{
  const adm_model *model = worker->job->model;
  const adm_options *options = &worker->entry->options;
  gint64 changed = last_change (model);

  if (worker->session && g_strcmp0 (worker->session_model, model->path) == 0 && changed <= worker->session_changed
      && options->half == worker->session_options.half && options->memory_limit == worker->session_options.memory_limit)
    return ADM_OK;
  if (worker->session)
    worker->earlier_reads += adm_session_reads (worker->session);
  adm_session_free (worker->session);
  g_free (worker->session_model);
  worker->session_model = g_strdup (model->path);
  worker->session_options = *options;
  worker->session_changed = changed;
  return adm_session_new (model, options, &worker->session, &worker->error);
}

static adm_status
load_parts (Worker *worker)
{
  const WorkerJob *job = worker->job;
  int parts = job->sample ? ADM_PART_DIFFUSION : ADM_PART_UPSAMPLER;

  if (job->sample && (job->id == WARM_ID ? job->model->classifier != NULL : job->request.scale > 0.0))
    parts |= ADM_PART_CLASSIFIER;
  if (job->sample && job->settings && job->settings->upsample)
    parts |= ADM_PART_UPSAMPLER;
  return adm_session_load (worker->session, parts, on_progress, worker, &worker->error);
}

/* A picture on its way: planar values, owned. */
typedef struct {
  float *planar; /* [3,height,width] */
  int width, height;
} Picture;

static gboolean
picture_new (Picture *picture, int width, int height)
{
  *picture = (Picture) { g_try_malloc_n ((gsize) width * (gsize) height, 3 * sizeof (float)), width, height };
  return picture->planar != NULL;
}

/* The picture to be upsampled, as the job's source has it. */
static adm_status
read_source (Worker *worker, const Picture *picture)
{
  guint8 *bytes = worker->job->source (worker->job->source_data, picture->width, picture->height);

  if (!bytes)
    return no_memory (worker);
  adm_pixels_from_u8 (bytes, picture->height, picture->width, picture->planar);
  g_free (bytes);
  return ADM_OK;
}

/* The upsampler sees a sampled picture as it would be saved: in 8 bits. */
static gboolean
round_to_8_bits (Picture *picture)
{
  guint8 *bytes = g_try_malloc_n ((gsize) picture->width * (gsize) picture->height, 3);

  if (!bytes)
    return FALSE;
  adm_pixels_to_u8 (picture->planar, picture->height, picture->width, bytes);
  adm_pixels_from_u8 (bytes, picture->height, picture->width, picture->planar);
  g_free (bytes);
  return TRUE;
}

/* The upsampling stage of PICTURE, which is picture I: the large one takes its place. */
static adm_status
upsample (Worker *worker, Picture *picture, int i)
{
  const WorkerJob *job = worker->job;
  gboolean tiles = !job->sample && job->settings->tiles;
  adm_request request = job->upsample_request;
  int low_side, side;
  adm_status status = adm_session_upscale_size (worker->session, &low_side, &side, &worker->error);
  Picture large;

  if (status)
    return status;
  if (!picture_new (&large, tiles ? picture->width * (side / low_side) : side, tiles ? picture->height * (side / low_side) : side))
    return no_memory (worker);
  request.count = 1;
  request.seed += (uint64_t) i;
  request.low = picture->planar;
  request.low_h = picture->height;
  request.low_w = picture->width;
  request.tiled = tiles;
  worker->stage_began = 0;
  status = adm_session_upscale (worker->session, &request, on_progress, worker, large.planar, NULL, &worker->error);
  if (status) {
    g_free (large.planar);
  } else {
    g_free (picture->planar);
    *picture = large;
  }
  return status;
}

static adm_status
send_picture (Worker *worker, const Picture *picture, int i)
{
  const WorkerJob *job = worker->job;
  GdkPixbuf *pixels = to_pixbuf (picture->planar, picture->height, picture->width);

  if (!pixels)
    return no_memory (worker);
  UiSettings *settings = ui_settings_copy (job->settings);
  settings->seed += i;
  settings->count = 1;
  if (job->spool)
    spool_keep (job->spool, pixels, settings);
  post (worker, (UiEvent) { .kind = UI_EVENT_IMAGE, .job = job->id, .image = i, .images = worker->images, .pixels = pixels, .settings = settings });
  ui_settings_free (settings);
  return ADM_OK;
}

/* Picture I of the job: sampled, upsampled where asked, sent. */
static adm_status
make_picture (Worker *worker, int i)
{
  const WorkerJob *job = worker->job;
  int side = job->model->image_size;
  Picture picture;
  adm_status status = ADM_OK;

  worker->image = i;
  worker->stage_began = 0;
  if (!picture_new (&picture, job->sample ? side : job->source_w, job->sample ? side : job->source_h))
    return no_memory (worker);
  if (job->sample) {
    adm_request request = job->request;
    request.count = 1;
    request.seed += (uint64_t) i;
    status = adm_session_sample (worker->session, &request, on_progress, worker, picture.planar, NULL, &worker->error);
    if (!status && job->settings->upsample && !round_to_8_bits (&picture))
      status = no_memory (worker);
  } else
    status = read_source (worker, &picture);
  if (!status && (!job->sample || job->settings->upsample))
    status = upsample (worker, &picture, i);
  if (!status)
    status = send_picture (worker, &picture, i);
  g_free (picture.planar);
  return status;
}

/* What became of it: to the job's owner, or, when networks were read ahead of time, to whom it may concern. */
static void
tell_end (Worker *worker, adm_status status)
{
  const WorkerJob *job = worker->job;
  const char *message = status && status != ADM_ERROR_CANCELLED ? worker->error.message : NULL;

  if (job->id != WARM_ID)
    post (worker, (UiEvent) { .kind = message ? UI_EVENT_FAILED : UI_EVENT_DONE, .job = job->id, .message = message });
  else
    post (worker, (UiEvent) { .kind = UI_EVENT_LOADED, .message = is_wanted (worker) ? message : NULL });
}

static void
run_job (Worker *worker, const Entry *entry)
{
  const WorkerJob *job = &entry->job;
  adm_status status = ADM_OK;

  worker->entry = entry;
  worker->job = job;
  worker->images = job->settings ? job->settings->count : 0;
  worker->reported = 0;
  if (!is_wanted (worker))
    status = ADM_ERROR_CANCELLED;
  if (!status)
    status = ensure_session (worker);
  if (!status)
    status = load_parts (worker);
  if (!status && !is_wanted (worker))
    status = ADM_ERROR_CANCELLED;
  for (int i = 0; i < worker->images && !status; i++)
    status = make_picture (worker, i);
  if (worker->session)
    g_atomic_int_set (&worker->reads, worker->earlier_reads + adm_session_reads (worker->session));
  tell_end (worker, status);
  worker->job = NULL;
  worker->entry = NULL;
}

/* Drawing comes first, GIMP's and the window's own: what is reckoned can wait a moment. The core's threads are children of this one
 * and inherit it. On Linux 0 is this thread alone. */
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

/* ---- main thread ------------------------------------------------------------------------------------------------- */

Worker *
worker_new (int threads, UiEventFunc func, gpointer sink)
{
  Worker *worker = g_new0 (Worker, 1);

  worker->options.threads = threads;
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
worker_warm (Worker *worker, const adm_model *model, gboolean sample)
{
  enqueue (worker, &(WorkerJob) { .id = WARM_ID, .model = model, .sample = sample });
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
  g_free (worker);
}
