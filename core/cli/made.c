/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures told: see made.h. */
#include "cli/made.h"

#include "cli/json_line.h"
#include "cli/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The request of the stage that a picture's class, seed and sampler belong to. */
static const adm_request *
request_of (const adm_plan *plan)
{
  return plan->task.kind == ADM_TASK_GENERATE ? &plan->task.generate.sample : &plan->task.upscale;
}

static bool
upscaled (const adm_plan *plan)
{
  return plan->task.kind == ADM_TASK_UPSCALE || plan->task.generate.upscaled;
}

const char *
made_class (const adm_model *model, int label, char *name, size_t size)
{
  if (label == ADM_NO_LABEL || label == model->null_class)
    return NULL;
  if (label >= 0 && label < model->class_count)
    snprintf (name, size, "%s", model->class_names[label]);
  else
    snprintf (name, size, "%d", label);
  return name;
}

/* The one class of a picture, if there is one. */
static const char *
class_name (const adm_model *model, const adm_request *request, int label, char *name, size_t size)
{
  adm_taught_info info;
  adm_error ignored;
  if (request->class_count > 0)
    return NULL;
  if (!request->adapter)
    return made_class (model, label, name, size);
  if (adm_taught_inspect (request->adapter, &info, &ignored))
    return NULL;
  snprintf (name, size, "%s", info.name);
  return name;
}

/* The weights of several classes, or null. */
static void
add_classes (result *made, const adm_model *model, const adm_request *request)
{
  char name[ADM_TAUGHT_NAME];
  yyjson_mut_val *list = made->bad              ? NULL
                         : request->class_count ? yyjson_mut_obj (made->doc)
                                                : yyjson_mut_null (made->doc);
  for (int i = 0; list && i < request->class_count; i++) {
    const adm_class_weight *one = &request->classes[i];
    if (!made_class (model, one->label, name, sizeof name))
      snprintf (name, sizeof name, "none");
    if (!yyjson_mut_obj_add (list, json_text (made->doc, name),
                             json_rounded (made->doc, one->weight, 6)))
      list = NULL;
  }
  result_add (made, "classes", list);
}

/* ", brick" or ", brick and moss" into WORDS [SIZE]. */
static void
class_words (const adm_model *model, const adm_request *request, int label, char *words,
             size_t size)
{
  char name[ADM_TAUGHT_NAME];
  const char *only = class_name (model, request, label, name, sizeof name);
  size_t length = 0;
  words[0] = '\0';
  if (only)
    snprintf (words, size, ", %s", only);
  for (int i = 0; i < request->class_count && length + 1 < size; i++) {
    only = made_class (model, request->classes[i].label, name, sizeof name);
    int more = snprintf (words + length, size - length, "%s%s", i ? " and " : ", ",
                         only ? only : "none");
    length += more > 0 ? (size_t) more : 0;
  }
}

adm_status
made_tell (const adm_model *model, const adm_plan *plan, const made_picture *picture,
           adm_error *error)
{
  const adm_request *r = request_of (plan);
  const bool generated = plan->task.kind == ADM_TASK_GENERATE, one = !r->class_count && !r->adapter,
             seeded = !r->noise || (generated && upscaled (plan));
  char words[512], name[ADM_TAUGHT_NAME], seed[40] = "";
  class_words (model, r, picture->label, words, sizeof words);
  if (seeded)
    snprintf (seed, sizeof seed, ", seed %" PRIu64, picture->seed);
  result made = result_new ();
  result_add_text (&made, "path", picture->path);
  result_add_whole (&made, "index", picture->index);
  result_add_text (&made, "model", model->id);
  result_add_text (&made, "class", class_name (model, r, picture->label, name, sizeof name));
  result_add_known (&made, "label", one && picture->label != ADM_NO_LABEL ? picture->label : -1);
  add_classes (&made, model, r);
  if (!made.bad)
    result_add (&made, "seed",
                seeded ? yyjson_mut_uint (made.doc, picture->seed) : yyjson_mut_null (made.doc));
  result_add_text (&made, "sampler", adm_sampler_name ((int) r->sampler));
  result_add_whole (&made, "steps", generated ? plan->steps : plan->upscale_steps);
  result_add_real (&made, "scale", r->scale);
  result_add_flag (&made, "upscaled", upscaled (plan));
  result_add_whole (&made, "width", plan->width);
  result_add_whole (&made, "height", plan->height);
  result_add_whole (&made, "channels", plan->channels);
  result_add_real (&made, "seconds", picture->seconds);
  return result_print (&made, error, "%s: %d x %d px%s%s, %.2f s", picture->path, plan->width,
                       plan->height, words, seed, picture->seconds);
}

adm_status
made_tell_several (const adm_model *model, const adm_plan *plan, const made_picture *first,
                   int count, int there, adm_error *error)
{
  const adm_request *r = request_of (plan);
  char words[512], seeds[64] = "", before[64] = "";
  class_words (model, r, first->label, words, sizeof words);
  if (!r->noise)
    snprintf (seeds, sizeof seeds, ", seeds %" PRIu64 " to %" PRIu64, first->seed,
              first->seed + (uint64_t) count - 1);
  if (there > 0)
    snprintf (before, sizeof before, ", %d of them there before", there);
  result none = result_new ();
  return result_print (&none, error, "%s: %d pictures of %d x %d px%s%s%s, %.2f s", first->path,
                       count, plan->width, plan->height, words, seeds, before, first->seconds);
}
