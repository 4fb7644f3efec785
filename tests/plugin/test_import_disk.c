/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights brought in on disks that fail, at either end, and from files that change meanwhile: one
 * message and nothing new in the folder, or the whole file; a description is there whole or not at
 * all, and a file that was there stays. libbad_disk is loaded before. */
#include "../core/check.h"
#include "plugin/import.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALLS = 7, PATIENCE_S = 60 };

typedef void (*BadDisk) (const char *folder, const char *kind, int at, int how);
typedef enum { STAYS, SHRINKS, GROWS, REWRITTEN } Change;

static const char *const kinds[]
    = { "open", "create", "read", "write", "seek", "stat", "sync", "close", "rename", "list" };
/* -1: half of what was asked, where there is a half */
static const int errors[] = { EIO, ENOSPC, EDQUOT, EACCES, -1 };

static BadDisk bad_disk;
static char *from, *to; /* folders */
static char *source, *description, *copy, *copied_description;
static Change change; /* what becomes of the source once its copy has begun */

typedef struct {
  int calls;
  char *message;
} Told;

static void
moved (double fraction, gpointer user G_GNUC_UNUSED)
{
  CHECK (fraction >= 0.0 && fraction <= 1.0);
}

static void
done (const char *message, gpointer user)
{
  Told *told = user;

  told->calls++;
  g_free (told->message);
  told->message = g_strdup (message);
}

/* Called by import.c in the place of the C library's, before the first byte is copied. */
int
flock (int file, int operation)
{
  int held = (int) syscall (SYS_flock, file, operation);

  if (operation & LOCK_NB && change != STAYS) {
    int word = 0, end = g_open (source, O_RDWR, 0);
    GStatBuf about;
    CHECK (g_stat (source, &about) == 0);
    if (change == SHRINKS)
      CHECK (ftruncate (end, about.st_size / 2) == 0);
    else
      CHECK (pwrite (end, &word, sizeof word, change == GROWS ? about.st_size : about.st_size / 2)
             == sizeof word);
    close (end);
    change = STAYS;
  }
  return held;
}

/* Imports the source: what was told of it, to be freed; NULL: all is well. */
static char *
run (void)
{
  static const ImportFuncs funcs = { moved, done };
  Told told = { 0 };
  Import *import = import_new (to, &funcs, &told);
  gint64 end = g_get_monotonic_time () + (gint64) PATIENCE_S * G_USEC_PER_SEC;

  import_add (import, source);
  while (told.calls == 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  import_free (import);
  CHECK (told.calls == 1);
  return told.message;
}

static gboolean
same (const char *path, const char *other)
{
  char *a = NULL, *b = NULL;
  gsize size = 0, more = 0;
  gboolean ok = g_file_get_contents (path, &a, &size, NULL)
                && g_file_get_contents (other, &b, &more, NULL) && size == more
                && memcmp (a, b, size) == 0;

  g_free (a);
  g_free (b);
  return ok;
}

/* How many files the folder holds. */
static int
files (void)
{
  GDir *dir = g_dir_open (to, 0, NULL);
  int count = 0;

  while (dir && g_dir_read_name (dir))
    count++;
  if (dir)
    g_dir_close (dir);
  return count;
}

static void
empty (void)
{
  g_unlink (copy);
  g_unlink (copied_description);
}

/* MESSAGE is one line that says what to do, and nothing is in the folder; or there is none, and the
 * file is. */
static gboolean
check_outcome (const char *message)
{
  gboolean described = g_file_test (copied_description, G_FILE_TEST_EXISTS), ok;

  if (message)
    ok = CHECK (*message && !strchr (message, '\n') && files () == 0);
  else
    ok = CHECK (same (source, copy) && files () == 1 + described);
  return CHECK (!described || same (description, copied_description)) && ok;
}

/* Every call on FOLDER's files fails in turn. REFUSED[kind] counts what was told. */
static void
check_disk (const char *folder, int *refused)
{
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++)
      for (int at = 1; at <= CALLS; at++) {
        bad_disk (folder, kinds[k], at, errors[e]);
        char *message = run ();
        bad_disk (folder, NULL, 0, 0);
        if (!check_outcome (message))
          printf ("  call %d of %s with %d: %s\n", at, kinds[k], errors[e],
                  message ? message : "no message");
        refused[k] += message != NULL;
        g_free (message);
        empty ();
      }
  char *message = run ();
  CHECK (message == NULL && same (source, copy) && same (description, copied_description));
  g_free (message);
  empty ();
}

/* Another file is there under this name already. */
static void
check_existing (void)
{
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (int at = 1; at <= CALLS; at++) {
      char *text = NULL;
      CHECK (g_file_set_contents (copy, "the one before", -1, NULL));
      bad_disk (to, kinds[k], at, EIO);
      char *message = run ();
      bad_disk (to, NULL, 0, 0);
      if (!CHECK (message && files () == 1 && g_file_get_contents (copy, &text, NULL, NULL)
                  && strcmp (text, "the one before") == 0))
        printf ("  call %d of %s: %s\n", at, kinds[k], message ? message : "no message");
      g_free (text);
      g_free (message);
      empty ();
    }
}

