/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading only; npz_write.c writes. */
#include "io/npz.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/read_file.h"
#include "io/zip_directory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_DIRECTORY = 1 << 16, CHUNK = 1 << 16 };

struct adm_npz {
  char *path;
  FILE *file;
  zip_t *zip; /* NULL: FILE is an .npy */
  int count;
  adm_npz_array array[ADM_NPZ_MAX_ARRAYS];
  zip_uint64_t entry[ADM_NPZ_MAX_ARRAYS];
  long data; /* of an .npy: where its elements begin */
  /* what is being read */
  int current;
  zip_file_t *stream;
  uint64_t left; /* elements */
};

/* ---- opening --------------------------------------------------------------------------------- */

static adm_status
no_memory (const adm_npz *npz, adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY_READ, npz->path);
}

/* The next SIZE bytes of the current array's record. */
static adm_status
read_bytes (adm_npz *npz, void *out, size_t size, adm_error *error)
{
  unsigned char *to = out;
  if (!npz->zip)
    return fread (to, 1, size, npz->file) == size
               ? ADM_OK
               : ADM_FAIL (error, NPY_BROKEN, npz->path, ADM_WORD_NPZ_CUT);
  while (size > 0) {
    zip_int64_t got = zip_fread (npz->stream, to, size);
    if (got < 0 && adm_zip_exhausted (zip_file_get_error (npz->stream)))
      return no_memory (npz, error);
    if (got < 0)
      return ADM_FAIL (error, RECORD_BROKEN, npz->path, zip_file_strerror (npz->stream));
    if (got == 0)
      return ADM_FAIL (error, NPY_BROKEN, npz->path, ADM_WORD_NPZ_CUT);
    to += got;
    size -= (size_t) got;
  }
  return ADM_OK;
}

/* Bytes of one element of TYPE; 0: not a number, or big-endian. */
static size_t
item_size (const char *type)
{
  static const char *const known[]
      = { "|u1", "|i1", "|b1", "<u2", "<i2", "<f2", "<u4", "<i4", "<f4", "<u8", "<i8", "<f8" };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp (known[i], type) == 0)
      return (size_t) (type[2] - '0');
  return 0;
}

/* Reads the head of the array whose record of SIZE bytes has just been opened. */
static adm_status
read_head (adm_npz *npz, adm_npz_array *array, uint64_t size, uint64_t *taken, adm_error *error)
{
  unsigned char head[ADM_NPY_HEAD];
  char *text = NULL;
  size_t length = 0;
  uint64_t bytes;
  adm_status status = read_bytes (npz, head, sizeof head, error);
  if (!status)
    status = adm_npy_header_length (head, npz->path, &length, error);
  if (!status && !(text = calloc (1, length + 1)))
    status = no_memory (npz, error);
  if (!status)
    status = read_bytes (npz, text, length, error);
  if (!status)
    status = adm_npy_header_parse (text, npz->path, &array->header, error);
  free (text);
  if (status)
    return status;
  array->item = item_size (array->header.type);
  *taken = ADM_NPY_HEAD + length;
  if (!array->item)
    return ADM_FAIL (error, ARRAY_NUMBERS, npz->path, array->name);
  if (!adm_mul_u64 (array->header.elements, array->item, &bytes)
      || !adm_add_u64 (bytes, *taken, &bytes) || bytes != size)
    return ADM_FAIL (error, ARRAY_BROKEN, npz->path, array->name, ADM_WORD_ARRAY_SIZE);
  return ADM_OK;
}

static adm_status
open_record (adm_npz *npz, int i, adm_error *error)
{
  if (npz->stream)
    zip_fclose (npz->stream);
  npz->current = i;
  npz->stream = zip_fopen_index (npz->zip, npz->entry[i], 0);
  if (npz->stream)
    return ADM_OK;
  return adm_zip_exhausted (zip_get_error (npz->zip))
             ? no_memory (npz, error)
             : ADM_FAIL (error, RECORD_OPEN, npz->path, zip_strerror (npz->zip));
}

