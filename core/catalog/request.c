/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be asked of a model: sampler names, class labels, and the request its defaults make. */
#include "base/error.h"
#include "base/text.h"
#include "catalog/class_name.h"
#include "catalog/model.h"

#include <stddef.h>
#include <string.h>

static const char *const sampler_names[] = { [ADM_SAMPLER_DDPM] = "ddpm",
                                             [ADM_SAMPLER_DDIM] = "ddim",
                                             [ADM_SAMPLER_DPMPP_2M] = "dpm++2m",
                                             [ADM_SAMPLER_SDE_DPMPP_2M] = "sde-dpm++2m" };

enum { SAMPLERS = sizeof sampler_names / sizeof *sampler_names };

const char *
adm_sampler_name (int sampler)
{
  return sampler >= 0 && sampler < SAMPLERS ? sampler_names[sampler] : NULL;
}

bool
adm_sampler_parse (const char *name, adm_sampler *out)
{
  for (int i = 0; i < SAMPLERS; i++)
    if (strcmp (sampler_names[i], name) == 0) {
      *out = (adm_sampler) i;
      return true;
    }
  return false;
}

static adm_request
default_request (const adm_defaults *defaults, int label)
{
  return (adm_request) { .label = label,
                         .guide_label = ADM_NO_LABEL,
                         .scale = defaults->scale,
                         .sampler = defaults->sampler,
                         .steps = defaults->steps,
                         .eta = defaults->eta,
                         .count = 1 };
}

adm_request
adm_request_default (const adm_model *model)
{
  return default_request (&model->defaults, model->null_class);
}

adm_request
adm_request_upsample_default (const adm_model *model)
{
  adm_request request = default_request (&model->upsampler_defaults, model->null_class);
  request.scale = 0.0; /* guidance belongs to the low-resolution stage */
  return request;
}

void
adm_request_set_sampler (adm_request *request, adm_sampler sampler)
{
  if (request->sampler != sampler)
    request->eta = 0.0;
  request->sampler = sampler;
}

/* A plain decimal number; -1: TEXT is something else, INT32_MAX: too large. */
static int
number (const char *text)
{
  int value = 0;
  if (!*text)
    return -1;
  for (; *text; text++) {
    if (*text < '0' || *text > '9')
      return -1;
    value = value > 100000000 ? INT32_MAX / 10 : value * 10 + (*text - '0');
  }
  return value;
}

/* A network without classes may still be guided by a classifier, whose labels only the classifier
 * knows: a number passes here, and is checked where the classifier is at hand. */
adm_status
adm_model_label (const adm_model *model, const char *class_name, int *label, adm_error *error)
{
  bool guided_only = model->label_count == 0;
  if (!class_name || adm_text_same (class_name, "none")) {
    if (!guided_only && model->null_class == ADM_NO_LABEL)
      return ADM_FAIL (error, CLASS_NULL, model->name, model->label_count - 1);
    *label = model->null_class;
    return ADM_OK;
  }
  if (guided_only && !model->classifier) {
    *label = ADM_NO_LABEL;
    return ADM_OK;
  }
  int value = number (class_name);
  if (value < 0) {
    adm_status status = adm_class_find (model->name, model->class_names, model->class_synonyms,
                                        model->class_count, class_name, &value, error);
    if (status)
      return status;
  }
  if (!guided_only && value >= model->label_count)
    return ADM_FAIL (error, CLASS_RANGE, class_name, model->label_count - 1, model->name);
  *label = value;
  return ADM_OK;
}
