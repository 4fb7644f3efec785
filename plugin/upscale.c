/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that upsamples a layer, or the selection's part of it: the part is reduced to the network's input size,
 * upsampled, and added as a layer that begins at the same place. It keeps the part's proportions; its long side is the
 * network's output size or, where the part is larger, the part's own.
 */
#include "upscale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "arguments.h"
#include "dialog.h"
#include "job.h"
#include "layers.h"
#include "metadata.h"
#include "model-paths.h"
#include "plugin-error.h"
#include "resample.h"

/* A part of a layer: its place in the image, its colors on white and its opacity, both in [0, 1]. */
typedef struct {
  int x, y, width, height;
  float *colors; /* [height][width][3] */
  float *alpha;  /* [height][width]; NULL: opaque */
} Part;

static void
part_clear (Part *part)
{
  g_clear_pointer (&part->colors, g_free);
  g_clear_pointer (&part->alpha, g_free);
}

static void
set_no_memory (GError **error)
{
  g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                       _ ("There is not enough memory for this part of the layer. Select a smaller one, or close other programs."));
}

static void
show_progress (double fraction, const char *text, gpointer user G_GNUC_UNUSED)
{
  gimp_progress_set_text (text);
  gimp_progress_update (fraction);
}

/* The one layer to work on, or NULL with ERROR set. */
static GimpLayer *
pick_layer (GimpImage *image, GimpDrawable **drawables, GError **error)
{
  if (!layers_check_image (image, error))
    return NULL;
  if (!drawables || !drawables[0] || drawables[1] || !GIMP_IS_LAYER (drawables[0])) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING, _ ("Select one layer to upsample (not a mask or a channel)."));
    return NULL;
  }
  return GIMP_LAYER (drawables[0]);
}

/* Reads the selection's part of LAYER. */
static gboolean
part_read (GimpLayer *layer, Part *part, GError **error)
{
  int x, y, left, top;

  if (!gimp_drawable_mask_intersect (GIMP_DRAWABLE (layer), &x, &y, &part->width, &part->height)) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING, _ ("The selection lies outside the layer. Move it, or select nothing."));
    return FALSE;
  }
  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &left, &top);
  part->x = left + x;
  part->y = top + y;

  gsize area = (gsize)part->width * (gsize)part->height;
  float *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  part->colors = g_try_malloc_n (area, 3 * sizeof (float));
  part->alpha = gimp_drawable_has_alpha (GIMP_DRAWABLE (layer)) ? g_try_malloc_n (area, sizeof (float)) : NULL;
  if (!pixels || !part->colors || (!part->alpha && gimp_drawable_has_alpha (GIMP_DRAWABLE (layer)))) {
    g_free (pixels);
    part_clear (part);
    set_no_memory (error);
    return FALSE;
  }
  GeglBuffer *buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  gegl_buffer_get (buffer, GEGL_RECTANGLE (x, y, part->width, part->height), 1.0, babl_format ("R'G'B'A float"), pixels, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
  g_object_unref (buffer);
  for (gsize i = 0; i < area; i++) {
    float alpha = CLAMP (pixels[4 * i + 3], 0.0F, 1.0F);
    for (gsize c = 0; c < 3; c++)
      part->colors[3 * i + c] = CLAMP (pixels[4 * i + c], 0.0F, 1.0F) * alpha + 1.0F - alpha;
    if (part->alpha)
      part->alpha[i] = alpha;
  }
  g_free (pixels);
  return TRUE;
}

/* RESULT's one picture at WIDTH × HEIGHT with PART's opacity, as R'G'B'A float. NULL when memory is short; free with g_free. */
static float *
fit_result (const AdmJobResult *result, const Part *part, int width, int height)
{
  gsize area = (gsize)width * (gsize)height, small_area = (gsize)result->side * (gsize)result->side;
  float *small = g_try_malloc_n (small_area, 3 * sizeof (float)), *colors = g_try_malloc_n (area, 3 * sizeof (float));
  float *alpha = part->alpha ? g_try_malloc_n (area, sizeof (float)) : NULL, *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  gboolean ok = small && colors && pixels && (alpha || !part->alpha);

  for (gsize i = 0; ok && i < small_area * 3; i++)
    small[i] = (float)result->pixels[i] / 255.0F;
  ok = ok && resample_picture (small, result->side, result->side, 3, colors, width, height);
  ok = ok && (!alpha || resample_picture (part->alpha, part->width, part->height, 1, alpha, width, height));
  for (gsize i = 0; ok && i < area; i++) {
    for (gsize c = 0; c < 3; c++)
      pixels[4 * i + c] = colors[3 * i + c];
    pixels[4 * i + 3] = alpha ? alpha[i] : 1.0F;
  }
  g_free (small);
  g_free (colors);
  g_free (alpha);
  if (!ok)
    g_clear_pointer (&pixels, g_free);
  return pixels;
}

