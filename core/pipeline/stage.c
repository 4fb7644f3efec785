/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See stage.h. What a sampler asks of networks goes through the two functions of
 * diffusion/denoiser.h, predict and gradient below. */
#include "pipeline/anchor.h"

#include "base/error.h"
#include "base/layout.h"
#include "base/machine_memory.h"
#include "diffusion/encode.h"
#include "diffusion/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the sampler asks ------------------------------------------------------------------- */

bool
adm_sampling_tell (adm_sampling *s, double done)
{
  adm_progress p = s->progress;
  p.fraction
      = (s->ahead_done + p.step + s->unit * (s->from + s->span * done)) / (s->ahead + p.steps);
  if (s->forming.fresh)
    p.x0 = s->forming.shown;
  s->forming.fresh = false;
  return !s->callback || s->callback (&p, s->user);
}

static bool
between_layers (void *user, double done)
{
  return adm_sampling_tell (user, done);
}

/* Between the pieces of what the sampler does to a whole canvas, before or after its networks. */
static bool
between_pieces (void *user)
{
  return between_layers (user, 1);
}

static bool
after_step (void *user, int done, int steps, const float *x0)
{
  adm_sampling *s = user;
  s->progress.step = done;
  s->progress.fraction = (s->ahead + done) / (s->ahead + steps);
  s->from = s->span = 0;
  adm_progress p = s->progress;
  if (s->windowed)
    adm_forming_step (&s->forming, x0);
  else if (p.channels != s->channels)
    adm_pixels_to_rgb (x0, s->channels, s->height, s->width, s->rgb);
  p.x0 = s->windowed ? s->forming.shown : p.channels != s->channels ? s->rgb : x0;
  return !s->callback || s->callback (&p, s->user);
}

/* The networks are asked between layers for SHARE of a step, from FROM on. */
static void
watch (adm_sampling *s, adm_network *network, double from, double share)
{
  s->from = from;
  s->span = share;
  network->poll = between_layers;
  network->poll_user = s;
}

static adm_status
evaluate_windows (const adm_canvas_batch *b, void *user, adm_error *error)
{
  adm_sampling *s = user;
  watch (s, s->network, s->share * b->from, s->share * b->share);
  adm_status status = adm_network_evaluate (s->network,
                                            &(adm_batch) { .n = b->n,
                                                           .x = b->x,
                                                           .t = s->t,
                                                           .labels = b->labels,
                                                           .low = b->low,
                                                           .low_h = s->field.axis[0].side,
                                                           .low_w = s->field.axis[0].side },
                                            b->out, error);
  s->network->poll = NULL;
  return status;
}

static adm_status
gradient_windows (const adm_canvas_batch *b, void *user, adm_error *error)
{
  adm_sampling *s = user;
  watch (s, s->classifier, s->share + (1 - s->share) * b->from, (1 - s->share) * b->share);
  adm_status status = adm_network_gradient (
      s->classifier, &(adm_batch) { .n = b->n, .x = b->x, .t = s->t, .labels = b->labels },
      s->logits, b->out, error);
  s->classifier->poll = NULL;
  return status;
}

static void
window_done (const adm_window *window, const adm_window_share *share, const float *x,
             const float *out, void *user)
{
  adm_sampling *s = user;
  adm_forming_add (&s->forming, s->at, window, share, x, out);
}

/* Where guidance ends when the request leaves that open. DDIM and DPM-Solver++ move x0 by s (1 - a)
 * / sqrt (a) times the gradient; where sqrt (a) is under 1/1000, as at the cosine schedule's last
 * timestep, less than one 8-bit level of the picture is left in x, the gradient says nothing, and
 * that factor turns it into a ruined picture. Which timesteps STEPS takes is ours to choose, so
 * guidance leaves such ones out; a respacing that is spelled out is followed to the letter, as the
 * reference implementation would. */
static double
guidance_end (const adm_request *request)
{
  bool open = request->guide_from == 0 && request->guide_to == 0;
  return open && !request->respacing && request->sampler != ADM_SAMPLER_DDPM ? 1000.0
                                                                             : request->guide_to;
}

