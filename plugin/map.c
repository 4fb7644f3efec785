/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maps: see map.h. */
#include "map.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "map-colors.h"
#include "plugin-error.h"

/* Painted without a soft edge, a swatch comes out within this much, in 8-bit steps. */
enum { NEAR = 3 };

/* Where a map keeps what its colours mean; no legend that we wrote is longer. */
#define LEGEND_PARASITE "adm-map-legend"
enum { LONGEST_LEGEND = 1 << 20 };

/* A colour that is on a map: the class of the scene it stands for. */
typedef struct Swatch {
  double color[3];
  int slot;
} Swatch;

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

/* The two of the N SWATCHES between whose colours COLOR lies best, and how far it is from the
 * first: what a soft brush mixes of them. */
static double
best_pair (const Swatch *swatches, int n, const double color[3], int pair[2])
{
  double best = G_MAXDOUBLE, share = 0.0;

  for (int a = 0; a < n; a++)
    for (int b = 0; b < n; b++) {
      const double *from = swatches[a].color, *to = swatches[b].color;
      double along[3], dot = 0.0, length = distance (from, to), point[3];
      for (int c = 0; c < 3; c++) {
        along[c] = to[c] - from[c];
        dot += along[c] * (color[c] - from[c]);
      }
      double t = length > 0.0 ? CLAMP (dot / length, 0.0, 1.0) : 0.0;
      for (int c = 0; c < 3; c++)
        point[c] = from[c] + t * along[c];
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

/* ---- which colours are there ----------------------------------------------------------------- */

/* The opaque colours of MAP, N pixels of 4 bytes: a bit for each 0xrrggbb. NULL when memory is
 * short. */
static guint8 *
collect_colors (const guint8 *map, gsize n)
{
  guint8 *there = g_try_malloc0 ((1 << 24) / 8);

  for (gsize i = 0; there && i < n; i++) {
    const guint8 *p = map + 4 * i;
    guint32 rgb = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
    if (p[3] == 255)
      there[rgb >> 3] |= (guint8) (1 << (rgb & 7));
  }
  return there;
}

/* Whether COLOR, or one NEAR it, is THERE. */
static gboolean
is_there (const guint8 *there, guint32 color)
{
  const int r = (int) (color >> 16 & 0xff), g = (int) (color >> 8 & 0xff), b = (int) (color & 0xff);

  for (int x = MAX (r - NEAR, 0); x <= MIN (r + NEAR, 255); x++)
    for (int y = MAX (g - NEAR, 0); y <= MIN (g + NEAR, 255); y++)
      for (int z = MAX (b - NEAR, 0); z <= MIN (b + NEAR, 255); z++) {
        guint32 rgb = (guint32) x << 16 | (guint32) y << 8 | (guint32) z;
        if (there[rgb >> 3] >> (rgb & 7) & 1)
          return TRUE;
      }
  return FALSE;
}

/* What a map's colours can mean: its own legend first, then the colours of today, and on a map
 * without a legend those of the first maps; −1: nothing. To be freed. */
typedef struct Palettes {
  gint32 *colors; /* [3][class_count] */
  int n;          /* of classes */
} Palettes;

static Palettes
palettes_of (GimpLayer *layer, const adm_model *model)
{
  int n = model->class_count;
  Palettes palettes = { g_new (gint32, 3 * (gsize) MAX (n, 1)), n };
  g_autofree guint32 *today = g_new (guint32, (gsize) MAX (n, 1));
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer), LEGEND_PARASITE);
  guint32 size = 0;
  const char *text = parasite ? gimp_parasite_get_data (parasite, &size) : NULL;
  gboolean own = text && size <= LONGEST_LEGEND
                 && map_legend_read (text, strnlen (text, size), model, palettes.colors);

  g_clear_pointer (&parasite, gimp_parasite_free);
  map_colors (model, today);
  for (int k = 0; k < n; k++) {
    if (!own)
      palettes.colors[k] = -1;
    palettes.colors[n + k] = (gint32) today[k];
    palettes.colors[2 * n + k] = own ? -1 : (gint32) map_color_generated (k);
  }
  return palettes;
}

/* Whether one of the N SWATCHES is so near COLOR that a pixel could be either. */
static gboolean
is_taken (const Swatch *swatches, int n, const double color[3])
{
  gboolean taken = FALSE;

  for (int i = 0; i < n && !taken; i++)
    taken = fabs (swatches[i].color[0] - color[0]) <= 2 * NEAR
            && fabs (swatches[i].color[1] - color[1]) <= 2 * NEAR
            && fabs (swatches[i].color[2] - color[2]) <= 2 * NEAR;
  return taken;
}

