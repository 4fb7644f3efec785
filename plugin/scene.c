/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a task reads from an image: see scene.h. */
#include "scene.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "arguments.h"
#include "canvas-check.h"
#include "map.h"
#include "plugin-error.h"

void
scene_free (Scene *scene)
{
  if (!scene)
    return;
  for (int i = 0; i < scene->class_count; i++)
    g_free ((float *) scene->classes[i].map);
  g_free (scene->init);
  g_free (scene->made);
  g_free (scene->selection);
  g_free (scene);
}

/* PICTURE as the core takes it, at the scene's size; NULL when memory is short. */
static float *
from_pixbuf (const Scene *scene, const GdkPixbuf *picture)
{
  gboolean fits = gdk_pixbuf_get_width (picture) == scene->width
                  && gdk_pixbuf_get_height (picture) == scene->height;
  g_autoptr (GdkPixbuf) scaled
      = gdk_pixbuf_get_has_alpha (picture) /* on white */
            ? gdk_pixbuf_composite_color_simple (picture, scene->width, scene->height,
                                                 GDK_INTERP_BILINEAR, 255, 1, 0xffffff, 0xffffff)
            : fits ? g_object_ref ((GdkPixbuf *) picture)
                   : gdk_pixbuf_scale_simple (picture, scene->width, scene->height,
                                              GDK_INTERP_BILINEAR);
  gsize area = (gsize) scene->width * (gsize) scene->height;
  float *planar = scaled ? g_try_malloc_n (area, 3 * sizeof (float)) : NULL;

  for (int y = 0; planar && y < scene->height; y++) {
    const guint8 *row
        = gdk_pixbuf_read_pixels (scaled) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (scaled);
    for (int x = 0; x < 3 * scene->width; x++)
      planar[(gsize) (x % 3) * area + (gsize) y * (gsize) scene->width + (gsize) (x / 3)]
          = target_value ((float) row[x] / 255.0F);
  }
  return planar;
}

static gboolean
is_blend (const UiSettings *settings)
{
  return settings->second_class && *settings->second_class;
}

/* The two classes of SETTINGS, blended. */
static gboolean
blend_classes (Scene *scene, const UiSettings *settings, const adm_model *model, GError **error)
{
  const char *names[2] = { settings->class_name, settings->second_class };
  const double weights[2] = { 1.0 - settings->balance, settings->balance };
  adm_error core = { 0 };

  if (settings->balance <= 0.0 && adm_model_taught (model, names[0]))
    return TRUE; /* it is alone, as it must be */
  for (int i = 0; i < 2; i++) {
    if (adm_model_taught (model, names[i])) {
      g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING,
                   _ ("“%s” was taught by you and stands alone. Leave the second class empty, or "
                      "choose two others."),
                   names[i]);
      return FALSE;
    }
  }
  for (int i = 0; i < 2; i++) {
    int label;
    if (weights[i] <= 0.0)
      continue;
    if (adm_model_label (model, *names[i] ? names[i] : NULL, &label, &core) != ADM_OK) {
      plugin_error_set_core (error, &core);
      return FALSE;
    }
    scene->classes[scene->class_count++]
        = (adm_class_weight) { .label = label, .weight = weights[i] };
  }
  return TRUE;
}

/* What of the pictures that are there the task reads. */
typedef struct Known {
  gboolean picture; /* starts from the one that was chosen */
  gboolean target;  /* starts from what lies under the target */
  gboolean edges;   /* what is not selected stays */
} Known;

/* SIZED: the finished picture has a size; CHOSEN: a picture is. */
static Known
known_of (const UiSettings *settings, const Target *target, gboolean sized, gboolean chosen)
{
  gboolean fits = sized && target->image && target->width == settings->width
                  && target->height == settings->height,
           edges = fits && settings->match_edges && target->where == UI_WHERE_SELECTION;
  Known known = { .picture = sized && settings->start == UI_START_PICTURE && chosen };

  known.target = !known.picture && fits && (settings->start == UI_START_LAYER || edges);
  known.edges = known.target && edges && settings->start != UI_START_PICTURE;
  return known;
}

