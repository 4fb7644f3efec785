/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See anchor.h. */
#include "pipeline/anchor.h"

#include "base/error.h"
#include "diffusion/sampler.h"

#include <math.h>
#include <string.h>

/* ---- from a window to a canvas --------------------------------------------------------------- */

size_t
adm_anchor_work (const adm_axis axis[2])
{
  const size_t side = (size_t) axis[0].side;
  return (size_t) (axis[0].length + axis[1].length) + 2 * side + 3 * side * side;
}

/* The weights' length at each pixel of AXIS: NORM [length]. ROW [side] is free to use. */
static void
norms (const adm_axis *axis, const adm_axis_grid *grid, float *row, float *norm)
{
  memset (norm, 0, (size_t) axis->length * sizeof *norm);
  for (int i = 0; i < grid->count; i++) {
    const int start = adm_axis_start (axis, grid, i);
    adm_axis_weights (axis, grid, i, 1, row);
    for (int k = 0; k < axis->side; k++)
      norm[(start + k) % axis->length] += row[k] * row[k];
  }
  for (int k = 0; k < axis->length; k++)
    norm[k] = sqrtf (norm[k]);
}

/* Window I's weights over their length there. */
static void
weights_of (const adm_axis *axis, const adm_axis_grid *grid, int i, const float *norm, float *row)
{
  const int start = adm_axis_start (axis, grid, i);
  adm_axis_weights (axis, grid, i, 1, row);
  for (int k = 0; k < axis->side; k++)
    row[k] /= norm[(start + k) % axis->length];
}

/* TILE [side,side] less MEAN, moved by DY, DX. */
static void
roll (const float *tile, int side, float mean, int dy, int dx, float *to)
{
  for (int y = 0; y < side; y++) {
    const float *row = tile + (ptrdiff_t) ((y + dy) % side) * side;
    for (int x = 0; x < side; x++)
      *to++ = row[(x + dx) % side] - mean;
  }
}

static float
mean_of (const float *x, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double) x[i];
  return (float) (sum / (double) n);
}

/* CANVAS [area] += VALUE x MAP (or 1). */
static void
add_value (float value, const float *map, size_t area, float *canvas)
{
  for (size_t i = 0; i < area; i++)
    canvas[i] += value * (map ? map[i] : 1);
}

bool
adm_anchor_quilt (const adm_quilt *quilt, const float *tile)
{
  const adm_axis *axis = quilt->axis;
  const int side = axis[0].side;
  const size_t pixels = (size_t) side * (size_t) side,
               area = (size_t) axis[0].length * (size_t) axis[1].length;
  float *norm[2] = { quilt->work, quilt->work + axis[0].length }, *rows = norm[1] + axis[1].length,
        *columns = rows + side, *moved = columns + side, mean[3];
  adm_rng rng = quilt->moves;
  adm_axis_grid grid[2];
  for (int a = 0; a < 2; a++) {
    grid[a] = adm_axis_at (&axis[a], 0);
    norms (&axis[a], &grid[a], rows, norm[a]);
  }
  for (int c = 0; c < 3; c++) {
    mean[c] = mean_of (tile + (size_t) c * pixels, pixels);
    add_value (mean[c], quilt->map, area, quilt->canvas + (size_t) c * area);
    if (quilt->go && !quilt->go (quilt->user))
      return false;
  }
  adm_window window = { .side = side, .length = { axis[0].length, axis[1].length } };
  const adm_window_share share
      = { .rows = rows, .columns = columns, .map = quilt->map, .scale = 1 };
  for (int i = 0; i < grid[0].count; i++) {
    weights_of (&axis[0], &grid[0], i, norm[0], rows);
    window.start[0] = adm_axis_start (&axis[0], &grid[0], i);
    for (int j = 0; j < grid[1].count; j++) {
      const int dy = (int) (adm_rng_next (&rng) % (uint32_t) side),
                dx = (int) (adm_rng_next (&rng) % (uint32_t) side);
      weights_of (&axis[1], &grid[1], j, norm[1], columns);
      window.start[1] = adm_axis_start (&axis[1], &grid[1], j);
      for (int c = 0; c < 3; c++)
        roll (tile + (size_t) c * pixels, side, mean[c], dy, dx, moved + (size_t) c * pixels);
      adm_window_add (&window, &share, moved, 3, quilt->canvas);
    }
    if (quilt->go && !quilt->go (quilt->user))
      return false;
  }
  return true;
}

/* ---- one window's way ------------------------------------------------------------------------ */

/* Labels that have a map are shown apart, all others together. */
static int
rounds (const adm_frame *frame)
{
  for (int k = 0; k < frame->sample->class_count; k++)
    if (frame->sample->classes[k].map)
      return frame->sample->class_count;
  return 1;
}

