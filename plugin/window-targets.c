/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the open window's pictures can cover: see window-targets.h. */
#include "window-targets.h"

#include <gegl.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "metadata.h"

/* A target that an id stands for, for good. */
typedef struct Entry {
  Target target;
  char *image, *layer; /* names */
  float *mask;
} Entry;

/* An open image as it was when last looked at. */
typedef struct Open {
  GimpImage *image;
  char *state; /* everything by which a change is told */
} Open;

struct WindowTargets {
  GPtrArray *entries; /* of Entry; the id is the index + 1 */
  GPtrArray *open;    /* of Open, the one worked in first */
  GArray *shown;      /* of UiTarget */
  UiTargets list;
  char *reusable;
  gboolean looked;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->image);
  g_free (entry->layer);
  g_free (entry->mask);
  g_free (entry);
}

static void
open_free (gpointer data)
{
  Open *open = data;

  g_free (open->state);
  g_free (open);
}

WindowTargets *
window_targets_new (GimpImage *first)
{
  WindowTargets *targets = g_new0 (WindowTargets, 1);

  targets->entries = g_ptr_array_new_with_free_func (entry_free);
  targets->open = g_ptr_array_new_with_free_func (open_free);
  targets->shown = g_array_new (FALSE, TRUE, sizeof (UiTarget));
  if (first) {
    Open *open = g_new0 (Open, 1);
    open->image = first;
    g_ptr_array_add (targets->open, open);
  }
  window_targets_refresh (targets);
  return targets;
}

void
window_targets_free (WindowTargets *targets)
{
  if (!targets)
    return;
  g_ptr_array_unref (targets->entries);
  g_ptr_array_unref (targets->open);
  g_array_unref (targets->shown);
  g_free (targets->reusable);
  g_free (targets);
}

/* ---- images ---------------------------------------------------------------------------------- */

/* The image's name; with the number of its title bar where it has no file, since all of those are
 * called the same. */
static char *
name_of (GimpImage *image)
{
  g_autofree char *name = gimp_image_get_name (image);
  g_autoptr (GFile) file = gimp_image_get_file (image);

  return file ? g_steal_pointer (&name)
              : g_strdup_printf ("%s-%d", name, gimp_image_get_id (image));
}

static char *
state_of (GimpImage *image)
{
  g_autofree char *name = name_of (image);
  g_autofree GimpLayer **selected = gimp_image_get_selected_layers (image);
  gboolean any = FALSE;
  int x1 = 0, y1 = 0, x2 = 0, y2 = 0;

  gimp_selection_bounds (image, &any, &x1, &y1, &x2, &y2);
  return g_strdup_printf ("%s %d %d %d %d %d %d %d %d", name, gimp_image_get_width (image),
                          gimp_image_get_height (image), any, x1, y1, x2, y2,
                          selected && selected[0] ? gimp_item_get_id (GIMP_ITEM (selected[0])) : 0);
}

static gboolean
holds (GimpImage *const *images, const GimpImage *image)
{
  for (int i = 0; images && images[i]; i++)
    if (images[i] == image)
      return TRUE;
  return FALSE;
}

static Open *
find_open (WindowTargets *targets, const GimpImage *image, guint *at)
{
  for (*at = 0; *at < targets->open->len; (*at)++) {
    Open *open = targets->open->pdata[*at];
    if (open->image == image)
      return open;
  }
  return NULL;
}

/* Brings the list of open images up to date; one that changed, or is new, comes first. */
static void
follow_images (WindowTargets *targets)
{
  g_autofree GimpImage **images = gimp_get_images ();
  guint at;

  for (guint i = targets->open->len; i > 0; i--)
    if (!holds (images, ((Open *) targets->open->pdata[i - 1])->image))
      g_ptr_array_remove_index (targets->open, i - 1);
  for (int i = 0; images && images[i]; i++) {
    Open *open = find_open (targets, images[i], &at);
    g_autofree char *state = state_of (images[i]);
    gboolean changed = targets->looked && (!open || g_strcmp0 (open->state, state) != 0);

    if (!open) {
      open = g_new0 (Open, 1);
      open->image = images[i];
      g_ptr_array_add (targets->open, open);
    }
    g_free (open->state);
    open->state = g_steal_pointer (&state);
    if (changed) {
      find_open (targets, images[i], &at);
      g_ptr_array_insert (targets->open, 0, g_ptr_array_steal_index (targets->open, at));
    }
  }
  targets->looked = TRUE;
}

