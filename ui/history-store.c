/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures on disk. Tasks go to a pool of one thread, in order; what it has to tell comes
 * back by idle calls, which do nothing once the store is closed. */
#include "history-store.h"

#include "i18n.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define GROUP "picture"
#define SUFFIX ".ini"

/* Of an earlier window, beside the pinned ones. */
enum { SHOWN = 200 };

struct UiHistoryStore {
  int references;  /* atomic: the owner's, and one of each idle call */
  gboolean closed; /* main thread */
  char *folder;
  guint64 limit;
  int side;
  const UiHistoryStoreFuncs *funcs;
  gpointer user;
  GThreadPool *pool;
  GAsyncQueue *done; /* of the store, once for each WAIT */
  guint last;        /* number in the last key */
};

typedef enum Kind { READ, SAVE, MARK, REMOVE, WAIT } Kind;

typedef struct Task {
  Kind kind;
  char *key;
  GdkPixbuf *pixels;
  UiSettings *settings;
  gboolean pinned, added;
} Task;

static void
unref_store (UiHistoryStore *store)
{
  if (g_atomic_int_dec_and_test (&store->references)) {
    g_async_queue_unref (store->done);
    g_free (store->folder);
    g_free (store);
  }
}

/* ---- what the thread tells ------------------------------------------------------------------- */

typedef struct News {
  UiHistoryStore *store;
  char *key, *message; /* KEY alone: it is gone; with SETTINGS: found */
  UiSettings *settings;
  UiKept kept;
} News;

static gboolean
tell (gpointer data)
{
  News *news = data;
  UiHistoryStore *store = news->store;

  if (store->closed) {
    return G_SOURCE_REMOVE;
  }
  if (news->message) {
    store->funcs->failed (news->message, store->user);
  } else if (news->settings) {
    news->kept.key = news->key;
    news->kept.settings = news->settings;
    store->funcs->found (&news->kept, store->user);
  } else {
    store->funcs->gone (news->key, store->user);
  }
  return G_SOURCE_REMOVE;
}

static void
news_free (gpointer data)
{
  News *news = data;

  g_free (news->key);
  g_free (news->message);
  ui_settings_free (news->settings);
  g_clear_object (&news->kept.small);
  unref_store (news->store);
  g_free (news);
}

/* NEWS is taken over. */
static void
post (UiHistoryStore *store, News news)
{
  News *own = g_new (News, 1);

  *own = news;
  own->store = store;
  g_atomic_int_inc (&store->references);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, tell, own, news_free);
}

/* ---- in the thread --------------------------------------------------------------------------- */

static char *
path_of (UiHistoryStore *store, const char *key, const char *suffix)
{
  g_autofree char *name = g_strconcat (key, suffix, NULL);

  return g_build_filename (store->folder, name, NULL);
}

/* Keys in the folder, newest first, of pictures that are whole; to be unreferenced. */
static GPtrArray *
keys (UiHistoryStore *store)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (store->folder, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder))) {
    if (g_str_has_suffix (name, SUFFIX)) {
      g_ptr_array_add (all, g_strndup (name, strlen (name) - strlen (SUFFIX)));
    }
  }
  g_ptr_array_sort_values (all, (GCompareFunc) (void (*) (void)) strcmp);
  for (guint i = 0; i < all->len / 2; i++) {
    gpointer key = all->pdata[i];

    all->pdata[i] = all->pdata[all->len - 1 - i];
    all->pdata[all->len - 1 - i] = key;
  }
  return all;
}

/* The file of settings of KEY, or NULL. To be freed. */
static GKeyFile *
read_file (UiHistoryStore *store, const char *key)
{
  g_autofree char *path = path_of (store, key, SUFFIX);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL) ? g_steal_pointer (&file)
                                                                       : NULL;
}

static void
read_all (UiHistoryStore *store)
{
  g_autoptr (GPtrArray) all = keys (store);

  for (guint i = 0; i < all->len; i++) {
    const char *key = all->pdata[i];
    g_autofree char *path = path_of (store, key, ".png");
    g_autoptr (GKeyFile) file = read_file (store, key);
    News news = { 0 };

    news.kept.pinned = file && g_key_file_get_boolean (file, GROUP, "pinned", NULL);
    news.kept.added = file && g_key_file_get_boolean (file, GROUP, "added", NULL);
    if (!file || (i >= SHOWN && !news.kept.pinned)
        || !gdk_pixbuf_get_file_info (path, &news.kept.width, &news.kept.height)) {
      continue;
    }
    news.kept.small = gdk_pixbuf_new_from_file_at_size (path, store->side, store->side, NULL);
    if (news.kept.small) {
      news.key = g_strdup (key);
      news.settings = ui_settings_new ();
      ui_settings_from_key_file (news.settings, file, GROUP);
      post (store, news);
    }
  }
}

static void
remove_files (UiHistoryStore *store, const char *key)
{
  g_autofree char *settings = path_of (store, key, SUFFIX);
  g_autofree char *picture = path_of (store, key, ".png");

  g_unlink (settings); /* first: without it there is no picture */
  g_unlink (picture);
}

static guint64
size_of (UiHistoryStore *store, const char *key)
{
  g_autofree char *path = path_of (store, key, ".png");
  GStatBuf about;

  return g_stat (path, &about) == 0 && about.st_size > 0 ? (guint64) about.st_size : 0;
}

