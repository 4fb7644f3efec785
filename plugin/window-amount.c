/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window's estimates count: see window-private.h. A map is read small, once for every time
 * that the artist comes from painting it: sliders ask again and again. */
#include "map.h"
#include "window-private.h"

/* Of the longer side: every window of the networks sees dozens of these pixels. */
enum { MAP_SIDE = 512 };

UpscaleNetwork
window_upsampler (const UiModel *shown)
{
  return (UpscaleNetwork) { shown->upsample_input, shown->upsampled_size,
                            shown->most_upsample_steps };
}

void
window_forget_map (Window *window)
{
  g_clear_pointer (&window->map, scene_free);
  g_clear_pointer (&window->map_model, g_free);
}

/* The classes of the map that TARGET is, by MODEL; none when they cannot be read. A map on which
 * nothing was painted yet is looked at again. */
static const Scene *
map_of (Window *window, guint id, const Target *target, const adm_model *model)
{
  if (window->map && window->map->class_count > 0 && window->map_target == id
      && g_strcmp0 (window->map_model, model->id) == 0)
    return window->map;
  window_forget_map (window);
  window->map = g_new0 (Scene, 1);
  window->map_target = id;
  window->map_model = g_strdup (model->id);
  if (gimp_item_is_valid (GIMP_ITEM (target->layer)))
    map_read (window->map, model, target, MAP_SIDE, NULL);
  return window->map;
}

gboolean
window_amount (const UiSettings *settings, guint target, double amount[2], gpointer user)
{
  Window *window = user;
  const UiModel *shown = ui_catalog_find (window_models_catalog (window->models), settings->model);
  const adm_model *model = window_models_find (window->models, settings->model);

  if (!shown || !model)
    return FALSE;
  if (window->region)
    return upscale_amount (window->region, settings, model, window_upsampler (shown), amount);
  const Target *known = window_targets_get (window->targets, target),
               fresh = { .where = UI_WHERE_NEW_IMAGE };
  ScenePlace place = { known ? known : &fresh, NULL };
  if (place.target->where == UI_WHERE_MAP)
    place.map = map_of (window, target, place.target, model);
  return scene_amount (settings, model, shown->most_steps, &place, amount);
}
