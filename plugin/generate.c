/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that makes pictures: settings in, pictures from the job, layers out.
 */
#include "generate.h"

#include <glib/gi18n-lib.h>

#include "arguments.h"
#include "canvas-check.h"
#include "job.h"
#include "keep.h"
#include "layers.h"
#include "metadata.h"
#include "model-paths.h"
#include "plugin-error.h"
#include "scene.h"
#include "weights-mark.h"
#include "window.h"

/* What is asked for, from the arguments to the layers. */
typedef struct {
  GimpRunMode run_mode;
  AdmArguments arguments;
  Target target;
  Scene *scene;
  const adm_model *model;
  AdmJobResult result;
} Work;

/* Adds the finished pictures to the target's image, which they cover there; else at the selection's
 * corner, or in the middle. */
static GimpLayer **
add_pictures (const Work *work, GimpImage **image, GError **error)
{
  const AdmJobResult *result = &work->result;
  const UiSettings *settings = work->arguments.settings;
  const Target *target = &work->target;
  gsize bytes = (gsize) result->width * (gsize) result->height * (gsize) result->channels;
  g_autofree AdmPicture *pictures = g_new0 (AdmPicture, result->count);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gboolean covers = target->width == result->width && target->height == result->height;
  GimpLayer *group = covers && target->layer && gimp_item_is_group (GIMP_ITEM (target->layer))
                         ? target->layer
                         : NULL;
  int x = target->x, y = target->y;

  if (*image && !covers)
    layers_place (*image, result->width, result->height, &x, &y);
  for (int i = 0; i < result->count; i++) {
    int64_t seed = settings->seed + i;
    char *name = metadata_layer_name (settings, work->model->name),
         *text = metadata_to_json (settings, seed);
    g_ptr_array_add (texts, name);
    g_ptr_array_add (texts, text);
    pictures[i] = (AdmPicture) { .name = name,
                                 .settings = text,
                                 .x = x,
                                 .y = y,
                                 .width = result->width,
                                 .height = result->height,
                                 .format = result->channels == 4 ? "R'G'B'A u8" : "R'G'B' u8",
                                 .pixels = result->pixels + (gsize) i * bytes,
                                 .mask = covers ? work->scene->selection : NULL };
  }
  return layers_add (image, pictures, result->count, group,
                     work->run_mode != GIMP_RUN_NONINTERACTIVE, error);
}

/* Where the picture goes: what was said, or else the selection where there is one. */
static gboolean
find_target (Work *work, GimpImage *image, GError **error)
{
  UiSettings *settings = work->arguments.settings;
  GimpDrawable *drawable = work->arguments.map ? work->arguments.map : work->arguments.start;
  GimpLayer *layer = drawable && GIMP_IS_LAYER (drawable) ? GIMP_LAYER (drawable) : NULL;

  if (!work->arguments.where_given) {
    settings->where = image && !gimp_selection_is_empty (image) ? UI_WHERE_SELECTION
                      : layer                                   ? UI_WHERE_LAYER
                                                                : UI_WHERE_IMAGE;
    settings->natural_size = settings->natural_size || settings->where == UI_WHERE_IMAGE;
  }
  if (!target_find (image, layer, settings->where, &work->target, error))
    return FALSE;
  if (work->target.image) {
    settings->width = settings->natural_size ? 0 : work->target.width;
    settings->height = settings->natural_size ? 0 : work->target.height;
  }
  return TRUE;
}

/* Makes the pictures that are asked for and adds them to *IMAGE. The image is looked at twice:
 * before the work, so that nobody waits in vain, and after it. */
static GimpLayer **
generate (Work *work, GimpProcedure *procedure, GimpImage **image, ModelSet *models, GError **error)
{
  UiSettings *settings = work->arguments.settings;
  AdmJobOrder order = { .threads = gimp_get_num_processors (), .exact = settings->exact };

  order.model = work->model = model_paths_find (models, settings->model, error);
  if (!order.model || !layers_check_open (work->run_mode, image, error)
      || !find_target (work, *image, error)
      || !arguments_to_generate (settings, order.model, 0, &order.task, error))
    return NULL;
  work->scene = scene_read (settings, order.model, &work->target, NULL, error);
  if (!work->scene)
    return NULL;
  scene_apply (work->scene, settings, &order.task);
  if (!canvas_check (order.model, settings, &order.task, error))
    return NULL;
  order.task.generate.sample.respacing = work->arguments.respacing;
  if (!job_run (&order, G_OBJECT (gimp_procedure_get_plug_in (procedure)),
                _ ("Generating pictures"), &work->result, error))
    return NULL;
  if (!layers_check_open (work->run_mode, image, error))
    return NULL;
  g_autofree char *weights = weights_mark (order.model, order.task.kind);
  ui_settings_set_weights (settings, weights);
  GimpImage *into = work->target.image && *image ? *image : NULL;
  GimpLayer **layers = add_pictures (work, &into, error);
  *image = into;
  if (layers && work->arguments.history)
    keep_pictures (&work->result, settings);
  return layers;
}

/* Makes what ARGUMENTS ask for and adds it to *IMAGE (NULL, and afterwards another: a new one).
 * NULL with ERROR set, and no image touched. The layers are freed with g_free. */
static GimpLayer **
make_pictures (AdmArguments *arguments, GimpProcedure *procedure, GimpRunMode run_mode,
               GimpImage **image, GError **error)
{
  g_autoptr (ModelSet) models = model_paths_read (NULL, error);
  Work work = { .run_mode = run_mode, .arguments = *arguments };
  GimpLayer **layers = NULL;

  if (models)
    layers = generate (&work, procedure, image, models, error);
  scene_free (work.scene);
  g_free (work.result.pixels);
  return layers;
}

GimpValueArray *
generate_run (GenerateReader read, GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
              GimpDrawable **drawables, GimpProcedureConfig *config)
{
  GError *error = NULL;
  AdmArguments arguments = { 0 };
  GimpLayer **layers = NULL;

  gegl_init (NULL, NULL);
  if (run_mode == GIMP_RUN_INTERACTIVE) {
    layers = window_run (procedure, config, &image, NULL, NULL);
    if (!layers)
      g_set_error_literal (&error, PLUGIN_ERROR, PLUGIN_ERROR_CANCELLED, _ ("Cancelled"));
  } else {
    if (read (config, drawables, &arguments, &error))
      layers = make_pictures (&arguments, procedure, run_mode, &image, &error);
    arguments_clear (&arguments);
  }
  return layers_return (procedure, image, layers, error);
}

static gboolean
read_arguments (GimpProcedureConfig *config, GimpDrawable **drawables G_GNUC_UNUSED,
                AdmArguments *arguments, GError **error)
{
  return arguments_read (config, arguments, error);
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
     GimpProcedureConfig *config, gpointer run_data G_GNUC_UNUSED)
{
  return generate_run (read_arguments, procedure, run_mode, image, drawables, config);
}

void
generate_declare_results (GimpProcedure *procedure)
{
  gimp_procedure_add_image_return_value (procedure, "image", _ ("Image"),
                                         _ ("The image that the layers were added to"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_core_object_array_return_value (
      procedure, "layers", _ ("Layers"), _ ("The new layers, the first picture's first"),
      GIMP_TYPE_LAYER, G_PARAM_READWRITE);
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
  generate_declare_results (procedure);
  return procedure;
}
