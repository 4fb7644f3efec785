/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See stage.h. What a sampler asks of networks goes through the two functions of
 * diffusion/denoiser.h, predict and gradient below. */
#include "pipeline/stage.h"

#include "base/error.h"
#include "diffusion/sampler.h"

#include <stdlib.h>

/* ---- what the sampler asks ------------------------------------------------------------------- */

static bool
between_layers (void *user, double done)
{
  adm_sampling *s = user;
  adm_progress p = s->progress;
  p.fraction = (s->progress.step + s->from + s->part_of_step * done) / p.steps;
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

static adm_status
predict_tile (void *user, int index, const float *x, const float *low, float *out, adm_error *error)
{
  adm_sampling *s = user;
  s->part_of_step = s->share / (s->tiling.rows * s->tiling.columns);
  s->from = s->part_of_step * index;
  return adm_network_evaluate (s->network,
                               &(adm_batch) { .n = 1,
                                              .x = x,
                                              .t = &s->t,
                                              .labels = &s->label,
                                              .low = low,
                                              .low_h = s->tiling.tile,
                                              .low_w = s->tiling.tile },
                               out, error);
}

static adm_status
predict (void *user, const float *x, int t, float *out, adm_error *error)
{
  adm_sampling *s = user;
  s->from = 0;
  s->part_of_step = s->share;
  s->t = t;
  s->network->poll = between_layers;
  s->network->poll_user = s;
  adm_status status
      = s->tiled ? adm_tiling_predict (&s->tiling, s->network->description.learn_sigma ? 6 : 3, x,
                                       s->low, predict_tile, s, s->tiles, out, error)
                 : adm_network_evaluate (s->network,
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

static adm_status
gradient (void *user, const float *x, int t, float *grad, adm_error *error)
{
  adm_sampling *s = user;
  s->from = s->share;
  s->part_of_step = 1 - s->share;
  s->classifier->poll = between_layers;
  s->classifier->poll_user = s;
  adm_status status = adm_network_gradient (
      s->classifier, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &s->guide }, s->logits, grad,
      error);
  s->classifier->poll = NULL;
  return status;
}

/* ---- what can be asked for ------------------------------------------------------------------- */

static adm_status
check_labels (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  const adm_model *model = stage->residency->model;
  const adm_description *d = &stage->network->description;
  int label = request->label,
      guide = request->guide_label != ADM_NO_LABEL ? request->guide_label : request->label;
  stage->label = label != ADM_NO_LABEL ? label : model->null_class;
  if (d->num_classes > 0 && stage->label == ADM_NO_LABEL)
    return adm_fail (error, ADM_ERROR_USAGE,
                     "model %s needs a class: it has no null class; give a class from 0 to %d",
                     model->name, d->num_classes - 1);
  if (d->num_classes > 0 && (stage->label < 0 || stage->label >= d->num_classes))
    return adm_fail (error, ADM_ERROR_USAGE, "class %d is outside 0 to %d", stage->label,
                     d->num_classes - 1);
  if (stage->classifier) {
    int classes = stage->classifier->description.num_classes;
    if (guide == ADM_NO_LABEL || guide == model->null_class)
      return adm_fail (
          error, ADM_ERROR_USAGE,
          "a gradient scale above 0 needs a class to guide to; choose a class or scale 0");
    if (guide < 0 || guide >= classes)
      return adm_fail (error, ADM_ERROR_USAGE,
                       "the classifier cannot guide to class %d; choose 0 to %d", guide,
                       classes - 1);
    stage->guide = guide;
  }
  return ADM_OK;
}

int
adm_low_side (const adm_description *d)
{
  return d->small_size > 0 ? d->small_size : d->image_size / 4;
}

static adm_status
check_tiles (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  const adm_description *d = &stage->network->description;
  int tile = adm_low_side (d), most = 8192;
  if (!request->low || request->noise)
    return adm_fail (error, ADM_ERROR_USAGE,
                     "tiles need a low-resolution picture and a seed, not noise");
  if (d->image_size % tile != 0)
    return adm_fail (
        error, ADM_ERROR_USAGE,
        "this upsampler makes %d px from %d px, no whole factor: tiles are not possible",
        d->image_size, tile);
  if (request->low_h < tile || request->low_w < tile || request->low_h > most
      || request->low_w > most)
    return adm_fail (
        error, ADM_ERROR_SHAPE,
        "the low-resolution picture is %d x %d px; tiles need %d to %d px on each side",
        request->low_w, request->low_h, tile, most);
  stage->tiled = true;
  stage->tiling = adm_tiling_new (request->low_h, request->low_w, tile, d->image_size / tile);
  return ADM_OK;
}

static adm_status
check_request (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  bool low = stage->network->description.kind == ADM_KIND_SUPERRES;
  if (request->count < 1 || request->count > 100000)
    return adm_fail (error, ADM_ERROR_USAGE, "%d images cannot be made; ask for 1 to 100000",
                     request->count);
  if (!(request->scale >= 0) || request->scale > 1e6)
    return adm_fail (error, ADM_ERROR_USAGE, "the gradient scale must be from 0 to 1000000");
  if (!(request->eta >= 0 && request->eta <= 1))
    return adm_fail (error, ADM_ERROR_USAGE, "eta must be from 0 to 1");
  if (low != (request->low != NULL))
    return adm_fail (error, ADM_ERROR_USAGE,
                     low ? "an upsampler needs a low-resolution picture; give one"
                         : "this model takes no low-resolution picture; leave it out");
  if (request->tiled)
    return check_tiles (stage, error);
  if (low && stage->network->description.small_size > 0
      && (request->low_h != stage->network->description.small_size
          || request->low_w != stage->network->description.small_size))
    return adm_fail (error, ADM_ERROR_SHAPE,
                     "the low-resolution picture is %d x %d px; this upsampler takes %d x %d",
                     request->low_w, request->low_h, stage->network->description.small_size,
                     stage->network->description.small_size);
  return ADM_OK;
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

/* Plans the networks, and finds out how they share a step. */
static adm_status
plan_networks (adm_sampling *stage, adm_error *error)
{
  adm_status status = adm_network_prepare (stage->network, 1, false, error);
  stage->share = 1;
  if (!status && stage->classifier) {
    status = adm_network_prepare (stage->classifier, 1, true, error);
    stage->share = stage->network->flops / (stage->network->flops + stage->classifier->flops);
  }
  return status;
}

/* The sampler's arrays: one block, cut up only once it is there. */
static adm_status
take_memory (adm_sampling *stage, adm_error *error)
{
  adm_denoiser denoiser = denoiser_of (stage);
  size_t workspace = adm_diffusion_workspace (&denoiser),
         pixels = (size_t) stage->channels * (size_t) stage->height * (size_t) stage->width,
         rgb = stage->channels == 3 ? 0 : 3 * (size_t) stage->height * (size_t) stage->width;
  size_t classes = stage->classifier ? (size_t) stage->classifier->description.num_classes : 0;
  size_t floats = workspace + pixels + classes + rgb
                  + (stage->tiled ? adm_tiling_workspace (&stage->tiling, denoiser.channels) : 0);
  int parts = stage->part | (stage->classifier ? ADM_PART_CLASSIFIER : 0);
  adm_status status = adm_residency_spare (stage->residency, parts, floats * sizeof (float), error);
  if (status)
    return status;
  stage->memory = malloc (floats * sizeof *stage->memory);
  if (!stage->memory)
    return adm_fail (error, ADM_ERROR_MEMORY,
                     "no memory for the sampler (%zu MiB); close other programs",
                     (floats * sizeof (float)) >> 20);
  stage->workspace = stage->memory;
  stage->x = stage->workspace + workspace;
  stage->logits = stage->x + pixels;
  stage->rgb = rgb ? stage->logits + classes : NULL;
  stage->tiles = stage->logits + classes + rgb;
  return ADM_OK;
}

adm_status
adm_sampling_open (adm_sampling *stage, adm_error *error)
{
  const adm_request *request = stage->request;
  stage->network = adm_residency_network (stage->residency, stage->part);
  stage->classifier = stage->part == ADM_PART_DIFFUSION && request->scale > 0
                          ? adm_residency_network (stage->residency, ADM_PART_CLASSIFIER)
                          : NULL;
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
  stage->height = stage->tiled ? stage->tiling.height * stage->tiling.factor : d->image_size;
  stage->width = stage->tiled ? stage->tiling.width * stage->tiling.factor : d->image_size;
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
  adm_rng rng;
  adm_rng_seed (&rng, request->seed + (uint64_t) i);
  stage->progress = (adm_progress) { .stage = stage->part == ADM_PART_UPSAMPLER ? ADM_STAGE_UPSAMPLE
                                                                                : ADM_STAGE_SAMPLE,
                                     .image = i,
                                     .images = stage->images,
                                     .steps = stage->schedule->steps,
                                     .height = stage->height,
                                     .width = stage->width };
  stage->low = low;
  adm_diffusion_params params = {
    .sampler = request->sampler,
    .eta = request->eta,
    .scale = stage->classifier ? request->scale : 0,
    .guide_from = request->guide_from,
    .guide_to = guidance_end (request),
    .threshold = request->threshold,
    .rng = request->noise ? NULL : &rng,
    .noise = request->noise ? request->noise + (size_t) i * pixels : NULL,
    .noise_stride = (size_t) request->count * pixels,
    .stepped = after_step,
    .user = stage,
  };
  return adm_diffusion_run (&denoiser, stage->schedule, &params, stage->workspace, stage->x, error);
}
