/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See read_file.h. */
#include "base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

FILE *
adm_read_open (const char *path)
{
  int descriptor = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  FILE *file = descriptor >= 0 ? fdopen (descriptor, "rb") : NULL;
  if (descriptor >= 0 && !file) {
    int code = errno;
    close (descriptor);
    errno = code;
  }
  return file;
}