int
adm_anchor_evaluations (const adm_frame *frame, int steps)
{
  const int labels = frame->sample->class_count;
  return steps * (labels > 0 ? labels : 1);
}

typedef struct anchor {
  adm_sampling *stage;
  adm_axis axis[2]; /* of the canvas */
  adm_quilt quilt;  /* of the label */
  bool alone;       /* the only label: its window can be shown while it forms */
  int done, all;
} anchor;

static bool
go_on (void *user)
{
  const anchor *a = user;
  return adm_sampling_tell (a->stage, 0);
}

/* False: cancelled. */
static bool
clear (anchor *a)
{
  const size_t plane = (size_t) a->axis[0].length * (size_t) a->axis[1].length;
  bool on = true;
  for (size_t c = 0; c < 3 && on; c++) {
    memset (a->quilt.canvas + c * plane, 0, plane * sizeof *a->quilt.canvas);
    on = go_on (a);
  }
  return on;
}

/* The canvas as it would start from TILE, or with it beside the labels before. False: cancelled. */
static bool
lay_out (anchor *a, const float *tile)
{
  return (!a->alone || clear (a)) && adm_anchor_quilt (&a->quilt, tile);
}

/* What is foreseen is the canvas as it lies now. False: cancelled. */
static bool
show (anchor *a)
{
  adm_sampling *s = a->stage;
  bool on = true;
  adm_forming_begin (&s->forming, a->quilt.canvas, NULL, 1);
  for (int c = 0; c < 3 && on; c++) {
    adm_forming_show (&s->forming, c);
    on = go_on (a);
  }
  s->forming.fresh = true;
  return on;
}

static bool
after_window_step (void *user, int done, int steps, const float *x0)
{
  anchor *a = user;
  adm_sampling *s = a->stage;
  enum { SHOWN_EVERY = 4 }; /* laying out a large canvas takes a moment */
  s->ahead_done = s->ahead * (a->done + done) / a->all;
  s->from = s->span = 0;
  if (a->alone && (done % SHOWN_EVERY == 1 || done == steps) && !(lay_out (a, x0) && show (a)))
    return false;
  return go_on (a);
}

/* In the mean of STEPS: the grid moves, and has more windows at one step than at another. */
static double
windows_of_a_step (const adm_canvas_field *field, int steps)
{
  double sum = 0;
  for (int i = 0; i < steps; i++)
    sum += adm_canvas_windows (field, (unsigned) i);
  return sum / steps;
}

adm_status
adm_anchor_make (adm_sampling *stage, const adm_denoiser *denoiser,
                 const adm_diffusion_params *params, adm_error *error)
{
  const adm_canvas_field field = stage->field;
  const adm_frame *frame = stage->frame;
  const int side = field.axis[0].side, n = rounds (frame), steps = stage->schedule->steps;
  anchor a = { .stage = stage,
               .axis = { field.axis[0], field.axis[1] },
               .quilt = { .work = stage->quilting, .canvas = frame->start, .go = go_on },
               .alone = n == 1,
               .all = n * steps };
  adm_denoiser one = *denoiser;
  adm_diffusion_params its = *params;
  one.height = one.width = side;
  its.start = its.known = its.mask = NULL;
  its.stepped = after_window_step;
  its.poll = go_on;
  its.user = &a;
  a.quilt.axis = a.axis;
  a.quilt.user = &a;
  stage->unit = 1 / windows_of_a_step (&field, stage->progress.steps);
  stage->ahead = stage->unit * a.all;
  adm_status status = a.alone || clear (&a) ? ADM_OK : ADM_FAIL (error, STOPPED);
  for (int k = 0; k < n && !status; k++) {
    adm_canvas_label label = field.label[k];
    for (int i = 0; i < 2; i++)
      stage->field.axis[i] = adm_axis_new (side, side, true, i == 0);
    stage->field.done = NULL;
    if (n > 1) {
      a.quilt.map = label.weight;
      label.weight = NULL;
      stage->field.label = &label;
      stage->field.labels = 1;
    }
    a.quilt.moves = stage->rng[2][0];
    adm_rng_seed (&a.quilt.moves, adm_rng_next (&stage->rng[2][0]));
    a.done = k * steps;
    status = adm_diffusion_run (&one, stage->schedule, &its, stage->workspace, stage->x, error);
    stage->field = field;
    if (!status && !lay_out (&a, stage->x))
      status = ADM_FAIL (error, STOPPED);
  }
  stage->ahead_done = stage->ahead;
  stage->unit = 1;
  stage->visits = 0;
  return status;
}
