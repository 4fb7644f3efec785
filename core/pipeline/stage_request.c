/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be asked of a stage: see stage.h. */
#include "base/error.h"
#include "pipeline/stage.h"
/* Whether each picture has its own label. */
static bool
labelled (const adm_sampling *stage)
{
  const adm_request *request = stage->request;
  return request->labels && !request->adapter && !request->class_count;
}

int
adm_sampling_label (const adm_sampling *stage, int i)
{
  const int label = labelled (stage) ? stage->request->labels[i] : ADM_NO_LABEL;
  return label != ADM_NO_LABEL ? label : stage->label;
}

int
adm_sampling_guide (const adm_sampling *stage, int i)
{
  return labelled (stage) && stage->request->guide_label == ADM_NO_LABEL ? stage->request->labels[i]
                                                                         : stage->guide;
}

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

adm_status
adm_sampling_check_labels (adm_sampling *stage, adm_error *error)
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
  for (int i = 0; i < (labelled (stage) ? request->count : 1) && !status; i++) {
    status = check_label (stage, adm_sampling_label (stage, i), error);
    if (!status && guided)
      status = check_guide (stage, adm_sampling_guide (stage, i), error);
  }
  return status;
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

adm_status
adm_sampling_check_request (adm_sampling *stage, adm_error *error)
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
