/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a task to a checked plan. Files are inspected, not loaded: what cannot be is known before
 * any work. Networks in memory serve on when their files are gone, so they speak for themselves. */
#include "base/error.h"
#include "catalog/model.h"
#include "pipeline/anchor.h"

#include <math.h>

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

/* A stage of the frame by the network that D describes. */
typedef struct measured {
  int steps, windows; /* the most windows of a step */
  double evaluations; /* of windows, all steps together */
  double ahead;       /* of an anchor's windows and labels (anchor.h) */
  double labels;      /* that a window touches, in the mean */
  double work;        /* in FLOPs */
} measured;

/* A map is looked at in so many rows and columns of a window: more than a guess would cost time. */
enum { LOOKS = 8 };

/* Whether CLASS has weight in the window that begins at START of the canvas of SIZE. */
static bool
touches (const adm_frame *frame, const adm_class_weight *class, const int start[2], int side,
         adm_plane_size size)
{
  const adm_plane_size have = adm_frame_map_size (frame, class);
  for (int i = 0; i < LOOKS * LOOKS; i++) {
    const int64_t y = (start[0] + (int64_t) side * (i / LOOKS) / LOOKS) % size.height,
                  x = (start[1] + (int64_t) side * (i % LOOKS) / LOOKS) % size.width,
                  v = y * have.height / size.height, u = x * have.width / size.width;
    if (class->map[v * have.width + u] > 0)
      return true;
  }
  return false;
}

/* Of the labels, how many a window of the first step touches in the mean. */
static double
labels_of (const adm_frame *frame, const adm_axis axis[2])
{
  const adm_request *sample = frame->sample;
  const adm_axis_grid grid[2] = { adm_axis_at (&axis[0], 0), adm_axis_at (&axis[1], 0) };
  double sum = 0;
  if (sample->class_count < 2)
    return 1;
  for (int k = 0; k < sample->class_count; k++)
    for (int i = 0; i < grid[0].count * grid[1].count; i++) {
      const adm_class_weight *class = &sample->classes[k];
      const int start[2] = { adm_axis_start (&axis[0], &grid[0], i / grid[1].count),
                             adm_axis_start (&axis[1], &grid[1], i % grid[1].count) };
      sum += !class->map || touches (frame, class, start, axis[0].side, frame->size[0]);
    }
  return fmax (sum / (grid[0].count * grid[1].count), 1);
}

static adm_status
measure (const adm_description *d, const adm_request *request, const adm_frame *frame, int stage,
         measured *out, adm_error *error)
{
  const int side = stage ? adm_low_side (d) : d->image_size;
  const adm_axis axis[2]
      = { adm_frame_axis (frame, stage, side, true), adm_frame_axis (frame, stage, side, false) };
  adm_diffusion_params params = { 0 };
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
  adm_frame_apply (frame, stage, schedule, &params);
  *out = (measured) { .steps = adm_diffusion_steps (schedule, &params),
                      .windows
                      = frame->plain ? 1 : adm_axis_most (&axis[0]) * adm_axis_most (&axis[1]),
                      .labels = labels_of (frame, axis) };
  for (int i = 0; i < out->steps; i++)
    out->evaluations += frame->plain ? 1
                                     : adm_axis_at (&axis[0], (unsigned) i).count
                                           * adm_axis_at (&axis[1], (unsigned) i).count;
  const int schedule_steps = schedule->steps;
  adm_schedule_free (schedule);
  if (frame->anchored && !stage)
    out->ahead = adm_anchor_evaluations (frame, schedule_steps);
  status = adm_description_flops (d, &flops, error);
  if (!status)
    out->work = flops * (out->evaluations * (d->num_classes > 0 ? out->labels : 1) + out->ahead);
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
    return ADM_FAIL (error, CLASSIFIER_CHANNELS, own, adm_description_channels (classifier),
                     model->name, adm_description_channels (diffusion));
  if (classifier->noise_schedule != ADM_SCHEDULE_UNKNOWN
      && diffusion->noise_schedule != ADM_SCHEDULE_UNKNOWN
      && classifier->noise_schedule != diffusion->noise_schedule)
    return ADM_FAIL (error, CLASSIFIER_SCHEDULE, own, names[classifier->noise_schedule],
                     model->name, names[diffusion->noise_schedule]);
  if (classifier->diffusion_steps != diffusion->diffusion_steps)
    return ADM_FAIL (error, CLASSIFIER_STEPS, own, classifier->diffusion_steps, model->name,
                     diffusion->diffusion_steps);
  return ADM_OK;
}

static adm_status
inspect_upsampler (const adm_residency *r, const adm_description *diffusion, adm_description *out,
                   adm_error *error)
{
  const adm_model *model = r->model;
  adm_status status = inspect (r, ADM_PART_UPSAMPLER, out, error);
  if (!status && out->kind != ADM_KIND_SUPERRES)
    return ADM_FAIL (error, PART_NOT, adm_model_part (model, ADM_PART_UPSAMPLER),
                     ADM_WORD_UPSAMPLER);
  if (!status && adm_low_side (out) != diffusion->image_size)
    return ADM_FAIL (error, UPSAMPLER_INPUT, adm_model_part (model, ADM_PART_UPSAMPLER),
                     adm_low_side (out), model->name, diffusion->image_size);
  return status;
}

