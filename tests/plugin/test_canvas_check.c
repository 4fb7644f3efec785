/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Networks of grey pictures, and of colours and transparency: their own size works, whatever
 * guides; what only a canvas of colours can is refused in one line that says what they make. */
#include "../core/check.h"
#include "adm.h"
#include "plugin/canvas-check.h"
#include "plugin/plugin-error.h"

#include <glib/gstdio.h>

enum { SIDE = 16 };

#define KEYS                                                                                       \
  "\"kind\": \"unet\", \"image_size\": 16, \"num_heads\": 1, \"num_head_channels\": 16, "          \
  "\"use_new_attention_order\": false, \"noise_schedule\": \"cosine\""

static char *folder;

/* FIXTURES/family/NAME.pt with what its tensors do not tell, in the folder of the test. */
static void
bring (const char *name, const char *more)
{
  g_autofree char *from = g_strdup_printf ("%s/family/%s.pt", FIXTURES, name);
  g_autofree char *to = g_strdup_printf ("%s/%s.pt", folder, name);
  g_autofree char *beside = g_strdup_printf ("%s/%s.json", folder, name);
  g_autofree char *keys = g_strdup_printf ("{%s%s}", KEYS, more);
  g_autofree char *bytes = NULL;
  gsize length = 0;

  CHECK (g_file_get_contents (from, &bytes, &length, NULL)
         && g_file_set_contents (to, bytes, (gssize) length, NULL)
         && g_file_set_contents (beside, keys, -1, NULL));
}

static adm_task
plain_task (void)
{
  return (adm_task) { .kind = ADM_TASK_GENERATE,
                      .generate.canvas = { .strength = 1.0, .texture_size = 1.0 } };
}

static void
check_network (const adm_model *model, const char *words)
{
  static const float something[1];
  const adm_class_weight classes[2]
      = { { .label = 0, .weight = 0.5 }, { .label = 1, .weight = 0.5 } };
  g_autoptr (UiSettings) settings = ui_settings_new ();
  adm_task task = plain_task ();

  CHECK (canvas_check (model, settings, &task, NULL));
  task.generate.canvas.width = task.generate.canvas.height = SIDE;
  CHECK (canvas_check (model, settings, &task, NULL));

  adm_task wrong[6];
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    wrong[i] = plain_task ();
  wrong[0].generate.canvas.width = 40;
  wrong[0].generate.canvas.height = SIDE;
  wrong[1].generate.canvas.seamless_x = true;
  wrong[2].generate.canvas.init = something;
  wrong[3].generate.canvas.mask = something;
  wrong[4].generate.canvas.texture_size = 2.0;
  wrong[5].generate.sample.classes = classes;
  wrong[5].generate.sample.class_count = 2;
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    if (!CHECK (!canvas_check (model, settings, &wrong[i], &error) && error))
      continue;
    CHECK (g_error_matches (error, PLUGIN_ERROR, PLUGIN_ERROR_CALLING));
    CHECK_CONTAINS (error->message, model->name);
    CHECK_CONTAINS (error->message, words);
    CHECK_CONTAINS (error->message, "16 × 16");
    CHECK (!strchr (error->message, '\n'));
  }
}

/* A network that could guide itself does without, and says so in the settings; a classifier's
 * guidance stays. */
static void
check_guidance (const adm_model *found)
{
  adm_model model = *found;
  g_autoptr (UiSettings) settings = ui_settings_new ();
  adm_task task = plain_task ();

  model.null_class = 2;
  settings->scale = task.generate.sample.scale = 1.5;
  task.generate.sample.guidance = ADM_GUIDANCE_DEFAULT;
  CHECK (canvas_check (&model, settings, &task, NULL));
  CHECK (settings->scale == 0.0 && task.generate.sample.scale == 0.0);

  settings->scale = task.generate.sample.scale = 1.5;
  model.classifier = (char *) "here";
  CHECK (canvas_check (&model, settings, &task, NULL));
  CHECK (settings->scale == 1.5 && task.generate.sample.scale == 1.5);
  task.generate.sample.guidance = ADM_GUIDANCE_FREE;
  CHECK (canvas_check (&model, settings, &task, NULL));
  CHECK (settings->scale == 0.0 && task.generate.sample.scale == 0.0);
}

/* Networks of colours are left alone. */
static void
check_colors (const adm_model *model)
{
  g_autoptr (UiSettings) settings = ui_settings_new ();
  adm_task task = plain_task ();

  task.generate.canvas.width = 200;
  task.generate.canvas.height = 90;
  task.generate.canvas.seamless_y = true;
  settings->scale = task.generate.sample.scale = 1.5;
  task.generate.sample.guidance = ADM_GUIDANCE_FREE;
  CHECK (canvas_check (model, settings, &task, NULL));
  CHECK (settings->scale == 1.5 && task.generate.sample.scale == 1.5);
}

static const adm_model *
find (adm_catalog *catalog, const char *name)
{
  const adm_model *model = NULL;
  adm_error error;

  CHECK (adm_catalog_find (catalog, name, &model, &error) == ADM_OK);
  return model;
}

int
main (void)
{
  adm_catalog *catalog = NULL;
  adm_error error;

  folder = g_dir_make_tmp ("adm-canvas-check-XXXXXX", NULL);
  bring ("grey", "");
  bring ("rgba", ", \"pixels\": \"rgba\"");
  const char *folders[] = { folder, g_getenv ("ADM_DATA") };
  if (CHECK (adm_catalog_new (folders, 2, &catalog, &error) == ADM_OK)) {
    const adm_model *grey = find (catalog, "grey"), *rgba = find (catalog, "rgba"),
                    *colors = find (catalog, ADM_EMBEDDED_MODEL);
    if (grey && rgba && colors) {
      check_network (grey, "grey");
      check_network (rgba, "transparency");
      check_guidance (grey);
      check_colors (colors);
    }
  }
  adm_catalog_free (catalog);

  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir));) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
  return check_summary ();
}
