/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thousand jobs started, replaced, stopped and thrown away at moments drawn by lot, over two
 * models and many workers. Run under ThreadSanitizer, too. What must hold: every job ends once or
 * dies with its worker, nothing comes after a job's end, jobs do not overtake each other, none
 * fails, and the last one of every worker makes the picture it would have made alone. */
#include "../core/folder.h"
#include "plugin/worker.h"

enum {
  WORKERS = 25,
  JOBS = 40,
  PATIENCE_S = 120,
  SIDE = TINY_SIDE,
  LOW = TINY_LOW,
  STEPS = 3,
  SEEDS = 4,
  STEADY_MIB = 4
};

static adm_model *sampling, *upsampling;
static guint8 reference[SEEDS][SIDE * SIDE * 3];

/* What one worker told. */
typedef struct {
  guint latest; /* job of the latest event */
  guint ended;  /* jobs up to here have ended */
  guint first;
  int events, ends, failures, overtakings, late, images, loads;
  guint image_job;
  guint8 image[SIDE * SIDE * 3];
  gboolean freed;
  int after_free;
} Heard;

static void
hear (const UiEvent *event, gpointer data)
{
  Heard *heard = data;

  heard->events++;
  if (heard->freed)
    heard->after_free++;
  if (event->kind == UI_EVENT_LOADING || event->kind == UI_EVENT_LOADED) {
    heard->loads++;
    if (event->message)
      printf ("  %s\n", event->message);
    heard->failures += event->message != NULL;
    return;
  }
  heard->overtakings += event->job < heard->latest;
  heard->late += event->job <= heard->ended;
  heard->latest = event->job;
  if (event->kind == UI_EVENT_DONE || event->kind == UI_EVENT_FAILED) {
    heard->ends++;
    heard->ended = event->job;
  }
  if (event->kind == UI_EVENT_FAILED) {
    heard->failures++;
    printf ("  job %u: %s\n", event->job, event->message);
  }
  if (event->kind == UI_EVENT_IMAGE) {
    heard->images++;
    heard->image_job = event->job;
    if (gdk_pixbuf_get_width (event->pixels) == SIDE)
      for (int y = 0; y < SIDE; y++)
        memcpy (heard->image + y * SIDE * 3,
                gdk_pixbuf_get_pixels (event->pixels)
                    + y * gdk_pixbuf_get_rowstride (event->pixels),
                SIDE * 3);
  }
}

static float *
source (gconstpointer data G_GNUC_UNUSED, int width, int height)
{
  float *pixels = g_malloc ((gsize) width * (gsize) height * 3 * sizeof (float));

  for (int i = 0; i < width * height * 3; i++)
    pixels[i] = (float) (i * 7 % 256) / 127.5F - 1.0F;
  return pixels;
}

static void
start (Worker *worker, guint id, gboolean sample, int seed, int count)
{
  UiSettings *settings = ui_settings_new ();
  WorkerJob job = { .id = id, .model = sample ? sampling : upsampling, .settings = settings };

  settings->count = count;
  settings->seed = seed;
  if (sample) {
    adm_request request = adm_request_default (sampling);

    request.label = 1;
    request.scale = 1.5;
    request.steps = STEPS;
    request.seed = (uint64_t) seed;
    request.count = count;
    job.task = (adm_task) { .kind = ADM_TASK_GENERATE, .generate = { .sample = request } };
  } else {
    adm_request request = adm_request_upsample_default (upsampling);

    request.label = 1;
    request.steps = STEPS;
    request.seed = (uint64_t) seed;
    job.task = (adm_task) { .kind = ADM_TASK_UPSCALE, .upscale = request };
    job.task.upscale.low_w = job.task.upscale.low_h = LOW;
    job.source = source;
  }
  worker_start (worker, &job);
}

/* Lets events in until N more have come, job UNTIL has ended, or the time is up. */
static void
live (const Heard *heard, int n, guint until, gint64 microseconds)
{
  gint64 end = g_get_monotonic_time () + microseconds;

  n += heard->events;
  do {
    while (heard->events < n && g_main_context_iteration (NULL, FALSE))
      ;
    if (heard->events < n)
      g_usleep (500);
  } while (heard->events < n && heard->ended < until && g_get_monotonic_time () < end);
}

static void
wait_for_end (const Heard *heard, guint id)
{
  gint64 end = g_get_monotonic_time () + (gint64) PATIENCE_S * G_USEC_PER_SEC;

  while (heard->ended < id && g_get_monotonic_time () < end)
    live (heard, 1, id, 10000);
  CHECK (heard->ended == id);
}

