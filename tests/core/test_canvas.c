/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Windows: where they lie, what each counts. The canvas: its answers against the slow way, which
 * goes from pixel to pixel in double and looks for the windows that see it. The network is made up:
 * what it answers depends on label, low picture, place in the window and a pixel far off, so that a
 * window cut or put back wrongly cannot be overlooked. */
#include "check.h"
#include "diffusion/canvas.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIDE = 32, STEPS = 40 };

/* Sums of some ten float32 products of numbers of about 1. */
static const double TOLERANCE = 4e-6;

/* ---- where windows lie ----------------------------------------------------------------------- */

/* At pixel P of a window: the distance to the nearer edge, at most a quarter of the side. */
static double
slow_pull (int p, int side)
{
  double edge = fmin (p, side - 1 - p), most = fmax (side / 4, 1);
  return fmin (edge, most) + 0.5;
}

static void
check_axis (int length, int side, bool wrap, bool settled, unsigned step)
{
  const adm_axis moving = adm_axis_new (length, side, wrap, step % 2),
                 axis = settled ? adm_axis_settled (moving) : moving;
  const adm_axis_grid span = adm_axis_at (&axis, step);
  float weights[MAX_SIDE];
  double *sum = calloc ((size_t) length, sizeof *sum);
  bool inside = true, close = true, whole = true;
  CHECK (span.count >= 1 && span.count <= adm_axis_most (&axis));
  for (int i = 0, last = 0; i < span.count; i++) {
    int start = adm_axis_start (&axis, &span, i);
    inside &= start >= 0 && start < length && (wrap || start + side <= length);
    if (i > 0)
      close &= (start - last + length) % length <= side - side / 4;
    if (i == span.count - 1 && wrap && span.count > 1)
      close &= (adm_axis_start (&axis, &span, 0) - start + length) % length <= side - side / 4;
    last = start;
    adm_axis_weights (&axis, &span, i, 1, weights);
    for (int p = 0; p < side; p++) {
      whole &= weights[p] > 0;
      sum[(start + p) % length] += (double) weights[p];
    }
  }
  for (int x = 0; x < length; x++)
    whole &= fabs (sum[x] - 1) < 1e-6;
  if (!(CHECK (inside) & CHECK (close) & CHECK (whole)))
    printf ("  %d px by windows of %d, %s, step %u\n", length, side, wrap ? "torus" : "open", step);
  free (sum);
}

/* A settled grid has as few windows as can be, and they stay. */
static void
check_settled (int length, int side)
{
  const adm_axis axis = adm_axis_settled (adm_axis_new (length, side, false, true));
  const adm_axis_grid first = adm_axis_at (&axis, 0);
  /* the smallest overlap by whole pixels too */
  const int step = side > 4 ? side - side / 4 : side > 1 ? side - 1 : 1;
  int fewest = 1;
  bool stays = true;
  while (side + (fewest - 1) * step < length)
    fewest++;
  for (unsigned at = 1; at < 9; at++) {
    const adm_axis_grid grid = adm_axis_at (&axis, at);
    stays &= grid.count == first.count;
    for (int i = 0; i < grid.count; i++)
      stays &= adm_axis_start (&axis, &grid, i) == adm_axis_start (&axis, &first, i);
  }
  if (!(CHECK (first.count == fewest) & CHECK (stays)))
    printf ("  %d px by windows of %d\n", length, side);
}

/* The grid's places over the steps: none taken often, nearly all taken once. */
static void
check_shifts (int length, int side, bool wrap)
{
  const adm_axis axis = adm_axis_new (length, side, wrap, true);
  const int range = wrap ? length : side - side / 4, steps = 4 * range;
  int *taken = calloc ((size_t) range, sizeof *taken), most = 0, never = 0;
  for (unsigned step = 0; step < (unsigned) steps; step++)
    taken[adm_axis_at (&axis, step).offset % range]++;
  for (int i = 0; i < range; i++) {
    most = taken[i] > most ? taken[i] : most;
    never += taken[i] == 0;
  }
  CHECK (most <= 7 && never == 0);
  free (taken);
}

/* ---- the made-up network --------------------------------------------------------------------- */

typedef struct world {
  adm_canvas_field field;
  int calls, evaluations, fail_at; /* FAIL_AT: the call that fails, or 0 */
  bool batches;                    /* none was too large, shares were told */
} world;

