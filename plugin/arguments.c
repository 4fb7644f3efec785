/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedures' arguments: see arguments.h. GIMP expects the same declaration each time, whatever
 * models it finds, so what a model has defaults of its own for is declared as a value that stands
 * for them (OWN_…).
 */
#include "arguments.h"
#include "arguments-canvas.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "plugin-error.h"

void
arguments_declare_model (GimpProcedure *procedure)
{
  gimp_procedure_add_string_argument (
      procedure, "model", _ ("_Model"),
      _ ("Name of the model, or a model description or weights file"), ADM_EMBEDDED_MODEL,
      G_PARAM_READWRITE);
  gimp_procedure_add_string_argument (
      procedure, "class", _ ("Cl_ass"),
      _ ("What to show: a class of the model by name or number; “none” leaves it open"),
      ARGUMENTS_NO_CLASS, G_PARAM_READWRITE);
}

void
arguments_declare_seed (GimpProcedure *procedure)
{
  gimp_procedure_add_int_argument (procedure, "seed", _ ("See_d"),
                                   _ ("The same seed and settings give the same picture"), G_MININT,
                                   G_MAXINT, 0, G_PARAM_READWRITE);
}

void
arguments_declare_upsample (GimpProcedure *procedure)
{
  gimp_procedure_add_boolean_argument (
      procedure, "upsample", _ ("_Upsample"),
      _ ("Enlarge each picture with the model's upsampling network"), FALSE, G_PARAM_READWRITE);
}

static void
declare_sampling (GimpProcedure *procedure)
{
  gimp_procedure_add_int_argument (procedure, "steps", _ ("S_teps"),
                                   _ ("Denoising steps, from 2 to the model's number (mostly "
                                      "1000): more take longer and show finer detail. 0: "
                                      "as many as suit the model"),
                                   G_MININT, G_MAXINT, OWN_STEPS, G_PARAM_READWRITE);
  gimp_procedure_add_string_argument (
      procedure, "sampler", _ ("Sam_pler"),
      _ ("“sde-dpm++2m”, “dpm++2m” or “ddim” for few steps, “ddpm” (ancestral sampling) for many. "
         "Empty: what suits the model"),
      OWN_SAMPLER, G_PARAM_READWRITE);
  arguments_declare_seed (procedure);
  gimp_procedure_add_boolean_argument (procedure, "randomize", _ ("Random_ize"),
                                       _ ("Draw a new seed each time"), FALSE, G_PARAM_READWRITE);
}

void
arguments_declare_generate (GimpProcedure *procedure)
{
  arguments_declare_model (procedure);
  gimp_procedure_add_double_argument (
      procedure, "scale", _ ("_Fidelity"),
      _ ("Gradient scale of classifier guidance: 0 for diversity, more for fidelity to the class. "
         "Without a "
         "class, or in a model without a classifier, it has no effect. -1: what suits the model"),
      -G_MAXDOUBLE, G_MAXDOUBLE, OWN_SCALE, G_PARAM_READWRITE);
  declare_sampling (procedure);
  gimp_procedure_add_int_argument (procedure, "count", _ ("Ima_ges"),
                                   _ ("Number of pictures, each a layer; picture i has seed + i"),
                                   G_MININT, G_MAXINT, 1, G_PARAM_READWRITE);
  arguments_declare_upsample (procedure);
  arguments_declare_canvas (procedure);
}

void
arguments_declare_upscale (GimpProcedure *procedure)
{
  arguments_declare_model (procedure);
  declare_sampling (procedure);
  gimp_procedure_add_boolean_argument (procedure, "tiles", _ ("T_iles"),
                                       _ ("Enlarge the whole part in overlapping tiles, instead of "
                                          "reducing it first to what the network takes"),
                                       FALSE, G_PARAM_READWRITE);
  arguments_declare_upscale_more (procedure);
}

/* Whether class LABEL has a name that means it and no other. */
static gboolean
named (const adm_model *model, int label)
{
  adm_error ignored;
  int found;

  return label < model->class_count
         && adm_model_label (model, model->class_names[label], &found, &ignored) == ADM_OK
         && found == label;
}

static gboolean
parse_sampler (const char *name, adm_sampler *sampler, GError **error)
{
  if (adm_sampler_parse (name, sampler))
    return TRUE;
  g_autoptr (GString) names = g_string_new (NULL);
  for (int i = 0; adm_sampler_name (i); i++)
    g_string_append_printf (names, "%s%s", i ? ", " : "", adm_sampler_name (i));
  g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
               _ ("There is no sampler “%s”. Choose one of these: %s."), name, names->str);
  return FALSE;
}

/* The name of MODEL's class that was taught in the file PATH. */
static const char *
taught_name (const adm_model *model, const char *path)
{
  for (int i = 0; i < model->taught_count; i++)
    if (g_str_equal (model->taught[i].path, path))
      return model->taught[i].name;
  return "";
}

/* Checks what both procedures share, for the network in the file NETWORK with MOST_STEPS (0: not
 * known); fills REQUEST's label, sampler, steps and seed. */
