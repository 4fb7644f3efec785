/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See frame.h. */
#include "pipeline/frame.h"

#include "base/error.h"
#include "base/layout.h"
#include "base/machine_memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SIDE = 16384, MOST_LABELS = 64 };

/* ---- sizes ----------------------------------------------------------------------------------- */

static adm_status
check (const adm_canvas *c, const adm_request *sample, adm_error *error)
{
  bool keeps = c->mask || c->mend_seams;
  if (c->height < 0 || c->width < 0 || c->height > MOST_SIDE || c->width > MOST_SIDE
      || !c->height != !c->width)
    return ADM_FAIL (error, CANVAS_SIZE, c->width, c->height, MOST_SIDE);
  if (c->texture_size != 0 && !(c->texture_size >= 0.25 && c->texture_size <= 8))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_TEXTURE, c->texture_size, 0.25, 8.0);
  if (!(c->anchor >= 0 && c->anchor <= 1))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_ANCHOR, c->anchor, 0.0, 1.0);
  if (c->init && !(c->strength >= 0 && c->strength <= 1))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_STRENGTH, c->strength, 0.0, 1.0);
  if ((keeps || c->init) && !c->height)
    return ADM_FAIL (error, CANVAS_UNSIZED);
  if (keeps && !c->init)
    return ADM_FAIL (error, CANVAS_MASK);
  if (c->jump_length < 0 || c->resamplings < 0)
    return ADM_FAIL (error, CANVAS_RESAMPLINGS);
  if (sample->class_count < 0 || sample->class_count > MOST_LABELS)
    return ADM_FAIL (error, CANVAS_CLASSES, sample->class_count, MOST_LABELS);
  for (int i = 0; i < sample->class_count; i++)
    if (!(sample->classes[i].weight > 0 && sample->classes[i].weight < 1e6))
      return ADM_FAIL (error, CANVAS_WEIGHT, sample->classes[i].weight);
  for (int i = 0; i < sample->class_count; i++) {
    const adm_class_weight *class = &sample->classes[i];
    if (class->map_height < 0 || class->map_width < 0 || !class->map_height != !class->map_width
        || class->map_height > MOST_SIDE || class->map_width > MOST_SIDE)
      return ADM_FAIL (error, CANVAS_SIZE, class->map_width, class->map_height, MOST_SIDE);
  }
  return ADM_OK;
}

/* A torus is that wide at least: the generator draws 16 numbers or more at a time (base/rng.h). */
enum { LEAST_TORUS = 3 };

/* Of one axis: the canvas of the first stage, and what of the last one's is used. */
static void
fit (int out, double texture, int factor, int side, bool wrap, int *base, int *used)
{
  int inner = (int) ceil (out / texture), least = wrap ? LEAST_TORUS : side;
  *base = (inner + factor - 1) / factor;
  *base = *base < least ? least : *base;
  *used = wrap ? *base * factor : inner;
}

/* Whether the canvas is larger than a window by half, and nowhere smaller: what windows overlap
 * less than that agree upon by themselves. */
static bool
is_large (adm_plane_size size, int side)
{
  return size.height >= side && size.width >= side
         && (2 * size.height > 3 * side || 2 * size.width > 3 * side);
}

adm_status
adm_frame_of_task (adm_frame *frame, const adm_task *task, int side, int factor, adm_error *error)
{
  bool upscale = task->kind == ADM_TASK_UPSCALE;
  const adm_request *sample = upscale ? &task->upscale : &task->generate.sample;
  adm_canvas c = { 0 };
  if (!upscale)
    c = task->generate.canvas;
  else if (sample->tiled)
    c = (adm_canvas) { .height = sample->low_h * factor, .width = sample->low_w * factor };
  const double texture = c.texture_size != 0 ? c.texture_size : 1;
  const int own = side * factor;
  bool both = c.mend_seams && !c.seamless_x && !c.seamless_y;
  adm_status status = check (&c, sample, error);
  if (status)
    return status;
  *frame = (adm_frame) { .canvas = c,
                         .sample = sample,
                         .side = side,
                         .factor = factor,
                         .out = { c.height ? c.height : own, c.width ? c.width : own },
                         .wrap = { c.seamless_y || both, c.seamless_x || both } };
  fit (frame->out.height, texture, factor, side, frame->wrap[0], &frame->size[0].height,
       &frame->used.height);
  fit (frame->out.width, texture, factor, side, frame->wrap[1], &frame->size[0].width,
       &frame->used.width);
  frame->size[1]
      = (adm_plane_size) { frame->size[0].height * factor, frame->size[0].width * factor };
  frame->plain = frame->out.height == own && frame->out.width == own && !frame->wrap[0]
                 && !frame->wrap[1] && !c.init && texture == 1;
  frame->anchored
      = !upscale && !c.init && c.anchor > 0 && c.anchor < 1 && is_large (frame->size[0], side);
  return ADM_OK;
}

