/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A canvas within a budget: where memory is short fewer windows go through the networks at once,
 * which changes no byte, and where not even one fits, it is refused before anything is made. */
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
  return check_summary ();
}