static adm_status
add_entry (adm_npz *npz, zip_uint64_t entry, adm_error *error)
{
  zip_stat_t stat;
  uint64_t taken;
  if (zip_stat_index (npz->zip, entry, 0, &stat) || !(stat.valid & ZIP_STAT_NAME)
      || !(stat.valid & ZIP_STAT_SIZE))
    return ADM_FAIL (error, RECORD_NUMBER, npz->path, entry);
  size_t length = strlen (stat.name);
  if (length < 5 || length - 4 > ADM_NPZ_MAX_NAME || strcmp (stat.name + length - 4, ".npy"))
    return ADM_FAIL (error, NPZ_RECORD, npz->path, stat.name, ADM_WORD_RECORD_NO_ARRAY);
  if ((stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
      || stat.encryption_method != ZIP_EM_NONE)
    return ADM_FAIL (error, NPZ_RECORD, npz->path, stat.name, ADM_WORD_RECORD_ODD);
  adm_npz_array *array = &npz->array[npz->count];
  memcpy (array->name, stat.name, length - 4);
  if (adm_npz_find (npz, array->name) >= 0)
    return ADM_FAIL (error, ARRAY_BROKEN, npz->path, array->name, ADM_WORD_TWICE);
  npz->entry[npz->count] = entry;
  adm_status status = open_record (npz, npz->count, error);
  if (!status)
    status = read_head (npz, array, stat.size, &taken, error);
  npz->count += !status;
  return status;
}

static adm_status
open_zip (adm_npz *npz, uint64_t size, adm_error *error)
{
  int code = 0;
  adm_status status = adm_zip_check_directory (npz->file, size, npz->path, MAX_DIRECTORY, error);
  if (status)
    return status;
  errno = 0;
  npz->zip = zip_open (npz->path, ZIP_RDONLY, &code);
  if (!npz->zip)
    return code == ZIP_ER_MEMORY || errno == ENOMEM
               ? no_memory (npz, error)
               : ADM_FAIL (error, NPY_BROKEN, npz->path, ADM_WORD_ZIP_CUT);
  zip_int64_t count = zip_get_num_entries (npz->zip, 0);
  if (count < 1 || count > ADM_NPZ_MAX_ARRAYS)
    return ADM_FAIL (error, NPZ_COUNT, npz->path, count, ADM_NPZ_MAX_ARRAYS);
  for (zip_int64_t i = 0; i < count && !status; i++)
    status = add_entry (npz, (zip_uint64_t) i, error);
  return status;
}

adm_status
adm_npz_open (const char *path, adm_npz **out, adm_error *error)
{
  struct stat info;
  char magic[4] = "";
  uint64_t taken = 0;
  *out = NULL;
  adm_npz *npz = calloc (1, sizeof *npz);
  if (!npz || !(npz->path = strdup (path))) {
    free (npz);
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  }
  npz->current = -1;
  npz->file = adm_read_open (path);
  adm_status status = npz->file ? ADM_OK : ADM_FAIL (error, FILE_OPEN, path, errno);
  if (!status && (fstat (fileno (npz->file), &info) || !S_ISREG (info.st_mode)))
    status = ADM_FAIL (error, FILE_KIND, path);
  if (!status && fread (magic, 1, sizeof magic, npz->file) == sizeof magic
      && memcmp (magic, "PK\3\4", 4) == 0)
    status = open_zip (npz, (uint64_t) info.st_size, error);
  else if (!status) {
    rewind (npz->file);
    strcpy (npz->array[0].name, "arr_0");
    npz->count = 1;
    status = memcmp (magic, "\x93NUM", 4) == 0
                 ? read_head (npz, &npz->array[0], (uint64_t) info.st_size, &taken, error)
                 : ADM_FAIL (error, NPY_BROKEN, path, ADM_WORD_NO_NPZ);
    npz->data = (long) taken;
  }
  if (status) {
    adm_npz_free (npz);
    return status;
  }
  *out = npz;
  return ADM_OK;
}

void
adm_npz_free (adm_npz *npz)
{
  if (!npz)
    return;
  if (npz->stream)
    zip_fclose (npz->stream);
  if (npz->zip)
    zip_discard (npz->zip);
  if (npz->file)
    fclose (npz->file);
  free (npz->path);
  free (npz);
}

int
adm_npz_count (const adm_npz *npz)
{
  return npz->count;
}

const adm_npz_array *
adm_npz_get (const adm_npz *npz, int i)
{
  return &npz->array[i];
}

int
adm_npz_find (const adm_npz *npz, const char *name)
{
  for (int i = 0; i < npz->count; i++)
    if (strcmp (npz->array[i].name, name) == 0)
      return i;
  return -1;
}

/* ---- reading --------------------------------------------------------------------------------- */

adm_status
adm_npz_begin (adm_npz *npz, int i, adm_error *error)
{
  adm_npz_array again = npz->array[i];
  uint64_t taken, size = again.header.elements * again.item; /* checked when it was opened */
  adm_status status = ADM_OK;
  npz->left = again.header.elements;
  npz->current = i;
  if (!npz->zip)
    return fseek (npz->file, npz->data, SEEK_SET) ? ADM_FAIL (error, FILE_READ, npz->path, errno)
                                                  : ADM_OK;
  status = open_record (npz, i, error);
  if (!status) {
    zip_stat_t stat;
    zip_stat_init (&stat);
    zip_stat_index (npz->zip, npz->entry[i], 0, &stat);
    status = read_head (npz, &again, stat.size, &taken, error);
    if (!status && stat.size - taken != size)
      status = ADM_FAIL (error, FILE_CHANGED, npz->path);
  }
  return status;
}

adm_status
adm_npz_read (adm_npz *npz, void *out, uint64_t n, adm_error *error)
{
  char byte;
  if (n > npz->left)
    return ADM_FAIL (error, ARRAY_BROKEN, npz->path, npz->array[npz->current].name,
                     ADM_WORD_ARRAY_FEW);
  adm_status status = read_bytes (npz, out, (size_t) (n * npz->array[npz->current].item), error);
  npz->left -= n;
  /* libzip compares the sum when it meets the record's end */
  if (!status && npz->left == 0 && npz->zip && zip_fread (npz->stream, &byte, 1) != 0)
    status = ADM_FAIL (error, ARRAY_BROKEN, npz->path, npz->array[npz->current].name,
                       ADM_WORD_ARRAY_SUM);
  return status;
}

static adm_status
not_finite (const adm_npz *npz, adm_error *error)
{
  return ADM_FAIL (error, ARRAY_VALUE, npz->path, npz->array[npz->current].name);
}

adm_status
adm_npz_read_floats (adm_npz *npz, float *out, uint64_t n, adm_error *error)
{
  const adm_npz_array *array = &npz->array[npz->current];
  double piece[CHUNK / sizeof (double)];
  const uint64_t capacity = sizeof piece / sizeof *piece;
  bool wide = strcmp (array->header.type, "<f8") == 0, finite = true;
  if (!wide && strcmp (array->header.type, "<f4"))
    return ADM_FAIL (error, ARRAY_TYPE, npz->path, array->name, array->header.type);
  for (uint64_t at = 0, chunk; at < n; at += chunk) {
    chunk = n - at < capacity ? n - at : capacity;
    adm_status status
        = adm_npz_read (npz, wide ? (void *) piece : (void *) (out + at), chunk, error);
    if (status)
      return status;
    for (uint64_t i = 0; i < chunk; i++) {
      if (wide)
        out[at + i] = (float) piece[i];
      finite &= isfinite (out[at + i]) != 0;
    }
  }
  return finite ? ADM_OK : not_finite (npz, error);
}

adm_status
adm_npz_read_doubles (adm_npz *npz, int i, double *out, adm_error *error)
{
  const adm_npz_array *array = &npz->array[i];
  const uint64_t n = array->header.elements;
  bool finite = true;
  adm_status status = adm_npz_begin (npz, i, error);
  if (!status && strcmp (array->header.type, "<f8") == 0)
    status = adm_npz_read (npz, out, n, error);
  else if (!status) {
    /* float32 in the upper half, then spread from the front */
    float *narrow = (float *) (out + n / 2) + n % 2;
    status = adm_npz_read_floats (npz, narrow, n, error);
    for (uint64_t k = 0; k < n && !status; k++) {
      float value;
      memcpy (&value, narrow + k, sizeof value); /* its place is written over as a double */
      out[k] = (double) value;
    }
  }
  for (uint64_t k = 0; k < n && !status; k++)
    finite &= isfinite (out[k]) != 0;
  return !status && !finite ? not_finite (npz, error) : status;
}
