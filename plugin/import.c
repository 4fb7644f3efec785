/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bringing weights files in: see import.h. One thread for each file; it owns its task until it has
 * ended.
 */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "adm.h"
#include "plugin-words.h"

/* Of a file on its way; a dot before its name hides it from the search for models. */
#define PART ".part"

enum { CHUNK = 4 << 20, NEWS_A_SECOND = 20 };

struct Import {
  char *folder;
  const ImportFuncs *funcs;
  gpointer user;
  GQueue waiting; /* of char *, paths */
  GCancellable *closing;
  gboolean busy;
  GMutex mutex;
  GCond ended;
  gboolean running; /* a file's thread; guarded by the mutex */
};

/* One file on its way; belongs to the task. */
typedef struct {
  Import *import; /* outlives the thread */
  char *from, *to, *part;
  GStatBuf seen; /* FROM, before it was inspected */
  gint64 reported;
} Carry;

typedef struct {
  Import *import;
  GCancellable *closing;
  double fraction;
} News;

static void
carry_free (gpointer data)
{
  Carry *carry = data;

  g_free (carry->from);
  g_free (carry->to);
  g_free (carry->part);
  g_free (carry);
}

static gboolean
tell_news (gpointer data)
{
  News *news = data;

  if (!g_cancellable_is_cancelled (news->closing))
    news->import->funcs->moved (news->fraction, news->import->user);
  g_object_unref (news->closing);
  g_free (news);
  return G_SOURCE_REMOVE;
}

/* ---- on the thread --------------------------------------------------------------------------- */

/* Sets ERROR: FORMAT tells of PATH and, where it has a second place, WHY. */
static gboolean
fail (GError **error, const char *format, const char *path, const char *why)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, format, name, why);
  return FALSE;
}

/* The same with what errno tells. */
static gboolean
fail_read (GError **error, const char *path)
{
  return fail (
      error,
      _ ("“%s” could not be read: %s. See whether it is still there, or choose another file."),
      path, g_strerror (errno));
}

static gboolean
fail_copy (GError **error, const char *path)
{
  return fail (error,
               _ ("“%s” could not be copied: %s. Make room, or add the file's folder instead."),
               path, g_strerror (errno));
}

static gboolean
fail_write (GError **error, const char *path)
{
  return fail (error, _ ("“%s” could not be written: %s. Correct the folder's permissions."), path,
               g_strerror (errno));
}

/* Writes all of DATA; errno tells why not. */
static gboolean
write_all (int file, const char *data, gssize size)
{
  while (size > 0) {
    gssize done = write (file, data, (gsize) size);
    if (done < 0 && errno != EINTR)
      return FALSE;
    if (done > 0) {
      data += done;
      size -= done;
    }
  }
  return TRUE;
}

static void
report (Carry *carry, GCancellable *closing, gint64 done, gint64 total)
{
  gint64 now = g_get_monotonic_time ();

  if (now - carry->reported > G_USEC_PER_SEC / NEWS_A_SECOND) {
    carry->reported = now;
    News *news = g_new (News, 1);
    *news = (News) { carry->import, g_object_ref (closing),
                     total > 0 ? MIN (1.0, (double) done / (double) total) : 0.0 };
    g_idle_add (tell_news, news);
  }
}

/* What was copied must be what was inspected: another program may be writing the file still. */
static gboolean
check_unchanged (const Carry *carry, int from, GError **error)
{
  struct stat now;
  const GStatBuf *seen = &carry->seen;

  if (fstat (from, &now) != 0)
    return fail_read (error, carry->from);
  if (now.st_dev == seen->st_dev && now.st_ino == seen->st_ino && now.st_size == seen->st_size
      && now.st_mtim.tv_sec == seen->st_mtim.tv_sec && now.st_mtim.tv_nsec == seen->st_mtim.tv_nsec)
    return TRUE;
  return fail (error,
               _ ("“%s” changed while it was being copied. Import it again when it is complete."),
               carry->from, NULL);
}

