/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures on disk: see spool.h. Files are named PID-NUMBER.png. */
#include "spool.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETTINGS_KEY "tEXt::adm-settings"
#define GROUP "picture"

enum { MOST = 100 };

struct Spool {
  char *folder;
  GMutex mutex;
  GPtrArray *files; /* of char *, paths that are ours; guarded by the mutex */
  guint next;
};

Spool *
spool_new (void)
{
  Spool *spool = g_new0 (Spool, 1);

  spool->folder = g_build_filename (g_get_user_cache_dir (), "gimp-adm", "pictures", NULL);
  spool->files = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&spool->mutex);
  return spool;
}

void
spool_free (Spool *spool)
{
  if (!spool)
    return;
  for (guint i = 0; i < spool->files->len; i++)
    g_unlink (spool->files->pdata[i]);
  g_rmdir (spool->folder); /* only when nobody else's are left */
  g_ptr_array_unref (spool->files);
  g_mutex_clear (&spool->mutex);
  g_free (spool->folder);
  g_free (spool);
}

static void
add_file (Spool *spool, char *path)
{
  g_mutex_lock (&spool->mutex);
  g_ptr_array_add (spool->files, path);
  g_mutex_unlock (&spool->mutex);
}

void
spool_keep (Spool *spool, GdkPixbuf *pixels, const UiSettings *settings)
{
  GKeyFile *file = g_key_file_new ();
  char *data = NULL;
  gsize size = 0;

  ui_settings_to_key_file (settings, file, GROUP);
  /* tEXt is Latin-1 */
  char *text = g_key_file_to_data (file, NULL, NULL),
       *encoded = g_uri_escape_string (text, NULL, FALSE);
  if (g_mkdir_with_parents (spool->folder, 0700) == 0
      && gdk_pixbuf_save_to_buffer (pixels, &data, &size, "png", NULL, SETTINGS_KEY, encoded,
                                    "compression", "1", NULL)) {
    char *name = g_strdup_printf ("%d-%06u.png", (int) getpid (), spool->next++),
         *path = g_build_filename (spool->folder, name, NULL);
    if (g_file_set_contents (path, data, (gssize) size, NULL))
      add_file (spool, path);
    else
      g_free (path);
    g_free (name);
  }
  g_free (data);
  g_free (encoded);
  g_free (text);
  g_key_file_unref (file);
}

/* Whether NAME is a picture of a process that is no more, or what it was writing when it ended. */
static gboolean
is_left_behind (const char *name)
{
  char *end;
  long pid = strtol (name, &end, 10);

  return end > name && *end == '-' && pid > 0 && pid <= G_MAXINT && kill ((pid_t) pid, 0) != 0
         && errno == ESRCH;
}

typedef struct {
  char *path;
  gint64 time;
} Found;

static gint
older_first (gconstpointer a, gconstpointer b)
{
  const Found *x = a, *y = b;

  return x->time != y->time ? (x->time < y->time ? -1 : 1) : strcmp (x->path, y->path);
}

/* The picture in DATA; NULL when there is none, or only its beginning, with which the loader would
 * be content. */
static GdkPixbuf *
decode (const char *data, gsize size)
{
  static const char end[12] = "\0\0\0\0IEND\xae\x42\x60\x82"; /* of every PNG */

  if (size < sizeof end || memcmp (data + size - sizeof end, end, sizeof end) != 0)
    return NULL;
  GInputStream *stream = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  GdkPixbuf *pixels = gdk_pixbuf_new_from_stream (stream, NULL, NULL);

  g_object_unref (stream);
  return pixels;
}

/* FALSE when DATA is no whole picture of ours. */
static gboolean
offer (const char *data, gsize size, SpoolFunc func, gpointer user)
{
  GdkPixbuf *pixels = decode (data, size);
  const char *encoded = pixels ? gdk_pixbuf_get_option (pixels, SETTINGS_KEY) : NULL;
  char *text = encoded ? g_uri_unescape_string (encoded, NULL) : NULL;
  GKeyFile *file = g_key_file_new ();
  gboolean ok
      = text && g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL);

  if (ok) {
    UiSettings *settings = ui_settings_new ();
    ui_settings_from_key_file (settings, file, GROUP);
    settings->count = 1;
    func (pixels, settings, user);
    ui_settings_free (settings);
  }
  g_key_file_unref (file);
  g_free (text);
  g_clear_object (&pixels);
  return ok;
}

void
spool_recover (Spool *spool, SpoolFunc func, gpointer user)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Found));
  GDir *folder = g_dir_open (spool->folder, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder))) {
    if (is_left_behind (name)) {
      Found file = { g_build_filename (spool->folder, name, NULL), 0 };
      GStatBuf about;
      if (g_stat (file.path, &about) == 0)
        file.time = about.st_mtime;
      if (g_str_has_suffix (name, ".png")) {
        g_array_append_val (found, file);
      } else {
        g_unlink (file.path); /* never finished */
        g_free (file.path);
      }
    }
  }
  if (folder)
    g_dir_close (folder);
  g_array_sort (found, older_first);
  for (guint i = 0; i < found->len; i++) {
    char *path = g_array_index (found, Found, i).path, *data = NULL;
    gsize size = 0;
    gboolean wanted = i + MOST >= found->len;
    if (wanted && !g_file_get_contents (path, &data, &size, NULL)) {
      g_free (path); /* it may be a whole picture: the next window will try again */
      continue;
    }
    if (wanted && offer (data, size, func, user)) {
      add_file (spool, path);
    } else {
      g_unlink (path);
      g_free (path);
    }
    g_free (data);
  }
  g_array_unref (found);
}