/* Channel C at (J, I) of a window of SIDE pixels; A the pixel there, B the one opposite, of channel
 * C + 1; LOW the low picture's. */
static double
answer (int c, int j, int i, int side, int label, double a, double b, double low)
{
  return 0.3 * sin (3 * a + 1.7 * c + label) + 0.2 * b + (0.1 * j - 0.2 * i) / side + 0.25 * low;
}

static double
slope (int c, int j, int i, int side, int guide, double a, double b)
{
  return answer (c + 7, i, j, side, 3 * guide, a, -b, 0);
}

static adm_status
ask (world *w, const adm_canvas_batch *batch, bool gradient, adm_error *error)
{
  const adm_canvas_field *f = &w->field;
  const int small = f->axis[0].side, side = small * f->factor,
            channels = gradient ? 3 : f->channels;
  const size_t plane = (size_t) side * (size_t) side;
  w->calls++;
  w->evaluations += batch->n;
  w->batches &= batch->n >= 1 && batch->n <= f->batch && batch->from >= 0 && batch->share > 0
                && (batch->low != NULL) == (f->low != NULL && !gradient);
  if (w->calls == w->fail_at) {
    error->status = ADM_ERROR_CANCELLED;
    return ADM_ERROR_CANCELLED;
  }
  for (int n = 0; n < batch->n; n++)
    for (int c = 0; c < channels; c++)
      for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
          const float *x = batch->x + (size_t) n * 3 * plane;
          double a
              = (double) x[(size_t) (c % 3) * plane + (size_t) (j * side + i)],
              b = (double) x[(size_t) ((c + 1) % 3) * plane + plane - 1 - (size_t) (j * side + i)],
              low
              = batch->low
                    ? (double) batch
                          ->low[((n * 3 + c % 3) * small + j / f->factor) * small + i / f->factor]
                    : 0;
          batch->out[((size_t) (n * channels + c)) * plane + (size_t) (j * side + i)]
              = (float) (gradient ? slope (c, j, i, side, batch->labels[n], a, b)
                                  : answer (c, j, i, side, batch->labels[n], a, b, low));
        }
  return ADM_OK;
}

static adm_status
evaluate (const adm_canvas_batch *batch, void *user, adm_error *error)
{
  return ask (user, batch, false, error);
}

static adm_status
gradient (const adm_canvas_batch *batch, void *user, adm_error *error)
{
  return ask (user, batch, true, error);
}

/* ---- the slow way ---------------------------------------------------------------------------- */

/* One window's answer for pixel (J, I) of it, all labels mixed as they are at canvas pixel AT. */
static double
slow_window (const adm_canvas_field *f, const float *x, const int start[2], int c, int j, int i,
             size_t at, bool grad)
{
  const int side = f->axis[0].side * f->factor, height = f->axis[0].length * f->factor,
            width = f->axis[1].length * f->factor;
  const size_t plane = (size_t) height * (size_t) width;
  const int y = (start[0] + side - 1 - j) % height, z = (start[1] + side - 1 - i) % width;
  double a = (double) x[(size_t) (c % 3) * plane + at],
         b = (double) x[(size_t) ((c + 1) % 3) * plane + (size_t) y * (size_t) width + (size_t) z];
  double low = 0, sum = 0;
  if (f->low) {
    size_t r = at / (size_t) width / (size_t) f->factor,
           q = at % (size_t) width / (size_t) f->factor;
    low = (double) f
              ->low[((size_t) (c % 3) * (size_t) f->axis[0].length + r) * (size_t) f->axis[1].length
                    + q];
  }
  for (int k = 0; k < f->labels; k++) {
    const adm_canvas_label *l = &f->label[k];
    double weight = l->weight ? (double) l->weight[at] : 1, s = grad || c >= 3 ? 0 : f->free_scale,
           y_out = grad ? slope (c, j, i, side, l->guide, a, b)
                        : answer (c, j, i, side, l->label, a, b, low),
           nothing = answer (c, j, i, side, f->null_label, a, b, low);
    if (f->classless && !grad)
      return answer (c, j, i, side, f->label[0].label, a, b, low);
    sum += weight * (nothing * -s + (1 + s) * y_out);
  }
  return sum;
}

/* The weighted mean over all windows that see canvas pixel (Y, X), a torus' window as often as it
 * sees it. */
