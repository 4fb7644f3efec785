/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maps: see map.h. */
#include "map.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "plugin-error.h"

/* Painted without a soft edge, a swatch comes out within this much, in 8-bit steps. */
enum { NEAR = 3 };

guint32
map_color (int i)
{
  const double hue = fmod (0.13 + i * 0.618033988749895, 1.0) * 6.0;
  const double value = i % 2 ? 0.62 : 0.95, saturation = i / 2 % 2 ? 0.55 : 0.9;
  guint32 rgb = 0;

  for (int c = 0; c < 3; c++) {
    static const double shift[3] = { 5.0, 3.0, 1.0 };
    double k = fmod (shift[c] + hue, 6.0);
    double level = value - value * saturation * CLAMP (MIN (k, 4.0 - k), 0.0, 1.0);
    rgb = rgb << 8 | (guint32) lround (255.0 * level);
  }
  return rgb;
}

/* Squared distance of two colours. */
static double
distance (const double a[3], const double b[3])
{
  double sum = 0.0;

  for (int c = 0; c < 3; c++)
    sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

static void
to_channels (guint32 rgb, double out[3])
{
  for (int c = 0; c < 3; c++)
    out[c] = rgb >> (16 - 8 * c) & 0xff;
}

/* The two of the N COLORS between which COLOR lies best, and how far it is from the first: what a
 * soft brush mixes of them. */
static double
best_pair (const double (*colors)[3], int n, const double color[3], int pair[2])
{
  double best = G_MAXDOUBLE, share = 0.0;

  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++) {
      double along[3], dot = 0.0, length = distance (colors[a], colors[b]), point[3];
      for (int c = 0; c < 3; c++) {
        along[c] = colors[b][c] - colors[a][c];
        dot += along[c] * (color[c] - colors[a][c]);
      }
      double t = length > 0.0 ? CLAMP (dot / length, 0.0, 1.0) : 0.0;
      for (int c = 0; c < 3; c++)
        point[c] = colors[a][c] + t * along[c];
      double far = distance (point, color);
      if (far < best - 1e-9) {
        best = far;
        share = t;
        pair[0] = a;
        pair[1] = b;
      }
    }
  return share;
}

/* Which of MODEL's classes have their colour somewhere on MAP, N pixels of 4 bytes. */
static int
find_present (const guint8 *map, gsize n, const adm_model *model, int labels[SCENE_CLASSES],
              double colors[SCENE_CLASSES][3])
{
  int found = 0;

  for (int k = 0; k < model->class_count && found < SCENE_CLASSES; k++) {
    double swatch[3];
    gboolean present = FALSE;
    to_channels (map_color (k), swatch);
    for (gsize i = 0; i < n && !present; i++) {
      const guint8 *p = map + 4 * i;
      present = p[3] == 255 && fabs (p[0] - swatch[0]) <= NEAR && fabs (p[1] - swatch[1]) <= NEAR
                && fabs (p[2] - swatch[2]) <= NEAR;
    }
    if (present) {
      labels[found] = k;
      for (int c = 0; c < 3; c++)
        colors[found][c] = swatch[c];
      found++;
    }
  }
  return found;
}

/* The weights of the classes at each pixel. Colours repeat, so that of the pixel before is kept. */
static void
fill_weights (Scene *scene, const guint8 *map, gsize n, const double (*colors)[3])
{
  guint32 before = 0;
  int pair[2] = { 0, 0 };
  double share = 0.0;

  for (gsize i = 0; i < n; i++) {
    const guint8 *p = map + 4 * i;
    guint32 rgb = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
    if (i == 0 || rgb != before) {
      double color[3] = { p[0], p[1], p[2] };
      share = best_pair (colors, scene->class_count, color, pair);
      before = rgb;
    }
    ((float *) scene->classes[pair[0]].map)[i] += (float) (1.0 - share);
    ((float *) scene->classes[pair[1]].map)[i] += (float) share;
  }
}

gboolean
map_read (Scene *scene, const adm_model *model, const Target *target, GError **error)
{
  gsize n = (gsize) target->width * (gsize) target->height;
  g_autofree guint8 *map = g_try_malloc_n (n, 4);
  int labels[SCENE_CLASSES];
  double colors[SCENE_CLASSES][3];

  if (!map)
    return FALSE;
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer));
  gegl_buffer_get (buffer, GEGL_RECTANGLE (0, 0, target->width, target->height), 1.0,
                   babl_format ("R'G'B'A u8"), map, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  int found = find_present (map, n, model, labels, colors);
  if (found == 0) {
    g_autofree char *name = gimp_item_get_name (GIMP_ITEM (target->layer));
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The map “%s” holds no color of a class of “%s”. Paint with the colors that "
                    "the window shows beside the classes."),
                 name, model->name);
    return FALSE;
  }
  for (int k = 0; k < found; k++) {
    float *weights = g_try_new0 (float, n);
    if (!weights)
      return FALSE;
    scene->classes[scene->class_count++]
        = (adm_class_weight) { .label = labels[k], .weight = 1.0, .map = weights };
  }
  fill_weights (scene, map, n, colors);
  return TRUE;
}

gboolean
map_add (const adm_model *model, const Target *target, GError **error)
{
  GimpImage *image = target->image;

  if (!image || !gimp_image_is_valid (image)) {
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                         _ ("Open an image to paint a map on."));
    return FALSE;
  }
  GimpImageType type
      = gimp_image_get_base_type (image) == GIMP_GRAY ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE;
  /* Translators: a layer's name, painted with the colors of a model's classes. */
  g_autofree char *name = g_strdup_printf (_ ("Map: %s"), model->name);
  GimpLayer *layer = gimp_layer_new (image, name, target->width, target->height, type, 100.0,
                                     gimp_image_get_default_new_layer_mode (image));
  gboolean ok = layer != NULL;
  if (ok) {
    gimp_layer_set_offsets (layer, target->x, target->y);
    ok = gimp_image_insert_layer (image, layer, NULL, -1);
  }
  if (!ok)
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                 _ ("GIMP could not make the layer “%s”: %s"), name,
                 gimp_pdb_get_last_error (gimp_get_pdb ()));
  gimp_displays_flush ();
  return ok;
}
