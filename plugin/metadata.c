/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of a generated layer: see metadata.h.
 */
#include "metadata.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "json-text.h"

/* What every picture made by a task has; by their names in the key file. */
static gboolean
is_always_told (const char *key, UiTask task)
{
  static const char *const shared[] = { "model", "class", "steps", "sampler", "seed", NULL },
                           *const generated[] = { "scale", "count", "upsample", NULL };

  return g_strv_contains (shared, key)
         || (task == UI_TASK_UPSAMPLE ? g_str_equal (key, "tiles")
                                      : g_strv_contains (generated, key));
}

/* Adds KEY with the VALUE that a key file has for it: as a number or a truth where it is one. */
static gboolean
add_value (yyjson_mut_doc *document, yyjson_mut_val *root, const char *key, const char *value)
{
  static const char *const texts[]
      = { "model", "class", "second-class", "sampler", "upsample-sampler", "weights", NULL };
  yyjson_mut_val *name = yyjson_mut_strcpy (document, key), *content;
  gint64 whole;
  char *end;
  double real = g_ascii_strtod (value, &end);

  if (g_strv_contains (texts, key))
    content = yyjson_mut_strcpy (document, value);
  else if (g_str_equal (value, "true") || g_str_equal (value, "false"))
    content = yyjson_mut_bool (document, *value == 't');
  else if (g_ascii_string_to_signed (value, 10, G_MININT64, G_MAXINT64, &whole, NULL))
    content = yyjson_mut_sint (document, whole);
  else if (*value && !*end)
    content = yyjson_mut_real (document, real);
  else
    content = yyjson_mut_strcpy (document, value);
  return yyjson_mut_obj_add (root, name, content);
}

char *
metadata_to_json (const UiSettings *settings, int64_t seed)
{
  g_autoptr (UiSettings) plain = ui_settings_new (), own = ui_settings_copy (settings);
  g_autoptr (GKeyFile) file = g_key_file_new (), usual = g_key_file_new ();
  g_autoptr (yyjson_mut_doc) document = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (document);

  own->seed = seed;
  own->count = 1;
  if (!*own->class_name)
    ui_settings_set_class (own, ARGUMENTS_NO_CLASS);
  ui_settings_to_key_file (own, file, "a");
  ui_settings_to_key_file (plain, usual, "a");
  g_auto (GStrv) keys = g_key_file_get_keys (file, "a", NULL, NULL);
  yyjson_mut_doc_set_root (document, root);
  gboolean ok = root && yyjson_mut_obj_add_str (document, root, "version", adm_version ())
                && yyjson_mut_obj_add_bool (document, root, "randomize", false);
  for (int i = 0; ok && keys[i]; i++) {
    g_autofree char *value = g_key_file_get_string (file, "a", keys[i], NULL),
                    *other = g_key_file_get_string (usual, "a", keys[i], NULL);
    if (g_str_equal (keys[i], "task")
        || (own->task == UI_TASK_UPSAMPLE && g_str_equal (keys[i], "scale")))
      continue; /* "tiles" tells; upsampling knows no scale */
    if (is_always_told (keys[i], own->task) || g_strcmp0 (value, other) != 0)
      ok = add_value (document, root, keys[i], value);
  }
  return ok ? json_text (document) : NULL;
}

void
metadata_attach (GimpLayer *layer, const char *json)
{
  GimpParasite *parasite
      = gimp_parasite_new (METADATA_PARASITE, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                           (guint32) strlen (json) + 1, json);

  gimp_item_attach_parasite (GIMP_ITEM (layer), parasite);
  gimp_parasite_free (parasite);
}

char *
metadata_layer_name (const UiSettings *settings, const char *model_name)
{
  return *settings->class_name ? ui_settings_class_text (settings) : g_strdup (model_name);
}

/* VALUE of the JSON object into a key file, as its settings' reader expects it. */
static void
set_value (GKeyFile *file, const char *key, yyjson_val *value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (yyjson_is_str (value))
    g_key_file_set_string (file, "a", key, yyjson_get_str (value));
  else if (yyjson_is_bool (value))
    g_key_file_set_boolean (file, "a", key, yyjson_get_bool (value));
  else if (yyjson_is_int (value))
    g_key_file_set_int64 (file, "a", key, yyjson_get_sint (value));
  else if (yyjson_is_real (value))
    g_key_file_set_value (file, "a", key,
                          g_ascii_dtostr (number, sizeof number, yyjson_get_real (value)));
}

/* A parasite may come with anybody's file: bounded by its size, every value checked, what is
 * missing or cannot be left as it is in a picture without it. */
gboolean
metadata_read (GimpLayer *layer, UiSettings *settings)
{
  GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (layer), METADATA_PARASITE);
  guint32 size = 0;
  const char *data = parasite ? gimp_parasite_get_data (parasite, &size) : NULL;
  g_autoptr (yyjson_doc) document
      = data && size < 65536 ? yyjson_read (data, strnlen (data, size), YYJSON_READ_NOFLAG) : NULL;
  yyjson_val *root = yyjson_doc_get_root (document), *key;
  double scale = yyjson_get_num (yyjson_obj_get (root, "scale"));
  int64_t steps = yyjson_get_sint (yyjson_obj_get (root, "steps"));
  gboolean ok = yyjson_is_str (yyjson_obj_get (root, "model"))
                && yyjson_is_str (yyjson_obj_get (root, "class"))
                && yyjson_is_str (yyjson_obj_get (root, "sampler")) && scale >= 0.0
                && scale <= ARGUMENTS_MAX_SCALE && steps >= ARGUMENTS_MIN_STEPS && steps <= G_MAXINT
                && yyjson_get_sint (yyjson_obj_get (root, "seed")) >= 0;
  if (ok) {
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autoptr (UiSettings) found = ui_settings_new ();
    yyjson_obj_iter each = yyjson_obj_iter_with (root);
    while ((key = yyjson_obj_iter_next (&each)))
      set_value (file, yyjson_get_str (key), yyjson_obj_iter_get_val (key));
    ui_settings_from_key_file (found, file, "a");
    found->task = yyjson_obj_get (root, "tiles") ? UI_TASK_UPSAMPLE : UI_TASK_GENERATE;
    found->scale = scale;
    found->steps = (int) steps;
    found->count = 1;
    if (g_str_equal (found->class_name, ARGUMENTS_NO_CLASS))
      ui_settings_set_class (found, "");
    ui_settings_assign (settings, found);
  }
  g_clear_pointer (&parasite, gimp_parasite_free);
  return ok;
}
