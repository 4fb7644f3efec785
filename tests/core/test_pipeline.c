/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan's run against its stages one by one: the same pictures, whether both stages' networks fit
 * into memory together or not; progress that only grows, and ends at 1; what ends a run early; and
 * what no plan is made for. */
#include "folder.h"
#include "stages.h"
#include "said.h"

enum {
  SMALL = TINY_LOW,
  LARGE = TINY_SIDE,
  COUNT = 3,
  SMALL_VALUES = 3 * SMALL * SMALL,
  LARGE_VALUES = 3 * LARGE * LARGE
};

/* Of the program, told: what it holds changes while it runs. */
enum { OWN = 4 << 20 };

static adm_error error;

typedef struct heard {
  int pictures, loads, steps, stop_picture, stop_step;
  double whole;
  bool backwards, out_of_order;
  float picture[COUNT][LARGE_VALUES];
  int height, width;
} heard;

static bool
watch (const adm_progress *progress, void *user)
{
  heard *h = user;
  h->loads += progress->stage == ADM_STAGE_LOAD;
  h->backwards |= progress->whole < h->whole || progress->whole > 1;
  h->whole = progress->whole;
  h->steps += progress->x0 != NULL;
  return !h->stop_step || h->steps < h->stop_step;
}

static adm_status
keep (int i, const adm_picture *picture, void *user, adm_error *e)
{
  heard *h = user;
  h->out_of_order |= i != h->pictures++;
  h->height = picture->height;
  h->width = picture->width;
  memcpy (h->picture[i], picture->pixels,
          3 * sizeof (float) * (size_t) picture->height * (size_t) picture->width);
  if (h->stop_picture && h->pictures == h->stop_picture) {
    return adm_error_set (e, ADM_ERROR_IO, "the disk is full");
  }
  return ADM_OK;
}

static adm_request
request_of (adm_sampler sampler, double scale)
{
  return (adm_request) { .label = 1,
                         .guide_label = ADM_NO_LABEL,
                         .sampler = sampler,
                         .scale = scale,
                         .steps = 3,
                         .seed = 5,
                         .count = COUNT };
}

static adm_task
both_stages (void)
{
  adm_task task = { .kind = ADM_TASK_GENERATE };
  task.generate.sample = request_of (ADM_SAMPLER_SDE_DPMPP_2M, 2);
  task.generate.upscaled = true;
  task.generate.upscale = request_of (ADM_SAMPLER_DDIM, 0);
  task.generate.upscale.seed = 77; /* not looked at */
  task.generate.upscale.count = 1;
  return task;
}

static adm_session *
session_of (const adm_model *model, uint64_t limit)
{
  adm_session *session;
  if (!CHECK (adm_session_new (
                  model,
                  &(adm_options) { .threads = 1, .program_bytes = OWN, .memory_limit = limit },
                  &session, &error)
              == ADM_OK))
    exit (1);
  return session;
}

/* The same by hand: sampled, rounded to 8 bits, upsampled. */
static void
by_stages (const adm_model *model, float large[COUNT][LARGE_VALUES])
{
  adm_session *session = session_of (model, 0);
  adm_request sample = request_of (ADM_SAMPLER_SDE_DPMPP_2M, 2),
              upscale = request_of (ADM_SAMPLER_DDIM, 0);
  float small[COUNT * SMALL_VALUES];
  uint8_t bytes[SMALL_VALUES];
  CHECK (session_sample (session, &sample, NULL, NULL, small, NULL, &error) == ADM_OK);
  for (int i = 0; i < COUNT; i++) {
    adm_pixels_to_u8 (small + i * SMALL_VALUES, SMALL, SMALL, bytes);
    adm_pixels_from_u8 (bytes, SMALL, SMALL, small + i * SMALL_VALUES);
  }
  upscale.low = small;
  upscale.low_h = upscale.low_w = SMALL;
  CHECK (session_upscale (session, &upscale, NULL, NULL, large[0], NULL, &error) == ADM_OK);
  adm_session_free (session);
}

static void
test_run (const adm_model *model)
{
  static float expected[COUNT][LARGE_VALUES];
  adm_task task = both_stages ();
  adm_plan plan;
  adm_memory memory;
  by_stages (model, expected);
  if (!CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK))
    return;
  CHECK (plan.count == COUNT && plan.height == LARGE && plan.width == LARGE && plan.steps == 3
         && plan.upscale_steps == 3);
  CHECK (plan.parts == (ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER | ADM_PART_UPSAMPLER)
         && plan.work[0] > 0 && plan.work[1] > 0);
  CHECK (adm_model_memory (model, &(adm_options) { .threads = 1, .program_bytes = OWN }, &memory,
                           &error)
             == ADM_OK
         && memory.staged < memory.together);
  const uint64_t limits[] = { 0, memory.staged };
  for (int i = 0; i < 2; i++) {
    heard h = { 0 };
    adm_session *session = session_of (model, limits[i]);
    CHECK (adm_session_run (session, &plan, &(adm_sink) { watch, keep, &h }, &error) == ADM_OK);
    CHECK (h.pictures == COUNT && !h.out_of_order && !h.backwards && h.steps == 2 * 3 * COUNT
           && h.loads > 0);
    CHECK_NEAR (h.whole, 1, 1e-9);
    CHECK (memcmp (h.picture, expected, sizeof expected) == 0);
    CHECK (adm_session_reads (session) == 3);
    adm_session_free (session);
  }
}