static void
check_changes (void)
{
  char *whole = NULL;
  gsize size = 0;

  CHECK (g_file_get_contents (source, &whole, &size, NULL));
  for (Change what = SHRINKS; what <= REWRITTEN; what++) {
    change = what;
    char *message = run ();
    if (!CHECK (message && change == STAYS && strstr (message, source) && files () == 0))
      printf ("  change %d: %s\n", what, message ? message : "no message");
    g_free (message);
    empty ();
    CHECK (g_file_set_contents (source, whole, (gssize) size, NULL));
  }
  char *message = run ();
  CHECK (check_outcome (message) && message == NULL);
  g_free (message);
  empty ();
  g_free (whole);
}

/* NAME, of the fixtures unless it is a whole path, comes to be PATH. */
static void
fetch (const char *name, const char *path)
{
  char *there = g_canonicalize_filename (name, FIXTURES), *data = NULL;
  gsize size = 0;

  CHECK (g_file_get_contents (there, &data, &size, NULL)
         && g_file_set_contents (path, data, (gssize) size, NULL));
  g_free (data);
  g_free (there);
}

/* A file of two pieces: the disk is full, or fails to read, before each and between them. */
static void
check_middle (void)
{
  static const struct {
    char *const *folder;
    const char *kind;
    int how, least;
  } faults[] = { { &to, "write", ENOSPC, 2 }, { &from, "read", EIO, 3 } };

  fetch (ADM_EMBEDDED_CLASSIFIER, source);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    int refused = 0;
    for (gboolean whole = FALSE; !whole;) {
      bad_disk (*faults[i].folder, faults[i].kind, refused + 1, faults[i].how);
      char *message = run ();
      bad_disk (to, NULL, 0, 0);
      CHECK (check_outcome (message));
      whole = message == NULL;
      refused += !whole;
      g_free (message);
      empty ();
    }
    printf ("%s: refused at each of %d calls\n", faults[i].kind, refused);
    CHECK (refused >= faults[i].least);
  }
}

/* Another process brings the same file in: its own is not touched. */
static void
check_at_once (void)
{
  char *part = g_build_filename (to, ".net.pt.part", NULL), *text = NULL;
  CHECK (g_file_set_contents (part, "half", -1, NULL));
  int other = g_open (part, O_RDONLY, 0);
  CHECK (other >= 0 && flock (other, LOCK_EX) == 0);
  char *message = run ();

  CHECK_CONTAINS (message, copy);
  CHECK (files () == 1 && g_file_get_contents (part, &text, NULL, NULL)
         && strcmp (text, "half") == 0);
  close (other);
  g_free (text);
  g_free (message);
  message = run (); /* nobody's now */
  CHECK (check_outcome (message) && message == NULL);
  g_free (message);
  g_free (part);
  empty ();
}

int
main (void)
{
  char *folder = g_dir_make_tmp ("adm-import-XXXXXX", NULL);
  int reading[G_N_ELEMENTS (kinds)] = { 0 }, writing[G_N_ELEMENTS (kinds)] = { 0 };

  *(void **) &bad_disk = dlsym (RTLD_DEFAULT, "bad_disk");
  if (!CHECK (bad_disk != NULL && folder != NULL))
    return check_summary ();
  from = g_build_filename (folder, "from", NULL);
  to = g_build_filename (folder, "to", NULL);
  source = g_build_filename (from, "net.pt", NULL);
  description = g_build_filename (from, "net.json", NULL);
  copy = g_build_filename (to, "net.pt", NULL);
  copied_description = g_build_filename (to, "net.json", NULL);
  CHECK (g_mkdir (from, 0700) == 0 && g_mkdir (to, 0700) == 0);
  fetch ("classifier-adaptive.pt", source);
  fetch ("classifier-adaptive.json", description);

  check_disk (from, reading);
  check_disk (to, writing);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
    static const char *const reads = "open read", *const writes = "create write sync rename";
    printf ("%s: refused %d times where the file is, %d where it goes\n", kinds[k], reading[k],
            writing[k]);
    CHECK (!strstr (reads, kinds[k]) || reading[k] > 0);
    CHECK (!strstr (writes, kinds[k]) || writing[k] > 0);
  }
  check_existing ();
  check_changes ();
  check_at_once ();
  check_middle ();

  g_unlink (source);
  g_unlink (description);
  CHECK (g_rmdir (from) == 0 && g_rmdir (to) == 0 && g_rmdir (folder) == 0);
  char *const paths[] = { folder, from, to, source, description, copy, copied_description };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    g_free (paths[i]);
  return check_summary ();
}
