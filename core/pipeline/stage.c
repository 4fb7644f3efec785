/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See stage.h. What a sampler asks of networks goes through the two functions of
 * diffusion/denoiser.h, predict and gradient below. */
#include "pipeline/stage.h"

#include "base/error.h"
#include "diffusion/encode.h"
#include "diffusion/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the sampler asks ------------------------------------------------------------------- */

static bool
between_layers (void *user, double done)
{
  adm_sampling *s = user;
  adm_progress p = s->progress;
  p.fraction = (s->progress.step + s->from + s->span * done) / p.steps;
  return !s->callback || s->callback (&p, s->user);
}

static bool
after_step (void *user, int done, int steps, const float *x0)
{
  adm_sampling *s = user;
  s->progress.step = done;
  s->progress.fraction = (double) done / steps;
  adm_progress p = s->progress;
  if (s->rgb)
    adm_pixels_to_rgb (x0, s->channels, s->height, s->width, s->rgb);
  p.x0 = s->rgb ? s->rgb : x0;
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

/* Classifier-free guidance acts within the request's interval, as the classifier's does. */
static double
free_scale_at (const adm_sampling *s, int t)
{
  const adm_request *request = s->request;
  double from = request->guide_from, to = guidance_end (request);
  for (int i = 0; i < s->schedule->steps && s->free_guidance; i++) {
    const adm_schedule_step *step = &s->schedule->step[i];
    double sigma = step->sqrt_one_minus_alpha_bar / sqrt (step->alpha_bar);
    if (step->t == t)
      return (from == 0 && to == 0) || (sigma >= from && sigma <= to) ? request->scale : 0;
  }
  return 0;
}

static adm_status
predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  adm_sampling *s = user;
  for (int i = 0; i < ADM_CANVAS_BATCH; i++)
    s->t[i] = t;
  if (s->windowed) {
    s->field.free_scale = free_scale_at (s, t);
    return adm_canvas_predict (&s->field, s->visits++, x, out, error);
  }
  watch (s, s->network, 0, s->share);
  adm_status status = adm_network_evaluate (s->network,
                                            &(adm_batch) { .n = 1,
                                                           .x = x,
                                                           .t = &t,
                                                           .labels = &s->label,
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
  if (s->windowed)
    return adm_canvas_gradient (&s->field, s->visits - 1, x, grad, error);
  watch (s, s->classifier, s->share, 1 - s->share);
  adm_status status = adm_network_gradient (
      s->classifier, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &s->guide }, s->logits, grad,
      error);
  s->classifier->poll = NULL;
  return status;
}

/* ---- what can be asked for ------------------------------------------------------------------- */

static adm_status
check_guide (const adm_sampling *stage, int guide, adm_error *error)
{
  int null_class = stage->residency->model->null_class;
  if (guide == ADM_NO_LABEL || guide == null_class)
    return ADM_FAIL (error, GUIDE_CLASSLESS);
  if (stage->classifier && (guide < 0 || guide >= stage->classifier->description.num_classes))
    return ADM_FAIL (error, GUIDE_OUTSIDE, guide, stage->classifier->description.num_classes - 1);
  return ADM_OK;
}

static adm_status
check_label (const adm_sampling *stage, int label, adm_error *error)
{
  int classes = stage->network->description.num_classes;
  if (classes > 0 && label == ADM_NO_LABEL)
    return ADM_FAIL (error, CLASS_NULL, stage->residency->model->name, classes - 1);
  if (classes > 0 && (label < 0 || label >= classes))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_CLASS, (double) label, 0.0,
                     (double) (classes - 1));
  return ADM_OK;
}

static adm_status
check_labels (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  bool guided = stage->classifier || stage->free_guidance;
  int label = request->label;
  stage->label = label != ADM_NO_LABEL ? label : stage->residency->model->null_class;
  if (request->adapter && !stage->number) /* the row behind the model's own */
    stage->label = label = stage->network->description.num_classes > 0
                               ? stage->network->description.num_classes - 1
                               : ADM_NO_LABEL;
  stage->guide = request->guide_label != ADM_NO_LABEL ? request->guide_label : label;
  adm_status status = ADM_OK;
  for (int i = 0; stage->frame && i < stage->frame->labels && !status; i++) {
    status = check_label (stage, request->classes[i].label, error);
    if (!status && guided)
      status = check_guide (stage, request->classes[i].label, error);
  }
  if (status || (stage->frame && stage->frame->labels))
    return status;
  status = check_label (stage, stage->label, error);
  return status || !guided ? status : check_guide (stage, stage->guide, error);
}

