/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is told of the time left: after the first tenth of a canvas, what the rest was foretold to
 * take is within 30 % of what it takes. On the embedded model, whose networks' paces differ as real
 * ones do; by the processor's time on one thread, which others' work leaves alone. And the plan's
 * count of evaluations where classes lie beside each other. */
#include "adm.h"
#include "check.h"
#include "said.h"

#include <stdlib.h>
#include <time.h>

/* Of the whole way; of the time. */
#define FIRST 0.1
#define WITHIN 0.3

enum { OUT_HEIGHT = 256, OUT_WIDTH = 320, TRIES = 5 };

static adm_error error;

typedef struct clocked {
  double began, from;  /* at the first word after loading */
  double after, whole; /* at the first word after FIRST */
} clocked;

static double
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static bool
watch (const adm_progress *progress, void *user)
{
  clocked *c = user;
  if (progress->stage == ADM_STAGE_LOAD)
    return true;
  if (c->began == 0) {
    c->began = now ();
    c->from = progress->whole;
  }
  if (c->whole == 0 && progress->whole >= c->from + FIRST * (1 - c->from)) {
    c->after = now ();
    c->whole = progress->whole;
  }
  return true;
}

static adm_status
drop (int i, const adm_picture *picture, void *user, adm_error *e)
{
  (void) i, (void) picture, (void) user, (void) e;
  return ADM_OK;
}

/* What was foretold over what it took; 0: it failed. */
static double
foretold_ratio (const adm_model *model, const char *name, const adm_task *task)
{
  adm_session *session;
  adm_plan plan;
  clocked c = { 0 };
  if (!CHECK (adm_plan_make (model, task, &plan, &error) == ADM_OK
              && adm_session_new (model, &(adm_options) { .threads = 1 }, &session, &error)
                     == ADM_OK)) {
    printf ("  %s: %s\n", name, said (&error));
    return 0;
  }
  if (!CHECK (adm_session_run (session, &plan, &(adm_sink) { watch, drop, &c }, &error) == ADM_OK))
    printf ("  %s: %s\n", name, said (&error));
  const double took = now () - c.after,
               foretold = (c.after - c.began) * (1 - c.whole) / (c.whole - c.from);
  printf ("%s: %.2f s after the first tenth, %.2f foretold: %.2f\n", name, took, foretold,
          foretold / took);
  adm_session_free (session);
  return foretold / took;
}

static int
by_size (const void *a, const void *b)
{
  const double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* The middle one of TRIES: a tenth of less than a second is at the mercy of the machine. */
static void
foretell (const adm_model *model, const char *name, const adm_task *task, int tries)
{
  double ratio[TRIES];
  for (int i = 0; i < tries; i++)
    ratio[i] = foretold_ratio (model, name, task);
  qsort (ratio, (size_t) tries, sizeof *ratio, by_size);
  if (!CHECK (fabs (ratio[tries / 2] - 1) <= WITHIN))
    printf ("  %s\n", name);
}

static adm_request
request_of (const adm_model *model, int steps)
{
  adm_request request = adm_request_default (model);
  request.label = request.guide_label = 3;
  request.steps = steps;
  request.count = 1;
  return request;
}

static adm_task
canvas_of (const adm_model *model, int height, int width)
{
  adm_task task = { .kind = ADM_TASK_GENERATE };
  task.generate.sample = request_of (model, 6);
  task.generate.canvas = (adm_canvas) { .height = height, .width = width };
  return task;
}

static adm_task
upsampled_of (const adm_model *model, int height, int width)
{
  adm_task task = canvas_of (model, height, width);
  task.generate.upscaled = true;
  task.generate.upscale = adm_request_upsample_default (model);
  task.generate.upscale.steps = 3;
  return task;
}

/* Class 1 left, class 8 right, one of them everywhere but in the middle. */
static adm_class_weight *
map_of (int height, int width)
{
  static adm_class_weight classes[2];
  const size_t plane = (size_t) height * (size_t) width;
  float *maps = calloc (2 * plane, sizeof *maps);
  for (size_t i = 0; i < plane; i++)
    maps[(i % (size_t) width >= (size_t) width / 2) * plane + i] = 1;
  classes[0] = (adm_class_weight) { .label = 1, .weight = 1, .map = maps };
  classes[1] = (adm_class_weight) { .label = 8, .weight = 1, .map = maps + plane };
  return classes;
}

/* A map may be smaller than the picture, and tells as much; one without height or width is none. */
static void
check_small_map (const adm_model *model, const adm_task *large, double work)
{
  adm_task task = *large;
  adm_class_weight small[2]
      = { large->generate.sample.classes[0], large->generate.sample.classes[1] };
  const float left[2] = { 1, 0 }, right[2] = { 0, 1 };
  adm_plan plan;
  small[0].map = left;
  small[1].map = right;
  small[0].map_width = small[1].map_width = 2;
  task.generate.sample.classes = small;
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_ERROR_USAGE);
  small[0].map_height = small[1].map_height = 1;
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK);
  CHECK_NEAR (plan.work[0] / work, 1, 1e-9);
}

