/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See folder-list.h. */
#include "folder-list.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>

char **
folder_list_read (const char *list)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  char *text = NULL;

  if (g_file_get_contents (list, &text, NULL, NULL)) {
    char **lines = g_strsplit (text, "\n", -1);
    for (int i = 0; lines[i]; i++) {
      if (*lines[i])
        g_strv_builder_add (builder, lines[i]);
    }
    g_strfreev (lines);
  }
  g_free (text);
  char **folders = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return folders;
}

gboolean
folder_list_add (const char *list, const char *folder, GError **error)
{
  /* the file is replaced, a link to it is not */
  char *linked = realpath (list, NULL), *text = NULL;
  const char *file = linked ? linked : list;
  GError *reason = NULL;

  /* One that is there and cannot be read is not replaced by a shorter one. */
  gboolean ok = g_file_get_contents (file, &text, NULL, &reason);
  if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_clear_error (&reason);
    ok = TRUE;
  }
  if (ok) {
    gboolean ended = !text || !*text || g_str_has_suffix (text, "\n");
    char *longer = g_strconcat (text ? text : "", ended ? "" : "\n", folder, "\n", NULL);
    ok = g_file_set_contents (file, longer, -1, &reason);
    g_free (longer);
  }
  if (!ok)
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_FAILED,
        _ ("Your settings could not be remembered: %s. Make room or give write access to “%s”."),
        reason->message, file);
  g_clear_error (&reason);
  g_free (text);
  free (linked);
  return ok;
}
