/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a task to a checked plan. Files are inspected, not loaded: what cannot be is known before
 * any work. Networks in memory serve on when their files are gone, so they speak for themselves. */
#include "base/error.h"
#include "catalog/model.h"
#include "pipeline/stage.h"

/* The description of PART, or what is missing. */
static adm_status
inspect (const adm_residency *r, int part, adm_description *out, adm_error *error)
{
  const adm_network *loaded = adm_residency_network (r, part);
  const adm_model *model = r->model;
  adm_file_info info;
  if (loaded) {
    *out = loaded->description;
    return ADM_OK;
  }
  adm_status status = adm_model_need (model, part, error);
  if (!status)
    status = adm_file_inspect (adm_model_part (model, part), &info, error);
  if (!status)
    *out = info.description;
  return status;
}

/* STEPS of REQUEST by the network that D describes, and the WORK of one picture, in FLOPs. */
static adm_status
measure (const adm_description *d, const adm_request *request, int *steps, double *work,
         adm_error *error)
{
  adm_schedule *schedule;
  double flops;
  adm_status status
      = request->respacing
            ? adm_schedule_new (d->noise_schedule, d->diffusion_steps, request->respacing,
                                &schedule, error)
            : adm_schedule_for_steps (d->noise_schedule, d->diffusion_steps, request->sampler,
                                      request->steps, &schedule, error);
  if (status)
    return status;
  *steps = schedule->steps;
  adm_schedule_free (schedule);
  status = adm_description_flops (d, &flops, error);
  if (!status)
    *work += flops * *steps;
  return status;
}

/* A classifier saw the noise of its own schedule: guidance by another's timesteps misleads. */
static adm_status
check_guide (const adm_model *model, const adm_description *diffusion,
             const adm_description *classifier, adm_error *error)
{
  static const char *const names[] = { "linear", "cosine" };
  const char *own = adm_model_part (model, ADM_PART_CLASSIFIER);
  if (classifier->image_size != diffusion->image_size)
    return ADM_OK; /* refused for that, where both are loaded */
  if (classifier->pixels != diffusion->pixels)
    return adm_fail (error, ADM_ERROR_SHAPE,
                     "%s knows pictures of %d channels, and model %s makes %d; use another "
                     "classifier",
                     own, adm_description_channels (classifier), model->name,
                     adm_description_channels (diffusion));
  if (classifier->noise_schedule != ADM_SCHEDULE_UNKNOWN
      && diffusion->noise_schedule != ADM_SCHEDULE_UNKNOWN
      && classifier->noise_schedule != diffusion->noise_schedule)
    return adm_fail (error, ADM_ERROR_SHAPE,
                     "%s was trained with a %s noise schedule, and model %s with a %s one; use a "
                     "classifier of its own",
                     own, names[classifier->noise_schedule], model->name,
                     names[diffusion->noise_schedule]);
  if (classifier->diffusion_steps != diffusion->diffusion_steps)
    return adm_fail (error, ADM_ERROR_SHAPE,
                     "%s was trained with %d diffusion steps, and model %s with %d; use a "
                     "classifier of its own",
                     own, classifier->diffusion_steps, model->name, diffusion->diffusion_steps);
  return ADM_OK;
}

static adm_status
plan_generate (const adm_residency *r, adm_plan *plan, adm_error *error)
{
  const adm_model *model = r->model;
  const adm_request *sample = &plan->task.generate.sample;
  adm_description diffusion, classifier, upsampler;
  double flops;
  plan->parts = ADM_PART_DIFFUSION;
  adm_status status = inspect (r, ADM_PART_DIFFUSION, &diffusion, error);
  if (!status)
    status = measure (&diffusion, sample, &plan->steps, &plan->work[0], error);
  if (!status && sample->scale > 0) {
    plan->parts |= ADM_PART_CLASSIFIER;
    status = inspect (r, ADM_PART_CLASSIFIER, &classifier, error);
    if (!status && classifier.kind == ADM_KIND_CLASSIFIER)
      status = check_guide (model, &diffusion, &classifier, error);
    if (!status)
      status = adm_description_flops (&classifier, &flops, error);
    plan->work[0] += status ? 0 : flops * plan->steps;
  }
  plan->height = plan->width = status ? 0 : diffusion.image_size;
  plan->channels = status ? 0 : adm_description_channels (&diffusion);
  if (status || !plan->task.generate.upscaled)
    return status;
  plan->parts |= ADM_PART_UPSAMPLER;
  status = inspect (r, ADM_PART_UPSAMPLER, &upsampler, error);
  if (!status && upsampler.kind != ADM_KIND_SUPERRES)
    return adm_fail (error, ADM_ERROR_SHAPE, "%s is no upsampler; use another file",
                     adm_model_part (model, ADM_PART_UPSAMPLER));
  if (!status && adm_low_side (&upsampler) != diffusion.image_size)
    return adm_fail (error, ADM_ERROR_SHAPE,
                     "%s enlarges %d px pictures, and model %s makes %d px; use another upsampler",
                     adm_model_part (model, ADM_PART_UPSAMPLER), adm_low_side (&upsampler),
                     model->name, diffusion.image_size);
  adm_request *upscale = &plan->task.generate.upscale;
  upscale->seed = sample->seed;
  upscale->count = sample->count;
  if (!status)
    status = measure (&upsampler, upscale, &plan->upscale_steps, &plan->work[1], error);
  plan->height = plan->width = status ? 0 : upsampler.image_size;
  plan->channels = 3;
  return status;
}

static adm_status
plan_upscale (const adm_residency *r, adm_plan *plan, adm_error *error)
{
  const adm_model *model = r->model;
  const adm_request *request = &plan->task.upscale;
  adm_description d;
  plan->parts = ADM_PART_UPSAMPLER;
  adm_status status = inspect (r, ADM_PART_UPSAMPLER, &d, error);
  if (!status && d.kind != ADM_KIND_SUPERRES)
    status = adm_fail (error, ADM_ERROR_SHAPE,
                       "%s is not an upsampler; correct the model's description",
                       adm_model_part (model, ADM_PART_UPSAMPLER));
  if (!status)
    status = measure (&d, request, &plan->upscale_steps, &plan->work[1], error);
  if (status)
    return status;
  plan->channels = 3;
  plan->height
      = request->tiled ? request->low_h * (d.image_size / adm_low_side (&d)) : d.image_size;
  plan->width = request->tiled ? request->low_w * (d.image_size / adm_low_side (&d)) : d.image_size;
  return ADM_OK;
}

adm_status
adm_residency_plan (const adm_residency *r, const adm_task *task, adm_plan *plan, adm_error *error)
{
  adm_plan made = { .task = *task };
  bool generate = task->kind == ADM_TASK_GENERATE;
  adm_status status = generate ? plan_generate (r, &made, error) : plan_upscale (r, &made, error);
  if (status)
    return status;
  made.count = generate ? task->generate.sample.count : task->upscale.count;
  *plan = made;
  return ADM_OK;
}

adm_status
adm_plan_make (const adm_model *model, const adm_task *task, adm_plan *plan, adm_error *error)
{
  const adm_residency nothing_loaded = { .model = (adm_model *) model }; /* only looked at */
  return adm_residency_plan (&nothing_loaded, task, plan, error);
}
