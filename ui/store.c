/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is remembered between openings. Groups: "last WINDOW", "preset NAME", "classes MODEL",
 * "speed MODEL", "memory", "size WINDOW", "window", "history"; names are percent-encoded, because
 * a group name may hold no brackets. */
#include "store.h"

#include "i18n.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

struct UiStore {
  char *path;
  GKeyFile *file;
  char *error;
  GError *unreadable; /* why the file that is there cannot be read; it must not be written over */
};

/* Of finished pictures, unless the file says otherwise. */
enum { HISTORY_MEGABYTES = 500 };

static const char *const cost_keys[] = { "plain", "guided", "upsampling" };

static GKeyFile *
fresh (UiStore *store)
{
  if (store->path) {
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_autoptr (GError) error = NULL;

    g_clear_error (&store->unreadable);
    if (g_key_file_load_from_file (file, store->path, G_KEY_FILE_KEEP_COMMENTS, &error)) {
      g_key_file_free (store->file);
      store->file = g_steal_pointer (&file);
    } else if (error->domain == G_FILE_ERROR && error->code != G_FILE_ERROR_NOENT) {
      /* absent or broken: what this window knows stays true */
      store->unreadable = g_steal_pointer (&error);
    }
  }
  return store->file;
}

UiStore *
ui_store_new (const char *path)
{
  UiStore *store = g_new0 (UiStore, 1);

  /* the file is replaced, a link to it is not */
  char *linked = path ? realpath (path, NULL) : NULL;

  store->path = g_strdup (linked ? linked : path);
  free (linked);
  store->file = g_key_file_new ();
  fresh (store);
  return store;
}

void
ui_store_free (UiStore *store)
{
  if (!store) {
    return;
  }
  g_key_file_free (store->file);
  g_free (store->path);
  g_free (store->error);
  g_clear_error (&store->unreadable);
  g_free (store);
}

char *
ui_store_take_error (UiStore *store)
{
  return g_steal_pointer (&store->error);
}

static void
commit (UiStore *store)
{
  g_autoptr (GError) error = NULL;

  if (!store->path) {
    return;
  }

  g_autofree char *folder = g_path_get_dirname (store->path);

  g_mkdir_with_parents (folder, 0700);
  if (store->unreadable) {
    error = g_error_copy (store->unreadable);
  } else {
    g_key_file_save_to_file (store->file, store->path, &error);
  }
  if (error) {
    g_free (store->error);
    store->error = g_strdup_printf (
        _ ("Your settings could not be remembered: %s. Make room or give write access to “%s”."),
        error->message, store->path);
  }
}

static char *
group_name (const char *kind, const char *name)
{
  g_autofree char *safe = g_uri_escape_string (name, " ", TRUE);

  return g_strconcat (kind, " ", safe, NULL);
}

gboolean
ui_store_get_last (UiStore *store, const char *window, UiSettings *settings, gboolean *seed_locked,
                   gboolean *live)
{
  GKeyFile *file = fresh (store);
  g_autofree char *group = group_name ("last", window);

  if (!g_key_file_has_group (file, group)) {
    return FALSE;
  }
  ui_settings_from_key_file (settings, file, group);
  *seed_locked = g_key_file_get_boolean (file, group, "seed-locked", NULL);
  *live = g_key_file_get_boolean (file, group, "live", NULL);
  return TRUE;
}

void
ui_store_set_last (UiStore *store, const char *window, const UiSettings *settings,
                   gboolean seed_locked, gboolean live)
{
  GKeyFile *file = fresh (store);
  g_autofree char *group = group_name ("last", window);

  ui_settings_to_key_file (settings, file, group);
  g_key_file_set_boolean (file, group, "seed-locked", seed_locked);
  g_key_file_set_boolean (file, group, "live", live);
  commit (store);
}

