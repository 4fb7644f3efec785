/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The history on a disk that fails: whatever call on its folder fails, and however, a picture is
 * there whole or not at all, none that is whole is lost by a window that cannot read it, the next
 * ones go on, and one that could not be kept is told. libbad_disk is loaded before. */
#include "../core/check.h"
#include "ui/history-store.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

enum { SIDE = 24, LEFT = 3, CALLS = 8 };

typedef void (*BadDisk) (const char *folder, const char *kind, int at, int how);

static const char *const kinds[]
    = { "open", "create", "read", "write", "seek", "stat", "sync", "close", "rename", "list" };
/* -1: half of what was asked, where there is a half */
static const int errors[] = { EIO, ENOSPC, EDQUOT, EACCES, EROFS, -1 };

static BadDisk bad_disk;

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

/* What a window hears of its store. */
typedef struct {
  UiHistoryStore *store;
  int found, wrong, told;
} Heard;

/* Whether PIXELS are those of SEED, to the last one. */
static gboolean
is_picture (const GdkPixbuf *pixels, gint64 seed)
{
  g_autoptr (GdkPixbuf) expected = noise ((guint32) seed);
  gboolean same = pixels && gdk_pixbuf_get_width (pixels) == SIDE
                  && gdk_pixbuf_get_height (pixels) == SIDE
                  && gdk_pixbuf_get_n_channels (pixels) == 3;

  for (int y = 0; y < SIDE && same; y++)
    same = memcmp (gdk_pixbuf_read_pixels (pixels) + y * gdk_pixbuf_get_rowstride (pixels),
                   gdk_pixbuf_read_pixels (expected) + y * gdk_pixbuf_get_rowstride (expected),
                   3 * SIDE)
           == 0;
  return same;
}

static void
found (const UiKept *kept, gpointer user)
{
  Heard *heard = user;

  heard->found++;
  heard->wrong += !is_picture (kept->small, kept->settings->seed);
}

static void
gone (const char *key G_GNUC_UNUSED, gpointer user G_GNUC_UNUSED)
{
}

static void
failed (const char *message, gpointer user)
{
  ((Heard *) user)->told += strlen (message) > 0;
}

static const UiHistoryStoreFuncs funcs = { found, gone, failed };

/* Reads FOLDER while the disk is as it is, and keeps a picture of SEED unless it is negative. */
static Heard
visit (const char *folder, int seed)
{
  Heard heard = { 0 };

  heard.store = ui_history_store_new (folder, 1 << 30, SIDE, &funcs, &heard);
  if (seed >= 0) {
    g_autoptr (UiSettings) settings = ui_settings_new ();
    g_autoptr (GdkPixbuf) pixels = noise ((guint32) seed);
    settings->seed = seed;
    g_free (ui_history_store_save (heard.store, pixels, settings));
  }
  ui_history_store_wait (heard.store);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  ui_history_store_free (heard.store);
  return heard;
}

static void
empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_unlink (path);
  }
}

/* A picture is kept while the disk fails, another when it works again. How many of the first were
 * lost. */
static int
check_keeping (const char *folder)
{
  int lost = 0;

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++)
      for (int at = 1; at <= CALLS; at++) {
        empty (folder);
        bad_disk (folder, kinds[k], at, errors[e]);
        Heard first = visit (folder, 1);
        bad_disk (folder, NULL, 0, 0);
        Heard second = visit (folder, 2), third = visit (folder, -1);
        lost += second.found == 0;
        if (!CHECK (first.wrong + second.wrong + third.wrong == 0 && second.told == 0)
            || !CHECK (third.found == second.found + 1))
          printf ("  call %d of %s with %d: %d, then %d\n", at, kinds[k], errors[e], second.found,
                  third.found);
      }
  return lost;
}

/* The window's disk fails; the next window's does not. How often a picture came late. */
static int
check_reading (const char *folder)
{
  int late = 0;

  empty (folder);
  for (int i = 0; i < LEFT; i++)
    visit (folder, i);
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (gsize e = 0; e < G_N_ELEMENTS (errors); e++)
      for (int at = 1; at <= CALLS; at++) {
        bad_disk (folder, kinds[k], at, errors[e]);
        Heard first = visit (folder, -1);
        bad_disk (folder, NULL, 0, 0);
        Heard second = visit (folder, -1);
        late += second.found > first.found;
        if (!CHECK (second.found == LEFT && first.wrong + second.wrong == 0))
          printf ("  call %d of %s with %d: %d pictures\n", at, kinds[k], errors[e], second.found);
      }
  return late;
}

int
main (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-history-XXXXXX", NULL);

  *(void **) &bad_disk = dlsym (RTLD_DEFAULT, "bad_disk");
  if (!CHECK (bad_disk != NULL && folder != NULL))
    return check_summary ();
  int lost = check_keeping (folder), late = check_reading (folder);
  printf ("%d pictures could not be kept, %d times one was found by the next window only\n", lost,
          late);
  CHECK (lost > 0 && late > 0);
  empty (folder);
  CHECK (g_rmdir (folder) == 0);
  return check_summary ();
}
