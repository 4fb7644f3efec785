/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See folder-list.h. */
#include "folder-list.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>

void
folder_list_split (const char *text, const char *between, GStrvBuilder *builder)
{
  g_auto (GStrv) folders = g_strsplit (text, between, -1);

  for (int i = 0; folders[i]; i++)
    if (*folders[i])
      g_strv_builder_add (builder, folders[i]);
}

char **
folder_list_read (const char *list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *text = NULL;

  if (g_file_get_contents (list, &text, NULL, NULL))
    folder_list_split (text, "\n", builder);
  return g_strv_builder_end (builder);
}

gboolean
folder_list_add (const char *list, const char *folder, GError **error)
{
  /* the file is replaced, a link to it is not */
  char *linked = realpath (list, NULL);
  g_autofree char *file = g_strdup (linked ? linked : list), *text = NULL;
  g_autoptr (GError) reason = NULL;

  free (linked);

  /* One that is there and cannot be read is not replaced by a shorter one. */
  gboolean ok = g_file_get_contents (file, &text, NULL, &reason);
  if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_clear_error (&reason);
    ok = TRUE;
  }
  if (ok) {
    gboolean ended = !text || !*text || g_str_has_suffix (text, "\n");
    g_autofree char *longer = g_strconcat (text ? text : "", ended ? "" : "\n", folder, "\n", NULL);
    ok = g_file_set_contents (file, longer, -1, &reason);
  }
  if (!ok)
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_FAILED,
        _ ("Your settings could not be remembered: %s. Make room or give write access to “%s”."),
        reason->message, file);
  return ok;
}
