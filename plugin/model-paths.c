/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models are looked for: see model-paths.h.
 */
#include "model-paths.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>
#include <string.h>

#include "folder-list.h"
#include "plugin-error.h"
#include "plugin-words.h"

/* The file that lists the artist's own folders, one a line. Free with g_free. */
static char *
own_list (void)
{
  return g_build_filename (gimp_directory (), "plug-in-adm-folders", NULL);
}

gboolean
model_paths_add (const char *path, GError **error)
{
  g_auto (GStrv) known = model_paths_get ();
  g_autofree char *list = own_list ();

  return g_strv_contains ((const char *const *) known, path) || strchr (path, '\n')
         || folder_list_add (list, path, error);
}

char **
model_paths_get (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *extra = g_getenv ("ADM_MODEL_PATH");
  g_autofree char *beside = g_path_get_dirname (gimp_get_progname ()),
                  *data = g_build_filename (beside, "data", NULL),
                  *user = g_build_filename (g_get_user_data_dir (), "gimp-adm", "models", NULL),
                  *list = own_list ();
  g_auto (GStrv) own = folder_list_read (list);

  if (extra)
    folder_list_split (extra, G_SEARCHPATH_SEPARATOR_S, builder);
  g_strv_builder_add (builder, g_file_test (data, G_FILE_TEST_IS_DIR) ? data : ADM_SOURCE_DATA_DIR);
  g_strv_builder_add (builder, user);
  g_strv_builder_addv (builder, (const char **) own);
  return g_strv_builder_end (builder);
}

void
model_paths_set_icon (GimpProcedure *procedure)
{
  g_autofree char *beside = g_path_get_dirname (gimp_get_progname ()),
                  *path = g_build_filename (beside, "data", "icons", "plug-in-adm.svg", NULL);
  g_autoptr (GFile) icon = g_file_new_for_path (path);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    gimp_procedure_set_icon_file (procedure, icon);
}

ModelSet *
model_paths_read (char *const *folders, GError **error)
{
  g_auto (GStrv) own = folders ? NULL : model_paths_get ();
  char *const *paths = folders ? folders : own;
  g_autofree const char **existing = g_new0 (const char *, g_strv_length ((char **) paths) + 1);
  size_t n = 0;
  adm_catalog *catalog = NULL;
  adm_error core = { 0 };

  for (int i = 0; paths[i]; i++) {
    if (g_file_test (paths[i], G_FILE_TEST_IS_DIR))
      existing[n++] = paths[i];
  }
  if (adm_catalog_new (existing, n, &catalog, &core) != ADM_OK)
    plugin_error_set_core (error, &core);
  return catalog ? model_set_new (catalog) : NULL;
}

/* What the catalog found amiss with the model NAME or, when it found no model at all, with
 * anything. NULL: nothing. */
static const adm_error *
find_note (ModelSet *set, const char *name)
{
  const adm_catalog *catalog = model_set_catalog (set);

  for (size_t i = 0; i < adm_catalog_notes (catalog); i++) {
    const adm_error *note = adm_catalog_note (catalog, i);
    char line[3 * ADM_ERROR_ROOM];
    if (adm_catalog_count (catalog) == 0
        || (*name && strstr (adm_error_text (note, line, sizeof line), name)))
      return note;
  }
  return NULL;
}

/* Says why there is no model NAME, and what there is instead. */
static void
set_not_found (ModelSet *set, const char *name, GError **error)
{
  const adm_error *note = find_note (set, name);
  g_autofree char *words = note ? plugin_words (note) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (note)
    g_string_append_printf (text, _ ("The model “%s” cannot be used: %s"), name, words);
  else
    g_string_append_printf (text, _ ("There is no model “%s”."), name);
  g_string_append_c (text, ' ');
  if (model_set_count (set) > 0) {
    g_autoptr (GString) names = g_string_new (NULL);
    for (size_t i = 0; i < model_set_count (set); i++)
      g_string_append_printf (names, "%s%s", i ? ", " : "", model_set_get (set, i)->id);
    g_string_append_printf (text, _ ("Choose one of these: %s."), names->str);
  } else {
    g_auto (GStrv) paths = model_paths_get ();
    g_autofree char *folders = g_strjoinv (", ", paths);
    g_string_append_printf (text, _ ("Put its files into one of these folders: %s."), folders);
  }
  g_set_error_literal (error, PLUGIN_ERROR, note ? PLUGIN_ERROR_EXECUTION : PLUGIN_ERROR_CALLING,
                       text->str);
}

const adm_model *
model_paths_find (ModelSet *set, const char *name, GError **error)
{
  const adm_model *model = NULL;
  adm_error core = { 0 };

  name = name ? name : "";
  if (model_set_find (set, name, &model, &core) == ADM_OK)
    return model;
  /* A file that was named and is there has a fault of its own, which the core tells. */
  if (g_file_test (name, G_FILE_TEST_EXISTS))
    plugin_error_set_core (error, &core);
  else
    set_not_found (set, name, error);
  return NULL;
}
