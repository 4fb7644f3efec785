/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A canvas within a budget: where memory is short fewer windows go through the networks at once,
 * which changes no byte, and where not even one fits, it is refused before anything is made. The
 * same for pictures that are made together: each is what it is alone. */
#include "adm.h"
#include "folder.h"
#include "said.h"

enum { SMALL = TINY_LOW, HEIGHT = 5 * SMALL, WIDTH = 6 * SMALL, VALUES = 3 * HEIGHT * WIDTH };

/* Of the program, told: what it holds changes while it runs. */
enum { OWN = 4 << 20 };

static adm_error error;

typedef struct heard {
  int polls, pictures;
  float picture[VALUES];
} heard;

static bool
watch (const adm_progress *progress, void *user)
{
  heard *h = user;
  h->polls += progress->stage != ADM_STAGE_LOAD;
  return true;
}

static adm_status
keep (int i, const adm_picture *picture, void *user, adm_error *e)
{
  heard *h = user;
  (void) i, (void) e;
  h->pictures++;
  CHECK (picture->height == HEIGHT && picture->width == WIDTH);
  memcpy (h->picture, picture->pixels, sizeof h->picture);
  return ADM_OK;
}

static adm_status
run (const adm_model *model, const adm_plan *plan, uint64_t limit, heard *h)
{
  adm_session *session;
  *h = (heard) { 0 };
  if (!CHECK (adm_session_new (
                  model,
                  &(adm_options) { .threads = 1, .program_bytes = OWN, .memory_limit = limit },
                  &session, &error)
              == ADM_OK))
    exit (1);
  adm_status status = adm_session_run (session, plan, &(adm_sink) { watch, keep, h }, &error);
  adm_session_free (session);
  return status;
}

/* Fewer windows at once ask more often between layers. */
static void
check_limits (const adm_model *model, const adm_plan *plan, const char *name)
{
  static heard free_run, h;
  int batches = 1, last = 0;
  adm_status status = ADM_OK;
  CHECK (run (model, plan, 0, &free_run) == ADM_OK && free_run.pictures == 1);
  last = free_run.polls;
  for (uint64_t limit = OWN + (2 << 20); limit > OWN && !status; limit -= 32 << 10) {
    status = run (model, plan, limit, &h);
    if (status)
      break;
    CHECK (memcmp (h.picture, free_run.picture, sizeof h.picture) == 0 && h.polls >= last);
    batches += h.polls > last;
    last = h.polls;
  }
  printf ("%s: %d batches\n", name, batches);
  CHECK (batches == 3); /* four windows at once, two, one */
  CHECK (status == ADM_ERROR_MEMORY && h.pictures == 0);
}

/* ---- pictures together ----------------------------------------------------------------------- */

enum { COUNT = 7, ONE = 3 * SMALL * SMALL, LARGE = 2 * SMALL };

typedef struct several {
  int polls, pictures, side;
  double whole; /* told last */
  bool onward;  /* it never went back */
  float picture[COUNT][3 * LARGE * LARGE];
} several;

static bool
watch_several (const adm_progress *progress, void *user)
{
  several *s = user;
  s->polls += progress->stage != ADM_STAGE_LOAD;
  s->onward = s->onward && progress->whole >= s->whole && progress->whole <= 1;
  s->whole = progress->whole;
  return true;
}

static adm_status
keep_several (int i, const adm_picture *picture, void *user, adm_error *e)
{
  several *s = user;
  (void) e;
  CHECK (i == s->pictures++ && picture->height == s->side);
  memcpy (s->picture[i], picture->pixels, sizeof (float) * 3 * (size_t) s->side * (size_t) s->side);
  return ADM_OK;
}

static adm_status
make_several (const adm_model *model, const adm_task *task, uint64_t limit, several *s)
{
  adm_session *session;
  adm_plan plan;
  *s = (several) { .side = task->generate.upscaled ? LARGE : SMALL, .onward = true };
  if (!CHECK (adm_plan_make (model, task, &plan, &error) == ADM_OK)
      || !CHECK (adm_session_new (
                     model,
                     &(adm_options) { .threads = 1, .program_bytes = OWN, .memory_limit = limit },
                     &session, &error)
                 == ADM_OK))
    exit (1);
  adm_status status
      = adm_session_run (session, &plan, &(adm_sink) { watch_several, keep_several, s }, &error);
  adm_session_free (session);
  CHECK (s->onward && (status || s->whole > 0.999));
  return status;
}

