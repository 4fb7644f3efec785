/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures on a disk that fails: whatever call on their folder fails, and however, a
 * picture is there whole or not at all, none that is whole is lost by a window that cannot read it,
 * and the next ones go on. libbad_disk is loaded before. */
#include "../core/check.h"
#include "plugin/spool.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIDE = 24, LEFT = 3, CALLS = 8 };

typedef void (*BadDisk) (const char *folder, const char *kind, int at, int how);

static const char *const kinds[]
    = { "open", "create", "read", "write", "seek", "stat", "sync", "close", "rename", "list" };
/* -1: half of what was asked, where there is a half */
static const int errors[] = { EIO, ENOSPC, EDQUOT, EACCES, EROFS, -1 };

static BadDisk bad_disk;
static char *folder; /* the spool's */

/* A picture of noise, which is much the same size when compressed. */
static GdkPixbuf *
noise (guint32 seed)
{
  GRand *rand = g_rand_new_with_seed (seed);
  GdkPixbuf *pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, SIDE, SIDE);

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < 3 * SIDE; x++)
      gdk_pixbuf_get_pixels (pixels)[y * gdk_pixbuf_get_rowstride (pixels) + x]
          = (guint8) g_rand_int_range (rand, 0, 256);
  g_rand_free (rand);
  return pixels;
}

static void
keep (Spool *spool, int seed)
{
  UiSettings *settings = ui_settings_new ();
  GdkPixbuf *pixels = noise ((guint32) seed);

  settings->seed = seed;
  spool_keep (spool, pixels, settings);
  g_object_unref (pixels);
  ui_settings_free (settings);
}

/* Whether PIXELS are those of SEED, to the last one. */
static gboolean
is_picture (GdkPixbuf *pixels, gint64 seed)
{
  GdkPixbuf *expected = noise ((guint32) seed);
  gboolean same = gdk_pixbuf_get_width (pixels) == SIDE && gdk_pixbuf_get_height (pixels) == SIDE
                  && gdk_pixbuf_get_n_channels (pixels) == 3;

  for (int y = 0; y < SIDE && same; y++)
    same = memcmp (gdk_pixbuf_read_pixels (pixels) + y * gdk_pixbuf_get_rowstride (pixels),
                   gdk_pixbuf_read_pixels (expected) + y * gdk_pixbuf_get_rowstride (expected),
                   3 * SIDE)
           == 0;
  g_object_unref (expected);
  return same;
}

/* How many files there are; each must be a whole picture when WHOLE. */
static int
files (gboolean whole)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  int count = 0;

  while (dir && (name = g_dir_read_name (dir))) {
    char *path = g_build_filename (folder, name, NULL);
    GdkPixbuf *pixels = whole ? gdk_pixbuf_new_from_file (path, NULL) : NULL;
    CHECK (!whole
           || (pixels && gdk_pixbuf_get_width (pixels) == SIDE && g_str_has_suffix (name, ".png")));
    count++;
    g_clear_object (&pixels);
    g_free (path);
  }
  if (dir)
    g_dir_close (dir);
  return count;
}

/* A picture is kept while the disk fails, another when it works again. How many of the first were
 * lost. */
static int
check_keeping (void)
{
  int lost = 0;

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++)
      for (int at = 1; at <= CALLS; at++) {
        Spool *spool = spool_new ();
        bad_disk (folder, kinds[k], at, errors[e]);
        keep (spool, 1);
        bad_disk (folder, NULL, 0, 0);
        int count = files (TRUE);
        lost += count == 0;
        keep (spool, 2);
        if (!CHECK (files (TRUE) == count + 1))
          printf ("  call %d of %s with %d\n", at, kinds[k], errors[e]);
        spool_free (spool);
        CHECK (!g_file_test (folder, G_FILE_TEST_EXISTS));
      }
  return lost;
}

typedef struct {
  int pictures, wrong;
} Taken;

static void
take (GdkPixbuf *pixels, const UiSettings *settings, gpointer user)
{
  Taken *taken = user;

  taken->pictures++;
  taken->wrong += !is_picture (pixels, settings->seed);
}

/* What a window finds when NOBODY, a process that is no more, left LEFT whole pictures DATA, a
 * broken one, and one unfinished. */
static void
leave (char *const *data, const gsize *size, int nobody)
{
  g_mkdir_with_parents (folder, 0700);
  for (int i = 0; i < LEFT + 2; i++) {
    char *path
        = g_strdup_printf ("%s/%d-%06d.png%s", folder, nobody, i, i == LEFT + 1 ? ".A1B2C3" : "");
    CHECK (g_file_set_contents_full (path, data[i % LEFT],
                                     (gssize) (i < LEFT ? size[i] : size[0] / 2),
                                     G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    g_free (path);
  }
}

/* The window's disk fails; the next window's does not. How many pictures only the next one
 * found. */
static int
check_recovering (char *const *data, const gsize *size, int nobody)
{
  int late = 0;

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++)
      for (int at = 1; at <= CALLS; at++) {
        Taken first = { 0 }, second = { 0 };
        leave (data, size, nobody);
        Spool *spool = spool_new ();
        bad_disk (folder, kinds[k], at, errors[e]);
        spool_recover (spool, take, &first);
        bad_disk (folder, NULL, 0, 0);
        spool_free (spool);
        spool = spool_new ();
        spool_recover (spool, take, &second);
        spool_free (spool);
        late += second.pictures;
        if (!CHECK (first.pictures + second.pictures == LEFT && first.wrong + second.wrong == 0))
          printf ("  call %d of %s with %d: %d pictures at once, %d the next time\n", at, kinds[k],
                  errors[e], first.pictures, second.pictures);
        CHECK (files (FALSE) == 0);
      }
  return late;
}

int
main (void)
{
  char *cache = g_dir_make_tmp ("adm-cache-XXXXXX", NULL), *data[LEFT];
  gsize size[LEFT];

  *(void **) &bad_disk = dlsym (RTLD_DEFAULT, "bad_disk");
  if (!CHECK (bad_disk != NULL && cache != NULL))
    return check_summary ();
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  folder = g_build_filename (g_get_user_cache_dir (), "gimp-adm", "pictures", NULL);
  int status = -1;
  pid_t child = fork ();
  if (child == 0) {
    Spool *spool = spool_new ();
    for (int i = 0; i < LEFT; i++)
      keep (spool, i);
    _exit (0);
  }
  CHECK (child > 0 && waitpid (child, &status, 0) == child && status == 0);
  for (int i = 0; i < LEFT; i++) {
    char *path = g_strdup_printf ("%s/%d-%06d.png", folder, (int) child, i);
    if (!CHECK (g_file_get_contents (path, &data[i], &size[i], NULL)))
      return check_summary ();
    g_unlink (path);
    g_free (path);
  }
  g_rmdir (folder);
  int lost = check_keeping (), late = check_recovering (data, size, (int) child);
  printf ("%d pictures could not be kept, %d were found by the next window only\n", lost, late);
  CHECK (lost > 0 && late > 0);

  for (int i = 0; i < LEFT; i++)
    g_free (data[i]);
  char *up = g_path_get_dirname (folder);
  g_rmdir (folder);
  g_rmdir (up);
  CHECK (g_rmdir (cache) == 0);
  g_free (up);
  g_free (folder);
  g_free (cache);
  return check_summary ();
}
