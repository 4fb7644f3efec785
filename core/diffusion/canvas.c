/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See canvas.h. Evaluations are queued, and asked for a batch at a time. */
#include "diffusion/canvas.h"

#include "base/error.h"
#include "base/layout.h"

#include <string.h>

static int
side_of (const adm_canvas_field *field)
{
  return field->axis[0].side * field->factor;
}

int
adm_canvas_windows (const adm_canvas_field *field, unsigned step)
{
  return adm_axis_at (&field->axis[0], step).count * adm_axis_at (&field->axis[1], step).count;
}

/* ---- the queue ------------------------------------------------------------------------------- */

/* What becomes of one evaluation: added to eps and v (or the gradient) with these weights. */
typedef struct job {
  adm_window window;
  const float *map;
  float eps, v;
} job;

typedef struct queue {
  const adm_canvas_field *field;
  bool gradient;
  /* the workspace: [batch,3,S,S], [batch,3,side,side], [batch,channels,S,S], weights [batch,S] */
  float *x, *low, *out, *rows, *columns;
  float *planar; /* what is summed up */
  job jobs[ADM_CANVAS_BATCH];
  int labels[ADM_CANVAS_BATCH];
  int n;
  bool counting;    /* first only how many there are */
  double done, all; /* evaluations of the step */
} queue;

static queue
queue_new (const adm_canvas_field *field, adm_layout *layout)
{
  const uint64_t side = (uint64_t) side_of (field), batch = (uint64_t) field->batch,
                 low = field->has_low ? (uint64_t) field->axis[0].side : 0;
  queue q = { .field = field };
  q.x = adm_layout_floats (layout, batch * 3 * side * side);
  q.low = adm_layout_floats (layout, batch * 3 * low * low);
  q.out = adm_layout_floats (layout, batch * (uint64_t) field->channels * side * side);
  q.rows = adm_layout_floats (layout, batch * side);
  q.columns = adm_layout_floats (layout, batch * side);
  return q;
}

size_t
adm_canvas_workspace (const adm_canvas_field *field)
{
  adm_layout layout = { 0 };
  queue_new (field, &layout);
  return (size_t) (layout.bytes / sizeof (float));
}

static adm_status
flush (queue *q, adm_error *error)
{
  const adm_canvas_field *f = q->field;
  const int side = side_of (f), channels = q->gradient ? 3 : f->channels;
  const size_t pixels = (size_t) side * (size_t) side;
  if (!q->n)
    return ADM_OK;
  const adm_canvas_batch batch = { .n = q->n,
                                   .from = q->done / q->all,
                                   .share = q->n / q->all,
                                   .x = q->x,
                                   .low = f->has_low && !q->gradient ? q->low : NULL,
                                   .labels = q->labels,
                                   .out = q->out };
  adm_status status = (q->gradient ? f->gradient : f->evaluate) (&batch, f->user, error);
  if (status)
    return status;
  for (int i = 0; i < q->n; i++) {
    const job *j = &q->jobs[i];
    const float *out = q->out + (size_t) (i * channels) * pixels;
    adm_window_share share = {
      .rows = q->rows + i * side, .columns = q->columns + i * side, .map = j->map, .scale = j->eps
    };
    adm_window_add (&j->window, &share, out, 3, q->planar);
    share.scale = j->v;
    if (channels == 6 && j->v != 0)
      adm_window_add (&j->window, &share, out + 3 * pixels, 3,
                      q->planar + 3 * (size_t) j->window.length[0] * (size_t) j->window.length[1]);
    if (f->done && !q->gradient && j->v != 0)
      f->done (&j->window, &share, q->x + 3 * (size_t) i * pixels, out, f->user);
  }
  q->done += q->n;
  q->n = 0;
  return ADM_OK;
}

/* ---- the windows of a step ------------------------------------------------------------------- */

/* A window, as all jobs on it see it. */
typedef struct place {
  adm_window window, low;
  const float *x;
  int index[2];
  adm_axis_grid grid[2];
} place;

