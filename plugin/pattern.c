/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as GIMP's patterns: see pattern.h. The file is a header of six 32-bit numbers, the most
 * significant byte first (its own size, version, width, height, bytes a pixel, "GPAT"), the name
 * with a zero, and the pixels (GIMP's devel-docs/pat.txt). */
#include "pattern.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimp.h>
#include <string.h>

#include "plugin-error.h"

enum { HEADER = 24, VERSION = 1, MAGIC = 0x47504154, LONGEST_NAME = 255 };

static GByteArray *
encode (const GdkPixbuf *pixels, const char *name)
{
  int width = gdk_pixbuf_get_width (pixels), height = gdk_pixbuf_get_height (pixels),
      bytes = gdk_pixbuf_get_n_channels (pixels); /* with alpha, where there is one */
  guint32 length = (guint32) strlen (name) + 1;
  const guint32 head[6]
      = { HEADER + length, VERSION, (guint32) width, (guint32) height, (guint32) bytes, MAGIC };
  GByteArray *file = g_byte_array_new ();

  for (int i = 0; i < 6; i++) {
    guint32 number = GUINT32_TO_BE (head[i]);
    g_byte_array_append (file, (const guint8 *) &number, sizeof number);
  }
  g_byte_array_append (file, (const guint8 *) name, length);
  for (int y = 0; y < height; y++)
    g_byte_array_append (file,
                         gdk_pixbuf_read_pixels (pixels)
                             + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixels),
                         (guint) (width * bytes));
  return file;
}

/* A file in FOLDER for NAME that is not there yet. */
static char *
free_path (const char *folder, const char *name)
{
  g_autofree char *stem = g_strdelimit (g_strdup (name), "/\\:.", '-');
  char *path = NULL;

  for (int i = 1; !path || g_file_test (path, G_FILE_TEST_EXISTS); i++) {
    g_autofree char *file
        = i == 1 ? g_strdup_printf ("%s.pat", stem) : g_strdup_printf ("%s-%d.pat", stem, i);
    g_free (path);
    path = g_build_filename (folder, file, NULL);
  }
  return path;
}

gboolean
pattern_add (const GdkPixbuf *pixels, const char *name, GError **error)
{
  g_autofree char *folder = g_build_filename (gimp_directory (), "patterns", NULL),
                  *path = free_path (folder, name), *title = g_path_get_basename (path);
  g_autoptr (GError) reason = NULL;

  title[strlen (title) - strlen (".pat")] = '\0';
  g_autoptr (GByteArray) file = encode (pixels, title);
  g_mkdir_with_parents (folder, 0777);
  if (!g_file_set_contents (path, (const char *) file->data, (gssize) file->len, &reason)) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                 _ ("The pattern could not be saved: %s"), reason->message);
    return FALSE;
  }
  GimpPattern *pattern = gimp_patterns_refresh () ? gimp_pattern_get_by_name (title) : NULL;
  if (!pattern || !gimp_context_set_pattern (pattern)) {
    g_set_error (error, PLUGIN_ERROR, PLUGIN_ERROR_EXECUTION,
                 _ ("The pattern is saved as “%s”, but GIMP does not show it. Refresh its list of "
                    "patterns."),
                 path);
    return FALSE;
  }
  return TRUE;
}