static double
slow_pixel (const adm_canvas_field *f, unsigned step, const float *x, int c, int y, int z,
            bool grad)
{
  const int side = f->axis[0].side * f->factor, height = f->axis[0].length * f->factor,
            width = f->axis[1].length * f->factor;
  const adm_axis_grid rows = adm_axis_at (&f->axis[0], step),
                      columns = adm_axis_at (&f->axis[1], step);
  double sum = 0, total = 0;
  for (int r = 0; r < rows.count; r++)
    for (int q = 0; q < columns.count; q++) {
      const int start[2] = { adm_axis_start (&f->axis[0], &rows, r) * f->factor,
                             adm_axis_start (&f->axis[1], &columns, q) * f->factor };
      for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++)
          if ((start[0] + j) % height == y && (start[1] + i) % width == z) {
            double weight = slow_pull (j, side) * slow_pull (i, side);
            total += weight;
            sum += weight
                   * slow_window (f, x, start, c, j, i, (size_t) y * (size_t) width + (size_t) z,
                                  grad);
          }
    }
  return sum / total;
}

/* ---- the fast way against it ----------------------------------------------------------------- */

typedef struct canvas_case {
  const char *name;
  int height, width, side, factor, channels, labels;
  bool wrap_y, wrap_x, with_low;
  double free_scale;
  bool classless;
} canvas_case;

static float *
numbers (size_t n, unsigned seed)
{
  float *x = malloc (n * sizeof *x);
  for (size_t i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    x[i] = (float) (seed >> 8) / (1 << 23) - 1;
  }
  return x;
}

/* Label 0 is alone in the left third, label 1 in the right one; between, they blend; others are
 * nowhere. */
static void
paint (const canvas_case *c, float *map, int label)
{
  const int height = c->height * c->factor, width = c->width * c->factor;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      float right = fminf (fmaxf (3.0f * (float) x / (float) width - 1, 0), 1);
      map[y * width + x] = label == 0 ? 1 - right : label == 1 ? right : 0;
    }
}

static void
compare (world *w, const canvas_case *c, unsigned step, const float *x, float *out, bool grad)
{
  const size_t plane = (size_t) (c->height * c->width * c->factor * c->factor);
  const int channels = grad ? 3 : c->channels;
  adm_error error;
  double worst = 0;
  w->calls = w->evaluations = 0;
  w->batches = true;
  CHECK ((grad ? adm_canvas_gradient : adm_canvas_predict) (&w->field, step, x, out, &error)
         == ADM_OK);
  CHECK (w->batches);
  if ((c->labels == 1 && c->free_scale == 0) || (c->classless && !grad))
    CHECK (w->evaluations == adm_canvas_windows (&w->field, step));
  /* a third label that is nowhere costs nothing */
  CHECK (w->evaluations <= adm_canvas_windows (&w->field, step)
                               * ((c->labels > 1 ? 2 : 1) + (c->free_scale != 0 && !grad)));
  for (int k = 0; k < channels; k++)
    for (int y = 0; y < c->height * c->factor; y++)
      for (int z = 0; z < c->width * c->factor; z++) {
        double expected = slow_pixel (&w->field, step, x, k, y, z, grad),
               found = (double) out[(size_t) k * plane + (size_t) (y * c->width * c->factor + z)];
        worst = fmax (worst, fabs (found - expected));
      }
  if (!CHECK (worst <= TOLERANCE))
    printf ("  %s, step %u%s: off by %g\n", c->name, step, grad ? ", gradient" : "", worst);
}

/* Fewer windows at a time, and the same bytes. */
static void
compare_batches (world *w, const canvas_case *c, const float *x, float *out)
{
  const size_t bytes = (size_t) c->channels
                       * (size_t) (c->height * c->width * c->factor * c->factor) * sizeof *out;
  float *first = malloc (bytes);
  adm_error error;
  CHECK (adm_canvas_predict (&w->field, 1, x, first, &error) == ADM_OK);
  for (w->field.batch = 3; w->field.batch > 0; w->field.batch--) {
    w->batches = true;
    CHECK (adm_canvas_predict (&w->field, 1, x, out, &error) == ADM_OK && w->batches);
    CHECK (memcmp (out, first, bytes) == 0);
  }
  w->field.batch = ADM_CANVAS_BATCH;
  free (first);
}

static bool
never (void *user)
{
  (void) user;
  return false;
}

