/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See insert.h.
 */
#include "insert.h"

#include <glib/gi18n-lib.h>

#include "plugin-error.h"

/* One after the other, as one undo step. FALSE when GIMP refused one, with those before it inserted
 * and GIMP's reason in ERROR. */
static gboolean
insert_each (GimpImage *image, GimpLayer *const *layers, int n, GimpLayer *above, GError **error)
{
  gboolean ok = TRUE;

  gimp_image_undo_group_start (image);
  for (int i = 0; ok && i < n; i++) {
    GimpLayer *parent = NULL;
    int position = -1; /* above the active layer, which is the one inserted before */
    if (above) {
      parent = GIMP_LAYER (gimp_item_get_parent (GIMP_ITEM (above)));
      position = gimp_image_get_item_position (image, GIMP_ITEM (above));
      above = layers[i];
    }
    ok = gimp_image_insert_layer (image, layers[i], parent, position);
    if (!ok) /* asked at once: the next call has an outcome of its own */
      g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                           gimp_pdb_get_last_error (gimp_get_pdb ()));
  }
  gimp_image_undo_group_end (image);
  return ok;
}

static GimpValueArray *
run (GimpProcedure *procedure, GimpProcedureConfig *config, gpointer run_data G_GNUC_UNUSED)
{
  g_autoptr (GimpImage) image = NULL;
  g_autofree GimpLayer **layers = NULL;
  g_autoptr (GimpLayer) above = NULL;
  GError *error = NULL;
  int n = 0;

  g_object_get (config, "image", &image, "layers", &layers, "above", &above, NULL);
  while (layers && layers[n])
    n++;
  gboolean ok = image && insert_each (image, layers, n, above, &error);
  if (ok)
    gimp_displays_flush ();
  return gimp_procedure_new_return_values (procedure,
                                           ok ? GIMP_PDB_SUCCESS : GIMP_PDB_EXECUTION_ERROR, error);
}

GimpProcedure *
insert_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure
      = gimp_procedure_new (plug_in, INSERT_PROCEDURE, GIMP_PDB_PROC_TYPE_PLUGIN, run, NULL, NULL);

  gimp_procedure_set_documentation (
      procedure, "Insert layers that were made for an image, all as one undo step",
      "Used by the procedures that make pictures: layers go in completely, or not at all, "
      "whatever becomes of the process that made them.",
      INSERT_PROCEDURE);
  gimp_procedure_set_attribution (procedure, "The gimp-adm authors", "GPL-3.0-or-later", "2025");
  gimp_procedure_add_image_argument (procedure, "image", "Image",
                                     "The image that the layers were made for", FALSE,
                                     G_PARAM_READWRITE);
  gimp_procedure_add_core_object_array_argument (procedure, "layers", "Layers",
                                                 "The layers, the lowest first", GIMP_TYPE_LAYER,
                                                 G_PARAM_READWRITE);
  gimp_procedure_add_layer_argument (procedure, "above", "Above",
                                     "The layer to put them above; none: the active one", TRUE,
                                     G_PARAM_READWRITE);
  return procedure;
}

/* Lets another process of the plug-in do it. */
static gboolean
insert_from_outside (GimpImage *image, GimpLayer *const *layers, int n, GimpLayer *above,
                     GError **error)
{
  GimpProcedure *procedure = gimp_pdb_lookup_procedure (gimp_get_pdb (), INSERT_PROCEDURE);
  GimpProcedureConfig *config = procedure ? gimp_procedure_create_config (procedure) : NULL;
  GimpValueArray *values = NULL;

  if (config) {
    g_object_set (config, "image", image, "above", above, NULL);
    gimp_procedure_config_set_core_object_array (config, "layers", (GObject **) layers, (gsize) n);
    values = gimp_procedure_run_config (procedure, config);
  }
  gboolean ok = values && GIMP_VALUES_GET_ENUM (values, 0) == GIMP_PDB_SUCCESS;
  if (!ok) {
    /* Arguments that are refused on this side of the pipe have their reason in the values alone. */
    gboolean told = values && gimp_value_array_length (values) > 1
                    && G_VALUE_HOLDS_STRING (gimp_value_array_index (values, 1));
    const char *reason = told ? GIMP_VALUES_GET_STRING (values, 1) : NULL;
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                         reason ? reason : gimp_pdb_get_last_error (gimp_get_pdb ()));
  }
  g_clear_pointer (&values, gimp_value_array_unref);
  g_clear_object (&config);
  return ok;
}

/* A layer that has been deleted, or belongs to another image, has no place here. */
static gboolean
is_in (GimpImage *image, GimpLayer *layer)
{
  return layer && gimp_item_is_valid (GIMP_ITEM (layer))
         && gimp_item_get_image (GIMP_ITEM (layer)) == image;
}

gboolean
insert_layers (GimpImage *image, GimpLayer *const *layers, int n, GimpLayer *above, GError **error)
{
  GError *reason = NULL;

  if (!is_in (image, above))
    above = NULL;
  /* One layer is there or not, whatever happens. */
  gboolean ok = n == 1 ? insert_each (image, layers, n, above, &reason)
                       : insert_from_outside (image, layers, n, above, &reason);
  if (reason)
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                 _ ("GIMP could not add the layers: %s"), reason->message);
  g_clear_error (&reason);
  return ok;
}