adm_axis
adm_frame_axis (const adm_frame *frame, int stage, int side, bool vertical)
{
  const int length = vertical ? frame->size[0].height : frame->size[0].width;
  const adm_axis axis = adm_axis_new (length, side, frame->wrap[vertical ? 0 : 1], vertical);
  return stage ? adm_axis_settled (axis) : axis;
}

static bool
keeps (const adm_frame *frame)
{
  return frame->canvas.mask || frame->canvas.mend_seams;
}

/* RePaint's, by stages, where the task leaves them open (docs/canvas.md): the upsampler, whose
 * steps cost most, has the first stage's agreement to go by. */
static const int jump_length[2] = { 1, 2 }, resamplings[2] = { 3, 2 };

void
adm_frame_apply (const adm_frame *frame, int stage, const adm_schedule *schedule,
                 adm_diffusion_params *params)
{
  const adm_canvas *c = &frame->canvas;
  const float *start = frame->init[stage] ? frame->init[stage] : c->init;
  if (frame->anchored && !stage) {
    static const float not_yet[1];
    params->steps = (int) lrint (c->anchor * schedule->steps);
    params->steps = params->steps < 1 ? 1 : params->steps;
    params->start = frame->start ? frame->start : not_yet;
  }
  if (!c->init)
    return;
  params->steps = (int) lrint (c->strength * schedule->steps);
  params->start = params->steps < schedule->steps ? start : NULL;
  params->mask = frame->mask[stage];
  params->known = keeps (frame) ? start : NULL;
  params->jump_length = c->jump_length ? c->jump_length : jump_length[stage];
  params->resamplings = c->resamplings ? c->resamplings : resamplings[stage];
}

/* ---- arrays ---------------------------------------------------------------------------------- */

static size_t
area (adm_plane_size size)
{
  return (size_t) size.height * (size_t) size.width;
}

static int
last_stage (const adm_frame *frame)
{
  return frame->factor > 1;
}

static float
clamp (float v, float low, float high)
{
  return v < low ? low : v > high ? high : v;
}

/* Where pixel AT of a line lies that goes on, past LENGTH, as its mirror image. */
static int
mirrored (int at, int length)
{
  at %= 2 * length;
  return at < length ? at : 2 * length - 1 - at;
}

/* SMALL [used] on a canvas of SIZE: open axes go on as its mirror image. */
static void
mirror (const float *small, adm_plane_size used, adm_plane_size size, float low, float high,
        float *canvas)
{
  for (int y = 0; y < size.height; y++) {
    const float *row = small + (size_t) mirrored (y, used.height) * (size_t) used.width;
    int x = 0;
    for (; x < used.width && x < size.width; x++)
      *canvas++ = clamp (row[x], low, high);
    for (; x < size.width; x++)
      *canvas++ = clamp (row[mirrored (x, used.width)], low, high);
  }
}

void
adm_frame_low (const adm_frame *frame, const float *low, int h, int w, float *canvas)
{
  for (int c = 0; c < 3; c++)
    mirror (low + (size_t) c * (size_t) h * (size_t) w, (adm_plane_size) { h, w }, frame->size[0],
            -1, 1, canvas + (size_t) c * area (frame->size[0]));
}

/* A plane of the finished picture's size, as the last stage's canvas has it: resampled, and on open
 * axes continued by its mirror image. SMALL [used] is free to use. */
static bool
to_canvas (const adm_frame *frame, const float *plane, float low, float high, float *small,
           float *canvas)
{
  const adm_plane_size used = frame->used, size = frame->size[last_stage (frame)];
  if (used.height == frame->out.height && used.width == frame->out.width)
    memcpy (small, plane, area (used) * sizeof *small);
  else if (!adm_lanczos (plane, frame->out, 1, frame->wrap, used, small))
    return false;
  mirror (small, used, size, low, high, canvas);
  return true;
}

/* The first stage's canvas sees the mean of each FACTOR x FACTOR pixels. */
static void
reduce (const adm_frame *frame, const float *large, float *small)
{
  const int f = frame->factor, width = frame->size[1].width;
  for (int y = 0; y < frame->size[0].height; y++)
    for (int x = 0; x < frame->size[0].width; x++) {
      double sum = 0;
      for (int j = 0; j < f * f; j++)
        sum += (double) large[(size_t) (y * f + j / f) * (size_t) width + (size_t) (x * f + j % f)];
      *small++ = (float) (sum / (f * f));
    }
}

