/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a texture is taken from: see teach-source.h.
 */
#include "teach-source.h"

#include <glib/gi18n-lib.h>

#include "adm.h"
#include "plugin-error.h"
#include "teach-lesson.h"

/* Of a side; no crop needs more. */
enum { MOST_SIDE = 2048 };

static const Target *
target_of (const WindowTargets *targets, UiTeachFrom from)
{
  const UiTargets *list = window_targets_list (targets);
  UiWhere where = from == UI_TEACH_SELECTION ? UI_WHERE_SELECTION : UI_WHERE_LAYER;

  for (gsize i = 0; i < list->n; i++)
    if (list->targets[i].where == where)
      return window_targets_get (targets, list->targets[i].id);
  return NULL;
}

char *
teach_source_words (const WindowTargets *targets, UiTeachFrom from, char **what)
{
  const Target *target = target_of (targets, from);

  if (!target)
    return g_strdup (from == UI_TEACH_SELECTION ? _ ("Nothing is selected in an open image.")
                                                : _ ("No layer is active in an open image."));
  g_autofree char *image = gimp_image_get_name (target->image);
  g_autofree char *layer
      = target->layer ? gimp_item_get_name (GIMP_ITEM (target->layer)) : g_strdup ("");
  *what = from == UI_TEACH_SELECTION
              ? g_strdup_printf (_ ("%d × %d pixels of %s"), target->width, target->height, image)
              : g_strdup_printf (_ ("“%s” of %s, %d × %d pixels"), layer, image, target->width,
                                 target->height);
  return NULL;
}

/* What lies there, not larger than the crops need; with its transparency, which some networks see.
 * NULL with ERROR set. */
static GdkPixbuf *
read_target (const Target *target, GError **error)
{
  guint8 *bytes = target_read_rgba (target, error);

  if (!bytes)
    return NULL;
  g_autoptr (GBytes) owned
      = g_bytes_new_take (bytes, (gsize) target->width * (gsize) target->height * 4);
  g_autoptr (GdkPixbuf) whole = gdk_pixbuf_new_from_bytes (
      owned, GDK_COLORSPACE_RGB, TRUE, 8, target->width, target->height, target->width * 4);
  double scale = (double) MOST_SIDE / MAX (target->width, target->height);
  return scale >= 1 ? g_steal_pointer (&whole)
                    : gdk_pixbuf_scale_simple (whole, MAX (1, (int) (target->width * scale)),
                                               MAX (1, (int) (target->height * scale)),
                                               GDK_INTERP_BILINEAR);
}

char **
teach_source_gather (const WindowTargets *targets, const UiLesson *lesson, const char *folder,
                     GError **error)
{
  const Target *target;

  if (lesson->from == UI_TEACH_FILES)
    return g_strdupv ((char **) lesson->files);
  target = target_of (targets, lesson->from);
  if (!target) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("What was to be taught is no longer there. Choose again."));
    return NULL;
  }
  g_autoptr (GdkPixbuf) pixels = read_target (target, error);
  char *path = pixels ? lesson_keep_picture (folder, pixels, error) : NULL;
  if (!path)
    return NULL;
  char **paths = g_new0 (char *, 2);
  paths[0] = path;
  return paths;
}