/* The newest fill the limit; of what comes after, the pinned ones stay. */
static void
make_room (UiHistoryStore *store)
{
  g_autoptr (GPtrArray) all = keys (store);
  guint64 used = 0;

  for (guint i = 0; i < all->len; i++) {
    const char *key = all->pdata[i];

    used += size_of (store, key);
    if (used > store->limit && i > 0) { /* the newest stays however large it is */
      g_autoptr (GKeyFile) file = read_file (store, key);

      if (!file || !g_key_file_get_boolean (file, GROUP, "pinned", NULL)) {
        remove_files (store, key);
        post (store, (News) { .key = g_strdup (key) });
      }
    }
  }
}

static gboolean
write_marks (UiHistoryStore *store, const Task *task, GKeyFile *file, GError **error)
{
  g_autofree char *path = path_of (store, task->key, SUFFIX);

  g_key_file_set_boolean (file, GROUP, "pinned", task->pinned);
  g_key_file_set_boolean (file, GROUP, "added", task->added);
  return g_key_file_save_to_file (file, path, error);
}

static void
save (UiHistoryStore *store, const Task *task)
{
  g_autofree char *path = path_of (store, task->key, ".png");
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *png = NULL;
  gsize length = 0;

  g_mkdir_with_parents (store->folder, 0700);
  ui_settings_to_key_file (task->settings, file, GROUP);
  if (!gdk_pixbuf_save_to_buffer (task->pixels, &png, &length, "png", &error, "compression", "3",
                                  NULL)
      || !g_file_set_contents (path, png, (gssize) length, &error)
      || !write_marks (store, task, file, &error)) {
    post (store,
          (News) { .message = g_strdup_printf (
                       _ ("A finished picture could not be kept for later: %s. Make room or "
                          "give write access to “%s”; until then add what you want to keep."),
                       error->message, store->folder) });
    remove_files (store, task->key);
    return;
  }
  make_room (store);
}

static void
mark (UiHistoryStore *store, const Task *task)
{
  g_autoptr (GKeyFile) file = read_file (store, task->key);

  if (file) { /* what has gone is not marked */
    write_marks (store, task, file, NULL);
  }
}

static void
work (gpointer data, gpointer user)
{
  Task *task = data;
  UiHistoryStore *store = user;

  switch (task->kind) {
  case READ:
    read_all (store);
    break;
  case SAVE:
    save (store, task);
    break;
  case MARK:
    mark (store, task);
    break;
  case REMOVE:
    remove_files (store, task->key);
    break;
  case WAIT:
    g_async_queue_push (store->done, store);
    break;
  }
  g_free (task->key);
  g_clear_object (&task->pixels);
  ui_settings_free (task->settings);
  g_free (task);
}

/* ---- doors ----------------------------------------------------------------------------------- */

static void
push (UiHistoryStore *store, Task task)
{
  Task *own = g_new (Task, 1);

  *own = task;
  g_thread_pool_push (store->pool, own, NULL);
}

UiHistoryStore *
ui_history_store_new (const char *folder, guint64 limit, int side, const UiHistoryStoreFuncs *funcs,
                      gpointer user)
{
  UiHistoryStore *store = g_new0 (UiHistoryStore, 1);

  store->references = 1;
  store->folder = g_strdup (folder);
  store->limit = limit;
  store->side = side;
  store->funcs = funcs;
  store->user = user;
  store->done = g_async_queue_new ();
  store->pool = g_thread_pool_new (work, store, 1, FALSE, NULL);
  if (side > 0) {
    push (store, (Task) { .kind = READ });
  }
  return store;
}

void
ui_history_store_wait (UiHistoryStore *store)
{
  push (store, (Task) { .kind = WAIT });
  g_async_queue_pop (store->done);
}

void
ui_history_store_free (UiHistoryStore *store)
{
  if (store) {
    store->closed = TRUE;
    g_thread_pool_free (store->pool, FALSE, TRUE);
    unref_store (store);
  }
}

char *
ui_history_store_save (UiHistoryStore *store, GdkPixbuf *pixels, const UiSettings *settings)
{
  g_autofree char *unique = g_uuid_string_random ();
  char *key = g_strdup_printf ("%016" G_GINT64_MODIFIER "x-%04x-%.8s", g_get_real_time (),
                               store->last++ & 0xffff, unique);

  push (store, (Task) { .kind = SAVE,
                        .key = g_strdup (key),
                        .pixels = g_object_ref (pixels),
                        .settings = ui_settings_copy (settings) });
  return key;
}

void
ui_history_store_mark (UiHistoryStore *store, const char *key, gboolean pinned, gboolean added)
{
  push (store, (Task) { .kind = MARK, .key = g_strdup (key), .pinned = pinned, .added = added });
}

void
ui_history_store_remove (UiHistoryStore *store, const char *key)
{
  push (store, (Task) { .kind = REMOVE, .key = g_strdup (key) });
}

GdkPixbuf *
ui_history_store_load (UiHistoryStore *store, const char *key)
{
  g_autofree char *path = path_of (store, key, ".png");

  return gdk_pixbuf_new_from_file (path, NULL);
}
