/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model at work: plans go in, pictures come out at a sink. The way is: load, then for each
 * picture, or for several together, sample, round to 8 bits, upsample. Where the networks of both
 * stages do not fit into memory together, all pictures are sampled before the first is upsampled,
 * and wait in 8 bits. */
#include "pipeline/stage.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

struct adm_session {
  adm_residency residency;
};

adm_status
adm_session_new (const adm_model *model, const adm_options *options, adm_session **out,
                 adm_error *error)
{
  *out = NULL;
  adm_session *session = calloc (1, sizeof *session);
  if (!session)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_SESSION);
  adm_status status = adm_residency_init (&session->residency, model, options, error);
  if (status) {
    free (session);
    return status;
  }
  *out = session;
  return ADM_OK;
}

void
adm_session_free (adm_session *session)
{
  if (session)
    adm_residency_clear (&session->residency);
  free (session);
}

adm_status
adm_session_plan (const adm_session *session, const adm_task *task, adm_plan *plan,
                  adm_error *error)
{
  return adm_residency_plan (&session->residency, task, plan, error);
}

int
adm_session_reads (const adm_session *session)
{
  return session->residency.reads;
}

/* PARTS, or those of the first stage where both do not fit together. */
static adm_status
load (adm_session *session, int parts, bool *together, adm_callback callback, void *user,
      adm_error *error)
{
  int first = parts & (ADM_PART_DIFFUSION | ADM_PART_CLASSIFIER);
  adm_status status = adm_residency_check (&session->residency, parts, together, error);
  return status ? status
                : adm_residency_load (&session->residency, *together || !first ? parts : first,
                                      callback, user, error);
}

adm_status
adm_session_load (adm_session *session, int parts, adm_callback callback, void *user,
                  adm_error *error)
{
  bool together;
  return load (session, parts, &together, callback, user, error);
}

/* ---- a plan's run ---------------------------------------------------------------------------- */

/* Loading's share of the whole. */
#define LOAD_SHARE 0.05

enum { SECOND = ADM_PART_UPSAMPLER }; /* the second stage's networks */

typedef struct run {
  adm_session *session;
  const adm_plan *plan;
  const adm_sink *sink;
  /* both stages' networks are in memory: each picture goes all the way before the next begins */
  bool together;
  int first, batch; /* the pictures that are sampled together: the first, how many … */
  int now;          /* … and how many are with the stage that is at work */
  double work[2];   /* of a picture, by stages: seconds go by it */
  double whole;     /* told last */
  adm_frame frame;
  bool delivered;
  float *out; /* [3,height,width] of the finished picture, where the frame finishes it */
} run;

/* How far the whole plan is. */
static double
whole (const run *r, const adm_progress *p)
{
  const double *work = r->work, images = r->plan->count, total = images * (work[0] + work[1]);
  double done = p->image + p->fraction * r->now;
  if (p->stage == ADM_STAGE_LOAD)
    return LOAD_SHARE * p->fraction;
  if (r->together)
    done = r->first * (work[0] + work[1])
           + (p->stage == ADM_STAGE_SAMPLE ? p->fraction * r->now * work[0]
                                           : r->batch * work[0] + (done - r->first) * work[1]);
  else
    done = p->stage == ADM_STAGE_SAMPLE ? done * work[0] : images * work[0] + done * work[1];
  return LOAD_SHARE + (1 - LOAD_SHARE) * (total > 0 ? done / total : 1);
}

static bool
tell (const adm_progress *progress, void *user)
{
  run *r = user;
  adm_progress p = *progress;
  double now = whole (r, progress);
  /* the second stage's loading does not take it back */
  r->whole = p.whole = now > r->whole ? now : r->whole;
  return !r->sink->progress || r->sink->progress (&p, r->sink->user);
}

/* Between loading and the first step. */
static bool
go_on (void *user)
{
  return tell (&(adm_progress) { .stage = ADM_STAGE_LOAD, .fraction = 1 }, user);
}

/* Picture J of those that STAGE has made. */
static const float *
picture_of (const adm_sampling *stage, int j)
{
  return stage->x
         + (size_t) j * (size_t) stage->channels * (size_t) stage->height * (size_t) stage->width;
}

