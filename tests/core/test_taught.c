/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A taught class in use: found beside its model by its weights, chosen for one run, gone with the
 * next without a bit's change; refused for other weights; what it takes is in the memory plan. */
#include "adm.h"
#include "check.h"
#include "said.h"
#include "folder.h"
#include "train/teaching.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIDE = 16, PIXELS = 3 * SIDE * SIDE };

static adm_error error;
static char weights[1024], other[1024], picture[1024];

static bool
fine (adm_status status)
{
  if (!CHECK (status == ADM_OK))
    printf ("  %s\n", said (&error));
  return status == ADM_OK;
}

static int started_from;
static double last_loss;

static bool
note_start (const adm_train_report *report, void *user)
{
  (void) user;
  if (report->what == ADM_TRAIN_STARTED)
    started_from = report->like;
  if (report->what == ADM_TRAIN_LOGGED)
    last_loss = report->loss;
  return true;
}

static const char *
teach (const char *file, const char *name, double lr)
{
  static char path[2][1024];
  static int next;
  const adm_options options = { .threads = 2 };
  const char *const pictures[] = { picture };
  char *to = path[next++ % 2];
  snprintf (to, sizeof path[0], "%s", folder_file (file));
  const adm_teach_request request = { .weights = weights,
                                      .name = name,
                                      .output = to,
                                      .picture = pictures,
                                      .pictures = 1,
                                      .options = &options,
                                      .steps = 3,
                                      .batch = 2,
                                      .rank = 2,
                                      .lr = lr,
                                      .seed = 1,
                                      .log_steps = 1 };
  fine (adm_teach (&request, note_start, NULL, &error));
  return to;
}

/* The model of WEIGHTS; class 4 stands for none. */
static adm_model
the_model (char *file)
{
  return (adm_model) { .id = (char *) "m",
                       .name = (char *) "M",
                       .path = file,
                       .diffusion = file,
                       .label_count = 5,
                       .null_class = 4,
                       .image_size = SIDE };
}

static adm_status
keep (int i, const adm_picture *picture_, void *user, adm_error *err)
{
  (void) err;
  if (i == 0)
    memcpy (user, picture_->pixels, PIXELS * sizeof (float));
  return ADM_OK;
}

static adm_status
make (adm_session *session, const adm_request *request, float *out)
{
  const adm_task task = { .kind = ADM_TASK_GENERATE, .generate.sample = *request };
  const adm_sink sink = { NULL, keep, out, false };
  adm_plan plan;
  adm_status status = adm_session_plan (session, &task, &plan, &error);
  return status ? status : adm_session_run (session, &plan, &sink, &error);
}

static adm_request
request_of (const char *adapter, int label)
{
  return (adm_request) { .label = adapter ? ADM_NO_LABEL : label,
                         .adapter = adapter,
                         .guide_label = ADM_NO_LABEL,
                         .scale = 1.5,
                         .guidance = ADM_GUIDANCE_FREE,
                         .sampler = ADM_SAMPLER_DDIM,
                         .steps = 4,
                         .seed = 5,
                         .count = 1 };
}

static bool
same (const float *a, const float *b)
{
  return memcmp (a, b, PIXELS * sizeof *a) == 0;
}

static void
test_comes_and_goes (const char *adapter)
{
  static float before[PIXELS], taught[PIXELS], again[PIXELS], after[PIXELS], fresh[PIXELS];
  adm_model model = the_model (weights);
  for (int half = 0; half < 2; half++) {
    const adm_options options = { .threads = 2, .half = half };
    const adm_request own = request_of (NULL, 2), theirs = request_of (adapter, 0);
    adm_session *session = NULL, *second = NULL;
    if (!fine (adm_session_new (&model, &options, &session, &error)))
      return;
    fine (make (session, &own, before));
    fine (make (session, &theirs, taught));
    int reads = adm_session_reads (session);
    fine (make (session, &theirs, again));
    CHECK (adm_session_reads (session) == reads); /* it stays while it is asked for */
    fine (make (session, &own, after));
    CHECK (same (before, after));
    CHECK (same (taught, again));
    CHECK (!same (before, taught));
    fine (adm_session_new (&model, &options, &second, &error));
    fine (make (second, &theirs, fresh));
    CHECK (same (taught, fresh));
    adm_session_free (second);
    adm_session_free (session);
  }
}

