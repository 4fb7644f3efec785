/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is remembered, on a disk that fails: the old file stays whole, the failure is told once, and
 * when there is room again all is remembered. libbad_disk is loaded before. */
#include "../../ui/store.h"
#include "../core/check.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef void (*BadDisk) (const char *folder, const char *kind, int at, int how);

static guint
files (const char *folder)
{
  guint count = 0;
  GDir *dir = g_dir_open (folder, 0, NULL);

  while (dir && g_dir_read_name (dir))
    count++;
  g_dir_close (dir);
  return count;
}

int
main (void)
{
  static const struct {
    const char *kind;
    int how;
    gboolean harmless; /* a short write is written on */
  } faults[]
      = { { "create", EACCES, FALSE }, { "create", EROFS, FALSE },  { "write", ENOSPC, FALSE },
          { "write", EIO, FALSE },     { "rename", EACCES, FALSE }, { "rename", ENOSPC, FALSE },
          { "open", EACCES, FALSE },   { "read", EIO, FALSE },      { "write", -1, TRUE } };
  BadDisk bad_disk;
  *(void **) &bad_disk = dlsym (RTLD_DEFAULT, "bad_disk");
  if (!CHECK (bad_disk != NULL))
    return check_summary ();
  char *folder = g_dir_make_tmp ("adm-store-XXXXXX", NULL),
       *path = g_build_filename (folder, "state", NULL);
  UiStore *first = ui_store_new (path);
  ui_store_add_recent (first, "model", "a cat");
  ui_store_set_favourite (first, "model", "a dog", TRUE);
  CHECK (ui_store_take_error (first) == NULL);
  ui_store_free (first);

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    char *before = NULL, *after = NULL;
    gsize size = 0, more = 0;
    CHECK (g_file_get_contents (path, &before, &size, NULL) && size > 0);
    bad_disk (folder, faults[i].kind, 1, faults[i].how);
    UiStore *store = ui_store_new (path); /* it may be the reading that fails */
    ui_store_add_recent (store, "model", "a bird");
    char *error = ui_store_take_error (store), *again = ui_store_take_error (store);
    bad_disk (folder, NULL, 0, 0);
    CHECK (g_file_get_contents (path, &after, &more, NULL));
    if (faults[i].harmless)
      CHECK (error == NULL && more > size);
    else if (!CHECK (error != NULL && again == NULL && strstr (error, path) && more == size
                     && memcmp (before, after, size) == 0))
      printf ("  %s with %d: %s\n", faults[i].kind, faults[i].how, error ? error : "no error");
    CHECK (files (folder) == 1);
    g_free (error);
    g_free (after);
    g_free (before);
    ui_store_free (store);
  }
  UiStore *last = ui_store_new (path);
  ui_store_add_recent (last, "model", "a fish");
  char **recents = ui_store_recents (last, "model"),
       **favourites = ui_store_favourites (last, "model");
  CHECK (ui_store_take_error (last) == NULL
         && g_strv_contains ((const char *const *) recents, "a cat"));
  CHECK (g_strv_contains ((const char *const *) recents, "a fish")
         && g_strv_contains ((const char *const *) favourites, "a dog"));
  g_strfreev (recents);
  g_strfreev (favourites);
  ui_store_free (last);

  /* Where the file is linked to from somewhere else, it is the file that changes, and the link
   * stays. */
  char *link = g_build_filename (folder, "link", NULL), *text = NULL;
  CHECK (symlink (path, link) == 0);
  UiStore *linked = ui_store_new (link);
  ui_store_add_recent (linked, "model", "a tree");
  CHECK (ui_store_take_error (linked) == NULL && g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  CHECK (g_file_get_contents (path, &text, NULL, NULL) && strstr (text, "a tree")
         && strstr (text, "a dog"));
  ui_store_free (linked);
  g_free (text);
  g_remove (link);
  g_free (link);

  g_remove (path);
  g_rmdir (folder);
  g_free (path);
  g_free (folder);
  return check_summary ();
}
