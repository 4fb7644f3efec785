/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window's estimates count beside sizes and steps: blends, the classes of a map and where
 * they meet, what is kept and mended, how much is changed. No GIMP is asked. */
#include "../core/check.h"
#include "plugin/layers.h"
#include "plugin/scene.h"

enum { WIDTH = 256, HEIGHT = 64, STEPS = 10 };

static const adm_model *model;

/* In the place of plugin/layers.c's, which asks GIMP. */
gboolean
layers_check_image (GimpImage *image G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

/* Of SETTINGS at TARGET, on MAP (NULL: there is none): sampling; negative: it cannot be made. */
static double
work (const UiSettings *settings, const Target *target, const Scene *map)
{
  double amount[2] = { 0.0, 0.0 };
  const ScenePlace place = { target, map };

  return scene_amount (settings, model, STEPS, &place, amount) ? amount[0] : -1.0;
}

static UiSettings *
settings_new (void)
{
  UiSettings *settings = ui_settings_new ();

  ui_settings_set_model (settings, model->id);
  ui_settings_set_class (settings, model->class_names[1]);
  settings->steps = STEPS;
  settings->scale = 0.0;
  settings->width = WIDTH;
  settings->height = HEIGHT;
  settings->anchor = 1.0; /* every window for itself */
  return settings;
}

static void
test_classes (const Target *layer)
{
  static const float left[2] = { 1.0F, 0.0F }, right[2] = { 0.0F, 1.0F };
  const Target map = { UI_WHERE_MAP, layer->image, layer->layer, 0, 0, WIDTH, HEIGHT };
  g_autoptr (UiSettings) settings = settings_new ();
  Scene painted = { .class_count = 2 };
  const double one = work (settings, layer, NULL);

  CHECK (one > 0.0);
  ui_settings_set_second_class (settings, model->class_names[2]);
  settings->balance = 0.3;
  CHECK_NEAR (work (settings, layer, NULL) / one, 2.0, 1e-9);
  settings->balance = 0.0;
  CHECK_NEAR (work (settings, layer, NULL) / one, 1.0, 1e-9);
  settings->balance = 0.5;
  ui_settings_set_second_class (settings, "no such class");
  CHECK (work (settings, layer, NULL) < 0.0);
  ui_settings_set_second_class (settings, "");

  /* two materials side by side: of five windows one lies across the border */
  for (int k = 0; k < 2; k++)
    painted.classes[k] = (adm_class_weight) {
      .label = k + 1, .weight = 1.0, .map = k ? right : left, .map_height = 1, .map_width = 2
    };
  CHECK_NEAR (work (settings, &map, &painted) / one, 1.2, 1e-9);
  painted.classes[1].map = left; /* and both in the same places */
  painted.classes[0].map = NULL;
  CHECK (work (settings, &map, &painted) / one > 1.2);
  painted.class_count = 0;
  CHECK (work (settings, &map, &painted) < 0.0 && work (settings, &map, NULL) < 0.0);
}

static void
test_what_is_there (const Target *layer)
{
  const Target selection = { UI_WHERE_SELECTION, layer->image, layer->layer, 0, 0, WIDTH, HEIGHT },
               other = { UI_WHERE_LAYER, layer->image, layer->layer, 0, 0, WIDTH + 1, HEIGHT };
  g_autoptr (UiSettings) settings = settings_new ();
  const double one = work (settings, layer, NULL);

  /* half of it changed: half of the steps; nothing is read of a layer of another size */
  settings->start = UI_START_LAYER;
  settings->change = 0.5;
  CHECK_NEAR (work (settings, layer, NULL) / one, 0.5, 0.05);
  CHECK_NEAR (work (settings, &other, NULL) / one, 1.0, 1e-9);
  settings->change = 1.0;
  settings->mend_seams = TRUE; /* round the edges, and steps done again */
  CHECK (work (settings, layer, NULL) / one > 1.8);
  settings->start = UI_START_NOTHING;
  CHECK_NEAR (work (settings, layer, NULL) / one, 1.0, 1e-9);
  settings->mend_seams = FALSE;

  /* what is not selected stays: steps are done again */
  settings->match_edges = TRUE;
  CHECK_NEAR (work (settings, &selection, NULL) / one, 3.0, 0.1);
  CHECK_NEAR (work (settings, layer, NULL) / one, 1.0, 1e-9);
  settings->start = UI_START_PICTURE; /* a chosen picture knows no edges */
  CHECK_NEAR (work (settings, &selection, NULL) / one, 1.0, 1e-9);
}

/* One window takes all steps, five take half of them. */
static void
test_one_material (const Target *layer)
{
  g_autoptr (UiSettings) settings = settings_new ();
  const double each = work (settings, layer, NULL);

  settings->anchor = 0.5;
  CHECK_NEAR (work (settings, layer, NULL) / each, 0.67, 0.03);
  settings->anchor = 0.0; /* the model's own: one of textures */
  CHECK_NEAR (work (settings, layer, NULL) / each, 0.67, 0.03);
  settings->match_edges = TRUE;
  const Target selection = { UI_WHERE_SELECTION, layer->image, layer->layer, 0, 0, WIDTH, HEIGHT };
  CHECK (work (settings, &selection, NULL) / each > 1.5);
}

int
main (void)
{
  const char *folder = g_getenv ("ADM_DATA");
  adm_catalog *catalog = NULL;
  adm_error error;
  static int image; /* never asked */
  const Target layer = { .where = UI_WHERE_LAYER,
                         .image = (GimpImage *) (void *) &image,
                         .width = WIDTH,
                         .height = HEIGHT };

  if (CHECK (folder && adm_catalog_new (&folder, 1, &catalog, &error) == ADM_OK)
      && CHECK (adm_catalog_find (catalog, ADM_EMBEDDED_MODEL, &model, &error) == ADM_OK)) {
    test_classes (&layer);
    test_one_material (&layer);
    test_what_is_there (&layer);
  }
  adm_catalog_free (catalog);
  return check_summary ();
}