static adm_status
check_tiles (const adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  const adm_description *d = &stage->network->description;
  if (!request->low || request->noise)
    return ADM_FAIL (error, TILES_SOURCE);
  if (d->image_size % adm_low_side (d) != 0)
    return ADM_FAIL (error, TILES_FACTOR, d->image_size, adm_low_side (d));
  return ADM_OK;
}

static adm_status
check_request (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  bool low = stage->network->description.kind == ADM_KIND_SUPERRES;
  if (request->count < 1 || request->count > 100000)
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_IMAGES, (double) request->count, 1.0, 1e5);
  if (!(request->scale >= 0) || request->scale > 1e6)
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_SCALE, request->scale, 0.0, 1e6);
  if (!(request->eta >= 0 && request->eta <= 1))
    return ADM_FAIL (error, VALUE_OUTSIDE, ADM_WORD_V_ETA, request->eta, 0.0, 1.0);
  if (!(request->vary >= 0 && request->vary <= 1) || (request->vary > 0 && request->noise))
    return ADM_FAIL (error, VARIATION);
  if (stage->free_guidance && stage->residency->model->null_class == ADM_NO_LABEL)
    return ADM_FAIL (error, GUIDE_FREE, stage->residency->model->name);
  if (low != (request->low != NULL))
    return low ? ADM_FAIL (error, LOW_MISSING) : ADM_FAIL (error, LOW_UNWANTED);
  if (stage->windowed && stage->channels != 3)
    return ADM_FAIL (error, CANVAS_CHANNELS, stage->channels);
  if (stage->windowed && request->noise)
    return ADM_FAIL (error, CANVAS_NOISE);
  if (stage->windowed && low)
    return check_tiles (stage, error);
  if (low && stage->network->description.small_size > 0
      && (request->low_h != stage->network->description.small_size
          || request->low_w != stage->network->description.small_size))
    return ADM_FAIL (error, LOW_SIZE, request->low_w, request->low_h,
                     stage->network->description.small_size);
  return ADM_OK;
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

/* The sampler's arrays into MEMORY, or with NULL measured: their bytes. */
static uint64_t
lay_out (adm_sampling *stage, void *memory)
{
  const adm_denoiser denoiser = denoiser_of (stage);
  const uint64_t plane = (uint64_t) stage->height * (uint64_t) stage->width;
  const int classes = stage->classifier ? stage->classifier->description.num_classes : 0;
  adm_layout layout = { .base = memory };
  stage->workspace = adm_layout_floats (&layout, adm_diffusion_workspace (&denoiser));
  stage->x = adm_layout_floats (&layout, (uint64_t) stage->channels * plane);
  stage->logits = adm_layout_floats (&layout, (uint64_t) (stage->field.batch * classes));
  stage->rgb = stage->channels == 3 ? NULL : adm_layout_floats (&layout, 3 * plane);
  stage->field.workspace
      = adm_layout_floats (&layout, stage->windowed ? adm_canvas_workspace (&stage->field) : 0);
  return layout.bytes;
}

/* Windows of so many pixels and more gain nothing by each other's company (docs/canvas.md). */
enum { ALONE = 256 * 256 };

/* How many windows go through the networks at once: as many as are quickest, and as there are, or
 * fewer where memory is short. */
static adm_status
choose_batch (adm_sampling *stage, adm_error *error)
{
  adm_canvas_field *f = &stage->field;
  const int side = f->axis[0].side * f->factor;
  const int64_t most = (int64_t) adm_axis_most (&f->axis[0]) * adm_axis_most (&f->axis[1])
                       * (f->labels + stage->free_guidance);
  adm_status status = ADM_OK;
  f->batch = side * side >= ALONE ? 1 : most < ADM_CANVAS_BATCH ? (int) most : ADM_CANVAS_BATCH;
  for (; f->batch > 1 && !status; f->batch /= 2) {
    uint64_t bytes, more = 0;
    status = adm_network_plan_for (stage->network, f->batch, false, &bytes, error);
    if (!status && stage->classifier)
      status = adm_network_plan_for (stage->classifier, f->batch, true, &more, error);
    if (!status
        && adm_residency_has (stage->residency, parts_of (stage), lay_out (stage, NULL),
                              bytes > more ? bytes : more))
      break;
  }
  return status;
}

