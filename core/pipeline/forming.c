/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See forming.h. */
#include "pipeline/forming.h"

#include "diffusion/guidance.h"

#include <string.h>

/* What was foreseen before, at pixel Y, X. */
static float
value_before (const adm_forming *f, int c, int y, int x)
{
  const size_t width = (size_t) f->size.width, area = (size_t) f->size.height * width;
  if (f->before)
    return f->before[(size_t) c * area + (size_t) y * width + (size_t) x];
  if (!f->low)
    return f->mean[c];
  const size_t side = (size_t) f->factor;
  return f->low[(size_t) c * (area / side / side) + (size_t) y / side * (width / side)
                + (size_t) x / side];
}

static float *
shown_at (const adm_forming *f, int c, int y)
{
  return f->shown + (size_t) (c * f->used.height + y) * (size_t) f->used.width;
}

/* Row Y of channel C into TO [used.width]. */
static void
row_before (const adm_forming *f, int c, int y, float *to)
{
  const size_t width = (size_t) f->used.width,
               area = (size_t) f->size.height * (size_t) f->size.width;
  if (f->before) {
    memcpy (to, f->before + (size_t) c * area + (size_t) y * (size_t) f->size.width,
            width * sizeof *to);
    return;
  }
  if (!f->low) {
    for (size_t x = 0; x < width; x++)
      to[x] = f->mean[c];
    return;
  }
  const size_t side = (size_t) f->factor;
  const float *low = f->low + (size_t) c * (area / side / side)
                     + (size_t) y / side * ((size_t) f->size.width / side);
  for (size_t x = 0; x < width; low++)
    for (size_t k = 0; k < side && x < width; k++)
      to[x++] = *low;
}

static void
show_before (adm_forming *f)
{
  for (int c = 0; c < 3; c++)
    adm_forming_show (f, c);
}

void
adm_forming_show (adm_forming *f, int channel)
{
  for (int y = 0; y < f->used.height && !f->blank; y++)
    row_before (f, channel, y, shown_at (f, channel, y));
}

void
adm_forming_begin (adm_forming *f, const float *before, const float *low, int factor)
{
  f->before = before;
  f->low = low;
  f->factor = factor;
  f->blank = !before && !low;
  f->fresh = false;
}

/* X0 as far as it can be shown. */
static float
foreseen (const adm_schedule_step *step, float x, float out)
{
  const double x0 = adm_predict_x0 (step, x, out);
  return (float) (x0 < -1 ? -1 : x0 > 1 ? 1 : x0);
}

/* The whole canvas gets the first window's mean: as coarse a picture as there can be. */
static void
fill (adm_forming *f, const adm_schedule_step *step, int side, const float *x, const float *out)
{
  const int n = side * side;
  for (int c = 0; c < 3; c++, x += n, out += n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
      sum += foreseen (step, x[i], out[i]);
    f->mean[c] = (float) (sum / n);
  }
  f->blank = false;
  show_before (f);
}

void
adm_forming_add (adm_forming *f, const adm_schedule_step *step, const adm_window *w,
                 const adm_window_share *share, const float *x, const float *out)
{
  const int side = w->side;
  if (f->blank)
    fill (f, step, side, x, out);
  for (int c = 0; c < 3; c++)
    for (int j = 0; j < side; j++, x += side, out += side) {
      const int v = (w->start[0] + j) % w->length[0];
      for (int k = 0; k < side && v < f->used.height; k++) {
        const int u = (w->start[1] + k) % w->length[1];
        if (u >= f->used.width)
          continue;
        const size_t at = (size_t) v * (size_t) w->length[1] + (size_t) u;
        const float weight
            = share->rows[j] * share->columns[k] * share->scale * (share->map ? share->map[at] : 1);
        shown_at (f, c, v)[u]
            += weight * (foreseen (step, x[k], out[k]) - value_before (f, c, v, u));
      }
    }
  f->fresh = true;
}

void
adm_forming_step (adm_forming *f, const float *x0)
{
  f->before = x0;
  f->blank = f->fresh = false;
  show_before (f);
}