/* A window is evaluated once for each class that it touches, by networks that know classes. */
static void
test_plan (const adm_model *model)
{
  adm_task one = upsampled_of (model, OUT_HEIGHT, 1024), several = one;
  adm_class_weight blend[3]
      = { { .label = 1, .weight = 1 }, { .label = 2, .weight = 1 }, { .label = 3, .weight = 2 } },
      *map = map_of (OUT_HEIGHT, 1024);
  adm_plan plan, blended, mapped;
  several.generate.sample.classes = blend;
  several.generate.sample.class_count = 3;
  CHECK (adm_plan_make (model, &one, &plan, &error) == ADM_OK
         && adm_plan_make (model, &several, &blended, &error) == ADM_OK);
  CHECK_NEAR (blended.work[0] / plan.work[0], 3, 1e-9);
  CHECK_NEAR (blended.work[1] / plan.work[1], 1, 1e-9); /* the upsampler knows no classes */
  several.generate.sample.classes = map;
  several.generate.sample.class_count = 2;
  CHECK (adm_plan_make (model, &several, &mapped, &error) == ADM_OK);
  /* of five windows one lies across the border */
  CHECK_NEAR (mapped.work[0] / plan.work[0], 1.2, 1e-9);
  check_small_map (model, &several, mapped.work[0]);
  several.generate.sample.guidance = ADM_GUIDANCE_FREE;
  one.generate.sample.scale = 0;
  CHECK (adm_plan_make (model, &one, &plan, &error) == ADM_OK
         && adm_plan_make (model, &several, &mapped, &error) == ADM_OK);
  CHECK_NEAR (mapped.work[0] / plan.work[0], 2.2, 1e-9);
  free ((void *) map[0].map);
}

int
main (void)
{
  adm_model *model;
  if (!CHECK (adm_model_from_files (ADM_TEST_DATA "/materials-64-diffusion.safetensors",
                                    ADM_TEST_DATA "/materials-64-classifier.safetensors",
                                    ADM_TEST_DATA "/materials-64-256-upsampler.safetensors", &model,
                                    &error)
              == ADM_OK))
    return 1;
  model->null_class = 20;
  model->defaults.scale = 1.5;
  test_plan (model);
  adm_task task = canvas_of (model, 64, 112);
  foretell (model, "guided", &task, TRIES);
  task = upsampled_of (model, OUT_HEIGHT, OUT_WIDTH);
  foretell (model, "upsampled", &task, 1);
  task.generate.sample.classes = map_of (OUT_HEIGHT, OUT_WIDTH);
  task.generate.sample.class_count = 2;
  foretell (model, "a map, upsampled", &task, 1);
  free ((void *) task.generate.sample.classes[0].map);
  task = upsampled_of (model, OUT_HEIGHT, OUT_HEIGHT);
  float *start = calloc (3 * OUT_HEIGHT * OUT_HEIGHT, sizeof *start);
  task.generate.canvas.init = start;
  task.generate.canvas.strength = 1;
  task.generate.canvas.mend_seams = true;
  task.generate.sample.scale = 0;
  foretell (model, "mended, upsampled", &task, 1);
  free (start);
  adm_model_free (model);
  return check_summary ();
}