/* What each seed's picture is when nothing disturbs. */
static void
draw_references (void)
{
  Heard heard = { 0 };
  Worker *worker = worker_new (1, hear, &heard);

  for (int seed = 0; seed < SEEDS; seed++) {
    start (worker, (guint) seed + 1, TRUE, seed, 1);
    wait_for_end (&heard, (guint) seed + 1);
    CHECK (heard.images == seed + 1 && heard.failures == 0);
    memcpy (reference[seed], heard.image, sizeof heard.image);
  }
  worker_free (worker);
  CHECK (memcmp (reference[0], reference[1], sizeof reference[0]) != 0);
}

/* Resident bytes of this process. */
static gint64
resident (void)
{
  FILE *file = fopen ("/proc/self/statm", "r");
  long long whole, pages = 0;

  CHECK (file && fscanf (file, "%lld %lld", &whole, &pages) == 2);
  if (file)
    fclose (file);
  return pages * sysconf (_SC_PAGESIZE);
}

/* One worker's life; returns the next free job number. */
static guint
disturb (GRand *lot, guint id, Heard *heard)
{
  Worker *worker = worker_new (2, hear, heard);

  *heard = (Heard) { .ended = id - 1, .first = id };
  for (int i = 0; i < JOBS; i++, id++) {
    gboolean sample = g_rand_int_range (lot, 0, 4) != 0;
    if (g_rand_int_range (lot, 0, 8) == 0)
      worker_set_memory (worker, g_rand_boolean (lot), 0);
    if (g_rand_int_range (lot, 0, 8) == 0)
      worker_warm (worker, sample ? sampling : upsampling,
                   sample ? ADM_TASK_GENERATE : ADM_TASK_UPSCALE);
    start (worker, id, sample, g_rand_int_range (lot, 0, SEEDS), g_rand_int_range (lot, 1, 3));
    if (g_rand_int_range (lot, 0, 8) == 0)
      wait_for_end (heard, id);
    else
      live (heard, g_rand_int_range (lot, 0, 6), id, g_rand_int_range (lot, 0, 15000));
    if (g_rand_int_range (lot, 0, 4) == 0)
      worker_stop (worker);
  }
  if (g_rand_boolean (lot)) {
    int seed = g_rand_int_range (lot, 0, SEEDS);
    worker_set_memory (worker, FALSE, 0);
    start (worker, id, TRUE, seed, 1);
    wait_for_end (heard, id);
    CHECK (heard->image_job == id
           && memcmp (heard->image, reference[seed], sizeof heard->image) == 0);
    CHECK (heard->ends == (int) (id - heard->first) + 1); /* each once */
    id++;
  }
  worker_free (worker);
  heard->freed = TRUE;
  return id;
}

int
main (void)
{
  adm_error error;

  folder_make ();
  folder_write_tiny ("diffusion.safetensors", ADM_KIND_UNET);
  folder_write_tiny ("classifier.safetensors", ADM_KIND_CLASSIFIER);
  folder_write_tiny ("superres.safetensors", ADM_KIND_SUPERRES);
  if (!CHECK (adm_model_from_files (folder_file ("diffusion.safetensors"),
                                    folder_file ("classifier.safetensors"), NULL, &sampling, &error)
              == ADM_OK)
      || !CHECK (adm_model_from_files (folder_file ("superres.safetensors"), NULL, NULL,
                                       &upsampling, &error)
                 == ADM_OK)) {
    printf ("%s\n", error.text);
    return 1;
  }
  /* As Upsample Layer uses a model: for its upsampler alone. */
  upsampling->upsampler = upsampling->diffusion;
  upsampling->diffusion = NULL;
  draw_references ();

  GRand *lot = g_rand_new_with_seed (20);
  Heard *heard = g_new0 (Heard, WORKERS);
  int images = 0, ends = 0;
  guint id = 1;
  gint64 early = 0;
  for (int w = 0; w < WORKERS; w++) {
    if (w == WORKERS / 5)
      early = resident ();
    id = disturb (lot, id, &heard[w]);
  }
  gint64 grown = (resident () - early) / (1 << 20);
  live (heard, 1, G_MAXUINT, 20000);
  for (int w = 0; w < WORKERS; w++) {
    CHECK (heard[w].failures == 0);
    CHECK (heard[w].loads > 0);
    CHECK (heard[w].overtakings == 0);
    CHECK (heard[w].late == 0);
    CHECK (heard[w].after_free == 0);
    images += heard[w].images;
    ends += heard[w].ends;
  }
  printf ("%u jobs for %d workers, %d told of their end, %d pictures; memory grew by %d MiB over "
          "the last four fifths\n",
          id - 1, WORKERS, ends, images, (int) grown);
#ifndef __SANITIZE_THREAD__
  CHECK (grown < STEADY_MIB);
#endif
  CHECK (id > 1000 && images > 50 && ends > 500);
  g_free (heard);
  g_rand_free (lot);
  adm_model_free (sampling);
  adm_model_free (upsampling);
  folder_remove ();
  return check_summary ();
}
