/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The artist's folders, remembered on a disk that fails: the old list stays whole, and it is told
 * why. libbad_disk is loaded before. */
#include "../core/check.h"
#include "plugin/folder-list.h"

#include <dlfcn.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef void (*BadDisk) (const char *folder, const char *kind, int at, int how);

static BadDisk bad_disk;
static char *folder, *list;

static void
check_list (const char *const *wanted)
{
  char **found = folder_list_read (list);

  CHECK (g_strv_equal ((const char *const *) found, wanted));
  g_strfreev (found);
}

/* Every call fails in each way; only a short write is written on. */
static void
test_faults (void)
{
  static const struct {
    const char *kind;
    int how;
  } faults[]
      = { { "open", EACCES },   { "read", EIO },     { "create", EACCES }, { "create", EROFS },
          { "create", ENOSPC }, { "write", ENOSPC }, { "write", EIO },     { "rename", EACCES },
          { "rename", ENOSPC }, { "write", -1 } };
  static const char *const old[] = { "/a/folder", "/another one", NULL }, *const all[] = {
    "/a/folder", "/another one", "/a third", NULL
  };

  CHECK (folder_list_add (list, old[0], NULL) && folder_list_add (list, old[1], NULL));
  check_list (old);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    GError *error = NULL;
    bad_disk (folder, faults[i].kind, 1, faults[i].how);
    gboolean added = folder_list_add (list, all[2], &error);
    bad_disk (folder, NULL, 0, 0);
    if (!CHECK (added == (faults[i].how == -1) && added == (error == NULL)
                && (added || strstr (error->message, list))))
      printf ("  %s with %d: %s\n", faults[i].kind, faults[i].how,
              error ? error->message : "no error");
    check_list (added ? all : old);
    g_clear_error (&error);
  }
}

/* The file that a link leads to is replaced, not the link; a last line without an end is no
 * beginning of the next. */
static void
test_link (void)
{
  char *link = g_build_filename (folder, "link", NULL);
  static const char *const both[] = { "/by hand", "/added", NULL };

  CHECK (g_file_set_contents (list, "/by hand", -1, NULL) && symlink (list, link) == 0);
  CHECK (folder_list_add (link, "/added", NULL) && g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  check_list (both);
  g_remove (link);
  g_free (link);
}

int
main (void)
{
  *(void **) &bad_disk = dlsym (RTLD_DEFAULT, "bad_disk");
  if (!CHECK (bad_disk != NULL))
    return check_summary ();
  folder = g_dir_make_tmp ("adm-folders-XXXXXX", NULL);
  list = g_build_filename (folder, "list", NULL);
  static const char *const none[] = { NULL };
  check_list (none);
  test_faults ();
  test_link ();
  g_remove (list);
  CHECK (g_rmdir (folder) == 0);
  g_free (list);
  g_free (folder);
  return check_summary ();
}
