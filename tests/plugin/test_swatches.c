/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Swatches with the worker and the model that comes with the plug-in: made once, kept, never in
 * the way of a job, and answered whatever happens. */
#include "plugin/swatches.h"
#include "../core/check.h"

#include <glib/gstdio.h>
#include <string.h>

enum { PATIENCE_S = 60 };

typedef struct {
  adm_catalog *models;
  const adm_model *model;
  char *folder;
  Worker *worker;
  Swatches *swatches;
  int answers, jobs_done, pictures;
  gboolean own_leaked; /* an event of a swatch's job went further */
  char *last;          /* class of the last answer */
  GdkPixbuf *pixels;   /* of the last answer, or NULL */
} Bench;

static void
answered (const UiEvent *event, gpointer data)
{
  Bench *b = data;

  CHECK (event->kind == UI_EVENT_SWATCH && g_str_equal (event->model, b->model->id));
  b->answers++;
  g_free (b->last);
  b->last = g_strdup (event->class_name);
  g_clear_object (&b->pixels);
  b->pixels = event->pixels ? g_object_ref (event->pixels) : NULL;
}

static void
hear (const UiEvent *event, gpointer data)
{
  Bench *b = data;

  if (swatches_event (b->swatches, event))
    return;
  b->own_leaked |= event->job == SWATCHES_JOB;
  b->pictures += event->kind == UI_EVENT_IMAGE;
  b->jobs_done += event->kind == UI_EVENT_DONE;
  if (!CHECK (event->kind != UI_EVENT_FAILED))
    printf ("  %s\n", event->message);
}

static void
wait_for (const int *count, int value)
{
  gint64 end = g_get_monotonic_time () + (gint64) PATIENCE_S * G_USEC_PER_SEC;

  while (*count < value && g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  CHECK (*count == value);
}

static void
open_bench (Bench *b, const char *folder)
{
  b->worker = worker_new (0, hear, b);
  b->swatches = swatches_new (folder, b->worker, answered, b);
}

static void
close_bench (Bench *b)
{
  swatches_free (b->swatches);
  worker_free (b->worker);
}

static int
files_in (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int n = 0;

  while (dir && g_dir_read_name (dir))
    n++;
  return n;
}

/* The first is made, the next window finds it. */
static void
test_made_once (Bench *b)
{
  const char *name = b->model->class_names[1];

  open_bench (b, b->folder);
  swatches_ask (b->swatches, b->model, name);
  CHECK (b->answers == 0); /* after the call */
  wait_for (&b->answers, 1);
  CHECK_STR (b->last, name);
  CHECK (b->pixels && gdk_pixbuf_get_width (b->pixels) == 64
         && gdk_pixbuf_get_height (b->pixels) == 64);
  CHECK (files_in (b->folder) == 1);
  close_bench (b);

  g_autoptr (GdkPixbuf) first = g_object_ref (b->pixels);
  open_bench (b, b->folder);
  swatches_ask (b->swatches, b->model, name);
  wait_for (&b->answers, 2);
  CHECK (worker_reads (b->worker) == 0); /* nothing was made */
  CHECK (b->pixels && gdk_pixbuf_get_byte_length (first) == gdk_pixbuf_get_byte_length (b->pixels));
  CHECK (b->pixels
         && memcmp (gdk_pixbuf_read_pixels (first), gdk_pixbuf_read_pixels (b->pixels),
                    gdk_pixbuf_get_byte_length (first))
                == 0);
  close_bench (b);
}

/* A job comes first, a request that has been replaced is never answered. */
static void
test_yields (Bench *b)
{
  WorkerJob job = { .id = 7, .model = b->model, .task = { .kind = ADM_TASK_GENERATE } };
  int before = b->answers;

  open_bench (b, b->folder);
  swatches_ask (b->swatches, b->model, b->model->class_names[2]);
  swatches_ask (b->swatches, b->model, b->model->class_names[3]);
  swatches_yield (b->swatches, FALSE);
  job.settings = ui_settings_new ();
  job.task.generate.sample = adm_request_default (b->model);
  job.task.generate.sample.steps = 4;
  job.task.generate.sample.scale = 0.0; /* without a class there is nothing to guide towards */
  worker_start (b->worker, &job);
  wait_for (&b->jobs_done, 1);
  CHECK (b->pictures == 1 && b->answers == before);
  wait_for (&b->answers, before + 1);
  CHECK_STR (b->last, b->model->class_names[3]);
  CHECK (b->pixels != NULL);

  /* in the midst of making one */
  swatches_ask (b->swatches, b->model, b->model->class_names[4]);
  for (int i = 0; i < 400; i++) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (2000);
  }
  swatches_yield (b->swatches, FALSE);
  job.id = 8;
  job.settings = ui_settings_new ();
  worker_start (b->worker, &job);
  wait_for (&b->jobs_done, 2);
  CHECK (b->pictures == 2);
  wait_for (&b->answers, before + 2);
  CHECK_STR (b->last, b->model->class_names[4]);
  CHECK (!b->own_leaked);
  close_bench (b);
}

/* No such class, no room to keep it: answered all the same. */
static void
test_cannot (Bench *b)
{
  g_autofree char *file = g_build_filename (b->folder, "file", NULL);
  int before = b->answers;

  CHECK (g_file_set_contents (file, "no folder", -1, NULL));
  open_bench (b, file);
  swatches_ask (b->swatches, b->model, "no such class");
  wait_for (&b->answers, before + 1);
  CHECK (b->pixels == NULL);
  swatches_ask (b->swatches, b->model, b->model->class_names[5]);
  wait_for (&b->answers, before + 2);
  CHECK (b->pixels != NULL);
  swatches_ask (b->swatches, b->model, b->model->class_names[6]); /* and nobody waits for it */
  close_bench (b);
  CHECK (b->answers == before + 2);
}

int
main (void)
{
  Bench b = { 0 };
  const char *data = g_getenv ("ADM_DATA");
  adm_error error;

  if (!CHECK (data && adm_catalog_new (&data, 1, &b.models, &error) == ADM_OK)
      || !CHECK (adm_catalog_find (b.models, ADM_EMBEDDED_MODEL, &b.model, &error) == ADM_OK))
    return check_summary ();
  b.folder = g_dir_make_tmp ("adm-swatches-XXXXXX", NULL);
  test_made_once (&b);
  test_yields (&b);
  test_cannot (&b);
  g_autoptr (GDir) dir = g_dir_open (b.folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir));) {
    g_autofree char *path = g_build_filename (b.folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (b.folder);
  g_free (b.folder);
  g_free (b.last);
  g_clear_object (&b.pixels);
  adm_catalog_free (b.models);
  return check_summary ();
}
