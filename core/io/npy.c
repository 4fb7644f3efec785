/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's array files, version 1.0, float32, C order: "\x93NUMPY", 1, 0, u16 header length, a
 * Python dict as text, the data. */
#include "adm.h"

#include "base/atomic_file.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/read_file.h"
#include "io/npy_header.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static adm_status
read_array (FILE *file, const char *path, uint64_t size, float **data, int *rank,
            int64_t shape[ADM_NPY_MAX_RANK], adm_error *error)
{
  unsigned char head[ADM_NPY_HEAD];
  char text[ADM_NPY_MAX_HEADER + 1];
  size_t length;
  adm_npy_header header;
  uint64_t bytes, whole;
  if (fread (head, 1, sizeof head, file) != sizeof head)
    return ADM_FAIL (error, NPY_BROKEN, path, ADM_WORD_NO_NPY);
  adm_status status = adm_npy_header_length (head, path, &length, error);
  if (status)
    return status;
  if (fread (text, 1, length, file) != length)
    return ADM_FAIL (error, NPY_BROKEN, path, ADM_WORD_NPY_CUT);
  text[length] = 0;
  status = adm_npy_header_parse (text, path, &header, error);
  if (status)
    return status;
  if (strcmp (header.type, "<f4"))
    return ADM_FAIL (error, NPY_TYPE, path);
  if (header.fortran)
    return ADM_FAIL (error, NPY_ORDER, path);
  uint64_t count = header.elements;
  *rank = header.rank;
  memcpy (shape, header.shape, sizeof header.shape);
  if (!adm_mul_u64 (count, sizeof (float), &bytes)
      || !adm_add_u64 (bytes, ADM_NPY_HEAD + length, &whole) || whole != size)
    return ADM_FAIL (error, NPY_BROKEN, path, ADM_WORD_NPY_SIZE);
  *data = malloc (bytes ? (size_t) bytes : 1);
  if (!*data)
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  if (fread (*data, 1, (size_t) bytes, file) != bytes) {
    free (*data);
    *data = NULL;
    return ADM_FAIL (error, FILE_SHORT, path);
  }
  for (uint64_t i = 0; i < count; i++)
    if (!isfinite ((*data)[i])) {
      free (*data);
      *data = NULL;
      return ADM_FAIL (error, NPY_VALUE, path, i);
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
    return ADM_FAIL (error, FILE_OPEN, path, errno);
  adm_status status;
  if (fstat (fileno (file), &info) || !S_ISREG (info.st_mode))
    status = ADM_FAIL (error, FILE_KIND, path);
  else
    status = read_array (file, path, (uint64_t) info.st_size, data, rank, shape, error);
  fclose (file);
  return status;
}

adm_status
adm_npy_write (const char *path, const float *data, int rank, const int64_t *shape,
               adm_error *error)
{
  unsigned char header[512];
  size_t length = adm_npy_header_write ("<f4", rank, shape, header);
  uint64_t count = 1;
  for (int i = 0; i < rank; i++)
    count *= (uint64_t) shape[i];

  adm_atomic_file file;
  adm_status status = adm_atomic_open (path, &file, error);
  if (status)
    return status;
  if (fwrite (header, 1, length, file.stream) != length
      || fwrite (data, sizeof *data, (size_t) count, file.stream) != count) {
    status = ADM_FAIL (error, FILE_WRITE, path, errno);
    adm_atomic_abandon (&file);
    return status;
  }
  return adm_atomic_commit (&file, error);
}

adm_status
adm_npy_write_samples (const char *path, const int64_t shape[4], FILE *pictures, long skip,
                       adm_error *error)
{
  unsigned char header[512], buffer[1 << 16];
  size_t length = adm_npy_header_write ("<f4", 4, shape, header);
  uint64_t left = sizeof (float);
  for (int i = 0; i < 4; i++)
    left *= (uint64_t) shape[i];
  adm_atomic_file file;
  adm_status status = adm_atomic_open (path, &file, error);
  if (status)
    return status;
  if (fseek (pictures, skip, SEEK_SET))
    status = ADM_FAIL (error, FILE_READ, path, errno);
  else if (fwrite (header, 1, length, file.stream) != length)
    status = ADM_FAIL (error, FILE_WRITE, path, errno);
  while (left > 0 && !status) {
    const size_t n = left < sizeof buffer ? (size_t) left : sizeof buffer;
    if (fread (buffer, 1, n, pictures) != n)
      status = ADM_FAIL (error, NPZ_KEPT, path);
    else if (fwrite (buffer, 1, n, file.stream) != n)
      status = ADM_FAIL (error, FILE_WRITE, path, errno);
    left -= n;
  }
  if (!status)
    return adm_atomic_commit (&file, error);
  adm_atomic_abandon (&file);
  return status;
}
