/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The borders of a network: enlargement of the low-resolution picture, planar to channels-last and
 * back; and the gradient of resampling. (Resampling forward happens inside the convolutions:
 * source.c.) */
#include "ops/resize2d.h"

#include <string.h>

/* Source position of output I: two neighbours and the weight of the second. */
static void
bilinear_at (int i, int in, int out, int *lo, int *hi, float *weight)
{
  float at = ((float) i + 0.5f) * ((float) in / (float) out) - 0.5f;
  at = at < 0 ? 0 : at;
  *lo = (int) at;
  *hi = *lo + 1 < in ? *lo + 1 : in - 1;
  *weight = at - (float) *lo;
}

void
adm_resize_bilinear (int planes, int h, int w, const float *in, int out_h, int out_w, float *out)
{
  for (int p = 0; p < planes; p++, in += (ptrdiff_t) h * w)
    for (int y = 0; y < out_h; y++) {
      int y0, y1, x0, x1;
      float fy, fx;
      bilinear_at (y, h, out_h, &y0, &y1, &fy);
      for (int x = 0; x < out_w; x++) {
        bilinear_at (x, w, out_w, &x0, &x1, &fx);
        const float *top = in + (ptrdiff_t) y0 * w, *bottom = in + (ptrdiff_t) y1 * w;
        *out++ = (1 - fy) * ((1 - fx) * top[x0] + fx * top[x1])
                 + fy * ((1 - fx) * bottom[x0] + fx * bottom[x1]);
      }
    }
}

void
adm_map_from_planar (const float *planar, int c, int c0, adm_map map)
{
  ptrdiff_t pixels = (ptrdiff_t) map.h * map.w;
  for (int n = 0; n < map.n; n++)
    for (int k = 0; k < c; k++, planar += pixels)
      for (ptrdiff_t i = 0; i < pixels; i++)
        map.data[((ptrdiff_t) n * pixels + i) * map.c + c0 + k] = planar[i];
}

void
adm_map_to_planar (adm_map map, int c, float *planar)
{
  ptrdiff_t pixels = (ptrdiff_t) map.h * map.w;
  for (int n = 0; n < map.n; n++)
    for (int k = 0; k < c; k++, planar += pixels)
      for (ptrdiff_t i = 0; i < pixels; i++)
        planar[i] = map.data[((ptrdiff_t) n * pixels + i) * map.c + k];
}

struct resample {
  bool up;
  adm_map dy, dx;
};

static void
resample_backward_row (void *arg, int unit, int worker)
{
  struct resample *r = arg;
  (void) worker;
  int c = r->dx.c, n = unit / r->dx.h, y = unit % r->dx.h;
  for (int x = 0; x < r->dx.w; x++) {
    float *dx = r->dx.data + (((ptrdiff_t) n * r->dx.h + y) * r->dx.w + x) * c;
    if (r->up) {
      const float *a = r->dy.data + (((ptrdiff_t) n * r->dy.h + 2 * y) * r->dy.w + 2 * x) * c,
                  *b = a + (ptrdiff_t) r->dy.w * c;
      for (int i = 0; i < c; i++)
        dx[i] += (a[i] + a[c + i]) + (b[i] + b[c + i]);
    } else {
      const float *a = r->dy.data + (((ptrdiff_t) n * r->dy.h + y / 2) * r->dy.w + x / 2) * c;
      for (int i = 0; i < c; i++)
        dx[i] += 0.25f * a[i];
    }
  }
}

void
adm_resample_backward (adm_exec *exec, bool up, adm_map dy, adm_map dx)
{
  if (!adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    return;
  struct resample r = { up, dy, dx };
  adm_exec_run (exec, dx.n * dx.h, resample_backward_row, &r);
}

struct split {
  adm_map ab, a, b;
};

static void
split_row (void *arg, int unit, int worker)
{
  struct split *s = arg;
  ptrdiff_t pixels = s->ab.w, first = unit * pixels;
  (void) worker;
  for (ptrdiff_t i = first; i < first + pixels; i++) {
    const float *from = s->ab.data + i * s->ab.c;
    memcpy (s->a.data + i * s->a.c, from, (size_t) s->a.c * sizeof *from);
    memcpy (s->b.data + i * s->b.c, from + s->a.c, (size_t) s->b.c * sizeof *from);
  }
}

void
adm_map_split (adm_exec *exec, adm_map ab, adm_map a, adm_map b)
{
  if (adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    adm_exec_run (exec, ab.n * ab.h, split_row, &(struct split) { ab, a, b });
}

/* ---- whole maps ------------------------------------------------------------------------------ */

struct elementwise {
  float factor;
  const float *x;
  float *y;
  ptrdiff_t row; /* floats a unit */
  enum { ADD, SCALE, FILL } what;
};

static void
elementwise_row (void *arg, int unit, int worker)
{
  struct elementwise *e = arg;
  (void) worker;
  float *y = e->y + unit * e->row;
  switch (e->what) {
  case ADD:
    for (ptrdiff_t i = 0; i < e->row; i++)
      y[i] += e->x[unit * e->row + i];
    break;
  case SCALE:
    for (ptrdiff_t i = 0; i < e->row; i++)
      y[i] *= e->factor;
    break;
  case FILL:
    for (ptrdiff_t i = 0; i < e->row; i++)
      y[i] = e->factor;
    break;
  }
}

static void
elementwise_run (adm_exec *exec, adm_map shape, struct elementwise e)
{
  if (!adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    return;
  e.row = (ptrdiff_t) shape.w * shape.c;
  adm_exec_run (exec, shape.n * shape.h, elementwise_row, &e);
}

void
adm_map_add (adm_exec *exec, adm_map x, adm_map y)
{
  elementwise_run (exec, y, (struct elementwise) { .x = x.data, .y = y.data, .what = ADD });
}

void
adm_map_scale (adm_exec *exec, float factor, adm_map x)
{
  elementwise_run (exec, x, (struct elementwise) { .factor = factor, .y = x.data, .what = SCALE });
}

void
adm_map_fill (adm_exec *exec, float value, adm_map x)
{
  elementwise_run (exec, x, (struct elementwise) { .factor = value, .y = x.data, .what = FILL });
}
