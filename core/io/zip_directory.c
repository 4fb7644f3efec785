/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/zip_directory.h"

#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
adm_zip_exhausted (zip_error_t *problem)
{
  return zip_error_code_zip (problem) == ZIP_ER_MEMORY
         || (zip_error_system_type (problem) == ZIP_ET_SYS
             && zip_error_code_system (problem) == ENOMEM);
}

static uint64_t
number_at (const unsigned char *from, int bytes)
{
  uint64_t value = 0;
  while (bytes-- > 0)
    value = value << 8 | from[bytes];
  return value;
}

static adm_status
read_at (FILE *file, uint64_t offset, unsigned char *out, size_t size, const char *path,
         adm_error *error)
{
  while (size > 0) {
    ssize_t got = pread (fileno (file), out, size, (off_t) offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return ADM_FAIL (error, FILE_READ, path, errno);
    if (got == 0)
      return ADM_FAIL (error, FILE_ENDS, path, offset);
    out += got;
    size -= (size_t) got;
    offset += (uint64_t) got;
  }
  return ADM_OK;
}

adm_status
adm_zip_check_directory (FILE *file, uint64_t size, const char *path, uint64_t most,
                         adm_error *error)
{
  enum { END = 22, LOCATOR = 20, WIDE_END = 56, MOST = END + LOCATOR + 65535 };
  unsigned char *tail = malloc (MOST);
  if (!tail)
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  uint64_t n = size < MOST ? size : MOST, directory = 0;
  adm_status status = read_at (file, size - n, tail, (size_t) n, path, error);
  for (uint64_t i = 0; i + END <= n && !status && directory <= most; i++) {
    if (memcmp (tail + i, "PK\5\6", 4))
      continue;
    directory = number_at (tail + i + 12, 4);
    if (i < LOCATOR || memcmp (tail + i - LOCATOR, "PK\6\7", 4)) {
      directory = directory > size ? 0 : directory; /* libzip refuses that itself */
      continue;
    }
    unsigned char wide[WIDE_END];
    uint64_t at = number_at (tail + i - LOCATOR + 8, 8);
    directory = 0;
    if (size < WIDE_END || at > size - WIDE_END)
      continue;
    status = read_at (file, at, wide, sizeof wide, path, error);
    directory = status || number_at (wide + 40, 8) > size ? 0 : number_at (wide + 40, 8);
  }
  free (tail);
  if (!status && directory > most)
    status = ADM_FAIL (error, DIRECTORY_LARGE, path, directory);
  return status;
}