static void
check_canvas (const canvas_case *c)
{
  const size_t plane = (size_t) (c->height * c->width * c->factor * c->factor);
  adm_canvas_label label[3];
  float *maps = malloc (3 * plane * sizeof *maps), *x = numbers (3 * plane, 1),
        *low = numbers (3 * (size_t) (c->height * c->width), 2),
        *out = malloc ((size_t) c->channels * plane * sizeof *out), *workspace;
  adm_error error;
  for (int k = 0; k < c->labels; k++) {
    paint (c, maps + (size_t) k * plane, k);
    label[k] = (adm_canvas_label) { 2 * k + 1, 5 * k + 2,
                                    c->labels > 1 ? maps + (size_t) k * plane : NULL };
  }
  adm_axis axis[2] = { adm_axis_new (c->height, c->side, c->wrap_y, true),
                       adm_axis_new (c->width, c->side, c->wrap_x, false) };
  for (int a = 0; c->with_low && a < 2; a++)
    axis[a] = adm_axis_settled (axis[a]);
  world w = { .field = { .axis = { axis[0], axis[1] },
                         .factor = c->factor,
                         .channels = c->channels,
                         .batch = ADM_CANVAS_BATCH,
                         .label = label,
                         .labels = c->labels,
                         .classless = c->classless,
                         .free_scale = c->free_scale,
                         .null_label = 11,
                         .has_low = c->with_low,
                         .low = c->with_low ? low : NULL,
                         .evaluate = evaluate,
                         .gradient = gradient } };
  w.field.user = &w;
  w.field.workspace = workspace = malloc (adm_canvas_workspace (&w.field) * sizeof *workspace);
  compare_batches (&w, c, x, out);
  for (unsigned step = 0; step < 3; step++) {
    compare (&w, c, step, x, out, false);
    if (!c->with_low)
      compare (&w, c, step, x, out, true);
  }
  w.calls = 0;
  w.fail_at = 1;
  CHECK (adm_canvas_predict (&w.field, 0, x, out, &error) == ADM_ERROR_CANCELLED && w.calls == 1);
  w.field.poll = never; /* before any window is asked about */
  CHECK (adm_canvas_predict (&w.field, 0, x, out, &error) == ADM_ERROR_CANCELLED && w.calls == 1);
  free (workspace), free (out), free (low), free (x), free (maps);
}

int
main (void)
{
  static const canvas_case cases[] = {
    { "one window", 8, 8, 8, 1, 6, 1 },
    { "open", 19, 30, 8, 1, 6, 1 },
    { "open, eps alone", 9, 8, 8, 1, 3, 1 },
    { "a torus", 20, 24, 8, 1, 6, 1, true, true },
    { "a torus of one window", 8, 8, 8, 1, 6, 1, true, true },
    { "a torus smaller than a window", 5, 7, 8, 1, 6, 1, true, true },
    { "round in one direction", 12, 17, 8, 1, 6, 1, false, true },
    { "labels", 14, 26, 8, 1, 6, 3 },
    { "labels on a torus", 14, 26, 8, 1, 6, 3, true, true },
    { "without a classifier", 14, 20, 8, 1, 6, 1, .free_scale = 1.5 },
    { "labels without a classifier", 14, 20, 8, 1, 6, 3, .free_scale = 2 },
    { "an upsampler", 9, 11, 4, 4, 6, 1, .with_low = true },
    { "an upsampler on a torus, labels", 9, 11, 4, 4, 6, 2, true, true, .with_low = true },
    { "an upsampler without classes", 9, 11, 4, 4, 6, 2, .with_low = true, .classless = true },
    { "labels of the classifier alone", 14, 26, 8, 1, 6, 3, .classless = true },
  };
  for (int side = 1; side <= MAX_SIDE; side += side < 5 ? 1 : 3)
    for (int length = 1; length < 80; length += 1 + length / 9)
      for (unsigned step = 0; step < STEPS; step += 3) {
        check_axis (length, side, true, false, step);
        check_axis (length, side, true, true, step);
        if (length >= side) {
          check_axis (length, side, false, false, step);
          check_axis (length, side, false, true, step);
          check_settled (length, side);
        }
      }
  check_shifts (128, 32, false);
  check_shifts (128, 32, true);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    check_canvas (&cases[i]);
  return check_summary ();
}