/* Which colours of PALETTES are THERE; LABELS become the classes that they mean, *N_LABELS of
 * them. */
static int
find_present (const guint8 *there, const Palettes *palettes, Swatch swatches[SCENE_CLASSES],
              int labels[SCENE_CLASSES], int *n_labels)
{
  int found = 0;

  *n_labels = 0;
  for (int i = 0; i < 3 * palettes->n && found < SCENE_CLASSES; i++) {
    Swatch swatch = { .slot = 0 };
    int label = i % palettes->n;
    if (palettes->colors[i] < 0 || !is_there (there, (guint32) palettes->colors[i]))
      continue;
    to_channels ((guint32) palettes->colors[i], swatch.color);
    if (is_taken (swatches, found, swatch.color))
      continue;
    while (swatch.slot < *n_labels && labels[swatch.slot] != label)
      swatch.slot++;
    if (swatch.slot == *n_labels)
      labels[(*n_labels)++] = label;
    swatches[found++] = swatch;
  }
  return found;
}

/* The weights of the classes at each pixel. Colours repeat, so that of the pixel before is kept. */
static void
fill_weights (Scene *scene, const guint8 *map, gsize n, const Swatch *swatches, int n_swatches)
{
  guint32 before = 0;
  int pair[2] = { 0, 0 };
  double share = 0.0;

  for (gsize i = 0; i < n; i++) {
    const guint8 *p = map + 4 * i;
    guint32 rgb = (guint32) p[0] << 16 | (guint32) p[1] << 8 | p[2];
    if (i == 0 || rgb != before) {
      double color[3] = { p[0], p[1], p[2] };
      share = best_pair (swatches, n_swatches, color, pair);
      before = rgb;
    }
    ((float *) scene->classes[swatches[pair[0]].slot].map)[i] += (float) (1.0 - share);
    ((float *) scene->classes[swatches[pair[1]].slot].map)[i] += (float) share;
  }
}

gboolean
map_read (Scene *scene, const adm_model *model, const Target *target, int most, GError **error)
{
  double scale = MIN (1.0, (double) most / MAX (target->width, target->height));
  int width = MAX (1, (int) (target->width * scale)),
      height = MAX (1, (int) (target->height * scale));
  gsize n = (gsize) width * (gsize) height;
  g_autofree guint8 *map = g_try_malloc_n (n, 4);
  Swatch swatches[SCENE_CLASSES];
  int labels[SCENE_CLASSES], n_labels = 0;

  if (!map)
    return FALSE;
  g_autoptr (GeglBuffer) buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (target->layer));
  gegl_buffer_get (buffer, GEGL_RECTANGLE (0, 0, width, height), scale, babl_format ("R'G'B'A u8"),
                   map, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  g_autofree guint8 *there = collect_colors (map, n);
  if (!there)
    return FALSE;
  Palettes palettes = palettes_of (target->layer, model);
  int found = find_present (there, &palettes, swatches, labels, &n_labels);
  g_free (palettes.colors);
  if (found == 0) {
    g_autofree char *name = gimp_item_get_name (GIMP_ITEM (target->layer));
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                 _ ("The map “%s” holds no color of a class of “%s”. Paint with the colors that "
                    "the window shows beside the classes."),
                 name, model->name);
    return FALSE;
  }
  for (int k = 0; k < n_labels; k++) {
    float *weights = g_try_new0 (float, n);
    if (!weights)
      return FALSE;
    scene->classes[scene->class_count++] = (adm_class_weight) {
      .label = labels[k], .weight = 1.0, .map = weights, .map_height = height, .map_width = width
    };
  }
  fill_weights (scene, map, n, swatches, found);
  return TRUE;
}

/* What LAYER's colours mean, for good: other versions may have others. */
static void
attach_legend (GimpLayer *layer, const adm_model *model)
{
  g_autofree guint32 *colors = g_new (guint32, (gsize) MAX (model->class_count, 1));

  map_colors (model, colors);
  g_autofree char *text = map_legend_write (model, colors);
  if (!text)
    return;
  GimpParasite *parasite
      = gimp_parasite_new (LEGEND_PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                           (guint32) strlen (text) + 1, text);
  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
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
    attach_legend (layer, model);
    ok = gimp_image_insert_layer (image, layer, NULL, -1);
  }
  if (!ok)
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                 _ ("GIMP could not make the layer “%s”: %s"), name,
                 gimp_pdb_get_last_error (gimp_get_pdb ()));
  gimp_displays_flush ();
  return ok;
}