/* A taught class is a network's own: it stands alone, and no classifier knows it. */
static adm_status
check_taught (const adm_residency *r, const adm_request *sample, adm_error *error)
{
  if (!sample->adapter)
    return ADM_OK;
  if (sample->class_count > 0)
    return ADM_FAIL (error, TAUGHT_MIXED);
  if (sample->scale > 0 && sample->guidance == ADM_GUIDANCE_CLASSIFIER
      && sample->guide_label == ADM_NO_LABEL)
    return ADM_FAIL (error, TAUGHT_GUIDED);
  return adm_residency_network (r, ADM_PART_DIFFUSION) && r->adapter
             ? ADM_OK /* what is in memory serves on when its files are gone */
             : adm_taught_check (sample->adapter, r->model, error);
}

/* The classifier's share of the first stage, or the null class's. */
static adm_status
measure_guidance (const adm_residency *r, adm_plan *plan, const adm_description *diffusion,
                  const measured *m, adm_error *error)
{
  const adm_request *sample = &plan->task.generate.sample;
  adm_description classifier;
  double flops = 0;
  if (adm_request_guides_freely (r->model, sample)) {
    adm_status status = adm_description_flops (diffusion, &flops, error);
    plan->work[0] += status ? 0 : flops * (m->evaluations + m->ahead);
    return status;
  }
  if (sample->scale > 0) {
    plan->parts |= ADM_PART_CLASSIFIER;
    adm_status status = inspect (r, ADM_PART_CLASSIFIER, &classifier, error);
    if (!status && classifier.kind == ADM_KIND_CLASSIFIER)
      status = check_guide (r->model, diffusion, &classifier, error);
    if (!status)
      status = adm_description_flops (&classifier, &flops, error);
    if (status)
      return status;
    plan->work[0] += flops * (m->evaluations * m->labels + m->ahead);
  }
  return ADM_OK;
}

/* Half of the steps keep the material, and leave no trace of where its pieces lay
 * (docs/canvas.md). */
#define ANCHOR 0.5

static adm_status
plan_generate (const adm_residency *r, adm_plan *plan, adm_error *error)
{
  const adm_request *sample = &plan->task.generate.sample;
  const bool upscaled = plan->task.generate.upscaled;
  adm_description diffusion, upsampler;
  adm_frame frame;
  measured m;
  plan->parts = ADM_PART_DIFFUSION | (upscaled ? ADM_PART_UPSAMPLER : 0);
  plan->factor = 1;
  adm_status status = inspect (r, ADM_PART_DIFFUSION, &diffusion, error);
  if (!status)
    status = check_taught (r, sample, error);
  if (!status && upscaled)
    status = inspect_upsampler (r, &diffusion, &upsampler, error);
  if (status)
    return status;
  if (plan->task.generate.canvas.anchor == 0)
    plan->task.generate.canvas.anchor = r->model->texture ? ANCHOR : 1;
  plan->side = diffusion.image_size;
  plan->factor = upscaled ? upsampler.image_size / diffusion.image_size : 1;
  status = adm_frame_of_task (&frame, &plan->task, plan->side, plan->factor, error);
  if (!status)
    status = measure (&diffusion, sample, &frame, 0, &m, error);
  if (status)
    return status;
  plan->height = frame.out.height;
  plan->width = frame.out.width;
  plan->channels = adm_description_channels (&diffusion);
  plan->steps = m.steps;
  plan->windows[0] = m.windows;
  plan->work[0] = m.work;
  status = measure_guidance (r, plan, &diffusion, &m, error);
  if (status || !upscaled)
    return status;
  adm_request *upscale = &plan->task.generate.upscale;
  upscale->seed = sample->seed;
  upscale->count = sample->count;
  upscale->vary_seed = sample->vary_seed;
  upscale->vary = sample->vary;
  upscale->batch = sample->batch;
  upscale->labels = upscale->label == ADM_NO_LABEL ? NULL : sample->labels;
  upscale->classes = sample->classes;
  upscale->class_count = sample->class_count;
  status = measure (&upsampler, upscale, &frame, 1, &m, error);
  plan->upscale_steps = m.steps;
  plan->windows[1] = m.windows;
  plan->work[1] = m.work;
  if (plan->channels == 1)
    plan->channels = 3;
  return status;
}

static adm_status
plan_upscale (const adm_residency *r, adm_plan *plan, adm_error *error)
{
  const adm_model *model = r->model;
  const adm_request *request = &plan->task.upscale;
  adm_description d;
  adm_frame frame;
  measured m;
  plan->parts = ADM_PART_UPSAMPLER;
  adm_status status = inspect (r, ADM_PART_UPSAMPLER, &d, error);
  if (!status && d.kind != ADM_KIND_SUPERRES)
    status = ADM_FAIL (error, PART_NOT, adm_model_part (model, ADM_PART_UPSAMPLER),
                       ADM_WORD_UPSAMPLER);
  if (status)
    return status;
  plan->side = adm_low_side (&d);
  plan->factor = d.image_size / plan->side;
  status = adm_frame_of_task (&frame, &plan->task, plan->side, plan->factor, error);
  if (!status)
    status = measure (&d, request, &frame, 1, &m, error);
  if (status)
    return status;
  plan->height = request->tiled ? frame.out.height : d.image_size;
  plan->width = request->tiled ? frame.out.width : d.image_size;
  plan->upscale_steps = m.steps;
  plan->windows[1] = m.windows;
  plan->work[1] = m.work;
  plan->channels = 3;
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