static adm_status
push (queue *q, const place *p, int label, const job *what, adm_error *error)
{
  const adm_canvas_field *f = q->field;
  const size_t side = (size_t) side_of (f), low = (size_t) f->axis[0].side, i = (size_t) q->n;
  if (q->counting) {
    q->all++;
    return ADM_OK;
  }
  adm_window_cut (&p->window, p->x, 3, q->x + i * 3 * side * side);
  if (f->has_low && !q->gradient)
    adm_window_cut (&p->low, f->low, 3, q->low + i * 3 * low * low);
  for (int a = 0; a < 2; a++)
    adm_axis_weights (&f->axis[a], &p->grid[a], p->index[a], f->factor,
                      (a ? q->columns : q->rows) + i * side);
  q->jobs[i] = *what;
  q->jobs[i].window = p->window;
  q->labels[i] = label;
  return ++q->n == f->batch ? flush (q, error) : ADM_OK;
}

/* One evaluation for each label that the window touches, and the null label's for all; one alone
 * where labels mean nothing. */
static adm_status
push_labels (queue *q, const place *p, adm_error *error)
{
  const adm_canvas_field *f = q->field;
  const double s = q->gradient ? 0 : f->free_scale;
  adm_status status = ADM_OK;
  if (f->classless && !q->gradient)
    return push (q, p, f->label[0].label, &(job) { .eps = 1, .v = 1 }, error);
  for (int k = 0; k < f->labels && !status; k++) {
    const adm_canvas_label *l = &f->label[k];
    const job what = { .map = l->weight, .eps = (float) (1 + s), .v = 1 };
    if (!l->weight || adm_window_touches (&p->window, l->weight))
      status = push (q, p, q->gradient ? l->guide : l->label, &what, error);
  }
  if (!status && s != 0)
    status = push (q, p, f->null_label, &(job) { .eps = (float) -s }, error);
  return status;
}

static adm_status
go_over (queue *q, place *p, adm_error *error)
{
  const adm_canvas_field *f = q->field;
  adm_status status = ADM_OK;
  for (p->index[0] = 0; p->index[0] < p->grid[0].count && !status; p->index[0]++)
    for (p->index[1] = 0; p->index[1] < p->grid[1].count && !status; p->index[1]++) {
      for (int a = 0; a < 2; a++) {
        p->low.start[a] = adm_axis_start (&f->axis[a], &p->grid[a], p->index[a]);
        p->window.start[a] = p->low.start[a] * f->factor;
      }
      status = push_labels (q, p, error);
    }
  return status ? status : flush (q, error);
}

/* ANSWER [count] becomes zeros. False: cancelled. */
static bool
clear (const adm_canvas_field *f, float *answer, size_t count)
{
  const size_t most = (size_t) 1 << 20;
  for (size_t from = 0; from < count; from += most) {
    memset (answer + from, 0, (count - from < most ? count - from : most) * sizeof *answer);
    if (f->poll && !f->poll (f->user))
      return false;
  }
  return true;
}

static adm_status
ask (const adm_canvas_field *f, bool gradient, unsigned step, const float *x, float *planar,
     adm_error *error)
{
  adm_layout layout = { .base = (unsigned char *) f->workspace };
  queue q = queue_new (f, &layout);
  q.gradient = gradient;
  q.planar = planar;
  place p = { .x = x, .low.side = f->axis[0].side, .window.side = side_of (f) };
  for (int a = 0; a < 2; a++) {
    p.grid[a] = adm_axis_at (&f->axis[a], step);
    p.low.length[a] = f->axis[a].length;
    p.window.length[a] = f->axis[a].length * f->factor;
  }
  if (!clear (f, planar,
              (size_t) (gradient ? 3 : f->channels) * (size_t) p.window.length[0]
                  * (size_t) p.window.length[1]))
    return ADM_FAIL (error, STOPPED);
  q.counting = true;
  adm_status status = go_over (&q, &p, error);
  q.counting = false;
  return status ? status : go_over (&q, &p, error);
}

adm_status
adm_canvas_predict (const adm_canvas_field *field, unsigned step, const float *x, float *out,
                    adm_error *error)
{
  return ask (field, false, step, x, out, error);
}

adm_status
adm_canvas_gradient (const adm_canvas_field *field, unsigned step, const float *x, float *grad,
                     adm_error *error)
{
  return ask (field, true, step, x, grad, error);
}