/* The step of timestep T, which is one of the schedule's. */
static const adm_schedule_step *
step_at (const adm_schedule *schedule, int t)
{
  int i = 0;
  while (i + 1 < schedule->steps && schedule->step[i].t != t)
    i++;
  return &schedule->step[i];
}

/* Classifier-free guidance acts within the request's interval, as the classifier's does. */
static double
free_scale_at (const adm_sampling *s, const adm_schedule_step *step)
{
  const adm_request *request = s->request;
  double from = request->guide_from, to = guidance_end (request),
         sigma = step->sqrt_one_minus_alpha_bar / sqrt (step->alpha_bar);
  return s->free_guidance && ((from == 0 && to == 0) || (sigma >= from && sigma <= to))
             ? request->scale
             : 0;
}

static adm_status
predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  adm_sampling *s = user;
  for (int i = 0; i < s->batch || i < s->field.batch; i++)
    s->t[i] = t;
  if (s->windowed) {
    s->at = step_at (s->schedule, t);
    s->field.free_scale = free_scale_at (s, s->at);
    return adm_canvas_predict (&s->field, s->visits++, x, out, error);
  }
  watch (s, s->network, 0, s->share);
  adm_status status = adm_network_evaluate (s->network,
                                            &(adm_batch) { .n = s->now,
                                                           .x = x,
                                                           .t = s->t,
                                                           .labels = s->labels,
                                                           .low = s->low,
                                                           .low_h = s->request->low_h,
                                                           .low_w = s->request->low_w },
                                            out, error);
  s->network->poll = NULL;
  return status;
}

/* After predict, at the same step: its grid of windows. */
static adm_status
gradient (void *user, const float *x, int t, float *grad, adm_error *error)
{
  adm_sampling *s = user;
  (void) t; /* predict has it for all */
  if (s->windowed)
    return adm_canvas_gradient (&s->field, s->visits - 1, x, grad, error);
  watch (s, s->classifier, s->share, 1 - s->share);
  adm_status status = adm_network_gradient (
      s->classifier, &(adm_batch) { .n = s->now, .x = x, .t = s->t, .labels = s->guides },
      s->logits, grad, error);
  s->classifier->poll = NULL;
  return status;
}

/* ---- life ------------------------------------------------------------------------------------ */

static adm_denoiser
denoiser_of (adm_sampling *stage)
{
  const adm_model *model = stage->residency->model;
  return (adm_denoiser) { .channels
                          = stage->channels * (stage->network->description.learn_sigma ? 2 : 1),
                          .colours = stage->channels,
                          .height = stage->height,
                          .width = stage->width,
                          .pictures = stage->batch,
                          .predict = predict,
                          .gradient = stage->classifier ? gradient : NULL,
                          .user = stage,
                          .network = adm_model_part (model, stage->part),
                          .classifier = adm_model_part (model, ADM_PART_CLASSIFIER) };
}

/* Networks that must stay in memory while the stage works. */
static int
parts_of (const adm_sampling *stage)
{
  return stage->keep | stage->part | (stage->classifier ? ADM_PART_CLASSIFIER : 0);
}

/* The most that a network is asked about at once: pictures, or windows of one. */
static size_t
at_once (const adm_sampling *stage)
{
  const int batch = stage->batch > stage->field.batch ? stage->batch : stage->field.batch;
  return (size_t) batch;
}