/* ---- targets --------------------------------------------------------------------------------- */

static gboolean
same (const Entry *entry, const Target *target, const char *image, const char *layer)
{
  const Target *other = &entry->target;

  return other->where == target->where && other->image == target->image
         && other->layer == target->layer && other->x == target->x && other->y == target->y
         && other->width == target->width && other->height == target->height
         && g_strcmp0 (entry->image, image) == 0 && g_strcmp0 (entry->layer, layer) == 0;
}

/* The id of TARGET: the one it has, or a new one. */
static guint
id_of (WindowTargets *targets, const Target *target, const char *image, const char *layer)
{
  for (guint i = targets->entries->len; i > 0; i--)
    if (same (targets->entries->pdata[i - 1], target, image, layer))
      return i;
  Entry *entry = g_new0 (Entry, 1);
  *entry = (Entry) { *target, g_strdup (image), g_strdup (layer), NULL };
  g_ptr_array_add (targets->entries, entry);
  return targets->entries->len;
}

static gboolean
is_map (const char *layer)
{
  /* Translators: a layer's name, painted with the colors of a model's classes. */
  g_autofree char *start = g_strdup_printf (_ ("Map: %s"), "");

  return layer && g_str_has_prefix (layer, start);
}

/* Shows TARGET where it can be covered now. */
static void
offer (WindowTargets *targets, GimpImage *image, UiWhere where)
{
  Target target;

  if (!target_find (image, NULL, where, &target, NULL))
    return;
  gboolean of_layer = where == UI_WHERE_LAYER || where == UI_WHERE_MAP;
  g_autofree char *name = image ? name_of (image) : NULL,
                  *layer = of_layer ? gimp_item_get_name (GIMP_ITEM (target.layer)) : NULL;
  if (where == UI_WHERE_MAP && !is_map (layer))
    return;
  guint id = id_of (targets, &target, name, layer);
  const Entry *entry = targets->entries->pdata[id - 1];
  const UiTarget shown = { id, where, entry->image, entry->layer, target.width, target.height };
  g_array_append_val (targets->shown, shown);
}

static char *
find_reusable (const WindowTargets *targets)
{
  const Open *open = targets->open->len > 0 ? targets->open->pdata[0] : NULL;
  GimpLayer *layer = open ? target_active_layer (open->image) : NULL;
  GimpParasite *parasite
      = layer ? gimp_item_get_parasite (GIMP_ITEM (layer), METADATA_PARASITE) : NULL;

  if (!parasite)
    return NULL;
  gimp_parasite_free (parasite);
  return gimp_item_get_name (GIMP_ITEM (layer));
}

/* Whether both show the same, in the same order. */
static gboolean
same_list (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;

  for (guint i = 0; i < a->len && equal; i++)
    equal = g_array_index (a, UiTarget, i).id == g_array_index (b, UiTarget, i).id;
  return equal;
}

gboolean
window_targets_refresh (WindowTargets *targets)
{
  static const UiWhere kinds[]
      = { UI_WHERE_SELECTION, UI_WHERE_MAP, UI_WHERE_LAYER, UI_WHERE_IMAGE };
  g_autoptr (GArray) before = g_steal_pointer (&targets->shown);
  g_autofree char *reusable = g_steal_pointer (&targets->reusable);

  targets->shown = g_array_new (FALSE, TRUE, sizeof (UiTarget));
  follow_images (targets);
  for (guint i = 0; i < targets->open->len; i++)
    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      offer (targets, ((Open *) targets->open->pdata[i])->image, kinds[k]);
  offer (targets, NULL, UI_WHERE_NEW_IMAGE);
  targets->reusable = find_reusable (targets);
  targets->list = (UiTargets) { (const UiTarget *) (void *) targets->shown->data,
                                targets->shown->len, targets->reusable };
  return !same_list (before, targets->shown) || g_strcmp0 (reusable, targets->reusable) != 0;
}

