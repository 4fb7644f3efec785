/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an artist waits for after pressing Generate: the first preview and the finished picture,
 * with the embedded model as it comes, cold (the networks are read and planned first) and warm (the
 * window has run before).
 *
 *   click DATA_FOLDER
 *
 * Prints one JSON object a line: what, preview_seconds, picture_seconds, steps. */
#include "adm.h"
#include "clock.h"
#include "said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An adm_callback: when the first predicted picture came. */
static bool
watch (const adm_progress *progress, void *user)
{
  double *first = user;
  if (progress->x0 && *first <= 0)
    *first = now ();
  return true;
}

/* An adm_sink's: the generated picture is what the upsampler gets. */
static float *kept;

static adm_status
keep (int i, const adm_picture *picture, void *user, adm_error *error)
{
  (void) i, (void) user, (void) error;
  memcpy (kept, picture->pixels,
          3 * sizeof *kept * (size_t) picture->height * (size_t) picture->width);
  return ADM_OK;
}

static int
fail (const adm_error *error)
{
  fprintf (stderr, "click: %s\n", said (error));
  return 1;
}

int
main (int argc, char **argv)
{
  adm_error error;
  adm_catalog *catalog;
  const adm_model *model;
  adm_session *session = NULL;
  const char *folder = argc == 2 ? argv[1] : NULL;
  if (!folder) {
    fprintf (stderr, "usage: click DATA_FOLDER\n");
    return 2;
  }
  if (adm_catalog_new (&folder, 1, &catalog, &error)
      || adm_catalog_find (catalog, ADM_EMBEDDED_MODEL, &model, &error))
    return fail (&error);
  size_t pixels = 3 * (size_t) model->image_size * (size_t) model->image_size;
  size_t large = 3 * (size_t) model->upsampled_size * (size_t) model->upsampled_size;
  float *out = calloc (pixels, sizeof *out), *enlarged = calloc (large, sizeof *enlarged);
  if (!out || !enlarged)
    return 1;
  static const char *const names[]
      = { "generate, cold", "generate, warm", "upsample, cold", "upsample, warm" };
  for (int run = 0; run < 4; run++) {
    adm_request request
        = run < 2 ? adm_request_default (model) : adm_request_upsample_default (model);
    double first = 0, start = now ();
    request.label = run < 2 ? 1 : ADM_NO_LABEL;
    request.low = run < 2 ? NULL : out;
    request.low_h = request.low_w = run < 2 ? 0 : model->image_size;
    if (!session && adm_session_new (model, &(adm_options) { .fast = true }, &session, &error))
      return fail (&error);
    const adm_task task
        = run < 2 ? (adm_task) { .kind = ADM_TASK_GENERATE, .generate = { .sample = request } }
                  : (adm_task) { .kind = ADM_TASK_UPSCALE, .upscale = request };
    const adm_sink sink = { watch, keep, &first };
    adm_plan plan;
    kept = run < 2 ? out : enlarged;
    if (adm_plan_make (model, &task, &plan, &error)
        || adm_session_run (session, &plan, &sink, &error))
      return fail (&error);
    printf (
        "{\"what\": \"%s\", \"preview_seconds\": %.4f, \"picture_seconds\": %.4f, \"steps\": %d}\n",
        names[run], first - start, now () - start, request.steps);
  }
  adm_session_free (session);
  adm_catalog_free (catalog);
  free (out);
  free (enlarged);
  return 0;
}