static void
test_ends (const adm_model *model)
{
  adm_task task = both_stages ();
  adm_plan plan;
  adm_session *session = session_of (model, 0);
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK);
  heard h = { .stop_picture = 2 };
  CHECK (adm_session_run (session, &plan, &(adm_sink) { watch, keep, &h }, &error) == ADM_ERROR_IO
         && h.pictures == 2);
  CHECK_STR (said (&error), "the disk is full");
  h = (heard) { .stop_step = 8 }; /* in the second picture */
  CHECK (adm_session_run (session, &plan, &(adm_sink) { watch, keep, &h }, &error)
             == ADM_ERROR_CANCELLED
         && h.pictures == 1 && h.steps == 8);
  h = (heard) { 0 };
  /* usable, and without progress */
  CHECK (adm_session_run (session, &plan, &(adm_sink) { NULL, keep, &h }, &error) == ADM_OK
         && h.pictures == COUNT);
  /* One stage: what the other would add is not there. */
  task.generate.upscaled = false;
  h = (heard) { 0 };
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK && plan.height == SMALL
         && plan.work[1] == 0);
  CHECK (adm_session_run (session, &plan, &(adm_sink) { watch, keep, &h }, &error) == ADM_OK
         && h.height == SMALL && h.steps == 3 * COUNT);
  /* What only the networks know ends the run before the first step. */
  task.generate.sample.guide_label = 99;
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_OK);
  h = (heard) { 0 };
  CHECK (adm_session_run (session, &plan, &(adm_sink) { watch, keep, &h }, &error)
             == ADM_ERROR_USAGE
         && h.steps == 0);
  CHECK_CONTAINS (said (&error), "class 99");
  adm_session_free (session);
}

/* Networks in memory serve on when their files are gone; what is not in memory is missed. */
static void
test_lost_files (const adm_model *model)
{
  adm_task task = both_stages ();
  adm_plan plan;
  heard h = { 0 };
  adm_session *session = session_of (model, 0);
  task.generate.upscaled = false;
  CHECK (adm_session_load (session, ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER, NULL, NULL, &error)
         == ADM_OK);
  CHECK (remove (model->diffusion) == 0 && remove (model->classifier) == 0
         && remove (model->upsampler) == 0);
  CHECK (adm_plan_make (model, &task, &plan, &error) == ADM_ERROR_IO);
  CHECK (adm_session_plan (session, &task, &plan, &error) == ADM_OK && plan.height == SMALL);
  CHECK (adm_session_run (session, &plan, &(adm_sink) { NULL, keep, &h }, &error) == ADM_OK
         && h.pictures == COUNT);
  task.generate.upscaled = true;
  CHECK (adm_session_plan (session, &task, &plan, &error) == ADM_ERROR_IO);
  CHECK_CONTAINS (said (&error), "superres.safetensors");
  adm_session_free (session);
}

static void
refused (const adm_model *model, const adm_task *task, adm_status status, const char *says)
{
  adm_plan plan = { .count = 77 };
  CHECK (adm_plan_make (model, task, &plan, &error) == status && plan.count == 77);
  CHECK_CONTAINS (said (&error), says);
}

static void
test_refusals (const adm_model *model)
{
  adm_model other = *model;
  adm_task task = both_stages ();
  other.upsampler = NULL;
  refused (&other, &task, ADM_ERROR_USAGE, "no upsampler");
  other.upsampler = other.diffusion;
  refused (&other, &task, ADM_ERROR_SHAPE, "is no upsampler");
  other.upsampler = (char *) folder_file ("wide.safetensors");
  refused (&other, &task, ADM_ERROR_SHAPE, "enlarges 8 px pictures, and model");
  other = *model;
  other.classifier = NULL;
  refused (&other, &task, ADM_ERROR_USAGE, "no classifier");
  task.generate.sample.steps = 1;
  refused (model, &task, ADM_ERROR_USAGE, "steps: 1");
  task = (adm_task) { .kind = ADM_TASK_UPSCALE, .upscale = request_of (ADM_SAMPLER_DDIM, 0) };
  task.upscale.respacing = "many";
  refused (model, &task, ADM_ERROR_USAGE, "many");
}

int
main (void)
{
  adm_model *model;
  folder_make ();
  folder_write_tiny_of ("diffusion.safetensors", ADM_KIND_UNET, SMALL);
  folder_write_tiny_of ("classifier.safetensors", ADM_KIND_CLASSIFIER, SMALL);
  folder_write_tiny ("superres.safetensors", ADM_KIND_SUPERRES);
  folder_write_tiny_of ("wide.safetensors", ADM_KIND_SUPERRES, 2 * LARGE);
  char diffusion[1024], classifier[1024];
  snprintf (diffusion, sizeof diffusion, "%s", folder_file ("diffusion.safetensors"));
  snprintf (classifier, sizeof classifier, "%s", folder_file ("classifier.safetensors"));
  if (!CHECK (adm_model_from_files (diffusion, classifier, folder_file ("superres.safetensors"),
                                    &model, &error)
              == ADM_OK)) {
    printf ("  %s\n", said (&error));
    return 1;
  }
  test_run (model);
  test_ends (model);
  test_refusals (model);
  test_lost_files (model);
  adm_model_free (model);
  return check_summary ();
}