/* The bytes of FROM to the open file TO, which holds them for good then. */
static gboolean
copy_bytes (Carry *carry, int from, int to, GCancellable *closing, GError **error)
{
  g_autofree char *chunk = g_malloc (CHUNK);
  gint64 done = 0;
  gssize got = 0;
  gboolean ok = TRUE;

  do {
    got = read (from, chunk, CHUNK);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      ok = fail_read (error, carry->from);
    else if (!write_all (to, chunk, got))
      ok = fail_copy (error, carry->from);
    else
      report (carry, closing, done += got, carry->seen.st_size);
    ok = ok && !g_cancellable_set_error_if_cancelled (closing, error);
  } while (ok && got != 0);
  ok = ok && check_unchanged (carry, from, error);
  if (ok && fsync (to) != 0)
    ok = fail_copy (error, carry->from);
  return ok;
}

/* There must be room for it; where that cannot be told, writing will. */
static gboolean
check_room (const Carry *carry, gint64 size, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (carry->to);
  g_autoptr (GFile) place = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) about
      = g_file_query_filesystem_info (place, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  if (about && g_file_info_has_attribute (about, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
      && g_file_info_get_attribute_uint64 (about, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
             < (guint64) size) {
    g_autofree char *needed = g_format_size_full ((guint64) size, G_FORMAT_SIZE_IEC_UNITS),
                    *there = g_format_size_full (
                        g_file_info_get_attribute_uint64 (about, G_FILE_ATTRIBUTE_FILESYSTEM_FREE),
                        G_FORMAT_SIZE_IEC_UNITS);
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _ ("The file needs %s on disk, and %s are free in %s. Make room, or add the "
                    "file's folder instead."),
                 needed, there, folder);
    return FALSE;
  }
  return TRUE;
}

/* What a killed process left half done. Files that are being written are locked. */
static void
tidy (const char *folder)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  const char *name;

  while (entries && (name = g_dir_read_name (entries))) {
    if (*name == '.' && g_str_has_suffix (name, PART)) {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      int file = g_open (path, O_RDWR | O_CLOEXEC, 0);
      if (file >= 0 && flock (file, LOCK_EX | LOCK_NB) == 0)
        g_unlink (path);
      if (file >= 0)
        close (file);
    }
  }
}

/* Opens the file under its other name, empty and locked, so that no other process takes it for left
 * behind or writes it, too; -1 with ERROR set when it cannot. */
static int
open_part (const Carry *carry, GError **error)
{
  int part = g_open (carry->part, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  struct stat ours;
  GStatBuf there;

  if (part < 0) {
    fail_write (error, carry->part);
    return -1;
  }
  gboolean taken = flock (part, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  gboolean named = !taken && fstat (part, &ours) == 0 && g_stat (carry->part, &there) == 0;
  /* before the lock was ours, another process had finished it */
  if (taken || (named && ours.st_ino != there.st_ino))
    fail (error, _ ("“%s” is being imported already. Wait until it is there."), carry->to, NULL);
  else if (!named || ftruncate (part, 0) != 0) {
    fail_write (error, carry->part);
    g_unlink (carry->part);
  } else
    return part;
  close (part);
  return -1;
}

/* Copies under another name first, so that half a file is never taken for a whole one. The lock
 * ends with the name. */
static gboolean
copy_file (Carry *carry, GCancellable *closing, GError **error)
{
  int from = g_open (carry->from, O_RDONLY | O_CLOEXEC, 0), to = -1;
  gboolean ok = TRUE;

  if (from < 0)
    ok = fail_read (error, carry->from);
  ok = ok && check_room (carry, carry->seen.st_size, error);
  ok = ok && (to = open_part (carry, error)) >= 0;
  ok = ok && copy_bytes (carry, from, to, closing, error);
  if (from >= 0)
    close (from);
  if (ok && g_rename (carry->part, carry->to) != 0)
    ok = fail_write (error, carry->to);
  if (!ok && to >= 0)
    g_unlink (carry->part);
  if (to >= 0)
    close (to); /* all was written before */
  return ok;
}

/* NAME.json beside NAME.pt, malloc'ed. */
static char *
description_of (const char *path)
{
  const char *dot = strrchr (path, '.'), *slash = strrchr (path, '/');

  return dot && dot > slash ? g_strdup_printf ("%.*s.json", (int) (dot - path), path)
                            : g_strconcat (path, ".json", NULL);
}

/* The description beside the weights says what their tensors do not. */
static void
copy_description (const Carry *carry)
{
  g_autofree char *from = description_of (carry->from), *to = description_of (carry->to),
                  *text = NULL;
  gsize size = 0;

  if (!g_file_test (to, G_FILE_TEST_EXISTS) && g_file_get_contents (from, &text, &size, NULL))
    g_file_set_contents (to, text, (gssize) size, NULL);
}

static void
carry_over (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data, GCancellable *closing)
{
  Carry *carry = data;
  adm_file_info info;
  adm_error core;
  GError *error = NULL;
  GStatBuf there;

  tidy (carry->import->folder);
  if (g_str_has_suffix (carry->from, ".json"))
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         _ ("A description stays with the weights it describes. Import the "
                            "weights, or add the whole folder."));
  else if (g_stat (carry->from, &carry->seen) != 0)
    fail_read (&error, carry->from);
  else if (g_stat (carry->to, &there) == 0) {
    if (carry->seen.st_dev != there.st_dev || carry->seen.st_ino != there.st_ino)
      g_set_error (
          &error, G_IO_ERROR, G_IO_ERROR_EXISTS,
          _ ("There is a file “%s” already. Rename the new one first, or remove the old one."),
          carry->to);
  } else if (errno != ENOENT)
    fail_write (&error, carry->to);
  else if (adm_file_inspect (carry->from, &info, &core) != ADM_OK) {
    g_autofree char *words = plugin_words (&core);
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, words);
  } else if (copy_file (carry, closing, &error))
    copy_description (carry);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_mutex_lock (&carry->import->mutex);
  carry->import->running = FALSE;
  g_cond_signal (&carry->import->ended);
  g_mutex_unlock (&carry->import->mutex);
}

