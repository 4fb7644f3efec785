/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Output files, complete or absent: see output.h. */
#include "cli/output.h"

#include "cli/program.h"
#include "cli/words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

bool
output_has_extension (const char *path, const char *extension)
{
  const char *slash = strrchr (path, '/'), *name = slash ? slash + 1 : path;
  size_t length = strlen (name), ending = strlen (extension);
  return length > ending && strcasecmp (name + length - ending, extension) == 0;
}

/* Makes an empty file beside PATH, with the rights of any new file, and its name in *OUT. */
static adm_status
make_temporary (const char *path, char **out, adm_error *error)
{
  static const char pattern[] = ".adm-XXXXXX";
  const char *slash = strrchr (path, '/');
  size_t folder = slash ? (size_t) (slash - path) + 1 : 0;
  char *name = malloc (folder + sizeof pattern);
  if (!name)
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its name", path);
  memcpy (name, path, folder);
  memcpy (name + folder, pattern, sizeof pattern);
  int file = mkstemp (name);
  if (file < 0) {
    int reason = errno;
    free (name);
    return program_fail (error, ADM_ERROR_IO,
                         "%s: cannot write into its folder: %s; choose another folder", path,
                         strerror (reason));
  }
  mode_t mask = umask (0);
  umask (mask);
  if (fchmod (file, 0666 & ~mask) != 0 || close (file) != 0) {
    int reason = errno;
    unlink (name);
    free (name);
    return program_fail (error, ADM_ERROR_IO,
                         "%s: cannot write into its folder: %s; choose another folder", path,
                         strerror (reason));
  }
  *out = name;
  return ADM_OK;
}

adm_status
output_add (output_set *set, const char *path, adm_error *error)
{
  struct stat there;
  for (size_t i = 0; i < set->count; i++)
    if (strcmp (set->files[i].path, path) == 0)
      return program_fail (error, ADM_ERROR_USAGE,
                           "%s is named for two outputs; give each its own file", path);
  if (stat (path, &there) == 0 && !S_ISREG (there.st_mode))
    return program_fail (error, ADM_ERROR_IO,
                         "%s is there and no ordinary file; choose another name", path);

  char *trial = NULL, *copy = strdup (path);
  output_file *files = realloc (set->files, (set->count + 1) * sizeof *files);
  if (files)
    set->files = files;
  if (!files || !copy) {
    free (copy);
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its name", path);
  }
  adm_status status = make_temporary (path, &trial, error);
  if (status) {
    free (copy);
    return status;
  }
  unlink (trial);
  free (trial);
  set->files[set->count++] = (output_file) { .path = copy };
  return ADM_OK;
}

adm_status
output_begin (output_set *set, size_t i, const char **temporary, adm_error *error)
{
  adm_status status = make_temporary (set->files[i].path, &set->files[i].temporary, error);
  if (!status)
    *temporary = set->files[i].temporary;
  return status;
}

adm_status
output_write_npy (output_set *set, size_t i, const float *data, int rank, const int64_t *shape,
                  adm_error *error)
{
  const char *temporary;
  adm_status status = output_begin (set, i, &temporary, error);
  if (status)
    return status;
  status = adm_npy_write (temporary, data, rank, shape, error);
  size_t length = strlen (temporary);
  /* the user knows it by its own name */
  char line[WORDS_LINE];
  if (status && strncmp (words_of (error, line, sizeof line), temporary, length) == 0)
    program_fail (error, status, "%s%s", set->files[i].path, line + length);
  return status;
}

/* So that a file that has its name also has its contents, whatever happens to the machine. */
static bool
flush_to_disk (const char *path)
{
  int file = open (path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  bool ok = fsync (file) == 0 || errno == EINVAL || errno == ENOTSUP;
  int reason = errno;
  close (file);
  errno = reason;
  return ok;
}

/* Gives what stands at FILE's path a second name beside it, so that it can be put back. Where there
 * are no second names (FAT) a file that has been replaced stays replaced, by a whole one. */
static void
keep_before (output_file *file)
{
  adm_error ignored;
  struct stat there;
  if (stat (file->path, &there) != 0 || make_temporary (file->path, &file->before, &ignored))
    return;
  if (unlink (file->before) != 0 || link (file->path, file->before) != 0) {
    free (file->before);
    file->before = NULL;
  }
}

adm_status
output_commit (output_set *set, adm_error *error)
{
  for (size_t i = 0; i < set->count; i++)
    if (!flush_to_disk (set->files[i].temporary))
      return program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", set->files[i].path,
                           strerror (errno));
  if (interrupt_requested ())
    return program_fail (error, ADM_ERROR_CANCELLED, "interrupted");
  for (size_t i = 0; i < set->count; i++) {
    output_file *file = &set->files[i];
    struct stat there;
    bool fresh = stat (file->path, &there) != 0;
    if (i + 1 < set->count)
      keep_before (file);
    if (rename (file->temporary, file->path) != 0) {
      program_fail (error, ADM_ERROR_IO,
                    "%s: cannot give the file its name: %s; choose another name", file->path,
                    strerror (errno));
      for (size_t k = 0; k < i; k++) { /* all or nothing */
        output_file *done = &set->files[k];
        if (done->before && rename (done->before, done->path) == 0) {
          free (done->before);
          done->before = NULL;
        } else if (done->fresh)
          unlink (done->path);
      }
      return ADM_ERROR_IO;
    }
    file->fresh = fresh;
    free (file->temporary);
    file->temporary = NULL;
  }
  return ADM_OK;
}

void
output_clear (output_set *set)
{
  for (size_t i = 0; i < set->count; i++) {
    if (set->files[i].temporary)
      unlink (set->files[i].temporary);
    if (set->files[i].before)
      unlink (set->files[i].before);
    free (set->files[i].before);
    free (set->files[i].temporary);
    free (set->files[i].path);
  }
  free (set->files);
  *set = (output_set) { NULL, 0 };
}