/* A class taught nothing but a row of its own: without its changes, the picture of the class that
 * it started from, which is not the null class. */
static void
test_adds_what_was_learned (void)
{
  static float known[PIXELS], taught[PIXELS];
  const char *adapter = teach ("nothing.safetensors", "nothing", 1e-12);
  adm_model model = the_model (weights);
  const adm_options options = { .threads = 2 };
  adm_session *session = NULL;
  CHECK (started_from >= 0 && started_from < 4);
  CHECK (last_loss > 0.5 && last_loss < 2); /* in proportion to what it is at first */
  adm_request like = request_of (NULL, started_from), theirs = request_of (adapter, 0);
  like.scale = theirs.scale = 0;
  fine (adm_session_new (&model, &options, &session, &error));
  fine (make (session, &like, known));
  fine (make (session, &theirs, taught));
  double most = 0;
  for (int i = 0; i < PIXELS; i++)
    most = fmax (most, fabs ((double) (known[i] - taught[i])));
  CHECK (most < 1e-4); /* a step of 1e-12 in each weight */
  adm_session_free (session);
}

/* Another file under the same name is seen; one that is gone serves on. */
static void
test_replaced (const char *adapter)
{
  static float first[PIXELS], second[PIXELS], third[PIXELS];
  char path[1024];
  adm_model model = the_model (weights);
  const adm_options options = { .threads = 2 };
  adm_session *session = NULL;
  snprintf (path, sizeof path, "%s", teach ("replaced.safetensors", "replaced", 1e-12));
  const adm_request theirs = request_of (path, 0);
  fine (adm_session_new (&model, &options, &session, &error));
  fine (make (session, &theirs, first));
  CHECK (rename (adapter, path) == 0);
  fine (make (session, &theirs, second));
  CHECK (!same (first, second));
  CHECK (unlink (path) == 0);
  fine (make (session, &theirs, third));
  CHECK (same (second, third));
  adm_session_free (session);
}

static void
refuse (adm_session *session, const adm_request *request, const char *says)
{
  static float out[PIXELS];
  adm_status status = make (session, request, out);
  CHECK (status == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), says);
}

