/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Swatches: see swatches.h. */
#include "swatches.h"

#include <errno.h>
#include <glib/gstdio.h>

enum {
  SIDE = 64, /* of what is kept */
  STEPS = 15,
  SEED = 3,
  REST = 600, /* milliseconds that the worker has had nothing to do */
};
/* Seconds: who waits longer for one does not want twenty. */
static const double MOMENT = 3.0;

struct Swatches {
  char *folder;
  Worker *worker;
  UiEventFunc tell;
  gpointer user;
  const adm_model *model; /* of the request at hand, NULL: none */
  char *class_name;
  gboolean busy;    /* the worker has something else to do */
  gboolean exact;   /* as it did last, so that it need not read networks anew */
  gboolean running; /* it makes the swatch */
  gint64 began;     /* the swatch's first step */
  GHashTable *slow; /* paths of the models that make no more */
  GdkPixbuf *found; /* the answer, once there is one */
  guint wait, answer;
};

/* What MODEL's swatches are called by: other weights make other pictures. */
static char *
path_of (const Swatches *swatches, const adm_model *model, const char *class_name)
{
  GStatBuf about = { 0 };

  if (model->diffusion)
    g_stat (model->diffusion, &about);
  g_autofree char *facts
      = g_strdup_printf ("%s\n%s\n%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s", model->path,
                         model->diffusion ? model->diffusion : "", (gint64) about.st_size,
                         (gint64) about.st_mtime, class_name);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, facts, -1);
  g_autofree char *name = g_strdup_printf ("%.32s.png", sum);

  return g_build_filename (swatches->folder, name, NULL);
}

static gboolean
answer_now (gpointer data)
{
  Swatches *swatches = data;
  const adm_model *model = g_steal_pointer (&swatches->model);
  g_autofree char *class_name = g_steal_pointer (&swatches->class_name);
  g_autoptr (GdkPixbuf) pixels = g_steal_pointer (&swatches->found);

  swatches->answer = 0;
  swatches->tell (
      &(UiEvent) {
          .kind = UI_EVENT_SWATCH, .model = model->id, .class_name = class_name, .pixels = pixels },
      swatches->user);
  return G_SOURCE_REMOVE;
}

/* Takes PIXELS over; NULL: there is none. */
static void
answer (Swatches *swatches, GdkPixbuf *pixels)
{
  g_clear_object (&swatches->found);
  swatches->found = pixels;
  if (!swatches->answer)
    swatches->answer = g_idle_add_full (G_PRIORITY_LOW, answer_now, swatches, NULL);
}

/* A swatch that cannot be kept is made again in the next window: nobody needs to be told. */
static void
keep (const Swatches *swatches, GdkPixbuf *pixels)
{
  g_autofree char *path = path_of (swatches, swatches->model, swatches->class_name), *png = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (g_mkdir_with_parents (swatches->folder, 0700) != 0)
    g_debug ("%s: %s", swatches->folder, g_strerror (errno));
  else if (!gdk_pixbuf_save_to_buffer (pixels, &png, &size, "png", &error, NULL)
           || !g_file_set_contents (path, png, (gssize) size, &error))
    g_debug ("%s", error->message);
}

/* What is asked for as a job; FALSE when MODEL has no such class. */
static gboolean
fill_job (const Swatches *swatches, WorkerJob *job)
{
  const adm_model *model = swatches->model;
  adm_request *sample = &job->task.generate.sample;

  *job = (WorkerJob) { .id = SWATCHES_JOB,
                       .model = model,
                       .task = { .kind = ADM_TASK_GENERATE },
                       .exact = swatches->exact };
  *sample = adm_request_default (model);
  if (adm_request_set_class (sample, model, swatches->class_name, &(adm_error) { 0 }) != ADM_OK)
    return FALSE;
  if (sample->adapter)
    sample->guidance = ADM_GUIDANCE_FREE; /* no classifier knows what the artist taught */
  else if ((!model->classifier && model->null_class == ADM_NO_LABEL)
           || sample->label == ADM_NO_LABEL || sample->label == model->null_class)
    sample->scale = 0.0;                      /* nothing to guide by, or towards */
  sample->steps = MIN (sample->steps, STEPS); /* of the model's own sampler */
  sample->seed = SEED;
  job->settings = ui_settings_new ();
  ui_settings_set_model (job->settings, model->id);
  ui_settings_set_class (job->settings, swatches->class_name);
  return TRUE;
}

