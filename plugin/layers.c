/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures become layers: see layers.h.
 */
#include "layers.h"

#include <glib/gi18n-lib.h>

#include "insert.h"
#include "metadata.h"
#include "pixels.h"
#include "plugin-error.h"

gboolean
layers_check_image (GimpImage *image, GError **error)
{
  if (!image)
    return TRUE;
  if (!gimp_image_is_valid (image)) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                         _ ("The image is no longer open. Open it again, or start without an image "
                            "to get a new one."));
    return FALSE;
  }
  if (gimp_image_get_base_type (image) == GIMP_INDEXED) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("Indexed images have too few colors for this. Convert the image with "
                            "Image ▸ Mode ▸ RGB first."));
    return FALSE;
  }
  return TRUE;
}

/* GIMP keeps a closed image alive until the procedure it was passed to returns, so the view that
 * the procedure was called from has to be asked after too. */
gboolean
layers_check_open (GimpRunMode run_mode, GimpImage **image, GError **error)
{
  if (run_mode != GIMP_RUN_NONINTERACTIVE && *image) {
    GimpDisplay *view = gimp_default_display ();
    if (!gimp_image_is_valid (*image) || (view && !gimp_display_is_valid (view))) {
      gimp_message (_ ("The image has been closed: the pictures go into a new one."));
      *image = NULL;
    }
  }
  return layers_check_image (*image, error);
}

void
layers_place (GimpImage *image, int width, int height, int *x, int *y)
{
  gboolean selected = FALSE;
  int x1, y1, x2, y2;

  if (gimp_selection_bounds (image, &selected, &x1, &y1, &x2, &y2) && selected) {
    *x = x1;
    *y = y1;
  } else {
    *x = (gimp_image_get_width (image) - width) / 2;
    *y = (gimp_image_get_height (image) - height) / 2;
  }
}

/* Gives LAYER, which is in no image yet, PICTURE's mask: it arrives with the layer, in one undo
 * step. */
static gboolean
add_mask (GimpLayer *layer, const AdmPicture *picture)
{
  GimpLayerMask *mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);

  if (!mask || !gimp_layer_add_mask (layer, mask))
    return FALSE;
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));
  pixels_write (buffer, picture->width, picture->height, "Y float", picture->mask);
  g_clear_object (&buffer);
  gimp_drawable_update (GIMP_DRAWABLE (mask), 0, 0, picture->width, picture->height);
  gimp_layer_set_edit_mask (layer, FALSE);
  return TRUE;
}

/* A layer of IMAGE that holds PICTURE, not yet inserted. NULL with ERROR set when GIMP refuses
 * it. */
static GimpLayer *
make_layer (GimpImage *image, const AdmPicture *picture, GError **error)
{
  GimpImageType type
      = gimp_image_get_base_type (image) == GIMP_GRAY ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE;
  GimpLayer *layer = gimp_layer_new (image, picture->name, picture->width, picture->height, type,
                                     100.0, gimp_image_get_default_new_layer_mode (image));

  if (!layer || (picture->mask && !add_mask (layer, picture))) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                 _ ("GIMP could not make the layer “%s”: %s"), picture->name,
                 gimp_pdb_get_last_error (gimp_get_pdb ()));
    if (layer)
      gimp_item_delete (GIMP_ITEM (layer));
    return NULL;
  }
  gimp_layer_set_offsets (layer, picture->x, picture->y);

  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  pixels_write (buffer, picture->width, picture->height, picture->format, picture->pixels);
  g_clear_object (&buffer);
  gimp_drawable_update (GIMP_DRAWABLE (layer), 0, 0, picture->width, picture->height);
  metadata_attach (layer, picture->settings);
  return layer;
}

/* Whether LAYER has come into IMAGE already: GIMP's list is the only witness. */
static gboolean
is_inserted (GimpImage *image, GimpLayer *layer)
{
  gboolean found = gimp_item_get_parent (GIMP_ITEM (layer)) != NULL;
  g_autofree GimpLayer **layers = gimp_image_get_layers (image);

  for (int i = 0; layers && layers[i] && !found; i++)
    found = layers[i] == layer;
  return found;
}

/* Leaves none of the MADE LAYERS in IMAGE. */
static void
take_back (GimpImage *image, GimpLayer **layers, int made)
{
  gboolean group = FALSE;

  for (int i = 0; i < made; i++) {
    if (!gimp_item_is_valid (GIMP_ITEM (layers[i])))
      continue;
    if (!is_inserted (image, layers[i])) {
      gimp_item_delete (GIMP_ITEM (layers[i]));
      continue;
    }
    if (!group)
      gimp_image_undo_group_start (image);
    group = TRUE;
    gimp_image_remove_layer (image, layers[i]);
  }
  if (group)
    gimp_image_undo_group_end (image);
}

GimpLayer **
layers_add (GimpImage **image, const AdmPicture *pictures, int n, GimpLayer *above, gboolean show,
            GError **error)
{
  gboolean fresh = *image == NULL;
  GimpImage *target
      = fresh ? gimp_image_new (pictures[0].width, pictures[0].height, GIMP_RGB) : *image;
  GimpLayer **layers = g_new0 (GimpLayer *, (gsize) n + 1);
  gboolean ok = target != NULL;
  int made = 0;

  while (ok && made < n) {
    layers[made] = make_layer (target, &pictures[made], error);
    ok = layers[made] != NULL;
    made += ok;
  }
  if (ok) {
    if (fresh)
      gimp_image_undo_disable (target);
    ok = insert_layers (target, layers, n, above, error);
    if (fresh)
      gimp_image_undo_enable (target);
  }
  if (!ok) {
    if (error && !*error)
      g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                   _ ("GIMP could not add the layers: %s"),
                   gimp_pdb_get_last_error (gimp_get_pdb ()));
    if (target && fresh)
      gimp_image_delete (target);
    else if (target)
      take_back (target, layers, made);
    g_free (layers);
    return NULL;
  }
  if (fresh && show)
    gimp_display_new (target);
  gimp_displays_flush ();
  *image = target;
  return layers;
}

GimpValueArray *
layers_return (GimpProcedure *procedure, GimpImage *image, GimpLayer **layers, GError *error)
{
  /* GIMP keeps the settings with the image that was passed in, which may be gone: that is nobody's
   * error. */
  gimp_plug_in_set_pdb_error_handler (gimp_procedure_get_plug_in (procedure),
                                      GIMP_PDB_ERROR_HANDLER_PLUGIN);
  if (!layers)
    return plugin_error_return (procedure, error);

  GimpValueArray *values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_IMAGE (values, 1, image);
  GIMP_VALUES_SET_CORE_OBJECT_ARRAY (values, 2, layers);
  g_free (layers);
  return values;
}