/* Whatever the batch, the same pictures; fewer at once where memory is short. */
static void
check_pictures (const adm_model *model, adm_task task, const char *name)
{
  static several alone, s;
  static const int batches[] = { 2, 3, 4, COUNT, ADM_BATCH_MOST };
  adm_request *sample = &task.generate.sample;
  int polls = 0, smaller = 0;
  adm_status status = ADM_OK;
  CHECK (make_several (model, &task, 0, &alone) == ADM_OK && alone.pictures == COUNT);
  for (size_t i = 0; i < sizeof batches / sizeof *batches; i++) {
    sample->batch = batches[i];
    CHECK (make_several (model, &task, 0, &s) == ADM_OK && s.pictures == COUNT);
    CHECK (memcmp (s.picture, alone.picture, sizeof s.picture) == 0 && s.polls < alone.polls);
  }
  polls = s.polls;
  for (uint64_t limit = OWN + (2 << 20); limit > OWN && !status; limit -= 32 << 10) {
    status = make_several (model, &task, limit, &s);
    if (status)
      break;
    CHECK (memcmp (s.picture, alone.picture, sizeof s.picture) == 0 && s.polls >= polls);
    smaller += s.polls > polls;
    polls = s.polls;
  }
  printf ("%s: %d smaller batches\n", name, smaller);
  /* at last, one at a time; the upsampler takes less */
  CHECK (smaller >= 2 && (task.generate.upscaled || polls == alone.polls));
  CHECK (status == ADM_ERROR_MEMORY && s.pictures == 0);
}

static void
test_pictures (const adm_model *model)
{
  static const int labels[COUNT] = { 0, 1, 1, 0, 2, 1, 0 };
  static several all, one;
  adm_task task = { .kind = ADM_TASK_GENERATE };
  task.generate.sample = (adm_request) { .labels = labels,
                                         .label = ADM_NO_LABEL,
                                         .guide_label = ADM_NO_LABEL,
                                         .sampler = ADM_SAMPLER_DDPM,
                                         .scale = 2,
                                         .steps = 3,
                                         .seed = 5,
                                         .vary = 0.25,
                                         .vary_seed = 77,
                                         .count = COUNT };
  check_pictures (model, task, "pictures");
  task.generate.sample.batch = 4;
  CHECK (make_several (model, &task, 0, &all) == ADM_OK);
  for (int i = 0; i < COUNT; i++) { /* a label of one's own is a label */
    adm_task single = task;
    adm_request *r = &single.generate.sample;
    r->labels = NULL;
    r->label = labels[i];
    r->seed += (uint64_t) i;
    r->vary_seed += (uint64_t) i;
    r->count = 1;
    CHECK (make_several (model, &single, 0, &one) == ADM_OK);
    CHECK (memcmp (one.picture[0], all.picture[i], ONE * sizeof (float)) == 0);
  }
  task.generate.upscaled = true;
  task.generate.upscale = (adm_request) { .label = 0, .sampler = ADM_SAMPLER_DDIM, .steps = 2 };
  task.generate.sample.batch = 0;
  check_pictures (model, task, "enlarged");
}

int
main (void)
{
  adm_model *model;
  adm_plan plan;
  adm_class_weight blend[2] = { { .label = 0, .weight = 1 }, { .label = 1, .weight = 2 } };
  adm_task task = { .kind = ADM_TASK_GENERATE };
  folder_make ();
  folder_write_tiny_of ("diffusion.safetensors", ADM_KIND_UNET, SMALL);
  folder_write_tiny_of ("classifier.safetensors", ADM_KIND_CLASSIFIER, SMALL);
  if (!CHECK (adm_model_from_files (folder_file ("diffusion.safetensors"),
                                    folder_file ("classifier.safetensors"), NULL, &model, &error)
              == ADM_OK))
    return 1;
  task.generate.canvas = (adm_canvas) { .height = HEIGHT, .width = WIDTH };
  task.generate.sample = (adm_request) { .label = 1,
                                         .guide_label = ADM_NO_LABEL,
                                         .sampler = ADM_SAMPLER_DDIM,
                                         .scale = 2,
                                         .steps = 3,
                                         .seed = 5,
                                         .count = 1 };
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK);
  check_limits (model, &plan, "guided");
  task.generate.canvas.seamless_x = task.generate.canvas.seamless_y = true;
  task.generate.sample.classes = blend;
  task.generate.sample.class_count = 2;
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK);
  check_limits (model, &plan, "seamless, two classes");
  static float start[VALUES];
  task.generate.canvas.init = start;
  task.generate.canvas.strength = 1;
  task.generate.canvas.mend_seams = true;
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK);
  check_limits (model, &plan, "mended");
  adm_model_free (model);
  folder_write_tiny_of ("upsampler.safetensors", ADM_KIND_SUPERRES, LARGE);
  if (CHECK (adm_model_from_files (folder_file ("diffusion.safetensors"),
                                   folder_file ("classifier.safetensors"),
                                   folder_file ("upsampler.safetensors"), &model, &error)
             == ADM_OK))
    test_pictures (model);
  adm_model_free (model);
  return check_summary ();
}
