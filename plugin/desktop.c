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
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_filename_to_uri (path, NULL, &error);

  return uri && g_app_info_launch_default_for_uri (uri, NULL, &error)
             ? NULL
             : g_strdup_printf (_ ("“%s” could not be opened: %s. Open it by hand."), path,
                                error->message);
}

/* Opens SECTION of the page URI. GLib's way to open a file takes no part of one, so the browser is
 * asked for itself; FALSE: there is none. */
static gboolean
open_section (const char *uri, const char *section)
{
  g_autoptr (GAppInfo) browser = g_app_info_get_default_for_type ("text/html", TRUE);
  g_autofree char *whole = g_strconcat (uri, "#", section, NULL);
  GList uris = { .data = whole };

  return browser && g_app_info_launch_uris (browser, &uris, NULL, NULL);
}

char *
desktop_open_help (const char *section)
{
  g_autofree char *beside = g_path_get_dirname (gimp_get_progname ());
  g_autofree char *page = g_build_filename (beside, "data", "help", "index.html", NULL);
  g_autofree char *uri = section ? g_filename_to_uri (page, NULL, NULL) : NULL;

  return uri && open_section (uri, section) ? NULL : desktop_open (page);
}
