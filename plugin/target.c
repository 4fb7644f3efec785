/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a picture covers: see target.h. */
#include "target.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "layers.h"
#include "pixels.h"
#include "plugin-error.h"

static gboolean
refuse (GError **error, char *message)
{
  g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING, message);
  g_free (message);
  return FALSE;
}

GimpLayer *
target_active_layer (GimpImage *image)
{
  g_autofree GimpLayer **selected = gimp_image_get_selected_layers (image);

  return selected && selected[0] && !selected[1] ? selected[0] : NULL;
}

static gboolean
find_selection (Target *target, GError **error)
{
  gboolean selected = FALSE;
  int right = 0, bottom = 0;

  if (!gimp_selection_bounds (target->image, &selected, &target->x, &target->y, &right, &bottom)
      || !selected) {
    g_autofree char *name = gimp_image_get_name (target->image);
    return refuse (error,
                   g_strdup_printf (_ ("Nothing is selected in “%s”. Select what the picture "
                                       "is to cover, or choose another place."),
                                    name));
  }
  target->width = right - target->x;
  target->height = bottom - target->y;
  return TRUE;
}

static gboolean
find_layer (Target *target, GError **error)
{
  GimpItem *item = GIMP_ITEM (target->layer);

  if (!item || !gimp_item_is_valid (item))
    return refuse (error, g_strdup (_ ("Select one layer for the picture to cover.")));
  if (!gimp_item_get_visible (item)) {
    g_autofree char *name = gimp_item_get_name (item);
    return refuse (
        error, g_strdup_printf (_ ("The layer “%s” is hidden, so the picture could not be seen in "
                                   "its place. Show the layer, or choose another."),
                                name));
  }
  gimp_drawable_get_offsets (GIMP_DRAWABLE (item), &target->x, &target->y);
  target->width = gimp_drawable_get_width (GIMP_DRAWABLE (item));
  target->height = gimp_drawable_get_height (GIMP_DRAWABLE (item));
  return TRUE;
}

gboolean
target_find (GimpImage *image, GimpLayer *layer, UiWhere where, Target *target, GError **error)
{
  *target = (Target) { .where = where, .image = image, .layer = layer };
  if (!image || where == UI_WHERE_NEW_IMAGE) {
    *target = (Target) { .where = UI_WHERE_NEW_IMAGE };
    return TRUE;
  }
  if (!layers_check_image (image, error))
    return FALSE;
  if (!layer)
    target->layer = target_active_layer (image);

  gboolean found = TRUE;
  if (where == UI_WHERE_SELECTION)
    found = find_selection (target, error);
  else if (where == UI_WHERE_LAYER || where == UI_WHERE_MAP)
    found = find_layer (target, error);
  else {
    target->width = gimp_image_get_width (image);
    target->height = gimp_image_get_height (image);
  }
  if (found && MAX (target->width, target->height) > UI_SIDE_MAX)
    return refuse (error, g_strdup_printf (_ ("%d × %d pixels are more than a picture can have. "
                                              "Choose a place of at most %d a side."),
                                           target->width, target->height, UI_SIDE_MAX));
  return found;
}

static void
set_no_memory (GError **error)
{
  g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                       _ ("There is not enough memory for a picture of this size. Choose a smaller "
                          "place, or close other programs."));
}

/* The buffer of what IMAGE shows. *SHOWN is the layer that holds it, which is in no image: to be
 * deleted after the buffer has been let go. */
static GeglBuffer *
open_shown (GimpImage *image, GimpLayer **shown)
{
  *shown = gimp_layer_new_from_visible (image, image, "adm");
  return *shown ? gimp_drawable_get_buffer (GIMP_DRAWABLE (*shown)) : NULL;
}

float
target_value (float value)
{
  /* a sixteenth more than the byte: far above what float32 can lose on the way there and back */
  return (roundf (255.0F * value) + 0.0625F) / 127.5F - 1.0F;
}

/* FORMAT of four channels into PIXELS [height][width][4], NULL: memory was short. FALSE with ERROR
 * set. */
static gboolean
read_pixels (const Target *target, const char *format, gpointer pixels, GError **error)
{
  gboolean own = target->where == UI_WHERE_LAYER || target->where == UI_WHERE_MAP;
  GimpLayer *shown = NULL;
  g_autoptr (GeglBuffer) buffer = own ? gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer))
                                      : open_shown (target->image, &shown);
  gboolean read = pixels && buffer;

  if (read)
    pixels_read (
        buffer,
        GEGL_RECTANGLE (own ? 0 : target->x, own ? 0 : target->y, target->width, target->height),
        format, pixels);
  else
    set_no_memory (error);
  g_clear_object (&buffer);
  if (shown)
    gimp_item_delete (GIMP_ITEM (shown));
  return read;
}

guint8 *
target_read_rgba (const Target *target, GError **error)
{
  g_autofree guint8 *pixels = g_try_malloc_n ((gsize) target->width * (gsize) target->height, 4);

  return read_pixels (target, "R'G'B'A u8", pixels, error) ? g_steal_pointer (&pixels) : NULL;
}

float *
target_read (const Target *target, GError **error)
{
  gsize area = (gsize) target->width * (gsize) target->height;
  g_autofree float *pixels = g_try_malloc_n (area, 4 * sizeof (float));
  float *planar = g_try_malloc_n (area, 3 * sizeof (float));

  if (read_pixels (target, "R'G'B'A float", planar ? pixels : NULL, error)) {
    for (gsize i = 0; i < area; i++) {
      float alpha = CLAMP (pixels[4 * i + 3], 0.0F, 1.0F);
      for (gsize c = 0; c < 3; c++)
        planar[c * area + i]
            = target_value (CLAMP (pixels[4 * i + c], 0.0F, 1.0F) * alpha + 1.0F - alpha);
    }
  } else
    g_clear_pointer (&planar, g_free);
  return planar;
}

float *
target_read_mask (const Target *target, GError **error)
{
  float *mask = g_try_malloc_n ((gsize) target->width * (gsize) target->height, sizeof (float));
  GimpSelection *selection = gimp_image_get_selection (target->image);

  if (!mask) {
    set_no_memory (error);
    return NULL;
  }
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (selection));
  pixels_read (buffer, GEGL_RECTANGLE (target->x, target->y, target->width, target->height),
               "Y float", mask);
  return mask;
}

guint8 *
target_read_cut (GimpImage *image, const GeglRectangle *cut, double scale, int width, int height)
{
  guint8 *pixels = g_try_malloc_n ((gsize) width * (gsize) height, 3);
  GimpLayer *shown = NULL;
  g_autoptr (GeglBuffer) buffer = open_shown (image, &shown);

  if (pixels && buffer)
    gegl_buffer_get (
        buffer, GEGL_RECTANGLE ((int) (cut->x * scale), (int) (cut->y * scale), width, height),
        scale, babl_format ("R'G'B' u8"), pixels, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_WHITE);
  else
    g_clear_pointer (&pixels, g_free);
  g_clear_object (&buffer);
  if (shown)
    gimp_item_delete (GIMP_ITEM (shown));
  return pixels;
}
