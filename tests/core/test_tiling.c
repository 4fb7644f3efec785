/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tiled upsampling: of one tile it is the untiled picture, of several it has no seams. How windows
 * cover a canvas is test_canvas.c's. */
#include "stages.h"
#include "check.h"
#include "said.h"

#include <stdlib.h>

static adm_error error;

/* The largest mean jump between neighbouring columns of PICTURE [3,h,w]. *AT is the right one's
 * number. */
static double
column_jump (const float *picture, int h, int w, int column)
{
  double sum = 0;
  for (int r = 0; r < 3 * h; r++)
    sum += fabs (picture[r * w + column] - picture[r * w + column - 1]);
  return sum / (3 * h);
}

static bool
stop_midway (const adm_progress *progress, void *user)
{
  int *calls = user;
  if (progress->stage != ADM_STAGE_UPSAMPLE)
    return true;
  if (progress->x0)
    *calls += progress->height == 24 * 4 && progress->width == 40 * 4;
  return *calls < 2;
}

static void
test_session (void)
{
  static char path[1024];
  enum { LOW_H = 24, LOW_W = 40, H = 4 * LOW_H, W = 4 * LOW_W };
  static float low[3 * LOW_H * LOW_W], square[3 * 16 * 16], one[3 * 64 * 64],
      tiled_one[3 * 64 * 64], large[3 * H * W], again[3 * H * W];
  snprintf (path, sizeof path, "%s/superres.pt", ADM_TEST_FIXTURES);
  adm_model model
      = { .id = (char *) "s", .name = (char *) "S", .upsampler = path, .null_class = ADM_NO_LABEL };
  adm_session *session = NULL, *other = NULL;
  if (!CHECK (adm_session_new (&model, &(adm_options) { .threads = 2 }, &session, &error) == ADM_OK
              && adm_session_new (&model, &(adm_options) { .threads = 1 }, &other, &error)
                     == ADM_OK))
    exit (1);
  for (int i = 0; i < 3 * LOW_H * LOW_W; i++)
    low[i] = (float) sin (i * 0.05) * 0.5f;
  for (int i = 0; i < 3 * 16 * 16; i++)
    square[i] = (float) cos (i * 0.07) * 0.5f;
  adm_request request = { .label = ADM_NO_LABEL,
                          .guide_label = ADM_NO_LABEL,
                          .sampler = ADM_SAMPLER_DDIM,
                          .steps = 4,
                          .seed = 3,
                          .count = 1 };
  adm_file_info info;
  if (CHECK (adm_file_inspect (path, &info, &error) == ADM_OK) && info.description.num_classes > 0)
    request.label = 0;

  request.low = square;
  request.low_h = request.low_w = 16;
  CHECK (session_upscale (session, &request, NULL, NULL, one, NULL, &error) == ADM_OK);
  request.tiled = true;
  CHECK (session_upscale (session, &request, NULL, NULL, tiled_one, NULL, &error) == ADM_OK);
  double worst = 0;
  for (int i = 0; i < 3 * 64 * 64; i++)
    worst = fmax (worst, fabs (one[i] - tiled_one[i]));
  CHECK_NEAR (worst, 0, 0);

  request.low = low;
  request.low_h = LOW_H;
  request.low_w = LOW_W;
  if (!CHECK (session_upscale (session, &request, NULL, NULL, large, NULL, &error) == ADM_OK))
    printf ("  %s\n", said (&error));
  CHECK (session_upscale (other, &request, NULL, NULL, again, NULL, &error) == ADM_OK);
  CHECK (memcmp (large, again, sizeof large) == 0); /* any number of threads */
  /* Where a tile begins or ends, neighbouring columns differ no more than elsewhere. */
  double mean = 0, most = 0;
  for (int c = 1; c < W; c++)
    mean += column_jump (large, H, W, c) / (W - 1);
  /* the grid moves: anywhere a tile may have begun */
  for (int c = 1; c < W; c++)
    most = fmax (most, column_jump (large, H, W, c));
  CHECK (most < 1.5 * mean);

  int calls = 0;
  CHECK (session_upscale (session, &request, stop_midway, &calls, large, NULL, &error)
             == ADM_ERROR_CANCELLED
         && calls == 2);
  /* smaller than a tile: the network sees it go on as its mirror image, and all of it comes back */
  request.low_h = 5;
  CHECK (session_upscale (session, &request, NULL, NULL, large, NULL, &error) == ADM_OK);
  CHECK (session_upscale (other, &request, NULL, NULL, again, NULL, &error) == ADM_OK);
  CHECK (memcmp (large, again, 3 * 20 * W * sizeof *large) == 0);
  mean = 0;
  for (int c = 1; c < W; c++)
    mean += column_jump (large, 20, W, c) / (W - 1);
  CHECK (mean > 1e-4 && mean < 1);
  adm_session_free (session);
  adm_session_free (other);
}

int
main (void)
{
  test_session ();
  return check_summary ();
}