const UiTargets *
window_targets_list (const WindowTargets *targets)
{
  return &targets->list;
}

const Target *
window_targets_get (const WindowTargets *targets, guint id)
{
  return id > 0 && id <= targets->entries->len
             ? &((const Entry *) targets->entries->pdata[id - 1])->target
             : NULL;
}

void
window_targets_keep_mask (WindowTargets *targets, guint id, const float *mask)
{
  const Target *target = window_targets_get (targets, id);
  Entry *entry = target ? targets->entries->pdata[id - 1] : NULL;

  if (!entry)
    return;
  g_free (entry->mask);
  entry->mask = g_memdup2 (mask, (gsize) target->width * (gsize) target->height * sizeof *mask);
}

const float *
window_targets_mask (const WindowTargets *targets, guint id)
{
  return window_targets_get (targets, id) ? ((const Entry *) targets->entries->pdata[id - 1])->mask
                                          : NULL;
}

/* ---- surroundings ---------------------------------------------------------------------------- */

/* The selection within the cut's target, as the window draws it. */
static GdkPixbuf *
mask_picture (const Target *target, int width, int height)
{
  g_autofree float *mask = target_read_mask (target, NULL);
  GdkPixbuf *picture = mask ? gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height) : NULL;

  for (int y = 0; picture && y < height; y++) {
    guint8 *row
        = gdk_pixbuf_get_pixels (picture) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (picture);
    const float *from
        = mask + (gsize) y * (gsize) target->height / (gsize) height * (gsize) target->width;
    for (int x = 0; x < width; x++) {
      float value = from[(gsize) x * (gsize) target->width / (gsize) width];
      row[3 * x] = row[3 * x + 1] = row[3 * x + 2]
          = (guint8) lrintf (255.0F * CLAMP (value, 0.0F, 1.0F));
    }
  }
  return picture;
}

gboolean
window_targets_surroundings (const WindowTargets *targets, guint id, int most, UiSurroundings *out)
{
  const Target *target = window_targets_get (targets, id);

  if (!target || !target->image || !gimp_image_is_valid (target->image))
    return FALSE;
  /* half the target's longer side around it, as far as the image goes, and all of the target */
  int margin = MAX (target->width, target->height) / 2;
  int left = MIN (target->x, MAX (0, target->x - margin)),
      top = MIN (target->y, MAX (0, target->y - margin)),
      right = MAX (target->x + target->width,
                   MIN (gimp_image_get_width (target->image), target->x + target->width + margin)),
      bottom = MAX (target->y + target->height, MIN (gimp_image_get_height (target->image),
                                                     target->y + target->height + margin));
  double scale = MIN (1.0, (double) most / MAX (right - left, bottom - top));
  int width = MAX (1, (int) ((right - left) * scale)),
      height = MAX (1, (int) ((bottom - top) * scale));
  guint8 *pixels = target_read_cut (
      target->image, GEGL_RECTANGLE (left, top, right - left, bottom - top), scale, width, height);
  if (!pixels)
    return FALSE;
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, (gsize) width * (gsize) height * 3);
  *out = (UiSurroundings) {
    .around
    = gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8, width, height, 3 * width),
    .x = (int) ((target->x - left) * scale),
    .y = (int) ((target->y - top) * scale),
  };
  out->width = CLAMP ((int) (target->width * scale), 1, width - out->x);
  out->height = CLAMP ((int) (target->height * scale), 1, height - out->y);
  if (target->where == UI_WHERE_SELECTION)
    out->mask = mask_picture (target, out->width, out->height);
  return TRUE;
}
