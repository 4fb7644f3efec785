/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scripted backend's image: its targets, swatches and map. */
#include "fake_backend.h"

#include <gdk/gdk.h>
#include <math.h>
#include <string.h>

static const UiTargets *
targets (gpointer user)
{
  return &((FakeBackend *) user)->there;
}

/* A wall with a window in it, which is the target. */
static gboolean
surroundings (guint target, int most, UiSurroundings *out, gpointer user)
{
  FakeBackend *fake = user;
  g_autoptr (UiSettings) settings = ui_settings_new ();
  int side = MIN (most, 384);

  fake->surroundings++;
  if (target == 4) { /* a new image */
    return FALSE;
  }
  ui_settings_set_class (settings, "wall");
  settings->seed = 5;
  *out = (UiSurroundings) { .around = fake_picture (settings, side, 0.0),
                            .x = side / 8,
                            .y = side / 4,
                            .width = side / 2,
                            .height = side / 2 };
  if (target == 1) { /* a round selection */
    cairo_surface_t *mask
        = cairo_image_surface_create (CAIRO_FORMAT_RGB24, out->width, out->height);
    cairo_t *cr = cairo_create (mask);

    cairo_set_source_rgb (cr, 1, 1, 1);
    cairo_arc (cr, out->width / 2.0, out->height / 2.0, out->width / 2.0, 0, 2 * G_PI);
    cairo_fill (cr);
    cairo_destroy (cr);
    out->mask = gdk_pixbuf_get_from_surface (mask, 0, 0, out->width, out->height);
    cairo_surface_destroy (mask);
  }
  return TRUE;
}

static gboolean
tell_swatch (gpointer data)
{
  FakeBackend *fake = data;
  g_autofree char *model = g_steal_pointer (&fake->swatch_model);
  g_autofree char *name = g_steal_pointer (&fake->swatch_class);
  g_autoptr (UiSettings) settings = ui_settings_new ();
  g_autoptr (GdkPixbuf) pixels = NULL;

  fake->swatch_source = 0;
  ui_settings_set_class (settings, name);
  pixels = fake->no_swatch ? NULL : fake_picture (settings, 64, 0.0);
  fake_backend_send (
      fake,
      (UiEvent) { .kind = UI_EVENT_SWATCH, .model = model, .class_name = name, .pixels = pixels });
  return G_SOURCE_REMOVE;
}

static void
swatch (const char *model, const char *class_name, gpointer user)
{
  FakeBackend *fake = user;

  fake->swatches++;
  g_free (fake->swatch_model);
  g_free (fake->swatch_class);
  fake->swatch_model = g_strdup (model);
  fake->swatch_class = g_strdup (class_name);
  if (!fake->swatch_source) {
    fake->swatch_source = g_idle_add (tell_swatch, fake);
  }
}

static char *
paint_map (const char *model G_GNUC_UNUSED, guint target G_GNUC_UNUSED, gpointer user)
{
  FakeBackend *fake = user;

  fake->maps++;
  if (!fake->map_message) {
    fake->targets[4] = (UiTarget) { 5, UI_WHERE_MAP, "wall.xcf", "Map: Textures", 1200, 900 };
    fake->there.n = 5;
    fake_backend_send (fake, (UiEvent) { .kind = UI_EVENT_TARGET });
  }
  return g_strdup (fake->map_message);
}

static const UiLegendEntry *
legend (const char *model, gsize *n, gpointer user)
{
  FakeBackend *fake = user;
  const UiModel *known = ui_catalog_find (&fake->catalog, model);

  *n = known ? MIN (known->n_classes, G_N_ELEMENTS (fake->colours)) : 0;
  for (gsize i = 0; i < *n; i++) {
    guint32 hue = (guint32) (i * 97);

    fake->colours[i]
        = (UiLegendEntry) { known->class_names[i],
                            (hue * 41 % 256) << 16 | (hue * 7 % 256) << 8 | (hue * 13 % 256) };
  }
  return fake->colours;
}

static void
paint_with (guint32 rgb, gpointer user)
{
  ((FakeBackend *) user)->rgb = rgb;
}

static void
teach (const char *model G_GNUC_UNUSED, gpointer user)
{
  ((FakeBackend *) user)->teaches++;
}

void
fake_backend_canvas (FakeBackend *fake)
{
  const UiTarget all[] = { { 1, UI_WHERE_SELECTION, "wall.xcf", NULL, 812, 430 },
                           { 2, UI_WHERE_LAYER, "wall.xcf", "Background", 1200, 900 },
                           { 3, UI_WHERE_IMAGE, "wall.xcf", NULL, 1200, 900 },
                           { 4, UI_WHERE_NEW_IMAGE, NULL, NULL, 0, 0 } };

  memcpy (fake->targets, all, sizeof all);
  fake->there = (UiTargets) { fake->targets, G_N_ELEMENTS (all), NULL };
  fake->models[0].is_texture = TRUE;
  fake->models[0].has_free_guidance = TRUE;
  fake->api.abilities = (UI_CAN_ADD_FILE << 1) - 1; /* all of them */
  fake->api.targets = targets;
  fake->api.surroundings = surroundings;
  fake->api.swatch = swatch;
  fake->api.paint_map = paint_map;
  fake->api.legend = legend;
  fake->api.paint_with = paint_with;
  fake->api.teach = teach;
  fake->api.history_folder = fake->history_folder;
}
