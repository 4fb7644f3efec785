/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tiles: they cover the picture, their shares sum to one, what each tile sees is the right piece,
 * and a session's tiled picture of one tile is the untiled one, of several has no seams. */
#include "pipeline/session.h"
#include "check.h"
#include "diffusion/tiling.h"

#include <stdlib.h>

static adm_error error;

typedef struct {
  const adm_tiling *tiling;
  int calls, wrong;
} seen;

/* Pixelwise, so that tiles must agree: out = (2 x, low of the same place). LOW holds its own
 * coordinates. */
static adm_status
pixelwise (void *user, int index, const float *x, const float *low, float *out, adm_error *e)
{
  seen *s = user;
  int tile = s->tiling->tile, factor = s->tiling->factor, side = tile * factor;
  (void) e;
  s->calls++;
  int top = adm_tiling_start (index / s->tiling->columns, s->tiling->rows, s->tiling->height, tile);
  int left
      = adm_tiling_start (index % s->tiling->columns, s->tiling->columns, s->tiling->width, tile);
  s->wrong += low[0] != (float) top || low[tile * tile] != (float) left;
  for (int c = 0; c < 6; c++)
    for (int p = 0; p < side * side; p++)
      out[c * side * side + p]
          = c < 3 ? 2 * x[c * side * side + p]
                  : low[(c - 3) * tile * tile + p / side / factor * tile + p % side / factor];
  return ADM_OK;
}

static adm_status
failing (void *user, int index, const float *x, const float *low, float *out, adm_error *e)
{
  (void) user, (void) x, (void) low, (void) out;
  e->status = ADM_ERROR_CANCELLED;
  snprintf (e->message, sizeof e->message, "tile %d", index);
  return index == 1 ? ADM_ERROR_CANCELLED : ADM_OK;
}

static void
test_cover (int height, int width, int tile, int factor)
{
  adm_tiling t = adm_tiling_new (height, width, tile, factor);
  int h = height * factor, w = width * factor;
  size_t n = (size_t) h * (size_t) w;
  float *x = malloc (3 * n * sizeof *x),
        *low = malloc (3 * (size_t) height * (size_t) width * sizeof *low),
        *out = malloc (6 * n * sizeof *out);
  float *workspace = malloc (adm_tiling_workspace (&t, 6) * sizeof *workspace);
  seen s = { &t, 0, 0 };
  if (!CHECK (x && low && out && workspace))
    exit (1);
  for (size_t i = 0; i < 3 * n; i++)
    x[i] = (float) (i % 101) / 50 - 1;
  for (int p = 0; p < height * width; p++) {
    low[p] = (float) (p / width);
    low[height * width + p] = (float) (p % width);
    low[2 * height * width + p] = 1;
  }
  CHECK (adm_tiling_predict (&t, 6, x, low, pixelwise, &s, workspace, out, &error) == ADM_OK);
  CHECK (s.calls == t.rows * t.columns && s.wrong == 0);
  double worst = 0;
  for (size_t i = 0; i < 3 * n; i++)
    worst = fmax (worst, fabs (out[i] - 2.0 * x[i]));
  for (int p = 0; p < h * w; p++) {
    worst = fmax (worst, fabs (out[3 * n + (size_t) p] - p / w / factor) / height);
    worst = fmax (worst, fabs (out[4 * n + (size_t) p] - p % w / factor) / width);
    worst = fmax (worst, fabs (out[5 * n + (size_t) p] - 1.0));
  }
  CHECK_NEAR (worst, 0, 2e-6);
  for (int i = 1; i < t.rows; i++) {
    int overlap = adm_tiling_start (i - 1, t.rows, height, tile) + tile
                  - adm_tiling_start (i, t.rows, height, tile);
    CHECK (overlap >= tile / 4);
  }
  CHECK (adm_tiling_start (t.rows - 1, t.rows, height, tile) == height - tile);
  if (t.rows * t.columns > 1) {
    CHECK (adm_tiling_predict (&t, 6, x, low, failing, NULL, workspace, out, &error)
           == ADM_ERROR_CANCELLED);
    CHECK_STR (error.message, "tile 1");
  }
  free (x);
  free (low);
  free (out);
  free (workspace);
}

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
  CHECK (adm_session_upscale (session, &request, NULL, NULL, one, NULL, &error) == ADM_OK);
  request.tiled = true;
  CHECK (adm_session_upscale (session, &request, NULL, NULL, tiled_one, NULL, &error) == ADM_OK);
  double worst = 0;
  for (int i = 0; i < 3 * 64 * 64; i++)
    worst = fmax (worst, fabs (one[i] - tiled_one[i]));
  CHECK_NEAR (worst, 0, 0);

  request.low = low;
  request.low_h = LOW_H;
  request.low_w = LOW_W;
  if (!CHECK (adm_session_upscale (session, &request, NULL, NULL, large, NULL, &error) == ADM_OK))
    printf ("  %s\n", error.message);
  CHECK (adm_session_upscale (other, &request, NULL, NULL, again, NULL, &error) == ADM_OK);
  CHECK (memcmp (large, again, sizeof large) == 0); /* any number of threads */
  /* Where a tile begins or ends, neighbouring columns differ no more than elsewhere. */
  double mean = 0, most = 0;
  for (int c = 1; c < W; c++)
    mean += column_jump (large, H, W, c) / (W - 1);
  adm_tiling tiling = adm_tiling_new (LOW_H, LOW_W, 16, 4);
  for (int i = 0; i < tiling.columns; i++) {
    int start = adm_tiling_start (i, tiling.columns, LOW_W, 16) * 4;
    most = fmax (most, start > 0 ? column_jump (large, H, W, start) : 0);
    most = fmax (most, start + 64 < W ? column_jump (large, H, W, start + 64) : 0);
  }
  CHECK (tiling.columns > 2 && most < 1.5 * mean);

  int calls = 0;
  CHECK (adm_session_upscale (session, &request, stop_midway, &calls, large, NULL, &error)
             == ADM_ERROR_CANCELLED
         && calls == 2);
  request.low_h = 15;
  CHECK (adm_session_upscale (session, &request, NULL, NULL, large, NULL, &error)
         == ADM_ERROR_SHAPE);
  CHECK_CONTAINS (error.message, "40 x 15");
  adm_session_free (session);
  adm_session_free (other);
}

int
main (void)
{
  test_cover (8, 8, 8, 4);
  test_cover (9, 8, 8, 2);
  test_cover (17, 29, 8, 3);
  test_cover (64, 100, 16, 1);
  test_cover (5, 7, 4, 2);
  test_session ();
  return check_summary ();
}