/* Distance of pixel AT to the nearer end of a torus of LENGTH, as a share of BAND. */
static double
seam_distance (int at, int length, double band)
{
  return (fmin (at, length - 1 - at) + 0.5) / band;
}

/* 1 at the wrapped edges, falling to 0 a quarter of a window away. */
static void
seam_mask (const adm_frame *frame, float *mask)
{
  const double texture = frame->canvas.texture_size != 0 ? frame->canvas.texture_size : 1,
               band = fmax (1, frame->side * frame->factor * texture / 4);
  for (int y = 0; y < frame->out.height; y++)
    for (int x = 0; x < frame->out.width; x++) {
      double d = 2;
      if (frame->wrap[0])
        d = fmin (d, seam_distance (y, frame->out.height, band));
      if (frame->wrap[1])
        d = fmin (d, seam_distance (x, frame->out.width, band));
      *mask++ = (float) fmin (fmax (2 - 2 * d, 0), 1);
    }
}

/* Where the arrays of the frame are made. */
typedef struct filling {
  adm_frame *frame;
  adm_layout layout; /* of the frame's memory; while it counts nothing is made */
  float *plane;      /* [out] */
  float *small;      /* [used] */
  bool (*go) (void *user);
  void *user;
  bool stopped;
} filling;

/* PLANES of the finished picture's size become both canvases'; TO [2] receives where they are. */
static bool
place (filling *f, const float *plane, int planes, float low, float high, const float *to[2])
{
  adm_frame *frame = f->frame;
  const int last = last_stage (frame);
  const size_t n[2] = { area (frame->size[0]), area (frame->size[1]) };
  float *at[2];
  at[0] = at[1] = adm_layout_floats (&f->layout, n[0] * (uint64_t) planes);
  if (last)
    at[1] = adm_layout_floats (&f->layout, n[1] * (uint64_t) planes);
  for (int i = 0; i < planes && f->layout.base; i++) {
    if (!to_canvas (frame, plane + (size_t) i * area (frame->out), low, high, f->small,
                    at[last] + (size_t) i * n[last]))
      return false;
    if (last)
      reduce (frame, at[1] + (size_t) i * n[1], at[0] + (size_t) i * n[0]);
    if ((f->stopped = f->go && !f->go (f->user)))
      return false;
  }
  to[0] = at[0];
  to[1] = at[1];
  return true;
}

/* Weights that do not sum to 1 are scaled; where none is above 0, all labels share alike. */
static void
normalise (adm_frame *frame, int stage)
{
  const size_t n = area (frame->size[stage]);
  for (size_t i = 0; i < n; i++) {
    float sum = 0;
    for (int k = 0; k < frame->labels; k++)
      sum += frame->label[stage][k].weight[i];
    for (int k = 0; k < frame->labels; k++) {
      float *w = (float *) frame->label[stage][k].weight + i; /* the frame's own memory */
      *w = sum > 0 ? *w / sum : 1.0f / (float) frame->labels;
    }
  }
}

adm_plane_size
adm_frame_used (const adm_frame *frame, int stage)
{
  const int f = stage == last_stage (frame) ? 1 : frame->factor;
  return (adm_plane_size) { (frame->used.height + f - 1) / f, (frame->used.width + f - 1) / f };
}

adm_plane_size
adm_frame_map_size (const adm_frame *frame, const adm_class_weight *class)
{
  return class->map_height ? (adm_plane_size) { class->map_height, class->map_width } : frame->out;
}

/* PLANE [out]: the weight of CLASS at each pixel. */
static void
spread (const adm_frame *frame, const adm_class_weight *class, float *plane)
{
  const adm_plane_size have = adm_frame_map_size (frame, class), out = frame->out;
  for (int y = 0; y < out.height; y++) {
    const int64_t v = (int64_t) y * have.height / out.height;
    for (int x = 0; x < out.width; x++) {
      const int64_t u = (int64_t) x * have.width / out.width;
      *plane++ = (float) class->weight * (class->map ? class->map[v * have.width + u] : 1);
    }
  }
}

static bool
place_labels (filling *f)
{
  adm_frame *frame = f->frame;
  const size_t n = f->layout.base ? area (frame->out) : 0;
  frame->labels = frame->sample->class_count;
  for (int k = 0; k < frame->labels; k++) {
    const adm_class_weight *c = &frame->sample->classes[k];
    const float *to[2];
    if (n)
      spread (frame, c, f->plane);
    if (!place (f, f->plane, 1, 0, 1e6f, to))
      return false;
    for (int s = 0; s < 2 && n; s++)
      frame->label[s][k] = (adm_canvas_label) { c->label, c->label, to[s] };
  }
  for (int s = 0; frame->labels > 0 && n && s <= last_stage (frame); s++)
    normalise (frame, s);
  return true;
}