/* The worker has rested long enough. */
static gboolean
make (gpointer data)
{
  Swatches *swatches = data;
  WorkerJob job;

  swatches->wait = 0;
  if (fill_job (swatches, &job)) {
    swatches->running = TRUE;
    swatches->began = 0;
    worker_start (swatches->worker, &job);
  } else
    answer (swatches, NULL);
  return G_SOURCE_REMOVE;
}

/* Makes the swatch that is asked for, if it can be now. */
static void
make_later (Swatches *swatches)
{
  if (swatches->model && !swatches->answer && !swatches->busy && !swatches->running
      && !swatches->wait)
    swatches->wait = g_timeout_add_full (G_PRIORITY_LOW, REST, make, swatches, NULL);
}

Swatches *
swatches_new (const char *folder, Worker *worker, UiEventFunc tell, gpointer user)
{
  Swatches *swatches = g_new0 (Swatches, 1);

  swatches->folder = g_strdup (folder);
  swatches->worker = worker;
  swatches->tell = tell;
  swatches->user = user;
  swatches->slow = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return swatches;
}

void
swatches_free (Swatches *swatches)
{
  if (!swatches)
    return;
  if (swatches->wait)
    g_source_remove (swatches->wait);
  if (swatches->answer)
    g_source_remove (swatches->answer);
  g_clear_object (&swatches->found);
  g_hash_table_unref (swatches->slow);
  g_free (swatches->class_name);
  g_free (swatches->folder);
  g_free (swatches);
}

void
swatches_ask (Swatches *swatches, const adm_model *model, const char *class_name)
{
  g_autofree char *path = path_of (swatches, model, class_name);
  GdkPixbuf *kept = gdk_pixbuf_new_from_file (path, NULL);

  if (swatches->answer) {
    g_source_remove (swatches->answer);
    swatches->answer = 0;
  }
  if (swatches->running) /* of the request before, which its picture would not answer */
    worker_stop (swatches->worker);
  swatches->model = model;
  g_free (swatches->class_name);
  swatches->class_name = g_strdup (class_name);
  if (kept || !model->diffusion || g_hash_table_contains (swatches->slow, model->path))
    answer (swatches, kept);
  else
    make_later (swatches);
}

/* Of our own job. */
static void
own_event (Swatches *swatches, const UiEvent *event)
{
  gint64 now = g_get_monotonic_time ();

  switch (event->kind) {
  case UI_EVENT_STEP:
    if (swatches->began == 0)
      swatches->began = now;
    break;
  case UI_EVENT_IMAGE:
    if (swatches->model && g_strcmp0 (event->settings->model, swatches->model->id) == 0
        && g_strcmp0 (event->settings->class_name, swatches->class_name) == 0) {
      GdkPixbuf *small = gdk_pixbuf_scale_simple (event->pixels, SIDE, SIDE, GDK_INTERP_BILINEAR);
      if (small)
        keep (swatches, small);
      answer (swatches, small);
    }
    if (now - swatches->began > MOMENT * G_USEC_PER_SEC)
      g_hash_table_add (swatches->slow, g_strdup (swatches->model->path));
    break;
  case UI_EVENT_FAILED: /* the run that matters will say why */
    swatches->running = FALSE;
    if (swatches->model)
      answer (swatches, NULL);
    break;
  case UI_EVENT_DONE: /* or stopped, then it is begun anew */
    swatches->running = FALSE;
    make_later (swatches);
    break;
  default:
    break;
  }
}

gboolean
swatches_event (Swatches *swatches, const UiEvent *event)
{
  if (event->job == SWATCHES_JOB) {
    own_event (swatches, event);
    return TRUE;
  }
  if (event->kind == UI_EVENT_DONE || event->kind == UI_EVENT_FAILED
      || event->kind == UI_EVENT_LOADED) {
    swatches->busy = FALSE;
    make_later (swatches);
  }
  return FALSE;
}

void
swatches_yield (Swatches *swatches, gboolean exact)
{
  swatches->busy = TRUE;
  swatches->exact = exact;
  if (swatches->wait)
    g_source_remove (swatches->wait);
  swatches->wait = 0;
}