/* The stage's arrays. */
static void
take_arrays (adm_sampling *stage, adm_layout *layout)
{
  const adm_denoiser denoiser = denoiser_of (stage);
  const size_t plane = (size_t) stage->height * (size_t) stage->width, n = (size_t) stage->batch,
               classes
               = stage->classifier ? (size_t) stage->classifier->description.num_classes : 0;
  stage->workspace = adm_layout_floats (layout, adm_diffusion_workspace (&denoiser));
  stage->quilting = stage->frame && stage->frame->anchored && !stage->number
                        ? adm_layout_floats (layout, adm_anchor_work (stage->field.axis))
                        : NULL;
  stage->x = adm_layout_floats (layout, n * (size_t) stage->channels * plane);
  stage->logits = adm_layout_floats (layout, at_once (stage) * classes);
  stage->rgb = stage->channels == 3 ? NULL : adm_layout_floats (layout, 3 * plane);
  stage->forming.shown = stage->windowed
                             ? adm_layout_floats (layout, 3 * (size_t) stage->forming.used.height
                                                              * (size_t) stage->forming.used.width)
                             : NULL;
  stage->field.workspace
      = stage->windowed ? adm_layout_floats (layout, adm_canvas_workspace (&stage->field)) : NULL;
  stage->t = adm_layout_take (layout, at_once (stage) * sizeof (int), sizeof (int));
  stage->labels = adm_layout_take (layout, n * sizeof (int), sizeof (int));
  stage->guides = adm_layout_take (layout, n * sizeof (int), sizeof (int));
  for (int i = 0; i < 3; i++)
    stage->rng[i] = adm_layout_take (layout, n * sizeof (adm_rng), _Alignof (adm_rng));
}

static uint64_t
bytes_of (adm_sampling *stage)
{
  adm_layout layout = { 0 };
  take_arrays (stage, &layout);
  return layout.bytes;
}

/* Windows of so many pixels and more gain nothing by each other's company (docs/canvas.md). */
enum { ALONE = 256 * 256 };

/* How many windows, or pictures, go through the networks at once: as many as are quickest, and as
 * there are, or fewer where memory is short. */
static adm_status
choose_batch (adm_sampling *stage, adm_error *error)
{
  adm_canvas_field *f = &stage->field;
  const adm_request *request = stage->request;
  const int side = stage->network->description.image_size,
            wanted = request->batch < request->count ? request->batch : request->count;
  const int64_t most = !stage->windowed
                           ? wanted
                           : (int64_t) adm_axis_most (&f->axis[0]) * adm_axis_most (&f->axis[1])
                                 * (f->labels + stage->free_guidance);
  int *batch = stage->windowed ? &f->batch : &stage->batch;
  const int limit = stage->windowed ? ADM_CANVAS_BATCH : ADM_BATCH_MOST;
  adm_status status = ADM_OK;
  *batch = side * side >= ALONE || most < 1 ? 1 : most < limit ? (int) most : limit;
  for (; *batch > 1 && !status; *batch /= 2) {
    uint64_t bytes, more = 0;
    status = adm_network_plan_for (stage->network, *batch, false, &bytes, error);
    if (!status && stage->classifier)
      status = adm_network_plan_for (stage->classifier, *batch, true, &more, error);
    if (!status
        && adm_residency_has (stage->residency, parts_of (stage), bytes_of (stage),
                              bytes > more ? bytes : more))
      break;
  }
  return status;
}

/* Plans the networks, and finds out how they share a step. */
static adm_status
plan_networks (adm_sampling *stage, adm_error *error)
{
  const int n = (int) at_once (stage);
  adm_status status = adm_network_prepare (stage->network, n, false, error);
  stage->share = 1;
  if (!status && stage->classifier) {
    status = adm_network_prepare (stage->classifier, n, true, error);
    stage->share = stage->network->flops / (stage->network->flops + stage->classifier->flops);
  }
  return status;
}

/* The stage's arrays: one block, cut up only once it is there. */
static adm_status
take_memory (adm_sampling *stage, adm_error *error)
{
  const uint64_t bytes = bytes_of (stage);
  adm_status status = adm_residency_spare (stage->residency, parts_of (stage), bytes, error);
  if (status)
    return status;
  stage->memory = adm_block_new (bytes);
  if (!stage->memory)
    return ADM_FAIL (error, NO_MEMORY_MIB, bytes);
  stage->bytes = bytes;
  stage->residency->beside += bytes;
  take_arrays (stage, &(adm_layout) { .base = stage->memory });
  return ADM_OK;
}

