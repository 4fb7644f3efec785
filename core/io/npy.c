/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's array files, version 1.0, float32, C order: "\x93NUMPY", 1, 0, u16 header length, a
 * Python dict as text, the data. */
#include "adm.h"

#include "base/atomic_file.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/read_file.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD = 10, MAX_RANK = 8 };

/* The text after KEY and its colon, or NULL. */
static const char *
after_key (const char *header, const char *key)
{
  const char *at = strstr (header, key);
  if (!at)
    return NULL;
  at += strlen (key);
  while (*at == ' ')
    at++;
  if (*at++ != ':')
    return NULL;
  while (*at == ' ')
    at++;
  return at;
}

static bool
parse_shape (const char *text, int *rank, int64_t shape[MAX_RANK])
{
  *rank = 0;
  if (!text || *text++ != '(')
    return false;
  for (;;) {
    while (*text == ' ')
      text++;
    if (*text == ')')
      return true;
    if (*rank == MAX_RANK || !isdigit ((unsigned char) *text))
      return false;
    uint64_t value = 0;
    for (; isdigit ((unsigned char) *text); text++)
      if (!adm_mul_u64 (value, 10, &value) || !adm_add_u64 (value, (uint64_t) (*text - '0'), &value)
          || value > INT64_MAX)
        return false;
    shape[(*rank)++] = (int64_t) value;
    while (*text == ' ')
      text++;
    if (*text == ',')
      text++;
    else if (*text != ')')
      return false;
  }
}

static adm_status
read_array (FILE *file, const char *path, uint64_t size, float **data, int *rank,
            int64_t shape[MAX_RANK], adm_error *error)
{
  unsigned char head[HEAD];
  char header[65536];
  if (fread (head, 1, HEAD, file) != HEAD || memcmp (head, "\x93NUMPY", 6))
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: is not an .npy file; save it with numpy.save",
                     path);
  size_t length = (size_t) head[8] | (size_t) head[9] << 8;
  if (head[6] != 1 || head[7] != 0)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is .npy version %d.%d; only 1.0 is read, save it with numpy.save", path,
                     head[6], head[7]);
  if (fread (header, 1, length, file) != length)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: its header is cut short; save it again", path);
  header[length] = 0;
  const char *type = after_key (header, "'descr'"), *order = after_key (header, "'fortran_order'");
  if (!type || strncmp (type, "'<f4'", 5))
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: does not hold little-endian float32; convert it with astype ('<f4')",
                     path);
  if (!order || strncmp (order, "False", 5))
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is in Fortran order; save numpy.ascontiguousarray of it", path);
  if (!parse_shape (after_key (header, "'shape'"), rank, shape))
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: its shape cannot be read; save it again", path);
  uint64_t count = 1, bytes, whole;
  for (int i = 0; i < *rank; i++)
    if (!adm_mul_u64 (count, (uint64_t) shape[i], &count))
      return adm_fail (error, ADM_ERROR_FORMAT, "%s: its shape is too large; save it again", path);
  if (!adm_mul_u64 (count, sizeof (float), &bytes) || !adm_add_u64 (bytes, HEAD + length, &whole)
      || whole != size)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: its size does not fit its shape; the file is cut short or broken", path);
  *data = malloc (bytes ? (size_t) bytes : 1);
  if (!*data)
    return adm_fail (error, ADM_ERROR_MEMORY, "%s: no memory to read it; close other programs",
                     path);
  if (fread (*data, 1, (size_t) bytes, file) != bytes) {
    free (*data);
    *data = NULL;
    return adm_fail (error, ADM_ERROR_IO, "%s: cannot be read: it ends early", path);
  }
  for (uint64_t i = 0; i < count; i++)
    if (!isfinite ((*data)[i])) {
      free (*data);
      *data = NULL;
      return adm_fail (error, ADM_ERROR_VALUE,
                       "%s: holds NaN or infinity, number %llu is the first; correct it", path,
                       (unsigned long long) i);
    }
  return ADM_OK;
}

adm_status
adm_npy_read (const char *path, float **data, int *rank, int64_t shape[8], adm_error *error)
{
  struct stat info;
  *data = NULL;
  FILE *file = adm_read_open (path);
  if (!file)
    return adm_fail_file (error, path, "opened", errno);
  adm_status status;
  if (fstat (fileno (file), &info) || !S_ISREG (info.st_mode))
    status = adm_fail (error, ADM_ERROR_IO, "%s: is not a file; give an .npy file", path);
  else
    status = read_array (file, path, (uint64_t) info.st_size, data, rank, shape, error);
  fclose (file);
  return status;
}

adm_status
adm_npy_write (const char *path, const float *data, int rank, const int64_t *shape,
               adm_error *error)
{
  char header[512];
  uint64_t count = 1;
  int length
      = snprintf (header, sizeof header, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
  for (int i = 0; i < rank; i++) {
    length += snprintf (header + length, sizeof header - (size_t) length, "%lld,%s",
                        (long long) shape[i], i + 1 < rank ? " " : "");
    count *= (uint64_t) shape[i];
  }
  length += snprintf (header + length, sizeof header - (size_t) length, "), }");
  while ((HEAD + length + 1) % 64)
    header[length++] = ' ';
  header[length++] = '\n';
  const unsigned char head[HEAD] = { 0x93,
                                     'N',
                                     'U',
                                     'M',
                                     'P',
                                     'Y',
                                     1,
                                     0,
                                     (unsigned char) (length & 255),
                                     (unsigned char) (length >> 8) };

  adm_atomic_file file;
  adm_status status = adm_atomic_open (path, &file, error);
  if (status)
    return status;
  if (fwrite (head, 1, HEAD, file.stream) != HEAD
      || fwrite (header, 1, (size_t) length, file.stream) != (size_t) length
      || fwrite (data, sizeof *data, (size_t) count, file.stream) != count) {
    status = adm_fail_file (error, path, "written", errno);
    adm_atomic_abandon (&file);
    return status;
  }
  return adm_atomic_commit (&file, error);
}