static void
test_refusals (const char *adapter)
{
  static float before[PIXELS], after[PIXELS];
  adm_model model = the_model (weights), stranger = the_model (other);
  const adm_options options = { .threads = 2 };
  const adm_class_weight classes[] = { { 1, 0.5, NULL }, { 2, 0.5, NULL } };
  adm_taught_info info;
  adm_session *session = NULL;
  fine (adm_taught_inspect (adapter, &info, &error));
  CHECK (adm_taught_check (adapter, &stranger, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "was taught to other weights (their checksum is ");
  CHECK_CONTAINS (said (&error), info.base);
  CHECK_CONTAINS (said (&error), "unet-cond.pt");

  adm_request request = request_of (adapter, 0);
  fine (adm_session_new (&stranger, &options, &session, &error));
  adm_request own = request_of (NULL, 2);
  own.scale = 0;
  refuse (session, &request, "other weights");
  adm_session_free (session);

  fine (adm_session_new (&model, &options, &session, &error));
  own = request_of (NULL, 2);
  fine (make (session, &own, before));
  request.classes = classes;
  request.class_count = 2;
  refuse (session, &request, "cannot be mixed");
  request = request_of (adapter, 0);
  request.guidance = ADM_GUIDANCE_CLASSIFIER;
  refuse (session, &request, "no classifier knows");
  request = request_of (weights, 0);
  CHECK (make (session, &request, after) == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "not an adapter");
  fine (make (session, &own, after));
  CHECK (same (before, after)); /* a refusal leaves the session as it was */
  adm_session_free (session);
}

static void
copy (const char *from, const char *to)
{
  char command[2200];
  snprintf (command, sizeof command, "cp '%s' '%s'", from, folder_file (to));
  CHECK (system (command) == 0);
}

static void
test_listing (const char *adapter)
{
  const adm_model *model = NULL;
  adm_request request;
  int label;
  CHECK (mkdir (folder_file ("models"), 0700) == 0
         && mkdir (folder_file ("models/taught"), 0700) == 0);
  copy (weights, "models/small.pt");
  snprintf (picture, sizeof picture, "%s/train/cond.json", ADM_TEST_FIXTURES);
  copy (picture, "models/small.json");
  copy (adapter, "models/taught/a.safetensors");
  copy (adapter, "models/beside.safetensors");
  fine (adm_taught_rename (folder_file ("models/beside.safetensors"), "Zebra stripes", &error));
  copy (adapter, "models/taught/a.checkpoint.safetensors"); /* the same name again: not twice */
  adm_catalog *catalog = folder_catalog (folder_file ("models"), NULL);
  folder_print_notes (catalog);
  CHECK (adm_catalog_notes (catalog) == 0);
  CHECK (adm_catalog_count (catalog) == 1);
  fine (adm_catalog_find (catalog, "small", &model, &error));
  if (!CHECK (model && model->taught_count == 2))
    return;
  CHECK_STR (model->taught[0].name, "Zebra stripes");
  CHECK_STR (model->taught[1].name, "my bark");
  CHECK (model->taught[1].rank == 2);
  CHECK (adm_model_taught (model, "MY BARK") == &model->taught[1]);

  request = adm_request_default (model);
  fine (adm_request_set_class (&request, model, "my bark", &error));
  CHECK (request.adapter == model->taught[1].path && request.label == ADM_NO_LABEL);
  fine (adm_request_set_class (&request, model, "zebra", &error));
  CHECK (request.adapter == model->taught[0].path);
  fine (adm_request_set_class (&request, model, "2", &error));
  CHECK (!request.adapter && request.label == 2);
  CHECK (adm_request_set_class (&request, model, "poodle", &error) == ADM_ERROR_USAGE);
  CHECK (adm_model_label (model, "my bark", &label, &error) == ADM_ERROR_USAGE);
  CHECK_CONTAINS (said (&error), "stands alone");
  adm_catalog_free (catalog);

  /* a model named by its file has those beside it */
  CHECK (mkdir (folder_file ("empty"), 0700) == 0);
  catalog = folder_catalog (folder_file ("empty"), NULL);
  fine (adm_catalog_find (catalog, folder_file ("models/small.pt"), &model, &error));
  CHECK (model && model->taught_count == 2);
  adm_catalog_free (catalog);

  /* without its weights it is a note */
  CHECK (unlink (folder_file ("models/small.pt")) == 0);
  catalog = folder_catalog (folder_file ("models"), NULL);
  CHECK (adm_catalog_count (catalog) == 0 && adm_catalog_notes (catalog) == 3);
  CHECK_CONTAINS (said (adm_catalog_note (catalog, 0)), "not here");
  adm_catalog_free (catalog);
}

static void
test_file (const char *adapter)
{
  adm_taught_info before, after;
  uint8_t *pixels = NULL;
  int side = 0;
  copy (adapter, "named.safetensors");
  const char *path = folder_file ("named.safetensors");
  fine (adm_taught_inspect (path, &before, &error));
  CHECK_STR (before.name, "my bark");
  fine (adm_taught_rename (path, "B\xc3\xa4ume", &error));
  fine (adm_taught_inspect (path, &after, &error));
  CHECK_STR (after.name, "B\xc3\xa4ume");
  CHECK_STR (after.base, before.base);
  CHECK (adm_taught_rename (path, "17", &error) == ADM_ERROR_USAGE);
  CHECK (adm_taught_rename (path, "two\nlines", &error) == ADM_ERROR_USAGE);
  fine (adm_taught_thumbnail (path, &pixels, &side, &error));
  CHECK (pixels && side == SIDE);
  free (pixels);
  adm_model model = the_model (weights);
  fine (adm_taught_check (path, &model, &error));
}

/* Where classes are too many to measure, the nearest is among those that the losses fall towards;
 * and the chances of all timesteps make one. */
static void
test_starts_from_the_nearest (void)
{
  const adm_options options = { .threads = 2 };
  const char *const pictures[] = { picture };
  const adm_teach_request request = { .weights = weights,
                                      .name = "near",
                                      .output = folder_file ("near.safetensors"),
                                      .picture = pictures,
                                      .pictures = 1,
                                      .options = &options,
                                      .steps = 1,
                                      .batch = 3, /* divides no number of levels */
                                      .rank = 2,
                                      .lr = 1e-3,
                                      .log_steps = 1 };
  adm_teaching t = { .request = &request };
  int all = -1, few = -1;
  double sum = 0;
  if (fine (adm_teaching_prepare (&t, &error)) && fine (adm_teaching_start (&t, &error))) {
    int steps = t.training.sampler.steps;
    for (int i = 0; i < steps; i++)
      sum += t.chance[i];
    CHECK_NEAR (sum, 1, 1e-9);
    fine (adm_teaching_nearest (&t, 4, &all, &error));
    fine (adm_teaching_nearest (&t, 2, &few, &error));
    CHECK (all == t.like && few == all);
  }
  adm_teaching_clear (&t);
}

struct told {
  int pictures, logged;
  bool in_range;
};

static bool
listen (const adm_train_report *report, void *user)
{
  struct told *told = user;
  told->logged += report->what == ADM_TRAIN_LOGGED;
  told->pictures += report->what == ADM_TRAIN_PICTURE;
  for (int i = 0; report->what == ADM_TRAIN_PICTURE && i < PIXELS; i++)
    told->in_range &= report->side == SIDE && fabsf (report->picture[i]) < 4;
  return true;
}

/* What the artist sees while it is taught: the crops, and a picture now and then. */
static void
test_shows (void)
{
  const adm_options options = { .threads = 2 };
  const char *const pictures[] = { picture };
  adm_teach_request request = { .weights = weights,
                                .name = "shown",
                                .output = folder_file ("shown.safetensors"),
                                .picture = pictures,
                                .pictures = 1,
                                .options = &options,
                                .steps = 2,
                                .batch = 2,
                                .rank = 2,
                                .lr = 1e-3,
                                .log_steps = 1,
                                .show_seconds = 1e-6 };
  struct told told = { .in_range = true };
  uint8_t crops[4 * PIXELS] = { 0 };
  fine (adm_teach (&request, listen, &told, &error));
  CHECK (told.pictures == 2 && told.logged == 2 && told.in_range);
  fine (adm_teach_crops (&request, SIDE, 4, crops, &error));
  CHECK (crops[0] > 0 && crops[4 * PIXELS - 1] > 0);
  request.pictures = 0;
  CHECK (adm_teach_crops (&request, SIDE, 4, crops, &error) == ADM_ERROR_USAGE);
}

/* What it is taken for is no less than what it takes. */
static void
test_memory (const char *adapter)
{
  static float out[PIXELS];
  adm_model model = the_model (weights);
  const adm_request theirs = request_of (adapter, 0);
  adm_session *session = NULL;
  const adm_options options = { .threads = 1, .memory_limit = 5 << 20, .program_bytes = 4 << 20 };
  fine (adm_session_new (&model, &options, &session, &error));
  CHECK (make (session, &theirs, out) == ADM_ERROR_MEMORY);
  CHECK_CONTAINS (said (&error), "MiB");
  adm_session_free (session);
}

int
main (void)
{
  folder_make ();
  snprintf (weights, sizeof weights, "%s/train/cond.pt", ADM_TEST_FIXTURES);
  snprintf (other, sizeof other, "%s/unet-cond.pt", ADM_TEST_FIXTURES);
  snprintf (picture, sizeof picture, "%s/grey.jpg", ADM_TEST_FIXTURES);
  char adapter[1024];
  snprintf (adapter, sizeof adapter, "%s", teach ("bark.safetensors", "my bark", 2e-2));
  test_comes_and_goes (adapter);
  test_adds_what_was_learned ();
  test_refusals (adapter);
  test_memory (adapter);
  test_file (adapter);
  test_shows ();
  test_starts_from_the_nearest ();
  test_listing (adapter);
  snprintf (picture, sizeof picture, "%s/grey.jpg", ADM_TEST_FIXTURES);
  test_replaced (adapter);
  folder_remove ();
  return check_summary ();
}