/* Plans the networks, and finds out how they share a step. */
static adm_status
plan_networks (adm_sampling *stage, adm_error *error)
{
  const int n = stage->field.batch;
  adm_status status = adm_network_prepare (stage->network, n, false, error);
  stage->share = 1;
  if (!status && stage->classifier) {
    status = adm_network_prepare (stage->classifier, n, true, error);
    stage->share = stage->network->flops / (stage->network->flops + stage->classifier->flops);
  }
  return status;
}

static adm_status
take_memory (adm_sampling *stage, adm_error *error)
{
  const uint64_t bytes = lay_out (stage, NULL);
  adm_status status = adm_residency_spare (stage->residency, parts_of (stage), bytes, error);
  if (status)
    return status;
  stage->memory = malloc ((size_t) bytes);
  if (!stage->memory)
    return ADM_FAIL (error, NO_MEMORY_MIB, bytes);
  lay_out (stage, stage->memory);
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
    .user = stage,
  };
  stage->height = frame->size[stage->number].height;
  stage->width = frame->size[stage->number].width;
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
  adm_status status = check_request (stage, error);
  if (!status)
    status = check_labels (stage, error);
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
  stage->field.batch = 1;
  if (!status && stage->windowed) {
    open_field (stage);
    status = choose_batch (stage, error);
  }
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
  free (stage->memory);
  stage->schedule = NULL;
  stage->memory = NULL;
}

adm_status
adm_sampling_run (adm_sampling *stage, int i, const float *low, adm_error *error)
{
  const adm_request *request = stage->request;
  adm_denoiser denoiser = denoiser_of (stage);
  size_t pixels = (size_t) stage->channels * (size_t) stage->height * (size_t) stage->width;
  const uint64_t seed = request->seed + (uint64_t) i;
  adm_rng rng, vary, known;
  adm_rng_seed (&rng, seed);
  adm_rng_seed (&vary, request->vary_seed + (uint64_t) i);
  adm_rng_seed (&known, seed ^ UINT64_C (0x9e3779b97f4a7c15)); /* a stream of its own */
  stage->progress = (adm_progress) { .stage = stage->number ? ADM_STAGE_UPSAMPLE : ADM_STAGE_SAMPLE,
                                     .image = i,
                                     .images = stage->images,
                                     .steps = stage->schedule->steps,
                                     .height = stage->height,
                                     .width = stage->width };
  stage->low = stage->field.low = low;
  stage->visits = 0;
  adm_diffusion_params params = {
    .sampler = request->sampler,
    .eta = request->eta,
    .scale = stage->classifier ? request->scale : 0,
    .guide_from = request->guide_from,
    .guide_to = guidance_end (request),
    .threshold = request->threshold,
    .rng = request->noise ? NULL : &rng,
    .vary_rng = request->vary > 0 ? &vary : NULL,
    .vary = request->vary,
    .noise = request->noise ? request->noise + (size_t) i * pixels : NULL,
    .noise_stride = (size_t) request->count * pixels,
    .known_rng = &known,
    .stepped = after_step,
    .user = stage,
  };
  if (stage->frame)
    adm_frame_apply (stage->frame, stage->number, stage->schedule, &params);
  stage->progress.steps = adm_diffusion_steps (stage->schedule, &params);
  if (!stage->progress.steps) {
    memcpy (stage->x, stage->frame->init[stage->number], pixels * sizeof *stage->x);
    return ADM_OK;
  }
  return adm_diffusion_run (&denoiser, stage->schedule, &params, stage->workspace, stage->x, error);
}

adm_status
adm_sampling_encode (adm_sampling *stage, int i, const float *picture, adm_error *error)
{
  adm_denoiser denoiser = denoiser_of (stage);
  const adm_encode_params params
      = { .workspace = stage->workspace, .stepped = after_step, .user = stage };
  stage->progress = (adm_progress) { .stage = ADM_STAGE_SAMPLE,
                                     .image = i,
                                     .images = stage->images,
                                     .steps = stage->schedule->steps,
                                     .height = stage->height,
                                     .width = stage->width };
  memcpy (stage->x, picture, 3 * (size_t) stage->height * (size_t) stage->width * sizeof *stage->x);
  return adm_diffusion_encode (&denoiser, stage->schedule, &params, stage->x, error);
}
