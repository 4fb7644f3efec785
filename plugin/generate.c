/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that makes pictures: settings in, pictures from the job, layers out.
 */
#include "generate.h"

#include <glib/gi18n-lib.h>

#include "arguments.h"
#include "job.h"
#include "layers.h"
#include "metadata.h"
#include "model-paths.h"
#include "plugin-error.h"
#include "window.h"

/* Adds RESULT's pictures to *IMAGE. */
static GimpLayer **
add_pictures (GimpImage **image, const AdmJobResult *result, const AdmSettings *settings,
              const adm_model *model, gboolean show, GError **error)
{
  gsize bytes = (gsize) result->width * (gsize) result->height * 3;
  AdmPicture *pictures = g_new0 (AdmPicture, result->count);
  char **names = g_new0 (char *, (gsize) result->count + 1),
       **texts = g_new0 (char *, (gsize) result->count + 1);
  int x = 0, y = 0;

  if (*image)
    layers_place (*image, result->width, result->height, &x, &y);
  for (int i = 0; i < result->count; i++) {
    int64_t seed = (int64_t) settings->seed + i;
    names[i] = metadata_layer_name (settings, model->name, seed);
    texts[i] = metadata_to_json (settings, seed, TRUE);
    pictures[i] = (AdmPicture) { .name = names[i],
                                 .settings = texts[i],
                                 .x = x,
                                 .y = y,
                                 .width = result->width,
                                 .height = result->height,
                                 .format = "R'G'B' u8",
                                 .pixels = result->pixels + (gsize) i * bytes };
  }
  GimpLayer **layers = layers_add (image, pictures, result->count, NULL, show, error);
  g_strfreev (names);
  g_strfreev (texts);
  g_free (pictures);
  return layers;
}

/* Makes the pictures that SETTINGS ask for and adds them to *IMAGE. The image is looked at twice:
 * before the work, so that nobody waits in vain, and after it. */
static GimpLayer **
generate (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage **image, AdmSettings *settings,
          adm_catalog *catalog, GError **error)
{
  AdmJobOrder order = { .threads = gimp_get_num_processors () };
  AdmJobResult result;

  order.model = model_paths_find (catalog, settings->model, error);
  if (!order.model || !layers_check_open (run_mode, image, error)
      || !arguments_to_generate (settings, order.model, 0, &order.task, error)
      || !job_run (&order, G_OBJECT (gimp_procedure_get_plug_in (procedure)),
                   _ ("Generating pictures"), &result, error))
    return NULL;

  GimpLayer **layers = NULL;
  if (layers_check_open (run_mode, image, error))
    layers = add_pictures (image, &result, settings, order.model,
                           run_mode != GIMP_RUN_NONINTERACTIVE, error);
  g_free (result.pixels);
  return layers;
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
     GimpDrawable **drawables G_GNUC_UNUSED, GimpProcedureConfig *config,
     gpointer run_data G_GNUC_UNUSED)
{
  GError *error = NULL;
  AdmSettings settings = { 0 };
  GimpLayer **layers = NULL;

  gegl_init (NULL, NULL);
  if (run_mode == GIMP_RUN_INTERACTIVE) {
    layers = window_run (procedure, config, &image, NULL, NULL);
    if (!layers)
      g_set_error_literal (&error, PLUGIN_ERROR, PLUGIN_ERROR_CANCELLED, _ ("Cancelled"));
  } else {
    adm_catalog *catalog = model_paths_catalog (NULL, &error);
    if (catalog) {
      arguments_read (config, &settings);
      layers = generate (procedure, run_mode, &image, &settings, catalog, &error);
      arguments_clear (&settings);
    }
    adm_catalog_free (catalog);
  }
  return layers_return (procedure, image, layers, error);
}

GimpProcedure *
generate_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (plug_in, GENERATE_PROCEDURE,
                                                       GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_ALWAYS);
  gimp_procedure_set_menu_label (procedure, _ ("_Generate Image..."));
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Render");
  gimp_procedure_add_menu_path (procedure, "<Image>/File/Create");
  gimp_procedure_set_documentation (
      procedure, _ ("Generate pictures of a class with a diffusion model, as new layers"),
      _ ("Samples pictures with an ablated diffusion model and adds each as a layer above the "
         "active one, at the "
         "selection or in the middle of the image. Without an image a new one is made. Sampler, "
         "steps "
         "and fidelity that are left out are the chosen model's own. The settings of each picture "
         "stay with its layer, as the parasite adm-settings."),
      GENERATE_PROCEDURE);
  gimp_procedure_set_attribution (procedure, "The gimp-adm authors", "GPL-3.0-or-later", "2025");
  model_paths_set_icon (procedure);
  arguments_declare_generate (procedure);
  gimp_procedure_add_image_return_value (procedure, "image", _ ("Image"),
                                         _ ("The image that the layers were added to"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_core_object_array_return_value (
      procedure, "layers", _ ("Layers"), _ ("The new layers, the first picture's first"),
      GIMP_TYPE_LAYER, G_PARAM_READWRITE);
  return procedure;
}