char **
ui_store_presets (UiStore *store)
{
  g_auto (GStrv) groups = g_key_file_get_groups (fresh (store), NULL);
  GPtrArray *names = g_ptr_array_new ();

  for (char **group = groups; *group; group++) {
    if (g_str_has_prefix (*group, "preset ")) {
      char *name = g_uri_unescape_string (*group + strlen ("preset "), NULL);

      if (name) {
        g_ptr_array_add (names, name);
      }
    }
  }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

gboolean
ui_store_get_preset (UiStore *store, const char *name, UiSettings *settings)
{
  GKeyFile *file = store->file; /* asked at every movement of a slider */
  g_autofree char *group = group_name ("preset", name);

  if (!g_key_file_has_group (file, group)) {
    return FALSE;
  }
  ui_settings_from_key_file (settings, file, group);
  return TRUE;
}

/* A preset is about how, not about what and where. */
static const char *const what[]
    = { "task",         "model",      "class",      "second-class", "balance",    "seed",
        "vary-seed",    "vary",       "where",      "width",        "height",     "natural-size",
        "texture-size", "seamless-x", "seamless-y", "match-edges",  "mend-seams", "start",
        "change",       "tiles",      NULL };

void
ui_store_set_preset (UiStore *store, const char *name, const UiSettings *settings)
{
  GKeyFile *file = fresh (store);
  g_autofree char *group = group_name ("preset", name);

  ui_settings_to_key_file (settings, file, group);
  for (const char *const *key = what; *key; key++) {
    g_key_file_remove_key (file, group, *key, NULL);
  }
  commit (store);
}

void
ui_store_remove_preset (UiStore *store, const char *name)
{
  GKeyFile *file = fresh (store);
  g_autofree char *group = group_name ("preset", name);

  g_key_file_remove_group (file, group, NULL);
  commit (store);
}

static char **
class_list (GKeyFile *file, const char *model, const char *key)
{
  g_autofree char *group = group_name ("classes", model);
  char **list = g_key_file_get_string_list (file, group, key, NULL, NULL);

  return list ? list : g_new0 (char *, 1);
}

/* Sets KEY to FIRST (may be NULL) followed by LIST without CLASS_NAME, LIMIT entries at most. */
static void
rewrite_list (UiStore *store, const char *model, const char *key, const char *first, char **list,
              const char *class_name, guint limit)
{
  g_autofree char *group = group_name ("classes", model);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (first) {
    g_ptr_array_add (names, (gpointer) first);
  }
  for (char **name = list; *name; name++) {
    if (!g_str_equal (*name, class_name) && names->len < limit) {
      g_ptr_array_add (names, *name);
    }
  }
  g_key_file_set_string_list (store->file, group, key, (const char *const *) names->pdata,
                              names->len);
  commit (store);
}

char **
ui_store_recents (UiStore *store, const char *model)
{
  return class_list (fresh (store), model, "recent");
}

void
ui_store_add_recent (UiStore *store, const char *model, const char *class_name)
{
  g_auto (GStrv) list = ui_store_recents (store, model);

  rewrite_list (store, model, "recent", class_name, list, class_name, UI_STORE_RECENTS);
}

char **
ui_store_favourites (UiStore *store, const char *model)
{
  return class_list (fresh (store), model, "favourite");
}

void
ui_store_set_favourite (UiStore *store, const char *model, const char *class_name,
                        gboolean favourite)
{
  g_auto (GStrv) list = ui_store_favourites (store, model);

  rewrite_list (store, model, "favourite", favourite ? class_name : NULL, list, class_name,
                G_MAXUINT);
}

void
ui_store_get_memory (UiStore *store, gboolean *half, guint64 *limit)
{
  GKeyFile *file = fresh (store);

  *half = g_key_file_get_boolean (file, "memory", "half", NULL);
  *limit = g_key_file_get_uint64 (file, "memory", "limit", NULL);
}

void
ui_store_set_memory (UiStore *store, gboolean half, guint64 limit)
{
  GKeyFile *file = fresh (store);

  g_key_file_set_boolean (file, "memory", "half", half);
  g_key_file_set_uint64 (file, "memory", "limit", limit);
  commit (store);
}

gboolean
ui_store_get_more (UiStore *store)
{
  return g_key_file_get_boolean (store->file, "window", "more", NULL);
}

void
ui_store_set_more (UiStore *store, gboolean open)
{
  g_key_file_set_boolean (fresh (store), "window", "more", open);
  commit (store);
}

void
ui_store_get_size (UiStore *store, const char *window, int *width, int *height)
{
  g_autofree char *group = group_name ("size", window);

  *width = g_key_file_get_integer (store->file, group, "width", NULL);
  *height = g_key_file_get_integer (store->file, group, "height", NULL);
}

void
ui_store_set_size (UiStore *store, const char *window, int width, int height)
{
  GKeyFile *file = fresh (store);
  g_autofree char *group = group_name ("size", window);

  g_key_file_set_integer (file, group, "width", width);
  g_key_file_set_integer (file, group, "height", height);
  commit (store);
}

guint64
ui_store_history_limit (UiStore *store)
{
  guint64 megabytes = g_key_file_get_uint64 (store->file, "history", "megabytes", NULL);

  return (megabytes ? MIN (megabytes, 1000000) : HISTORY_MEGABYTES) * 1000000;
}

gboolean
ui_store_ask (UiStore *store, const char *path)
{
  GKeyFile *file = fresh (store);
  g_autofree char *group = group_name ("asked", path);

  if (g_key_file_has_group (file, group)) {
    return FALSE;
  }
  g_key_file_set_boolean (file, group, "asked", TRUE);
  commit (store);
  return TRUE;
}

double
ui_store_seconds (UiStore *store, const char *model, UiCost cost)
{
  g_autofree char *group = group_name ("speed", model);
  double seconds = g_key_file_get_double (store->file, group, cost_keys[cost], NULL);

  return seconds > 0.0 && seconds < 1e6 ? seconds : 0.0;
}

void
ui_store_note_seconds (UiStore *store, const char *model, UiCost cost, double seconds)
{
  double before;
  g_autofree char *group = group_name ("speed", model);

  if (!(seconds > 0.0 && seconds < 1e6)) {
    return;
  }
  fresh (store);
  before = ui_store_seconds (store, model, cost);
  g_key_file_set_double (store->file, group, cost_keys[cost],
                         before > 0.0 ? 0.5 * (before + seconds) : seconds);
  commit (store);
}