/* Adds RESULT as a layer above LAYER. */
static GimpLayer **
add_result (GimpImage *image, GimpLayer *layer, const Part *part, const AdmJobResult *result, const AdmSettings *settings, gboolean show,
            GError **error)
{
  double factor = MAX (1.0, (double)result->side / MAX (part->width, part->height));
  AdmPicture picture = { .x = part->x, .y = part->y, .format = "R'G'B'A float" };
  GimpLayer **layers = NULL;

  picture.width = MAX (1, (int)lround (part->width * factor));
  picture.height = MAX (1, (int)lround (part->height * factor));
  float *pixels = fit_result (result, part, picture.width, picture.height);
  if (!pixels) {
    set_no_memory (error);
    return NULL;
  }
  char *source = gimp_item_is_valid (GIMP_ITEM (layer)) ? gimp_item_get_name (GIMP_ITEM (layer)) : g_strdup (settings->model);
  /* Translators: a layer's name: the name of the layer it was made from, then the seed. */
  char *name = g_strdup_printf (_ ("%s · upsampled · seed %d"), source, settings->seed);
  char *text = metadata_to_json (settings, settings->seed, FALSE);
  picture.pixels = pixels;
  picture.name = name;
  picture.settings = text;
  layers = layers_add (&image, &picture, 1, layer, show, error);
  g_free (text);
  g_free (name);
  g_free (source);
  g_free (pixels);
  return layers;
}

static GimpLayer **
upscale (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, AdmSettings *settings, adm_catalog *catalog,
         GError **error)
{
  AdmJobPlan plan = { .threads = gimp_get_num_processors () };
  AdmJobResult result;
  Part part = { 0 };
  GimpLayer *layer = pick_layer (image, drawables, error), **layers = NULL;

  plan.model = layer ? model_paths_find (catalog, settings->model, error) : NULL;
  if (!plan.model || !arguments_to_upscale (settings, plan.model, &plan.upsample_request, error) || !part_read (layer, &part, error))
    return NULL;
  plan.source = part.colors;
  plan.source_w = part.width;
  plan.source_h = part.height;

  gimp_progress_init (_ ("Upsampling the layer"));
  gboolean done = job_run (&plan, G_OBJECT (gimp_procedure_get_plug_in (procedure)), show_progress, NULL, &result, error);
  gimp_progress_end ();
  if (done) {
    if (layers_check_image (image, error))
      layers = add_result (image, layer, &part, &result, settings, run_mode != GIMP_RUN_NONINTERACTIVE, error);
    g_free (result.pixels);
  }
  part_clear (&part);
  return layers;
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables, GimpProcedureConfig *config,
     gpointer run_data G_GNUC_UNUSED)
{
  GError *error = NULL;
  AdmSettings settings = { 0 };
  GimpLayer **layers = NULL;

  gegl_init (NULL, NULL);
  adm_catalog *catalog = model_paths_catalog (&error);
  if (catalog && (run_mode != GIMP_RUN_INTERACTIVE || dialog_run (procedure, config, catalog, &error))) {
    arguments_read (config, &settings);
    layers = upscale (procedure, run_mode, image, drawables, &settings, catalog, &error);
    arguments_clear (&settings);
  }
  adm_catalog_free (catalog);
  if (!layers)
    return plugin_error_return (procedure, error);

  GimpValueArray *values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_IMAGE (values, 1, image);
  GIMP_VALUES_SET_CORE_OBJECT_ARRAY (values, 2, layers);
  g_free (layers);
  return values;
}

GimpProcedure *
upscale_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (plug_in, UPSCALE_PROCEDURE, GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _ ("_Upsample Layer..."));
  gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Enhance");
  gimp_procedure_set_documentation (procedure, _ ("Redraw a layer with a model's upsampling network, as a new layer"),
                                    _ ("Reduces the layer, or the selection's part of it, to the input size of the model's upsampling "
                                       "network, upsamples it and adds the result as a layer that begins at the same place. A part larger "
                                       "than the network's output is covered exactly. Transparent places are taken as white. The settings "
                                       "stay with the new layer, as the parasite adm-settings."),
                                    UPSCALE_PROCEDURE);
  gimp_procedure_set_attribution (procedure, "The gimp-adm authors", "GPL-3.0-or-later", "2025");
  model_paths_set_icon (procedure);
  arguments_declare_upscale (procedure);
  gimp_procedure_add_image_return_value (procedure, "image", _ ("Image"), _ ("The image that the layer was added to"), FALSE, G_PARAM_READWRITE);
  gimp_procedure_add_core_object_array_return_value (procedure, "layers", _ ("Layers"), _ ("The new layer"), GIMP_TYPE_LAYER, G_PARAM_READWRITE);
  return procedure;
}