/* What the picture starts from, and what of it stays. */
static gboolean
read_known (Scene *scene, const Known *known, const Target *target, const GdkPixbuf *picture,
            GError **error)
{
  gsize area = (gsize) scene->width * (gsize) scene->height;

  if (known->picture)
    scene->init = from_pixbuf (scene, picture);
  else if (known->target)
    scene->init = target_read (target, error);
  else
    return TRUE;
  if (!scene->init)
    return FALSE;
  if (known->edges) {
    scene->made = g_try_malloc_n (area, sizeof (float));
    /* what is half selected is made too: the layer's mask blends it */
    for (gsize i = 0; scene->made && i < area; i++)
      scene->made[i] = scene->selection[i] > 0.0F ? 1.0F : 0.0F;
    return scene->made != NULL;
  }
  return TRUE;
}

Scene *
scene_read (const UiSettings *settings, const adm_model *model, const Target *target,
            const GdkPixbuf *picture, GError **error)
{
  Scene *scene = g_new0 (Scene, 1);
  gboolean ok = TRUE;

  scene->width = settings->natural_size ? 0 : settings->width;
  scene->height = settings->natural_size ? 0 : settings->height;
  if (target->where == UI_WHERE_SELECTION) {
    scene->selection = target_read_mask (target, error);
    ok = scene->selection != NULL;
  }
  Known known = known_of (settings, target, scene->width > 0, picture != NULL);
  if (ok)
    ok = read_known (scene, &known, target, picture, error);
  if (ok && target->where == UI_WHERE_MAP)
    ok = map_read (scene, model, target, G_MAXINT, error);
  else if (ok && is_blend (settings))
    ok = blend_classes (scene, settings, model, error);
  if (ok)
    return scene;
  if (error && !*error)
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                         _ ("There is not enough memory for a picture of this size. Choose a "
                            "smaller place, or close other programs."));
  scene_free (scene);
  return NULL;
}

void
scene_apply (const Scene *scene, const UiSettings *settings, adm_task *task)
{
  adm_canvas *canvas = &task->generate.canvas;

  *canvas = (adm_canvas) { .height = scene->height,
                           .width = scene->width,
                           .seamless_x = settings->seamless_x,
                           .seamless_y = settings->seamless_y,
                           .texture_size = settings->texture_size,
                           .anchor = settings->anchor,
                           .init = scene->init,
                           .strength = settings->start == UI_START_NOTHING ? 1.0 : settings->change,
                           .mask = scene->made,
                           .mend_seams = settings->mend_seams && scene->init };
  if (scene->class_count > 0) {
    if (task->generate.sample.adapter) { /* a map has classes of its own */
      task->generate.sample.adapter = NULL;
      task->generate.sample.guidance = (adm_guidance) settings->guidance;
    }
    task->generate.sample.classes = scene->classes;
    task->generate.sample.class_count = scene->class_count;
  }
}

gboolean
scene_amount (const UiSettings *settings, const adm_model *model, int most_steps,
              const ScenePlace *place, double amount[2])
{
  g_autoptr (UiSettings) copy = ui_settings_copy (settings);
  float something = 0.0F; /* planning asks whether there is a picture, not what it shows */
  gboolean sized = settings->width > 0 && !settings->natural_size;
  Known known = known_of (settings, place->target, sized, TRUE);
  Scene scene = { .width = sized ? settings->width : 0,
                  .height = sized ? settings->height : 0,
                  .init = known.picture || known.target ? &something : NULL,
                  .made = known.edges ? &something : NULL };
  adm_task task;
  adm_plan plan;

  if (place->target->where == UI_WHERE_MAP) {
    scene.class_count = place->map ? place->map->class_count : 0;
    if (scene.class_count == 0)
      return FALSE; /* nothing is painted yet */
    memcpy (scene.classes, place->map->classes, sizeof scene.classes);
  } else if (is_blend (settings) && !blend_classes (&scene, settings, model, NULL))
    return FALSE;
  if (!arguments_to_generate (copy, model, most_steps, &task, NULL))
    return FALSE;
  scene_apply (&scene, copy, &task);
  if (!canvas_check (model, copy, &task, NULL)
      || adm_plan_make (model, &task, &plan, &(adm_error) { 0 }) != ADM_OK)
    return FALSE;
  amount[0] = plan.work[0];
  amount[1] = plan.work[1];
  return TRUE;
}