/* ---- main thread ----------------------------------------------------------------------------- */

static void next (Import *import);

static void
on_carried (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user)
{
  Import *import = user;
  g_autoptr (GError) error = NULL;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return; /* IMPORT is no more */
  g_task_propagate_boolean (G_TASK (result), &error);
  import->busy = FALSE;
  import->funcs->done (error ? error->message : NULL, import->user);
  next (import);
}

static void
next (Import *import)
{
  char *path = import->busy ? NULL : g_queue_pop_head (&import->waiting);

  if (!path)
    return;
  Carry *carry = g_new0 (Carry, 1);
  g_autofree char *name = g_path_get_basename (path), *hidden = g_strconcat (".", name, PART, NULL);
  carry->import = import;
  carry->from = path;
  carry->to = g_build_filename (import->folder, name, NULL);
  carry->part = g_build_filename (import->folder, hidden, NULL);
  g_mkdir_with_parents (import->folder, 0755); /* where it cannot be made, writing says so */
  import->busy = import->running = TRUE;
  import->funcs->moved (0.0, import->user);
  g_autoptr (GTask) task = g_task_new (NULL, import->closing, on_carried, import);
  g_task_set_task_data (task, carry, carry_free);
  g_task_run_in_thread (task, carry_over);
}

Import *
import_new (const char *folder, const ImportFuncs *funcs, gpointer user)
{
  Import *import = g_new0 (Import, 1);

  import->folder = g_strdup (folder);
  import->funcs = funcs;
  import->user = user;
  import->closing = g_cancellable_new ();
  g_queue_init (&import->waiting);
  g_mutex_init (&import->mutex);
  g_cond_init (&import->ended);
  return import;
}

void
import_free (Import *import)
{
  if (!import)
    return;
  g_cancellable_cancel (import->closing);
  g_mutex_lock (&import->mutex);
  while (import->running)
    g_cond_wait (&import->ended, &import->mutex);
  g_mutex_unlock (&import->mutex);
  g_mutex_clear (&import->mutex);
  g_cond_clear (&import->ended);
  g_object_unref (import->closing);
  g_queue_clear_full (&import->waiting, g_free);
  g_free (import->folder);
  g_free (import);
}

void
import_add (Import *import, const char *path)
{
  g_queue_push_tail (&import->waiting, g_strdup (path));
  next (import);
}
