/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Listed once, sorted, so that a folder is the same list on any disk. */
#include "train/picture_list.h"

#include "adm_description.h"
#include "base/error.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MAX_DEPTH = 16 };

static bool
is_picture_name (const char *name)
{
  static const char *const ends[] = { ".png", ".jpg", ".jpeg", ".jpe" };
  size_t length = strlen (name);
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    size_t n = strlen (ends[i]);
    if (length > n && strcasecmp (name + length - n, ends[i]) == 0)
      return true;
  }
  return false;
}

static adm_status
no_memory (adm_error *error, const char *folder)
{
  return ADM_FAIL (error, NO_MEMORY_READ, folder);
}

static bool
add (adm_picture_list *list, char *path)
{
  if (list->count == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 1024;
    adm_picture_entry *more = realloc (list->entry, capacity * sizeof *more);
    if (!more)
      return false;
    list->entry = more;
    list->capacity = capacity;
  }
  list->entry[list->count++] = (adm_picture_entry) { path, ADM_NO_LABEL };
  return true;
}

static adm_status
list_folder (const char *folder, int depth, adm_picture_list *list, adm_error *error)
{
  DIR *directory = opendir (folder);
  if (!directory)
    return ADM_FAIL (error, FILE_OPEN, folder, errno);
  adm_status status = ADM_OK;
  struct dirent *item;
  while (!status && (item = readdir (directory))) {
    struct stat info;
    if (item->d_name[0] == '.')
      continue;
    char *path = adm_path_join (folder, item->d_name);
    bool kept = false;
    if (!path)
      status = no_memory (error, folder);
    else if (stat (path, &info) != 0)
      ; /* gone, or a link to nowhere: as if it were not there */
    else if (S_ISDIR (info.st_mode) && depth < MAX_DEPTH)
      status = list_folder (path, depth + 1, list, error);
    else if (S_ISREG (info.st_mode) && is_picture_name (item->d_name)) {
      kept = add (list, path);
      status = kept ? ADM_OK : no_memory (error, folder);
    }
    if (!kept)
      free (path);
  }
  closedir (directory);
  return status;
}

/* ---- classes --------------------------------------------------------------------------------- */

static int
by_path (const void *a, const void *b)
{
  return strcmp (((const adm_picture_entry *) a)->path, ((const adm_picture_entry *) b)->path);
}

static int
by_name (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* The class that PATH's name tells: what comes before the first SEPARATOR after the folder's name
 * of PREFIX bytes, malloc'ed; NULL: no memory, or (*NONE) no separator. */
static char *
class_of (const char *path, size_t prefix, char separator, bool *none)
{
  const char *name = path + prefix, *end;
  if (separator == '_' && strrchr (name, '/'))
    name = strrchr (name, '/') + 1;
  end = strchr (name, separator);
  *none = !end || end == name;
  return *none ? NULL : strndup (name, (size_t) (end - name));
}

static adm_status
note_classes (adm_picture_list *list, const char *folder, size_t prefix, char separator,
              adm_error *error)
{
  bool none;
  list->class_name = calloc (list->count, sizeof *list->class_name);
  if (!list->class_name)
    return no_memory (error, folder);
  /* all names, sorted, then each once */
  for (size_t i = 0; i < list->count; i++)
    if (!(list->class_name[list->classes++]
          = class_of (list->entry[i].path, prefix, separator, &none)))
      return no_memory (error, folder);
  qsort (list->class_name, (size_t) list->classes, sizeof *list->class_name, by_name);
  int unique = 0;
  for (int i = 0; i < list->classes; i++)
    if (unique > 0 && strcmp (list->class_name[unique - 1], list->class_name[i]) == 0)
      free (list->class_name[i]);
    else
      list->class_name[unique++] = list->class_name[i];
  list->classes = unique;
  for (size_t i = 0; i < list->count; i++) {
    char *name = class_of (list->entry[i].path, prefix, separator, &none);
    if (!name)
      return no_memory (error, folder);
    char **found = bsearch (&name, list->class_name, (size_t) list->classes,
                            sizeof *list->class_name, by_name);
    list->entry[i].label = (int) (found - list->class_name);
    free (name);
  }
  return ADM_OK;
}

static adm_status
find_classes (adm_picture_list *list, const char *folder, adm_error *error)
{
  size_t prefix = strlen (folder), inside = 0, named = 0;
  while (list->entry[0].path[prefix] == '/')
    prefix++;
  for (size_t i = 0; i < list->count; i++) {
    const char *name = list->entry[i].path + prefix, *underscore = strchr (name, '_');
    inside += strchr (name, '/') != NULL;
    named += underscore && underscore != name;
  }
  if (inside > 0 && inside < list->count)
    return ADM_FAIL (error, FOLDER_MIXED, folder, list->count - inside);
  if (inside > 0)
    return note_classes (list, folder, prefix, '/', error);
  return named == list->count ? note_classes (list, folder, prefix, '_', error) : ADM_OK;
}

adm_status
adm_picture_list_read (const char *folder, adm_picture_list *out, adm_error *error)
{
  *out = (adm_picture_list) { 0 };
  adm_status status = list_folder (folder, 0, out, error);
  if (!status && out->count == 0)
    status = ADM_FAIL (error, PICTURES_NONE, folder);
  if (!status) {
    qsort (out->entry, out->count, sizeof *out->entry, by_path);
    status = find_classes (out, folder, error);
  }
  if (status)
    adm_picture_list_clear (out);
  return status;
}

void
adm_picture_list_clear (adm_picture_list *list)
{
  for (size_t i = 0; i < list->count; i++)
    free (list->entry[i].path);
  for (int i = 0; i < list->classes; i++)
    free (list->class_name[i]);
  free (list->entry);
  free (list->class_name);
  *list = (adm_picture_list) { 0 };
}