/* What the frame holds of each canvas: the start picture, the mask, the labels' weights. */
static bool
place_all (filling *f)
{
  adm_frame *frame = f->frame;
  const adm_canvas *c = &frame->canvas;
  bool ok = !c->init || place (f, c->init, 3, -1, 1, frame->init);
  if (ok && frame->anchored)
    frame->start = adm_layout_floats (&f->layout, 3 * (uint64_t) area (frame->size[0]));
  if (ok && c->mend_seams && f->layout.base)
    seam_mask (frame, f->plane);
  if (ok && keeps (frame))
    ok = place (f, c->mend_seams ? f->plane : c->mask, 1, 0, 1, frame->mask);
  return ok && place_labels (f);
}

static uint64_t
bytes_held (const adm_frame *frame)
{
  adm_frame copy = *frame;
  filling counting = { .frame = &copy };
  place_all (&counting);
  return counting.layout.bytes;
}

uint64_t
adm_frame_bytes (const adm_frame *frame)
{
  return bytes_held (frame) + (4 * area (frame->out) + area (frame->used)) * sizeof (float);
}

adm_status
adm_frame_fill (adm_frame *frame, bool (*go) (void *user), void *user, adm_error *error)
{
  const uint64_t held = bytes_held (frame);
  const int labels = frame->sample->class_count;
  if (!held)
    return ADM_OK;
  const uint64_t beside = (area (frame->out) + area (frame->used)) * sizeof (float);
  float *plane = adm_block_new (beside);
  filling f = { .frame = frame,
                .layout.base = adm_block_new (held),
                .plane = plane,
                .small = plane ? plane + area (frame->out) : NULL,
                .go = go,
                .user = user };
  frame->bytes = held;
  frame->memory = f.layout.base;
  for (int s = 0; s < 2; s++)
    frame->label[s] = labels ? calloc ((size_t) labels, sizeof *frame->label[s]) : NULL;
  bool ok = plane && frame->memory && (!labels || (frame->label[0] && frame->label[1]))
            && place_all (&f);
  adm_block_free (plane, beside);
  if (ok)
    return ADM_OK;
  adm_frame_clear (frame);
  return f.stopped ? ADM_FAIL (error, STOPPED)
                   : ADM_FAIL (error, NO_MEMORY_SIDES, frame->out.width, frame->out.height);
}

void
adm_frame_clear (adm_frame *frame)
{
  adm_block_free (frame->memory, frame->bytes);
  for (int s = 0; s < 2; s++)
    free (frame->label[s]);
  frame->memory = NULL;
  frame->start = NULL;
  frame->label[0] = frame->label[1] = NULL;
}

/* ---- the finished picture -------------------------------------------------------------------- */

static void
keep (const adm_frame *frame, const float *mask, float *out)
{
  const size_t n = area (frame->out);
  for (size_t i = 0; i < 3 * n; i++) {
    const float m = mask[i % n], known = frame->canvas.init[i];
    out[i] = m <= 0 ? known : m < 1 ? m * out[i] + (1 - m) * known : out[i];
  }
}

adm_status
adm_frame_finish (const adm_frame *frame, const float *x, float *out, adm_error *error)
{
  const adm_plane_size used = frame->used, size = frame->size[last_stage (frame)];
  const size_t n = area (frame->out);
  const bool same = used.height == frame->out.height && used.width == frame->out.width;
  float *small = same ? NULL : malloc (area (used) * sizeof *small);
  bool ok = same || small;
  if (!x)
    memcpy (out, frame->canvas.init, 3 * n * sizeof *out);
  for (int c = 0; c < 3 && ok && x; c++) {
    float *to = same ? out + (size_t) c * n : small;
    for (int y = 0; y < used.height; y++)
      memcpy (to + (size_t) y * (size_t) used.width,
              x + ((size_t) c * (size_t) size.height + (size_t) y) * (size_t) size.width,
              (size_t) used.width * sizeof *to);
    if (!same)
      ok = adm_lanczos (small, used, 1, frame->wrap, frame->out, out + (size_t) c * n);
  }
  free (small);
  if (ok && x && keeps (frame)) {
    float *mask = frame->canvas.mend_seams ? malloc (n * sizeof *mask) : NULL;
    ok = !frame->canvas.mend_seams || mask;
    if (mask)
      seam_mask (frame, mask);
    if (ok)
      keep (frame, mask ? mask : frame->canvas.mask, out);
    free (mask);
  }
  return ok ? ADM_OK : ADM_FAIL (error, NO_MEMORY_SIDES, frame->out.width, frame->out.height);
}