/* The windows that the frame's canvas is seen by. */
static void
open_field (adm_sampling *stage)
{
  const adm_frame *frame = stage->frame;
  const adm_description *d = &stage->network->description;
  const int side = stage->number ? adm_low_side (d) : d->image_size;
  stage->label_of_all = (adm_canvas_label) { stage->label, stage->guide, NULL };
  stage->field = (adm_canvas_field) {
    .axis = { adm_frame_axis (frame, stage->number, side, true),
              adm_frame_axis (frame, stage->number, side, false) },
    .factor = stage->number ? frame->factor : 1,
    .channels = d->learn_sigma ? 6 : 3,
    .label = frame->labels ? frame->label[stage->number] : &stage->label_of_all,
    .labels = frame->labels ? frame->labels : 1,
    .classless = d->num_classes <= 0,
    .null_label = stage->residency->model->null_class,
    .has_low = stage->number == 1,
    .evaluate = evaluate_windows,
    .gradient = gradient_windows,
    .done = window_done,
    .poll = between_pieces,
    .user = stage,
  };
  stage->height = frame->size[stage->number].height;
  stage->width = frame->size[stage->number].width;
  stage->forming = (adm_forming) { .size = frame->size[stage->number],
                                   .used = adm_frame_used (frame, stage->number) };
}

bool
adm_request_guides_freely (const adm_model *model, const adm_request *request)
{
  return request->scale > 0
         && (request->guidance == ADM_GUIDANCE_FREE
             || (request->guidance == ADM_GUIDANCE_DEFAULT && request->adapter)
             || (request->guidance == ADM_GUIDANCE_DEFAULT && !model->classifier
                 && model->null_class != ADM_NO_LABEL));
}

adm_status
adm_sampling_open (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  const adm_model *model = stage->residency->model;
  stage->network = adm_residency_network (stage->residency, stage->part);
  stage->number = stage->part == ADM_PART_UPSAMPLER;
  stage->free_guidance = !stage->number && adm_request_guides_freely (model, request);
  stage->classifier = !stage->number && request->scale > 0 && !stage->free_guidance
                          ? adm_residency_network (stage->residency, ADM_PART_CLASSIFIER)
                          : NULL;
  stage->windowed
      = stage->frame && (!stage->frame->plain || stage->frame->labels || stage->free_guidance);
  const adm_description *d = &stage->network->description;
  stage->channels = adm_description_channels (d);
  adm_status status = adm_sampling_check_request (stage, error);
  if (!status)
    status = adm_sampling_check_labels (stage, error);
  if (!status)
    status = request->respacing
                 ? adm_schedule_new (d->noise_schedule, d->diffusion_steps, request->respacing,
                                     &stage->schedule, error)
                 : adm_schedule_for_steps (d->noise_schedule, d->diffusion_steps, request->sampler,
                                           request->steps, &stage->schedule, error);
  if (!status)
    adm_schedule_parametrize (stage->schedule,
                              (adm_parametrization) { .predict_xstart = d->predict_xstart == 1,
                                                      .sigma_small = d->sigma_small == 1,
                                                      .unclamped = request->no_clip });
  stage->height = stage->width = d->image_size;
  stage->field.batch = stage->batch = 1;
  if (!status && stage->windowed)
    open_field (stage);
  if (!status)
    status = choose_batch (stage, error);
  if (!status)
    status = plan_networks (stage, error);
  if (!status)
    status = take_memory (stage, error);
  if (status)
    adm_sampling_close (stage);
  return status;
}

void
adm_sampling_close (adm_sampling *stage)
{
  adm_schedule_free (stage->schedule);
  adm_block_free (stage->memory, stage->bytes);
  stage->residency->beside -= stage->bytes;
  stage->schedule = NULL;
  stage->memory = NULL;
  stage->bytes = 0;
}

/* Generators and labels of pictures from I on. */
static void
seed_pictures (adm_sampling *stage, int i)
{
  const adm_request *request = stage->request;
  for (int j = 0; j < stage->now; j++) {
    const uint64_t number = (uint64_t) i + (uint64_t) j, seed = request->seed + number;
    adm_rng_seed (&stage->rng[0][j], seed);
    adm_rng_seed (&stage->rng[1][j], request->vary_seed + number);
    adm_rng_seed (&stage->rng[2][j], seed ^ UINT64_C (0x9e3779b97f4a7c15)); /* a stream apart */
    stage->labels[j] = adm_sampling_label (stage, i + j);
    stage->guides[j] = adm_sampling_guide (stage, i + j);
  }
  stage->label_of_all.label = stage->labels[0]; /* a field sees one picture at a time */
  stage->label_of_all.guide = stage->guides[0];
}

