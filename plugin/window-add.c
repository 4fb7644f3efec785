/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How finished pictures leave the window: as layers where they belong, in a new image, as a
 * pattern, as files. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "layers.h"
#include "metadata.h"
#include "pattern.h"
#include "plugin-error.h"
#include "weights-mark.h"
#include "window-private.h"

gboolean
window_image_is_open (Window *window)
{
  GimpDisplay *view = gimp_default_display ();

  if (window->image && !window->image_closed
      && (!gimp_image_is_valid (window->image) || (view && !gimp_display_is_valid (view))))
    window->image_closed = TRUE;
  return window->image && !window->image_closed;
}

/* The packed rows of PIXELS, 3 bytes a pixel or, with alpha, 4; free with g_free. */
static guint8 *
pack_pixels (const GdkPixbuf *pixels)
{
  gsize height = (gsize) gdk_pixbuf_get_height (pixels),
        row = (gsize) gdk_pixbuf_get_rowstride (pixels),
        bytes = (gsize) gdk_pixbuf_get_width (pixels) * (gsize) gdk_pixbuf_get_n_channels (pixels);
  guint8 *packed = g_try_malloc_n (height, bytes);

  for (gsize y = 0; packed && y < height; y++)
    memcpy (packed + y * bytes, gdk_pixbuf_read_pixels (pixels) + y * row, bytes);
  return packed;
}

static char *
name_of (Window *window, const UiResult *result)
{
  const UiSettings *settings = result->settings;
  const adm_model *model = window_models_find (window->models, settings->model);

  return window->region ? region_layer_name (window->region)
                        : metadata_layer_name (settings, model ? model->name : settings->model);
}

/* Puts PICTURE where RESULT belongs: where it was made for, when that is in IMAGE, with the
 * selection of that moment; else it covers what the button names, or lies in its middle. */
static void
place (Window *window, const UiResult *result, GimpImage *image, guint named, AdmPicture *picture)
{
  const Target *made_for = window_targets_get (window->targets, result->target),
               *target = window_targets_get (window->targets, named);
  guint id = made_for && made_for->image == image && made_for->width == picture->width
                     && made_for->height == picture->height
                 ? result->target
                 : named;

  if (id == result->target)
    target = made_for;
  if (!target || target->image != image) {
    layers_place (image, picture->width, picture->height, &picture->x, &picture->y);
    return;
  }
  picture->x = target->x + (target->width - picture->width) / 2;
  picture->y = target->y + (target->height - picture->height) / 2;
  if (target->where == UI_WHERE_SELECTION && target->width == picture->width
      && target->height == picture->height)
    picture->mask = window_targets_mask (window->targets, id);
}

/* RESULT as a picture for IMAGE (NULL: a new one); its NAME, SETTINGS and PIXELS, also returned,
 * are the caller's to free. FALSE when memory is short. */
static gboolean
to_picture (Window *window, const UiResult *result, GimpImage *image, guint named,
            AdmPicture *picture, gpointer *pixels)
{
  int width = gdk_pixbuf_get_width (result->pixels),
      height = gdk_pixbuf_get_height (result->pixels);
  g_autofree guint8 *packed = pack_pixels (result->pixels);

  if (window->region) {
    *pixels = packed ? region_fill_picture (window->region, packed, width, height,
                                            result->settings->tiles, picture)
                     : NULL;
  } else {
    *picture = (AdmPicture) {
      .width = width,
      .height = height,
      .format = gdk_pixbuf_get_has_alpha (result->pixels) ? "R'G'B'A u8" : "R'G'B' u8",
      .pixels = packed,
    };
    *pixels = g_steal_pointer (&packed);
    if (image)
      place (window, result, image, named, picture);
  }
  picture->name = name_of (window, result);
  picture->settings = metadata_to_json (result->settings, result->settings->seed);
  if (!image)
    picture->x = picture->y = 0;
  return picture->settings && *pixels;
}

/* Remembers the ADDED layers, which are in IMAGE now; their ids go to IDS. */
static void
remember (Window *window, GimpImage *image, GimpLayer *const *added, guint *ids)
{
  const gboolean there = FALSE;

  if (image != window->image) {
    window->image = image;
    window->image_closed = FALSE;
  }
  for (gsize i = 0; added[i]; i++) {
    g_ptr_array_add (window->layers, added[i]);
    g_array_append_val (window->gone, there);
    ids[i] = window->layers->len;
  }
}

static gboolean
add_layers (Window *window, const UiResult *const *results, gsize n, GimpImage *image, guint named,
            guint *ids, GError **error)
{
  g_autofree AdmPicture *pictures = g_new0 (AdmPicture, n);
  g_autofree gpointer *pixels = g_new0 (gpointer, n);
  g_autofree GimpLayer **added = NULL;
  gboolean memory = TRUE;

  for (gsize i = 0; i < n && memory; i++)
    memory = to_picture (window, results[i], image, named, &pictures[i], &pixels[i]);
  if (memory)
    added = layers_add (&image, pictures, (int) n, image ? window->layer : NULL, TRUE, error);
  else
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                         _ ("There is not enough memory for the layers. Add fewer at once, "
                            "or close other programs."));
  if (added)
    remember (window, image, added, ids);
  for (gsize i = 0; i < n; i++) {
    g_free (pixels[i]);
    g_free ((char *) pictures[i].name);
    g_free ((char *) pictures[i].settings);
  }
  return added != NULL;
}

