/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The artist's own classes: see teach-list.h.
 */
#include "teach-list.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include "plugin-words.h"
#include <stdlib.h>

#include "teach-lesson.h"

struct TeachList {
  GArray *classes; /* of UiOwnClass */
};

static void
clear_class (gpointer data)
{
  UiOwnClass *one = data;

  g_free ((char *) one->id);
  g_free ((char *) one->name);
  g_clear_object (&one->picture);
}

TeachList *
teach_list_new (void)
{
  TeachList *list = g_new0 (TeachList, 1);

  list->classes = g_array_new (FALSE, TRUE, sizeof (UiOwnClass));
  g_array_set_clear_func (list->classes, clear_class);
  return list;
}

void
teach_list_free (TeachList *list)
{
  g_array_unref (list->classes);
  g_free (list);
}

GdkPixbuf *
teach_list_picture (const char *path)
{
  adm_error error;
  guint8 *pixels;
  int side;

  if (adm_taught_thumbnail (path, &pixels, &side, &error) != ADM_OK)
    return NULL;
  g_autoptr (GBytes) bytes
      = g_bytes_new_with_free_func (pixels, (gsize) side * (gsize) side * 3, free, pixels);
  return gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, FALSE, 8, side, side, side * 3);
}

const UiOwnClass *
teach_list_read (TeachList *list, const adm_model *model, gsize *n)
{
  g_array_set_size (list->classes, 0);
  for (int i = 0; model && i < model->taught_count; i++) {
    UiOwnClass one = { g_strdup (model->taught[i].path), g_strdup (model->taught[i].name),
                       teach_list_picture (model->taught[i].path) };
    g_array_append_val (list->classes, one);
  }
  *n = list->classes->len;
  return (const UiOwnClass *) (gpointer) list->classes->data;
}

char *
teach_list_refuse_name (const adm_model *model, const char *name)
{
  gboolean taken = FALSE;

  if (!model)
    return g_strdup (_ ("The model is not here any more. Choose another."));
  if (adm_taught_name_problem (name))
    return g_strdup_printf (
        _ ("A class cannot be called “%s”. Choose a name of a line that is not a number."), name);
  for (int i = 0; i < model->class_count && !taken; i++)
    taken = g_ascii_strcasecmp (model->class_names[i], name) == 0;
  return taken || adm_model_taught (model, name)
             ? g_strdup_printf (_ ("There is a class “%s” already. Choose another name."), name)
             : NULL;
}

char *
teach_list_rename (const adm_model *model, const char *path, const char *name)
{
  adm_error error;
  char *refused = teach_list_refuse_name (model, name);

  return refused                                            ? refused
         : adm_taught_rename (path, name, &error) == ADM_OK ? NULL
                                                            : plugin_words (&error);
}

char *
teach_list_copy (const char *from, const char *to)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  return g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error)
             ? NULL
             : g_strdup (error->message);
}

char *
teach_list_import (const adm_model *model, const char *path, const char *folder)
{
  adm_error error;
  adm_taught_info info;

  if (!model || adm_taught_inspect (path, &info, &error) != ADM_OK)
    return model ? g_strdup_printf (_ ("%s is no texture that was exported."), path)
                 : teach_list_refuse_name (model, "");
  if (adm_taught_check (path, model, &error) != ADM_OK)
    return g_strdup_printf (
        _ ("“%s” was taught to another model than “%s”. Choose that model first."), info.name,
        model->name);
  char *refused = teach_list_refuse_name (model, info.name);
  if (refused)
    return refused;
  g_autoptr (GFile) within = g_file_new_for_path (folder);
  g_autofree char *to = lesson_new_file (folder, info.name);
  g_file_make_directory_with_parents (within, NULL, NULL); /* copying tells what is amiss */
  return teach_list_copy (path, to);
}