/* Picture I of the plan, X of STAGE. */
static adm_status
deliver (run *r, int i, const adm_sampling *stage, const float *x, adm_error *error)
{
  adm_picture picture = { x, stage->height, stage->width, stage->channels };
  if (stage->rgb && !r->sink->all_channels) {
    adm_pixels_to_rgb (x, stage->channels, stage->height, stage->width, stage->rgb);
    picture.pixels = stage->rgb;
    picture.channels = 3;
  }
  if (r->out) {
    adm_status status
        = adm_frame_finish (&r->frame, stage->progress.steps ? x : NULL, r->out, error);
    if (status)
      return status;
    picture = (adm_picture) { r->out, r->frame.out.height, r->frame.out.width, 3 };
  }
  r->delivered = true;
  return r->sink->picture (i, &picture, r->sink->user, error);
}

static adm_sampling
stage_of (run *r, int part, const adm_request *request)
{
  return (adm_sampling) { .residency = &r->session->residency,
                          .part = part,
                          .request = request,
                          .callback = tell,
                          .user = r,
                          .frame = &r->frame,
                          .keep = r->together ? r->plan->parts : 0,
                          .all_channels = r->sink->all_channels,
                          .images = r->plan->count };
}

/* Runs STAGE for the pictures from I on that it makes together, END at most, from LOW
 * [r->now,3,h,w] (NULL: none). */
static adm_status
make_together (run *r, adm_sampling *stage, int i, int end, const float *low, adm_error *error)
{
  r->now = end - i < stage->batch ? end - i : stage->batch;
  return adm_sampling_run (stage, i, r->now, low, error);
}

/* One stage is all there is. LOW [3,h,w] of the frame's first canvas is free to use where the
 * request's pictures are smaller. */
static adm_status
run_one (run *r, int part, const adm_request *request, float *low, adm_error *error)
{
  adm_sampling stage = stage_of (r, part, request);
  adm_status status = adm_sampling_open (&stage, error);
  if (status)
    return status;
  size_t one = 3 * (size_t) request->low_h * (size_t) request->low_w;
  for (int i = 0; i < r->plan->count && !status; i += r->now) {
    const float *small = request->low ? request->low + (size_t) i * one : NULL;
    if (small && low) { /* a canvas, one at a time */
      adm_frame_low (&r->frame, small, request->low_h, request->low_w, low);
      small = low;
    }
    r->first = i;
    status = make_together (r, &stage, i, r->plan->count, small, error);
    for (int j = 0; j < r->now && !status; j++)
      status = deliver (r, i + j, &stage, picture_of (&stage, j), error);
  }
  adm_sampling_close (&stage);
  return status;
}

/* What waits between the stages: pictures as they would be saved, and some as the upsampler sees
 * them. */
typedef struct between {
  uint8_t *small; /* [together,h,w,3], or of all pictures where one stage's networks go first */
  uint8_t *alpha; /* [together,h,w], or of all, of pictures with transparency; else NULL */
  float *low;     /* [together,3,h,w] */
  float *rgba;    /* [4,height,width] of one that is finished, and [height,width] bytes; or NULL */
} between;

/* How many pictures go through a stage together at most. */
static int
together_at_most (const run *r)
{
  const adm_request *sample = &r->plan->task.generate.sample;
  const int most = sample->batch < r->plan->count ? sample->batch : r->plan->count;
  return !r->frame.plain || most < 1 ? 1 : most < ADM_BATCH_MOST ? most : ADM_BATCH_MOST;
}

/* Picture I, the upsampled colours X of STAGE, with its ALPHA [h,w] resampled. */
static adm_status
deliver_transparent (run *r, int i, const adm_sampling *stage, const float *x, const uint8_t *alpha,
                     float *rgba, adm_error *error)
{
  const size_t pixels = (size_t) stage->height * (size_t) stage->width;
  uint8_t *resized = (uint8_t *) (rgba + 4 * pixels);
  adm_status status = adm_alpha_resize (alpha, r->frame.size[0].width, r->frame.size[0].height,
                                        stage->width, stage->height, resized, error);
  if (status)
    return status;
  memcpy (rgba, x, 3 * pixels * sizeof *rgba);
  adm_pixels_from_white (rgba, resized, stage->height, stage->width);
  for (size_t k = 0; k < pixels; k++) /* the middle of its level: 8 bits truncate */
    rgba[3 * pixels + k] = resized[k] == 0     ? -1
                           : resized[k] == 255 ? 1
                                               : ((float) resized[k] + 0.5f) / 127.5f - 1;
  const adm_picture picture = { rgba, stage->height, stage->width, 4 };
  r->delivered = true;
  return r->sink->picture (i, &picture, r->sink->user, error);
}