static gboolean
add_patterns (Window *window, const UiResult *const *results, gsize n, GError **error)
{
  gboolean ok = TRUE;

  for (gsize i = 0; i < n && ok; i++) {
    g_autofree char *name = name_of (window, results[i]);
    ok = pattern_add (results[i]->pixels, name, error);
  }
  return ok;
}

/* PATH itself, or with a number before its last dot. */
static char *
numbered (const char *path, gsize i)
{
  const char *dot = strrchr (path, '.');

  if (i == 0)
    return g_strdup (path);
  if (!dot || strchr (dot, G_DIR_SEPARATOR))
    return g_strdup_printf ("%s-%d", path, (int) i + 1);
  return g_strdup_printf ("%.*s-%d%s", (int) (dot - path), path, (int) i + 1, dot);
}

/* Each file is complete or absent: it is written under another name first. */
static gboolean
add_files (const UiResult *const *results, gsize n, const char *path, GError **error)
{
  for (gsize i = 0; i < n; i++) {
    g_autofree char *to = numbered (path, i), *bytes = NULL,
                    *settings = metadata_to_json (results[i]->settings, results[i]->settings->seed);
    gsize size;
    if (!gdk_pixbuf_save_to_buffer (results[i]->pixels, &bytes, &size, "png", error,
                                    "tEXt::adm-settings", settings, NULL)
        || !g_file_set_contents (to, bytes, (gssize) size, error))
      return FALSE;
  }
  return TRUE;
}

/* The image that what HOW names lies in; NULL: a new one. FALSE, with ERROR set, when it is gone or
 * cannot take layers. */
static gboolean
find_image (Window *window, const UiAdd *how, GimpImage **image, GError **error)
{
  const Target *named = window->targets ? window_targets_get (window->targets, how->target) : NULL;

  *image = how->as == UI_ADD_NEW_IMAGE ? NULL : named ? named->image : window->image;
  if (*image
      && (*image == window->image ? !window_image_is_open (window)
                                  : !gimp_image_is_valid (*image))) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                         _ ("The image has been closed. The pictures are still here: add them to a "
                            "new image."));
    return FALSE;
  }
  return layers_check_image (*image, error);
}

char *
window_add (const UiResult *const *results, gsize n, const UiAdd *how, guint *ids,
            gboolean *offer_new_image, gpointer user)
{
  Window *window = user;
  GimpImage *image = NULL;
  g_autoptr (GError) error = NULL;

  memset (ids, 0, n * sizeof *ids);
  *offer_new_image = FALSE;
  if (how->as == UI_ADD_PATTERN)
    add_patterns (window, results, n, &error);
  else if (how->as == UI_ADD_FILE)
    add_files (results, n, how->path, &error);
  else if (!find_image (window, how, &image, &error))
    *offer_new_image = TRUE;
  else
    add_layers (window, results, n, image, how->target, ids, &error);
  return error ? g_strdup (error->message) : NULL;
}

/* Whether LAYER is in its image: undone ones live on outside. */
static gboolean
is_there (GimpLayer *layer)
{
  if (!gimp_item_is_valid (GIMP_ITEM (layer)))
    return FALSE;
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (layer));
  g_autofree GimpLayer **layers = image ? gimp_image_get_layers (image) : NULL;
  gboolean found = gimp_item_get_parent (GIMP_ITEM (layer)) != NULL;
  for (int i = 0; layers && layers[i] && !found; i++)
    found = layers[i] == layer;
  return found;
}

void
window_watch_layers (Window *window)
{
  for (guint i = 0; i < window->layers->len; i++) {
    gboolean gone = !is_there (window->layers->pdata[i]);
    if (gone == g_array_index (window->gone, gboolean, i))
      continue;
    g_array_index (window->gone, gboolean, i) = gone;
    window_tell (&(UiEvent) { .kind = UI_EVENT_LAYER, .layer = i + 1, .gone = gone }, window);
  }
}

char *
window_reuse_settings (UiSettings *settings, gpointer user)
{
  Window *window = user;
  const UiTargets *list = window->targets ? window_targets_list (window->targets) : NULL;
  const Target *first
      = list && list->n > 0 ? window_targets_get (window->targets, list->targets[0].id) : NULL;
  GimpImage *image = first ? first->image : window_image_is_open (window) ? window->image : NULL;

  if (!image || !gimp_image_is_valid (image))
    return g_strdup (_ ("There is no open image to read settings from."));
  GimpLayer *layer = target_active_layer (image);
  if (!layer)
    return g_strdup (_ ("Select one layer in the image, then press Reuse Settings again."));
  if (metadata_read (layer, settings)) {
    const adm_model *model = window_models_find (window->models, settings->model);
    char *differs
        = model ? weights_mark_differs (settings->weights, model,
                                        settings->task == UI_TASK_UPSAMPLE ? ADM_TASK_UPSCALE
                                                                           : ADM_TASK_GENERATE)
                : NULL;
    ui_settings_set_weights (settings, "");
    if (differs)
      window_tell_later (window, (UiEvent) { .kind = UI_EVENT_NOTICE }, differs);
    return NULL;
  }
  g_autofree char *name = gimp_item_get_name (GIMP_ITEM (layer));
  return g_strdup_printf (
      _ ("The layer “%s” was not made here, so it carries no settings. Select one that was."),
      name);
}
