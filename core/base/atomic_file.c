/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * mkstemp, fsync, rename. */
#include "base/atomic_file.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

adm_status
adm_atomic_open (const char *path, adm_atomic_file *out, adm_error *error)
{
  size_t length = strlen (path);
  *out = (adm_atomic_file) { NULL, strdup (path), malloc (length + 16) };
  if (!out->path || !out->temporary) {
    adm_atomic_abandon (out);
    return ADM_FAIL (error, NO_MEMORY_WRITE, path);
  }
  memcpy (out->temporary, path, length);
  memcpy (out->temporary + length, ".part-XXXXXX", 13);
  int descriptor = mkstemp (out->temporary);
  if (descriptor >= 0) {
    mode_t mask = umask (0);
    umask (mask);
    fchmod (descriptor, 0666 & ~mask);
    out->stream = fdopen (descriptor, "wb");
  }
  if (!out->stream) {
    int code = errno;
    if (descriptor >= 0) {
      close (descriptor);
      unlink (out->temporary);
    }
    free (out->temporary);
    out->temporary = NULL;
    adm_atomic_abandon (out);
    return ADM_FAIL (error, FILE_WRITE, path, code);
  }
  return ADM_OK;
}

adm_status
adm_atomic_commit (adm_atomic_file *file, adm_error *error)
{
  errno = 0;
  /* no disk */
  bool ok = fflush (file->stream) == 0
            && (fsync (fileno (file->stream)) == 0 || errno == EINVAL || errno == ENOTSUP);
  int code = errno;
  if (fclose (file->stream) && ok) {
    ok = false;
    code = errno;
  }
  file->stream = NULL;
  if (ok && rename (file->temporary, file->path)) {
    ok = false;
    code = errno;
  }
  adm_status status = ok ? ADM_OK : ADM_FAIL (error, FILE_WRITE, file->path, code);
  if (ok) {
    free (file->temporary);
    file->temporary = NULL;
  }
  adm_atomic_abandon (file);
  return status;
}

void
adm_atomic_abandon (adm_atomic_file *file)
{
  if (file->stream)
    fclose (file->stream);
  if (file->temporary)
    unlink (file->temporary);
  free (file->temporary);
  free (file->path);
  *file = (adm_atomic_file) { NULL, NULL, NULL };
}