/* Upsamples pictures FIRST … END - 1, which wait from number AT on. */
static adm_status
run_second (run *r, adm_sampling *second, int first, int end, const between *b, size_t at,
            adm_error *error)
{
  const adm_plane_size size = r->frame.size[0];
  const size_t pixels = (size_t) size.height * (size_t) size.width, values = 3 * pixels;
  const uint8_t *bytes = b->small + at * values;
  adm_status status = ADM_OK;
  for (int i = first; i < end && !status; i += r->now) {
    for (int j = i; j < end && j < i + second->batch; j++)
      adm_pixels_from_u8 (bytes + (size_t) (j - first) * values, size.height, size.width,
                          b->low + (size_t) (j - i) * values);
    status = make_together (r, second, i, end, b->low, error);
    for (int j = 0; j < r->now && !status; j++) {
      const float *x = picture_of (second, j);
      const size_t waits = at + (size_t) (i + j - first);
      status = b->alpha ? deliver_transparent (r, i + j, second, x, b->alpha + waits * pixels,
                                               b->rgba, error)
                        : deliver (r, i + j, second, x, error);
    }
  }
  return status;
}

/* Puts the pictures that FIRST has made, as they would be saved on white, and their alpha, where
 * they wait from number AT on. */
static void
put_by (const run *r, const adm_sampling *first, const between *b, size_t at)
{
  const size_t pixels = (size_t) first->height * (size_t) first->width;
  for (int j = 0; j < r->now; j++) {
    const float *x = picture_of (first, j);
    const size_t waits = at + (size_t) j;
    if (first->rgb)
      adm_pixels_to_rgb (x, first->channels, first->height, first->width, first->rgb);
    adm_pixels_to_u8 (first->rgb ? first->rgb : x, first->height, first->width,
                      b->small + waits * 3 * pixels);
    for (size_t k = 0; b->alpha && k < pixels; k++) {
      const float alpha = (x[3 * pixels + k] + 1) * 127.5f;
      b->alpha[waits * pixels + k] = alpha >= 255 ? 255 : alpha > 0 ? (uint8_t) alpha : 0;
    }
  }
}

/* Samples, rounds, upsamples. */
static adm_status
run_two (run *r, between *b, adm_error *error)
{
  const adm_plan *plan = r->plan;
  const adm_plane_size size = r->frame.size[0];
  adm_request upscale = plan->task.generate.upscale;
  upscale.low = b->low;
  upscale.low_h = size.height;
  upscale.low_w = size.width;
  adm_sampling first = stage_of (r, ADM_PART_DIFFUSION, &plan->task.generate.sample),
               second = stage_of (r, ADM_PART_UPSAMPLER, &upscale);
  adm_status status = adm_sampling_open (&first, error);
  if (!status && r->together)
    status = adm_sampling_open (&second, error);
  for (int i = 0; i < plan->count && !status; i += r->batch) {
    const size_t at = r->together ? 0 : (size_t) i;
    r->first = i;
    status = make_together (r, &first, i, plan->count, NULL, error);
    r->batch = r->now;
    if (!status)
      put_by (r, &first, b, at);
    if (!status && r->together)
      status = run_second (r, &second, i, i + r->batch, b, at, error);
  }
  adm_sampling_close (&first);
  if (!status && !r->together) {
    status = adm_residency_load (&r->session->residency, ADM_PART_UPSAMPLER, tell, r, error);
    if (!status)
      status = adm_sampling_open (&second, error);
    if (!status)
      status = run_second (r, &second, 0, plan->count, b, 0, error);
  }
  adm_sampling_close (&second);
  return status;
}

/* One array more, counted among what the run holds. *FAILED: there is no memory for it. */
static void *
take (run *r, size_t bytes, bool *failed)
{
  void *array = bytes ? malloc (bytes) : NULL;
  *failed = *failed || (bytes && !array);
  r->session->residency.beside += bytes;
  return array;
}