static gboolean
check_sampling (UiSettings *settings, const adm_model *model, const char *network, int most_steps,
                adm_request *request, GError **error)
{
  adm_error core = { 0 };
  adm_file_info info;
  const char *class_name = *settings->class_name ? settings->class_name : NULL;
  adm_sampler sampler = request->sampler;

  if (g_str_equal (settings->sampler, OWN_SAMPLER))
    ui_settings_set_sampler (settings, adm_sampler_name ((int) sampler));
  if (settings->steps == OWN_STEPS)
    settings->steps = request->steps;
  if (!parse_sampler (settings->sampler, &sampler, error))
    return FALSE;
  if (settings->seed < 0) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The seed %d is negative. Choose one from 0 to %d."), (int) settings->seed,
                 G_MAXINT);
    return FALSE;
  }
  if (adm_request_set_class (request, model, class_name, &core) != ADM_OK
      || (most_steps == 0 && adm_file_inspect (network, &info, &core) != ADM_OK)) {
    plugin_error_set_core (error, &core);
    return FALSE;
  }
  if (most_steps == 0)
    most_steps = info.description.diffusion_steps;
  if (settings->steps < ARGUMENTS_MIN_STEPS || settings->steps > most_steps) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("%d steps are not possible with the model “%s”. Choose %d to %d."),
                 settings->steps, model->id, ARGUMENTS_MIN_STEPS, most_steps);
    return FALSE;
  }
  adm_request_set_sampler (request, sampler);
  request->steps = settings->steps;
  request->seed = (uint64_t) settings->seed;

  if (settings->eta >= 0.0)
    request->eta = sampler == ADM_SAMPLER_DDIM ? settings->eta : 0.0;
  settings->eta = request->eta;

  /* From here on the settings are what will be done, in the model's own words. */
  ui_settings_set_model (settings, model->id);
  if (request->adapter)
    ui_settings_set_class (settings, taught_name (model, request->adapter));
  else if (request->label == ADM_NO_LABEL || request->label == model->null_class)
    ui_settings_set_class (settings, "");
  else if (named (model, request->label))
    ui_settings_set_class (settings, model->class_names[request->label]);
  else {
    g_autofree char *number = g_strdup_printf ("%d", request->label);
    ui_settings_set_class (settings, number);
  }
  return TRUE;
}

/* The upsampling stage of a picture of MODEL: its own rules, unless SETTINGS say otherwise. */
static gboolean
check_second_stage (const UiSettings *settings, const adm_model *model, int label,
                    adm_request *upscale, GError **error)
{
  adm_sampler sampler;

  *upscale = adm_request_upsample_default (model);
  upscale->label = label;
  if (*settings->upsample_sampler) {
    if (!parse_sampler (settings->upsample_sampler, &sampler, error))
      return FALSE;
    adm_request_set_sampler (upscale, sampler);
  }
  if (settings->upsample_steps > 0)
    upscale->steps = settings->upsample_steps;
  return TRUE;
}

/* The scale, 0 where nothing can be guided to; no classifier knows what the artist taught. */
static void
set_guidance (UiSettings *settings, const adm_model *model, adm_request *request)
{
  gboolean open = request->label == ADM_NO_LABEL || request->label == model->null_class,
           freely = model->null_class != ADM_NO_LABEL;

  if (request->adapter ? !freely : open || (!model->classifier && !freely))
    settings->scale = 0.0;
  request->scale = settings->scale;
  request->guidance = request->adapter ? ADM_GUIDANCE_FREE : (adm_guidance) settings->guidance;
}

gboolean
arguments_to_generate (UiSettings *settings, const adm_model *model, int most_steps, adm_task *task,
                       GError **error)
{
  adm_request *request = &task->generate.sample, *upscale = &task->generate.upscale;

  *task = (adm_task) { .kind = ADM_TASK_GENERATE };
  *request = adm_request_default (model);
  if (!model->diffusion) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The model “%s” has no diffusion network. Put its file beside the model's "
                    "others, or choose another model."),
                 model->id);
    return FALSE;
  }
  if (settings->scale == OWN_SCALE)
    settings->scale = model->defaults.scale;
  /* Written so that NaN fails too. */
  if (!(settings->scale >= 0.0 && settings->scale <= ARGUMENTS_MAX_SCALE)) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The gradient scale %g is not possible. Choose 0 to %g."), settings->scale,
                 ARGUMENTS_MAX_SCALE);
    return FALSE;
  }
  if (settings->count < 1 || settings->count > ARGUMENTS_MAX_COUNT) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("%d pictures are not possible. Choose 1 to %d."), settings->count,
                 ARGUMENTS_MAX_COUNT);
    return FALSE;
  }
  if (settings->upsample && !model->upsampler) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The model “%s” has no upsampling network. Switch Upsample off, or choose "
                    "another model."),
                 model->id);
    return FALSE;
  }
  if (settings->upsample && arguments_upsample_input (model) != model->image_size) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The upsampling network of “%s” takes pictures of %d pixels, but its pictures "
                    "have %d. Switch Upsample off."),
                 model->name, arguments_upsample_input (model), model->image_size);
    return FALSE;
  }
  if (!check_sampling (settings, model, model->diffusion, most_steps, request, error))
    return FALSE;
  set_guidance (settings, model, request);
  request->count = settings->count;
  request->guide_from = settings->guide_from;
  request->guide_to = settings->guide_to;
  request->vary_seed = (uint64_t) settings->vary_seed;
  request->vary = settings->vary;
  task->generate.upscaled = settings->upsample;
  return check_second_stage (settings, model, request->adapter ? model->null_class : request->label,
                             upscale, error);
}

gboolean
arguments_to_upscale (UiSettings *settings, const adm_model *model, int most_steps, adm_task *task,
                      GError **error)
{
  *task = (adm_task) { .kind = ADM_TASK_UPSCALE };
  task->upscale = adm_request_upsample_default (model);
  task->upscale.tiled = settings->tiles;
  if (!model->upsampler) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The model “%s” has no upsampling network. Choose another model."), model->id);
    return FALSE;
  }
  return check_sampling (settings, model, model->upsampler, most_steps, &task->upscale, error);
}

int
arguments_upsample_input (const adm_model *model)
{
  adm_file_info info;
  adm_error core;

  return model->upsampler && adm_file_inspect (model->upsampler, &info, &core) == ADM_OK
             ? adm_low_side (&info.description)
             : 0;
}
