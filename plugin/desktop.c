/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening by the desktop's own programs: see desktop.h.
 */
#include "desktop.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>

char *
desktop_open (const char *path)
{
  GError *error = NULL;
  char *uri = g_filename_to_uri (path, NULL, &error), *message = NULL;

  if (!uri || !g_app_info_launch_default_for_uri (uri, NULL, &error))
    message = g_strdup_printf (_ ("“%s” could not be opened: %s. Open it by hand."), path,
                               error->message);
  g_clear_error (&error);
  g_free (uri);
  return message;
}

char *
desktop_open_help (void)
{
  char *beside = g_path_get_dirname (gimp_get_progname ());
  char *page = g_build_filename (beside, "data", "help", "index.html", NULL);
  char *message = desktop_open (page);

  g_free (page);
  g_free (beside);
  return message;
}
