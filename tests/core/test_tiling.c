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

enum { LOW_H = 24, LOW_W = 40, FACTOR = 4, H = FACTOR * LOW_H, W = FACTOR * LOW_W };

/* How a canvas formed: what was shown within its first step, and after it. */
typedef struct formed {
  float first[3 * H * W], stepped[3 * H * W];
  int within, steps, height, width, channels;
} formed;

static bool
watch_forming (const adm_progress *progress, void *user)
{
  formed *f = user;
  if (!progress->x0)
    return true;
  f->height = progress->height;
  f->width = progress->width;
  f->channels = progress->channels;
  const size_t bytes = 3 * sizeof (float) * (size_t) f->height * (size_t) f->width;
  if (progress->step == f->steps) {
    if (!f->within++)
      memcpy (f->first, progress->x0, bytes);
  } else if (!f->steps++)
    memcpy (f->stepped, progress->x0, bytes);
  return true;
}

/* Largest difference of A and B [3,H,W] within rows and columns FROM … TO - 1. */
static double
farthest (const float *a, const float *b, int row, int rows, int column, int columns)
{
  double worst = 0;
  for (int c = 0; c < 3; c++)
    for (int y = row; y < rows; y++)
      for (int x = column; x < columns; x++) {
        const size_t i = (size_t) (c * H + y) * W + (size_t) x;
        worst = fmax (worst, fabs ((double) a[i] - (double) b[i]));
      }
  return worst;
}

/* Of six tiles, three by two, four are done together and then the other two: after the four their
 * part is what the step will make of it, and what no tile has reached is still the low-resolution
 * picture. */
static void
check_forming (const formed *f, const float *low)
{
  static float enlarged[3 * H * W];
  for (int i = 0; i < 3 * H * W; i++)
    enlarged[i] = low[(i / (H * W) * LOW_H + i / W % H / FACTOR) * LOW_W + i % W / FACTOR];
  CHECK (f->within == f->steps && f->steps == 4);
  CHECK (f->height == H && f->width == W && f->channels == 3);
  CHECK_NEAR (farthest (f->first, enlarged, 64, H, 64, W), 0, 0);
  CHECK (farthest (f->first, enlarged, 0, 32, 0, 48) > 0.01);
  CHECK_NEAR (farthest (f->first, f->stepped, 0, 32, 0, 48), 0, 1e-5);
  CHECK (farthest (f->first, f->stepped, 64, H, 64, W) > 0.01);
}

static bool
stop_midway (const adm_progress *progress, void *user)
{
  int *calls = user;
  if (progress->stage != ADM_STAGE_UPSAMPLE)
    return true;
  if (progress->x0)
    *calls += progress->height == H && progress->width == W;
  return *calls < 2;
}

static void
test_session (void)
{
  static char path[1024];
  static float low[3 * LOW_H * LOW_W], square[3 * 16 * 16], one[3 * 64 * 64],
      tiled_one[3 * 64 * 64], large[3 * H * W], again[3 * H * W];
  static formed form, small;
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
  if (!CHECK (session_upscale (session, &request, watch_forming, &form, large, NULL, &error)
              == ADM_OK))
    printf ("  %s\n", said (&error));
  CHECK (session_upscale (other, &request, NULL, NULL, again, NULL, &error) == ADM_OK);
  CHECK (memcmp (large, again, sizeof large) == 0); /* any number of threads */
  check_forming (&form, low);
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
  CHECK (session_upscale (session, &request, watch_forming, &small, large, NULL, &error) == ADM_OK);
  CHECK (small.height == 20 && small.width == W); /* the rest is cropped while it forms, too */
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
