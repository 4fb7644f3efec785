/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filling: see fill.h. What it does not ask for is the model's own. */
#include "fill.h"

#include <glib/gi18n-lib.h>

#include "arguments-canvas.h"
#include "generate.h"
#include "model-paths.h"
#include "plugin-error.h"

/* What CONFIG asks for, to be made where DRAWABLES are. */
static gboolean
read_arguments (GimpProcedureConfig *config, GimpDrawable **drawables, AdmArguments *arguments,
                GError **error)
{
  UiSettings *settings = ui_settings_new ();
  g_autofree char *model = NULL, *class_name = NULL;
  gboolean seamless = FALSE;
  int seed = 0;

  *arguments = (AdmArguments) { .settings = settings };
  g_object_get (config, "model", &model, "class", &class_name, "seamless", &seamless, "change",
                &settings->change, "match-edges", &settings->match_edges, "upsample",
                &settings->upsample, "seed", &seed, "history", &arguments->history, NULL);
  if (!drawables || !drawables[0] || drawables[1] || !GIMP_IS_LAYER (drawables[0])) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("Select one layer to fill (not a mask or a channel)."));
    return FALSE;
  }
  if (!(settings->change >= 0.0 && settings->change <= 1.0)) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("A change of %g is not possible. Choose 0 to 1."), settings->change);
    return FALSE;
  }
  ui_settings_set_model (settings, model);
  ui_settings_set_class (settings, class_name);
  ui_settings_set_sampler (settings, OWN_SAMPLER);
  settings->steps = OWN_STEPS;
  settings->scale = OWN_SCALE;
  settings->eta = OWN_ETA;
  settings->seed = seed;
  settings->seamless_x = settings->seamless_y = seamless;
  settings->start = settings->change < 1.0 ? UI_START_LAYER : UI_START_NOTHING;
  settings->where = gimp_selection_is_empty (gimp_item_get_image (GIMP_ITEM (drawables[0])))
                        ? UI_WHERE_LAYER
                        : UI_WHERE_SELECTION;
  arguments->where_given = TRUE;
  arguments->start = g_object_ref (drawables[0]);
  return TRUE;
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image, GimpDrawable **drawables,
     GimpProcedureConfig *config, gpointer run_data G_GNUC_UNUSED)
{
  return generate_run (read_arguments, procedure, run_mode, image, drawables, config);
}

static void
declare (GimpProcedure *procedure)
{
  arguments_declare_model (procedure);
  gimp_procedure_add_boolean_argument (procedure, "seamless", _ ("S_eamless"),
                                       _ ("Its edges meet, so that it can be repeated"), FALSE,
                                       G_PARAM_READWRITE);
  gimp_procedure_add_double_argument (
      procedure, "change", _ ("Cha_nge"),
      _ ("How much of what is there is changed: 0 leaves it, 1 makes all of it anew"), -G_MAXDOUBLE,
      G_MAXDOUBLE, 1.0, G_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument (procedure, "match-edges", _ ("Ma_tch edges"),
                                       _ ("Go on from what surrounds the selection"), FALSE,
                                       G_PARAM_READWRITE);
  arguments_declare_upsample (procedure);
  arguments_declare_seed (procedure);
  arguments_declare_history (procedure);
}

GimpProcedure *
fill_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (plug_in, FILL_PROCEDURE,
                                                       GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_menu_label (procedure, _ ("Fill with Te_xture..."));
  gimp_procedure_add_menu_path (procedure, "<Image>/Edit");
  gimp_procedure_set_documentation (
      procedure, _ ("Fill what is selected, or the layer, with a class of a diffusion model"),
      _ ("Makes a new layer above the active one that covers the selection exactly, masked by it, "
         "or the active layer where nothing is selected."),
      FILL_PROCEDURE);
  gimp_procedure_set_attribution (procedure, "The gimp-adm authors", "GPL-3.0-or-later", "2026");
  model_paths_set_icon (procedure);
  declare (procedure);
  generate_declare_results (procedure);
  return procedure;
}
