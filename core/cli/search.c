/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models are looked for: see search.h. */
#include "cli/search.h"

#include "cli/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_folder (const char *path)
{
  struct stat there;
  return stat (path, &there) == 0 && S_ISDIR (there.st_mode);
}

/* Adds the folder BASE (its first LENGTH bytes) + REST, each once. */
static bool
add (search_path *path, const char *base, size_t length, const char *rest)
{
  size_t more = strlen (rest);
  char *folder = malloc (length + more + 1);
  char **folders = realloc (path->folders, (path->count + 1) * sizeof *folders);
  if (folders)
    path->folders = folders;
  if (!folder || !folders) {
    free (folder);
    return false;
  }
  memcpy (folder, base, length);
  memcpy (folder + length, rest, more + 1);
  for (size_t i = 0; i < path->count; i++)
    if (strcmp (path->folders[i], folder) == 0) {
      free (folder);
      return true;
    }
  folders[path->count++] = folder;
  return true;
}

/* The data folder that came with the program: of the source tree for a program in its build folder;
 * beside the program, as the plug-in has it; or in the share folder of where it is installed. */
static bool
add_own_data (search_path *path)
{
  char program[PATH_MAX];
  ssize_t length = readlink ("/proc/self/exe", program, sizeof program - 1);
  if (length > 0) {
    program[length] = '\0';
    char *slash = strrchr (program, '/');
    size_t folder = slash ? (size_t) (slash - program) : 0;
    if (folder == strlen (ADM_BUILD_DIR) && strncmp (program, ADM_BUILD_DIR, folder) == 0)
      return add (path, ADM_SOURCE_DATA_DIR, strlen (ADM_SOURCE_DATA_DIR), "");
    static const char *const places[] = { "/data", "/../share/gimp-adm/models" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
      char place[PATH_MAX + 64];
      snprintf (place, sizeof place, "%.*s%s", (int) folder, program, places[i]);
      char *real = is_folder (place) ? realpath (place, NULL) : NULL;
      bool ok = !real || add (path, real, strlen (real), "");
      free (real);
      if (real)
        return ok;
    }
  }
  return add (path, ADM_DATA_DIR, strlen (ADM_DATA_DIR), "");
}

static bool
add_all (search_path *path)
{
  const char *list = getenv ("ADM_MODEL_PATH"), *data = getenv ("XDG_DATA_HOME"),
             *home = getenv ("HOME");
  bool ok = true;
  while (ok && list && *list) {
    size_t length = strcspn (list, ":");
    if (length > 0)
      ok = add (path, list, length, "");
    list += length + (list[length] == ':');
  }
  ok = ok && add_own_data (path);
  if (data && *data == '/') /* the specification has relative paths ignored */
    ok = ok && add (path, data, strlen (data), "/gimp-adm/models");
  else if (home && *home)
    ok = ok && add (path, home, strlen (home), "/.local/share/gimp-adm/models");
  return ok;
}

adm_status
search_path_get (search_path *out, adm_error *error)
{
  search_path path = { NULL, 0 };
  if (!add_all (&path)) {
    search_path_clear (&path);
    return program_fail (error, ADM_ERROR_MEMORY,
                         "no memory for the list of folders; close other programs");
  }
  *out = path;
  return ADM_OK;
}

void
search_path_clear (search_path *path)
{
  for (size_t i = 0; i < path->count; i++)
    free (path->folders[i]);
  free (path->folders);
  *path = (search_path) { NULL, 0 };
}

adm_status
search_catalog (const search_path *path, adm_catalog **out, adm_error *error)
{
  size_t count = 0;
  const char **existing = calloc (path->count + 1, sizeof *existing);
  if (!existing)
    return program_fail (error, ADM_ERROR_MEMORY,
                         "no memory for the list of folders; close other programs");
  for (size_t i = 0; i < path->count; i++)
    if (is_folder (path->folders[i]))
      existing[count++] = path->folders[i];
  adm_status status = adm_catalog_new (existing, count, out, error);
  free (existing);
  return status;
}

/* FIND asks the catalog of the folders searched for NAME. */
static adm_status
search_with (adm_status (*find) (adm_catalog *, const char *, const adm_model **, adm_error *),
             const char *name, adm_catalog **catalog, const adm_model **model, adm_error *error)
{
  search_path path;
  adm_status status = search_path_get (&path, error);
  if (status)
    return status;
  status = search_catalog (&path, catalog, error);
  search_path_clear (&path);
  if (status)
    return status;
  status = find (*catalog, name, model, error);
  if (status) {
    adm_catalog_free (*catalog);
    *catalog = NULL;
  }
  return status;
}

adm_status
search_model (const char *name, adm_catalog **catalog, const adm_model **model, adm_error *error)
{
  return search_with (adm_catalog_find, name, catalog, model, error);
}

adm_status
search_model_of (const char *file, adm_catalog **catalog, const adm_model **model, adm_error *error)
{
  return search_with (adm_catalog_model_of, file, catalog, model, error);
}
