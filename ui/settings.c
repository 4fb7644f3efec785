/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings that make a picture. */
#include "settings.h"

#include "class-names.h"
#include "i18n.h"

#include <math.h>
#include <string.h>

UiSettings *
ui_settings_new (void)
{
  UiSettings *settings = g_new0 (UiSettings, 1);

  settings->model = g_strdup ("");
  settings->class_name = g_strdup ("");
  settings->sampler = g_strdup ("ddim");
  settings->scale = 1.0;
  settings->steps = 25;
  settings->count = 1;
  return settings;
}

UiSettings *
ui_settings_copy (const UiSettings *settings)
{
  UiSettings *copy = ui_settings_new ();

  ui_settings_assign (copy, settings);
  return copy;
}

void
ui_settings_free (UiSettings *settings)
{
  if (!settings) {
    return;
  }
  g_free (settings->model);
  g_free (settings->class_name);
  g_free (settings->sampler);
  g_free (settings);
}

void
ui_settings_assign (UiSettings *to, const UiSettings *from)
{
  if (to == from) {
    return;
  }
  ui_settings_set_model (to, from->model);
  ui_settings_set_class (to, from->class_name);
  ui_settings_set_sampler (to, from->sampler);
  to->scale = from->scale;
  to->steps = from->steps;
  to->seed = from->seed;
  to->count = from->count;
  to->upsample = from->upsample;
  to->tiles = from->tiles;
}

static void
set_string (char **field, const char *value)
{
  char *old = *field;

  *field = g_strdup (value ? value : "");
  g_free (old);
}

void
ui_settings_set_model (UiSettings *settings, const char *model)
{
  set_string (&settings->model, model);
}

void
ui_settings_set_class (UiSettings *settings, const char *class_name)
{
  set_string (&settings->class_name, class_name);
}

void
ui_settings_set_sampler (UiSettings *settings, const char *sampler)
{
  set_string (&settings->sampler, sampler);
}

gboolean
ui_settings_same_picture (const UiSettings *a, const UiSettings *b)
{
  return g_str_equal (a->model, b->model) && g_str_equal (a->class_name, b->class_name)
         && g_str_equal (a->sampler, b->sampler) && fabs (a->scale - b->scale) < 1e-6
         && a->steps == b->steps && a->seed == b->seed && !a->upsample == !b->upsample
         && !a->tiles == !b->tiles;
}

gboolean
ui_settings_equal (const UiSettings *a, const UiSettings *b)
{
  return ui_settings_same_picture (a, b) && a->count == b->count;
}

void
ui_settings_to_key_file (const UiSettings *settings, GKeyFile *file, const char *group)
{
  g_key_file_set_string (file, group, "model", settings->model);
  g_key_file_set_string (file, group, "class", settings->class_name);
  g_key_file_set_double (file, group, "scale", settings->scale);
  g_key_file_set_integer (file, group, "steps", settings->steps);
  g_key_file_set_string (file, group, "sampler", settings->sampler);
  g_key_file_set_int64 (file, group, "seed", settings->seed);
  g_key_file_set_integer (file, group, "count", settings->count);
  g_key_file_set_boolean (file, group, "upsample", settings->upsample);
  g_key_file_set_boolean (file, group, "tiles", settings->tiles);
}

static void
read_string (GKeyFile *file, const char *group, const char *key, char **field)
{
  char *value = g_key_file_get_string (file, group, key, NULL);

  if (value) {
    g_free (*field);
    *field = value;
  }
}

static void
read_integer (GKeyFile *file, const char *group, const char *key, int low, int high, int *field)
{
  GError *error = NULL;
  int value = g_key_file_get_integer (file, group, key, &error);

  if (!error && value >= low && value <= high) {
    *field = value;
  }
  g_clear_error (&error);
}

static void
read_boolean (GKeyFile *file, const char *group, const char *key, gboolean *field)
{
  GError *error = NULL;
  gboolean value = g_key_file_get_boolean (file, group, key, &error);

  if (!error) {
    *field = value;
  }
  g_clear_error (&error);
}

void
ui_settings_from_key_file (UiSettings *settings, GKeyFile *file, const char *group)
{
  GError *error = NULL;
  double scale = g_key_file_get_double (file, group, "scale", &error);

  if (!error && scale >= 0.0 && scale <= UI_SCALE_MAX) {
    settings->scale = scale;
  }
  g_clear_error (&error);

  gint64 seed = g_key_file_get_int64 (file, group, "seed", &error);

  if (!error && seed >= 0 && seed <= UI_SEED_MAX) {
    settings->seed = seed;
  }
  g_clear_error (&error);

  read_string (file, group, "model", &settings->model);
  read_string (file, group, "class", &settings->class_name);
  read_string (file, group, "sampler", &settings->sampler);
  read_integer (file, group, "steps", UI_STEPS_MIN, UI_STEPS_MAX, &settings->steps);
  read_integer (file, group, "count", 1, UI_COUNT_MAX, &settings->count);
  read_boolean (file, group, "upsample", &settings->upsample);
  read_boolean (file, group, "tiles", &settings->tiles);
}

char *
ui_settings_scale_text (double scale)
{
  double tenths = round (scale * 10.0);

  return fmod (tenths, 10.0) == 0.0 ? g_strdup_printf ("%.0f", tenths / 10.0)
                                    : g_strdup_printf ("%.1f", tenths / 10.0);
}

static const char *
class_words (const UiSettings *settings)
{
  return *settings->class_name ? ui_class_display_name (settings->class_name) : _ ("(no class)");
}

char *
ui_settings_caption (const UiSettings *settings, gboolean upsample_only)
{
  g_autofree char *scale = ui_settings_scale_text (settings->scale);
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, settings->seed);

  if (upsample_only) {
    return g_strdup_printf (_ ("upsampled · seed %s"), seed);
  }
  /* Translators: class, gradient scale, seed, as in "CLASS · s 1.5 · seed 1234". */
  return g_strdup_printf (_ ("%s · s %s · seed %s"), class_words (settings), scale, seed);
}

char *
ui_settings_describe (const UiSettings *settings, const char *model_name, gboolean upsample_only)
{
  g_autofree char *scale = ui_settings_scale_text (settings->scale);
  g_autofree char *sampler = g_ascii_strup (settings->sampler, -1);
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, settings->seed);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("Model %s"),
                          model_name && *model_name ? model_name : settings->model);
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _ ("Class %s"), class_words (settings));
  g_string_append_c (text, '\n');
  if (!upsample_only) {
    g_string_append_printf (text, _ ("Fidelity %s"), scale);
    g_string_append_c (text, '\n');
  }
  g_string_append_printf (text, NN_ ("%d step, %s", "%d steps, %s", settings->steps),
                          settings->steps, sampler);
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _ ("Seed %s"), seed);
  if (settings->upsample) {
    g_string_append_c (text, '\n');
    g_string_append (text, settings->tiles ? _ ("Upsampled in tiles") : _ ("Upsampled"));
  }
  return g_string_free (text, FALSE);
}
