/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that upsamples a layer, or the selection's part of it, and adds the result as a
 * layer that begins at the same place: see region.h for its size.
 */
#include "upscale.h"

#include <glib/gi18n-lib.h>

#include "arguments.h"
#include "job.h"
#include "keep.h"
#include "layers.h"
#include "metadata.h"
#include "model-paths.h"
#include "plugin-error.h"
#include "region.h"
#include "weights-mark.h"
#include "window.h"

/* The one layer to work on, or NULL with ERROR set. */
static GimpLayer *
pick_layer (GimpImage *image, GimpDrawable **drawables, GError **error)
{
  if (!layers_check_image (image, error))
    return NULL;
  if (!drawables || !drawables[0] || drawables[1] || !GIMP_IS_LAYER (drawables[0])) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("Select one layer to upsample (not a mask or a channel)."));
    return NULL;
  }
  return GIMP_LAYER (drawables[0]);
}

/* Adds RESULT as a layer above LAYER. */
static GimpLayer **
add_result (GimpImage **image, GimpLayer *layer, const Region *region, const AdmJobResult *result,
            const UiSettings *settings, gboolean show, GError **error)
{
  AdmPicture picture = { 0 };
  g_autofree float *pixels = region_fill_picture (region, result->pixels, result->width,
                                                  result->height, settings->tiles, &picture);

  if (!pixels) {
    region_set_no_memory (error);
    return NULL;
  }
  if (!*image)
    picture.x = picture.y = 0;
  g_autofree char *name = region_layer_name (region),
                  *text = metadata_to_json (settings, settings->seed);
  picture.name = name;
  picture.settings = text;
  return layers_add (image, &picture, 1, *image ? layer : NULL, show, error);
}

gboolean
upscale_task (const Region *region, UiSettings *settings, const adm_model *model,
              UpscaleNetwork network, adm_task *task, GError **error)
{
  int tile = MAX (1, network.input), factor = MAX (1, network.output / tile);

  settings->scale = 0.0;
  if (!arguments_to_upscale (settings, model, network.most_steps, task, error))
    return FALSE;
  adm_request *request = &task->upscale;
  request->tiled
      = region_input_size (region, tile, factor, settings->tiles, &request->low_w, &request->low_h);
  return !request->tiled
         || region_check_size (region, factor, request->low_w, request->low_h, error);
}

gboolean
upscale_amount (const Region *region, const UiSettings *settings, const adm_model *model,
                UpscaleNetwork network, double amount[2])
{
  g_autoptr (UiSettings) copy = ui_settings_copy (settings);
  const float something = 0.0F; /* planning asks whether there is a picture, not what it shows */
  adm_task task;
  adm_plan plan;

  if (!upscale_task (region, copy, model, network, &task, NULL))
    return FALSE;
  task.upscale.low = &something;
  if (adm_plan_make (model, &task, &plan, &(adm_error) { 0 }) != ADM_OK)
    return FALSE;
  amount[0] = plan.work[1];
  amount[1] = 0.0;
  return TRUE;
}

static GimpLayer **
upscale (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage **image, GimpLayer *layer,
         const Region *region, AdmArguments *arguments, GError **error)
{
  g_autoptr (ModelSet) models = model_paths_read (NULL, error);
  if (!models)
    return NULL;
  UiSettings *settings = arguments->settings;
  AdmJobOrder order = { .threads = gimp_get_num_processors (), .exact = settings->exact };
  AdmJobResult result;
  GimpLayer **layers = NULL;

  order.model = model_paths_find (models, settings->model, error);
  if (!order.model)
    return NULL;
  const UpscaleNetwork network
      = { arguments_upsample_input (order.model), order.model->upsampled_size, 0 };
  if (!upscale_task (region, settings, order.model, network, &order.task, error))
    return NULL;
  adm_request *request = &order.task.upscale;
  g_autofree float *low = region_input (region, request->low_w, request->low_h);
  if (!low) {
    region_set_no_memory (error);
    return NULL;
  }
  request->low = low;
  request->respacing = arguments->respacing;
  g_autofree char *weights = weights_mark (order.model, order.task.kind);
  ui_settings_set_weights (settings, weights);
  gboolean done = job_run (&order, G_OBJECT (gimp_procedure_get_plug_in (procedure)),
                           _ ("Upsampling the layer"), &result, error);
  if (done) {
    if (layers_check_open (run_mode, image, error))
      layers = add_result (image, layer, region, &result, settings,
                           run_mode != GIMP_RUN_NONINTERACTIVE, error);
    if (layers && arguments->history)
      keep_pictures (&result, settings);
    g_free (result.pixels);
  }
  return layers;
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
     GimpProcedureConfig *config, gpointer run_data G_GNUC_UNUSED)
{
  GError *error = NULL;
  AdmArguments arguments = { 0 };
  GimpLayer **layers = NULL;

  gegl_init (NULL, NULL);
  GimpLayer *layer = pick_layer (image, drawables, &error);
  g_autoptr (Region) region = layer ? region_read (layer, &error) : NULL;
  if (region && run_mode == GIMP_RUN_INTERACTIVE) {
    layers = window_run (procedure, config, &image, layer, region);
    if (!layers)
      g_set_error_literal (&error, PLUGIN_ERROR, PLUGIN_ERROR_CANCELLED, _ ("Cancelled"));
  } else if (region) {
    if (arguments_read (config, &arguments, &error))
      layers = upscale (procedure, run_mode, &image, layer, region, &arguments, &error);
    arguments_clear (&arguments);
  }
  return layers_return (procedure, image, layers, error);
}

GimpProcedure *
upscale_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (plug_in, UPSCALE_PROCEDURE,
                                                       GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _ ("_Upsample Layer..."));
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Enhance");
  gimp_procedure_set_documentation (
      procedure, _ ("Redraw a layer with a model's upsampling network, as a new layer"),
      _ ("Reduces the layer, or the selection's part of it, to the input size of the model's "
         "upsampling "
         "network, upsamples it and adds the result as a layer that begins at the same place. A "
         "part larger "
         "than the network's output is redrawn tile by tile at its own size. Transparent places "
         "are taken as white. The "
         "settings "
         "stay with the new layer, as the parasite adm-settings."),
      UPSCALE_PROCEDURE);
  gimp_procedure_set_attribution (procedure, "The gimp-adm authors", "GPL-3.0-or-later", "2025");
  model_paths_set_icon (procedure);
  arguments_declare_upscale (procedure);
  gimp_procedure_add_image_return_value (procedure, "image", _ ("Image"),
                                         _ ("The image that the layer was added to"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_core_object_array_return_value (
      procedure, "layers", _ ("Layers"), _ ("The new layer"), GIMP_TYPE_LAYER, G_PARAM_READWRITE);
  return procedure;
}
