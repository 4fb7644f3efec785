/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model at work: plans go in, pictures come out at a sink. The way is: load, then for each
 * picture sample, round to 8 bits, upsample. Where the networks of both stages do not fit into
 * memory together, all pictures are sampled before the first is upsampled, and wait in 8 bits. */
#include "pipeline/session.h"

#include "base/error.h"
#include "pipeline/stage.h"

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
    return adm_fail (error, ADM_ERROR_MEMORY, "no memory for a session; close other programs");
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

typedef struct run {
  adm_session *session;
  const adm_plan *plan;
  const adm_sink *sink;
  /* both stages' networks are in memory: each picture goes all the way before the next begins */
  bool together;
  double whole; /* told last */
} run;

/* How far the whole plan is. */
static double
whole (const run *r, const adm_progress *p)
{
  const double *work = r->plan->work, images = r->plan->count, total = images * (work[0] + work[1]);
  double done = p->image + p->fraction;
  if (p->stage == ADM_STAGE_LOAD)
    return LOAD_SHARE * p->fraction;
  if (r->together)
    done = p->image * (work[0] + work[1])
           + (p->stage == ADM_STAGE_SAMPLE ? p->fraction * work[0]
                                           : work[0] + p->fraction * work[1]);
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

static adm_status
deliver (const run *r, int i, const adm_sampling *stage, adm_error *error)
{
  adm_picture picture = { stage->x, stage->height, stage->width, stage->channels };
  if (stage->rgb && !r->sink->all_channels) {
    adm_pixels_to_rgb (stage->x, stage->channels, stage->height, stage->width, stage->rgb);
    picture.pixels = stage->rgb;
    picture.channels = 3;
  }
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
                          .images = r->plan->count };
}

/* One stage is all there is. */
static adm_status
run_one (run *r, int part, const adm_request *request, adm_error *error)
{
  adm_sampling stage = stage_of (r, part, request);
  adm_status status = adm_sampling_open (&stage, error);
  if (status)
    return status;
  size_t one = 3 * (size_t) request->low_h * (size_t) request->low_w;
  for (int i = 0; i < r->plan->count && !status; i++) {
    status = adm_sampling_run (&stage, i, request->low ? request->low + (size_t) i * one : NULL,
                               error);
    if (!status)
      status = deliver (r, i, &stage, error);
  }
  adm_sampling_close (&stage);
  return status;
}

/* Samples, rounds, upsamples. SMALL [count,S,S,3] holds what waits, LOW [3,S,S] what the upsampler
 * sees: the picture as it would be saved. */
static adm_status
run_two (run *r, uint8_t *small, float *low, adm_error *error)
{
  const adm_plan *plan = r->plan;
  const int side = r->session->residency.model->image_size;
  const size_t values = 3 * (size_t) side * (size_t) side;
  adm_request upscale = plan->task.generate.upscale;
  upscale.low = low;
  upscale.low_h = upscale.low_w = side;
  adm_sampling first = stage_of (r, ADM_PART_DIFFUSION, &plan->task.generate.sample),
               second = stage_of (r, ADM_PART_UPSAMPLER, &upscale);
  adm_status status = adm_sampling_open (&first, error);
  if (!status && r->together)
    status = adm_sampling_open (&second, error);
  for (int i = 0; i < plan->count && !status; i++) {
    uint8_t *bytes = small + (r->together ? 0 : (size_t) i * values);
    status = adm_sampling_run (&first, i, NULL, error);
    if (!status) {
      if (first.rgb)
        adm_pixels_to_rgb (first.x, first.channels, side, side, first.rgb);
      adm_pixels_to_u8 (first.rgb ? first.rgb : first.x, side, side, bytes);
    }
    if (status || !r->together)
      continue;
    adm_pixels_from_u8 (bytes, side, side, low);
    status = adm_sampling_run (&second, i, low, error);
    if (!status)
      status = deliver (r, i, &second, error);
  }
  adm_sampling_close (&first);
  if (!status && !r->together) {
    status = adm_residency_load (&r->session->residency, ADM_PART_UPSAMPLER, tell, r, error);
    if (!status)
      status = adm_sampling_open (&second, error);
    for (int i = 0; i < plan->count && !status; i++) {
      adm_pixels_from_u8 (small + (size_t) i * values, side, side, low);
      status = adm_sampling_run (&second, i, low, error);
      if (!status)
        status = deliver (r, i, &second, error);
    }
  }
  adm_sampling_close (&second);
  return status;
}

adm_status
adm_session_run (adm_session *session, const adm_plan *plan, const adm_sink *sink, adm_error *error)
{
  run r = { .session = session, .plan = plan, .sink = sink };
  const adm_task *task = &plan->task;
  adm_status status = load (session, plan->parts, &r.together, tell, &r, error);
  if (status)
    return status;
  if (task->kind == ADM_TASK_UPSCALE)
    return run_one (&r, ADM_PART_UPSAMPLER, &task->upscale, error);
  if (!task->generate.upscaled)
    return run_one (&r, ADM_PART_DIFFUSION, &task->generate.sample, error);
  const size_t values = 3 * (size_t) session->residency.model->image_size
                        * (size_t) session->residency.model->image_size;
  uint8_t *small = malloc (values * (r.together ? 1 : (size_t) plan->count));
  float *low = malloc (values * sizeof *low);
  if (!small || !low)
    status = adm_fail (error, ADM_ERROR_MEMORY, "no memory for %d pictures; ask for fewer",
                       plan->count);
  else
    status = run_two (&r, small, low, error);
  free (small);
  free (low);
  return status;
}

/* ---- one stage ------------------------------------------------------------------------------- */

static adm_status
run_stage (adm_session *session, int parts, const adm_sampling *asked, float *out, int *finished,
           adm_error *error)
{
  adm_sampling stage = *asked;
  const adm_request *request = stage.request;
  size_t one = 3 * (size_t) request->low_h * (size_t) request->low_w;
  if (finished)
    *finished = 0;
  adm_status status
      = adm_residency_load (&session->residency, parts, stage.callback, stage.user, error);
  if (!status)
    status = adm_sampling_open (&stage, error);
  if (status)
    return status;
  size_t pixels = (size_t) stage.channels * (size_t) stage.height * (size_t) stage.width;
  for (int i = 0; i < request->count && !status; i++) {
    status = adm_sampling_run (&stage, i, request->low ? request->low + (size_t) i * one : NULL,
                               error);
    if (status)
      break;
    memcpy (out + (size_t) i * pixels, stage.x, pixels * sizeof *out);
    if (finished)
      *finished = i + 1;
  }
  adm_sampling_close (&stage);
  return status;
}

adm_status
adm_session_sample (adm_session *session, const adm_request *request, adm_callback callback,
                    void *user, float *out, int *finished, adm_error *error)
{
  int parts = ADM_PART_DIFFUSION | (request->scale > 0 ? ADM_PART_CLASSIFIER : 0);
  const adm_sampling stage = { .residency = &session->residency,
                               .part = ADM_PART_DIFFUSION,
                               .request = request,
                               .callback = callback,
                               .user = user,
                               .images = request->count };
  return run_stage (session, parts, &stage, out, finished, error);
}

adm_status
adm_session_upscale (adm_session *session, const adm_request *request, adm_callback callback,
                     void *user, float *out, int *finished, adm_error *error)
{
  const adm_sampling stage = { .residency = &session->residency,
                               .part = ADM_PART_UPSAMPLER,
                               .request = request,
                               .callback = callback,
                               .user = user,
                               .images = request->count };
  return run_stage (session, ADM_PART_UPSAMPLER, &stage, out, finished, error);
}
