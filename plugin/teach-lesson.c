/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lesson on disk: see teach-lesson.h.
 */
#include "teach-lesson.h"

#include <glib/gstdio.h>
#include <string.h>

#define GROUP "lesson"
#define ENDING ".safetensors"

static char *
lesson_folder (const char *folder)
{
  return g_build_filename (folder, "lesson", NULL);
}

static char *
lesson_file (const char *folder, const char *name)
{
  return g_build_filename (folder, "lesson", name, NULL);
}

void
lesson_free (Lesson *lesson)
{
  if (!lesson)
    return;
  g_free (lesson->name);
  g_free (lesson->model);
  g_free (lesson->output);
  g_strfreev (lesson->pictures);
  g_free (lesson);
}

Lesson *
lesson_read (const char *folder)
{
  g_autofree char *path = lesson_file (folder, "lesson.ini");
  g_autoptr (GKeyFile) file = g_key_file_new ();
  Lesson *lesson;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  lesson = g_new0 (Lesson, 1);
  lesson->name = g_key_file_get_string (file, GROUP, "name", NULL);
  lesson->model = g_key_file_get_string (file, GROUP, "model", NULL);
  lesson->output = g_key_file_get_string (file, GROUP, "output", NULL);
  lesson->pictures = g_key_file_get_string_list (file, GROUP, "pictures", NULL, NULL);
  lesson->tiles = g_key_file_get_boolean (file, GROUP, "tiles", NULL);
  lesson->turns = g_key_file_get_boolean (file, GROUP, "turns", NULL);
  lesson->minutes = g_key_file_get_double (file, GROUP, "minutes", NULL);
  lesson->first_loss = g_key_file_get_double (file, GROUP, "first-loss", NULL);
  lesson->done = g_key_file_get_double (file, GROUP, "done", NULL);
  if (lesson->name && lesson->model && lesson->output && lesson->pictures && lesson->minutes > 0)
    return lesson;
  lesson_free (lesson);
  return NULL;
}

static gboolean
make_folder (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return g_file_test (path, G_FILE_TEST_IS_DIR)
         || g_file_make_directory_with_parents (file, NULL, error);
}

gboolean
lesson_write (const char *folder, const Lesson *lesson, GError **error)
{
  g_autofree char *path = lesson_file (folder, "lesson.ini"), *within = lesson_folder (folder);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_string (file, GROUP, "name", lesson->name);
  g_key_file_set_string (file, GROUP, "model", lesson->model);
  g_key_file_set_string (file, GROUP, "output", lesson->output);
  g_key_file_set_string_list (file, GROUP, "pictures", (const char *const *) lesson->pictures,
                              g_strv_length (lesson->pictures));
  g_key_file_set_boolean (file, GROUP, "tiles", lesson->tiles);
  g_key_file_set_boolean (file, GROUP, "turns", lesson->turns);
  g_key_file_set_double (file, GROUP, "minutes", lesson->minutes);
  g_key_file_set_double (file, GROUP, "first-loss", lesson->first_loss);
  g_key_file_set_double (file, GROUP, "done", lesson->done);
  return make_folder (within, error) && g_key_file_save_to_file (file, path, error);
}

char *
lesson_keep_picture (const char *folder, GdkPixbuf *pixels, GError **error)
{
  g_autofree char *within = lesson_folder (folder), *path = lesson_file (folder, "picture.png");

  if (!make_folder (within, error)
      || !gdk_pixbuf_save (pixels, path, "png", error, "compression", "1", NULL))
    return NULL;
  return g_steal_pointer (&path);
}

char *
lesson_checkpoint (const char *output)
{
  gsize length = strlen (output) - (g_str_has_suffix (output, ENDING) ? strlen (ENDING) : 0);

  return g_strdup_printf ("%.*s.checkpoint" ENDING, (int) length, output);
}

void
lesson_forget (const char *folder, const char *output)
{
  g_autofree char *ini = lesson_file (folder, "lesson.ini"),
                  *picture = lesson_file (folder, "picture.png"), *within = lesson_folder (folder);

  g_unlink (ini);
  g_unlink (picture);
  g_rmdir (within);
  if (output) {
    g_autofree char *checkpoint = lesson_checkpoint (output);
    g_unlink (checkpoint);
  }
}

char *
lesson_new_file (const char *folder, const char *name)
{
  g_autofree char *plain = g_strdup (name);

  g_strdelimit (plain, "/\\:.", '-');
  for (int i = 1;; i++) {
    g_autofree char *file
        = i > 1 ? g_strdup_printf ("%s-%d" ENDING, plain, i) : g_strconcat (plain, ENDING, NULL);
    char *path = g_build_filename (folder, file, NULL);
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return path;
    g_free (path);
  }
}