/* What the canvas is foreseen to be before its first window is done. */
static adm_status
begin_forming (adm_sampling *stage, const float *low, adm_error *error)
{
  stage->progress.height = stage->forming.used.height;
  stage->progress.width = stage->forming.used.width;
  adm_forming_begin (&stage->forming,
                     low               ? NULL
                     : stage->quilting ? stage->frame->start
                                       : stage->frame->init[stage->number],
                     low, stage->field.factor);
  for (int c = 0; c < 3; c++) {
    if (!between_pieces (stage))
      return ADM_FAIL (error, STOPPED);
    adm_forming_show (&stage->forming, c);
  }
  return ADM_OK;
}

adm_status
adm_sampling_run (adm_sampling *stage, int i, int n, const float *low, adm_error *error)
{
  const adm_request *request = stage->request;
  adm_denoiser denoiser = denoiser_of (stage);
  size_t pixels = (size_t) stage->channels * (size_t) stage->height * (size_t) stage->width;
  denoiser.pictures = stage->now = n;
  seed_pictures (stage, i);
  stage->progress = (adm_progress) { .stage = stage->number ? ADM_STAGE_UPSAMPLE : ADM_STAGE_SAMPLE,
                                     .image = i,
                                     .images = stage->images,
                                     .steps = stage->schedule->steps,
                                     .height = stage->height,
                                     .width = stage->width,
                                     .channels = stage->all_channels ? stage->channels : 3 };
  stage->low = stage->field.low = low;
  stage->visits = 0;
  stage->from = stage->span = stage->ahead = stage->ahead_done = 0;
  stage->unit = 1;
  adm_diffusion_params params = {
    .sampler = request->sampler,
    .eta = request->eta,
    .scale = stage->classifier ? request->scale : 0,
    .guide_from = request->guide_from,
    .guide_to = guidance_end (request),
    .threshold = request->threshold,
    .rng = request->noise ? NULL : stage->rng[0],
    .vary_rng = request->vary > 0 ? stage->rng[1] : NULL,
    .vary = request->vary,
    .noise = request->noise ? request->noise + (size_t) i * pixels : NULL,
    .noise_stride = (size_t) request->count * pixels,
    .known_rng = stage->rng[2],
    .stepped = after_step,
    .poll = between_pieces,
    .user = stage,
  };
  if (stage->frame)
    adm_frame_apply (stage->frame, stage->number, stage->schedule, &params);
  const int steps = adm_diffusion_steps (stage->schedule, &params);
  stage->progress.steps = steps ? steps : stage->schedule->steps;
  adm_status status = stage->quilting ? adm_anchor_make (stage, &denoiser, &params, error) : ADM_OK;
  if (!status && stage->windowed)
    status = begin_forming (stage, low, error);
  if (status)
    return status;
  stage->progress.steps = steps;
  if (steps)
    return adm_diffusion_run (&denoiser, stage->schedule, &params, stage->workspace, stage->x,
                              error);
  for (int j = 0; j < n; j++)
    memcpy (stage->x + (size_t) j * pixels, stage->frame->init[stage->number],
            pixels * sizeof *stage->x);
  return ADM_OK;
}

adm_status
adm_sampling_encode (adm_sampling *stage, int i, const float *picture, adm_error *error)
{
  adm_denoiser denoiser = denoiser_of (stage);
  denoiser.pictures = stage->now = 1;
  seed_pictures (stage, i);
  const adm_encode_params params
      = { .workspace = stage->workspace, .stepped = after_step, .user = stage };
  stage->progress = (adm_progress) { .stage = ADM_STAGE_SAMPLE,
                                     .image = i,
                                     .images = stage->images,
                                     .steps = stage->schedule->steps,
                                     .height = stage->height,
                                     .width = stage->width,
                                     .channels = 3 };
  memcpy (stage->x, picture, 3 * (size_t) stage->height * (size_t) stage->width * sizeof *stage->x);
  return adm_diffusion_encode (&denoiser, stage->schedule, &params, stage->x, error);
}
