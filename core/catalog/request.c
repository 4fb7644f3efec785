/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be asked of a model: sampler names, class labels, and the request its defaults make. */
#include "base/error.h"
#include "base/text.h"
#include "catalog/class_name.h"
#include "adm_taught.h"
#include "catalog/model.h"

#include <stddef.h>
#include <stdlib.h>
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

/* Whether a class of MODEL's own has exactly this name. */
static bool
own_class (const adm_model *model, const char *name)
{
  for (int i = 0; i < model->class_count; i++)
    if (strcmp (model->class_names[i], name) == 0)
      return true;
  return false;
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
  if (adm_model_taught (model, class_name) && !own_class (model, class_name))
    return ADM_FAIL (error, TAUGHT_CLASS, class_name, model->name);
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

/* The taught class of MODEL that TEXT means where no other does: a part of its name, a slip. */
static const adm_taught *
nearly (const adm_model *model, const char *text)
{
  adm_error ignored;
  int found = -1;
  char **names = calloc (2 * (size_t) model->taught_count + 1, sizeof *names);
  for (int i = 0; names && i < model->taught_count; i++) {
    names[i] = model->taught[i].name;
    names[model->taught_count + i] = (char *) "";
  }
  bool one = names && model->taught_count > 0
             && !adm_class_find (model->name, names, names + model->taught_count,
                                 model->taught_count, text, &found, &ignored);
  free (names);
  return one ? &model->taught[found] : NULL;
}

adm_status
adm_request_set_class (adm_request *request, const adm_model *model, const char *text,
                       adm_error *error)
{
  const adm_taught *taught
      = text && !own_class (model, text) ? adm_model_taught (model, text) : NULL;
  adm_status status = taught ? ADM_OK : adm_model_label (model, text, &request->label, error);
  if (status && !taught)
    taught = nearly (model, text);
  request->adapter = taught ? taught->path : NULL;
  if (!taught)
    return status;
  request->label = ADM_NO_LABEL;
  if (model->null_class == ADM_NO_LABEL && request->guidance == ADM_GUIDANCE_DEFAULT)
    request->scale = 0;
  return ADM_OK;
}