/* The task's pictures, in the frame. */
static adm_status
run_framed (run *r, adm_error *error)
{
  const adm_task *task = &r->plan->task;
  const bool two = task->kind == ADM_TASK_GENERATE && task->generate.upscaled,
             upscale = task->kind == ADM_TASK_UPSCALE,
             transparent = two && r->plan->channels == 4 && r->sink->all_channels;
  const adm_plane_size size = r->frame.size[0], out = r->frame.out;
  const size_t pixels = (size_t) size.height * (size_t) size.width,
               finished = (size_t) out.height * (size_t) out.width,
               together = two ? (size_t) together_at_most (r) : 1,
               waiting = r->together ? together : (size_t) r->plan->count;
  const bool low = two
                   || (upscale && task->upscale.tiled
                       && (task->upscale.low_h < size.height || task->upscale.low_w < size.width));
  bool failed = false;
  r->session->residency.beside = r->frame.plain ? 0 : adm_frame_bytes (&r->frame);
  between b = { .small = take (r, two ? waiting * 3 * pixels : 0, &failed),
                .alpha = take (r, transparent ? waiting * pixels : 0, &failed),
                .low = take (r, low ? together * 3 * pixels * sizeof *b.low : 0, &failed),
                .rgba = take (r, transparent ? finished * (4 * sizeof *b.rgba + 1) : 0, &failed) };
  r->out = take (r, r->frame.plain ? 0 : 3 * finished * sizeof *r->out, &failed);
  adm_status status = failed ? ADM_FAIL (error, NO_MEMORY_PICTURES, r->plan->count) : ADM_OK;
  if (!status)
    status = two       ? run_two (r, &b, error)
             : upscale ? run_one (r, ADM_PART_UPSAMPLER, &task->upscale, b.low, error)
                       : run_one (r, ADM_PART_DIFFUSION, &task->generate.sample, NULL, error);
  free (b.small);
  free (b.alpha);
  free (b.low);
  free (b.rgba);
  free (r->out);
  r->session->residency.beside = 0;
  return status;
}

/* Refuses what the frame's arrays would take before they are filled. */
static adm_status
make_room (run *r, adm_error *error)
{
  const int parts = r->plan->parts, first = parts & ~SECOND;
  const uint64_t bytes = r->frame.plain ? 0 : adm_frame_bytes (&r->frame);
  adm_residency *residency = &r->session->residency;
  if (!bytes)
    return ADM_OK;
  adm_status status = adm_residency_spare (residency,
                                           r->together ? parts
                                           : first     ? first
                                                       : parts,
                                           bytes, error);
  if (status != ADM_ERROR_MEMORY || !r->together || !first || first == parts)
    return status;
  r->together = false; /* one stage after the other takes less */
  return adm_residency_spare (residency, first, bytes, error);
}

adm_status
adm_session_run (adm_session *session, const adm_plan *plan, const adm_sink *sink, adm_error *error)
{
  run r = { .session = session, .plan = plan, .sink = sink };
  adm_status status = ADM_OK;
  if (plan->task.kind == ADM_TASK_GENERATE)
    status = adm_residency_teach (&session->residency, plan->task.generate.sample.adapter, error);
  if (!status)
    status = load (session, plan->parts, &r.together, tell, &r, error);
  for (int i = 0; i < 2; i++)
    r.work[i] = plan->work[i]
                * adm_residency_pace (&session->residency, plan->parts & (i ? SECOND : ~SECOND));
  if (!status)
    status = adm_frame_of_task (&r.frame, &plan->task, plan->side, plan->factor, error);
  if (!status)
    status = make_room (&r, error);
  if (!status)
    status = adm_frame_fill (&r.frame, go_on, &r, error);
  if (status)
    return status;
  status = run_framed (&r, error);
  if (status == ADM_ERROR_MEMORY && r.together && plan->task.kind == ADM_TASK_GENERATE
      && plan->task.generate.upscaled && !r.delivered) {
    r.together = false; /* one stage after the other takes less */
    status = run_framed (&r, error);
  }
  adm_frame_clear (&r.frame);
  return status;
}

/* ---- the way back ---------------------------------------------------------------------------- */

adm_status
adm_session_encode (adm_session *session, const adm_request *request, const float *pictures,
                    const adm_sink *sink, adm_error *error)
{
  adm_sampling stage = { .residency = &session->residency,
                         .part = ADM_PART_DIFFUSION,
                         .request = request,
                         .callback = sink->progress,
                         .user = sink->user,
                         .images = request->count };
  if (request->scale > 0 || request->noise)
    return ADM_FAIL (error, ENCODE_GUIDED);
  adm_status status = adm_residency_teach (&session->residency, request->adapter, error);
  if (!status)
    status = adm_residency_load (&session->residency, ADM_PART_DIFFUSION, sink->progress,
                                 sink->user, error);
  if (!status)
    status = adm_sampling_open (&stage, error);
  if (status)
    return status;
  const size_t pixels = 3 * (size_t) stage.height * (size_t) stage.width;
  for (int i = 0; i < request->count && !status; i++) {
    status = adm_sampling_encode (&stage, i, pictures + (size_t) i * pixels, error);
    const adm_picture latent = { stage.x, stage.height, stage.width };
    if (!status)
      status = sink->picture (i, &latent, sink->user, error);
  }
  adm_sampling_close (&stage);
  return status;
}
