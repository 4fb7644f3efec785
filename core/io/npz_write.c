/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A zip of stored records, written forward: all sizes are known before the data, only the check sum
 * is put in afterwards. Sizes stand in zip64's fields throughout, as NumPy writes them too, so that
 * no array is too large (APPNOTE 6.3, sections 4.3 and 4.5.3). */
#include "io/npz.h"

#include "adm_array.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  LOCAL = 30,
  CENTRAL = 46,
  EXTRA = 20,
  CENTRAL_EXTRA = 28,
  WIDE_END = 56,
  LOCATOR = 20,
  END = 22
};

struct record {
  char name[ADM_NPZ_MAX_NAME + 5];
  uint64_t offset, size;
  uint32_t sum;
};

struct adm_npz_writer {
  char *path;
  FILE *file;
  uint64_t at;
  uint32_t table[256]; /* of the check sum */
  int count;
  struct record record[ADM_NPZ_MAX_ARRAYS];
};

/* Appends VALUE's lowest BYTES. */
static unsigned char *
put (unsigned char *to, uint64_t value, int bytes)
{
  for (int i = 0; i < bytes; i++)
    *to++ = (unsigned char) (value >> 8 * i);
  return to;
}

/* CRC-32 of zip: polynomial 0xEDB88320, reflected. */
static void
make_table (uint32_t table[256])
{
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++)
      c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
    table[i] = c;
  }
}

static uint32_t
sum_of (const uint32_t table[256], uint32_t sum, const unsigned char *data, size_t n)
{
  sum = ~sum;
  for (size_t i = 0; i < n; i++)
    sum = table[(sum ^ data[i]) & 255] ^ sum >> 8;
  return ~sum;
}

static adm_status
write_bytes (adm_npz_writer *w, const void *data, size_t n, adm_error *error)
{
  w->at += n;
  return fwrite (data, 1, n, w->file) == n ? ADM_OK : ADM_FAIL (error, FILE_WRITE, w->path, errno);
}

adm_status
adm_npz_writer_open (const char *path, adm_npz_writer **out, adm_error *error)
{
  *out = NULL;
  adm_npz_writer *w = calloc (1, sizeof *w);
  if (!w || !(w->path = strdup (path))) {
    free (w);
    return ADM_FAIL (error, NO_MEMORY_WRITE, path);
  }
  make_table (w->table);
  if (!(w->file = fopen (path, "wb"))) {
    adm_status status = ADM_FAIL (error, FILE_WRITE, path, errno);
    free (w->path);
    free (w);
    return status;
  }
  *out = w;
  return ADM_OK;
}

/* Version 4.5 (zip64), stored, 1980-01-01. */
static unsigned char *
put_common (unsigned char *to, const struct record *r)
{
  to = put (to, 45, 2);
  to = put (to, 0, 2);
  to = put (to, 0, 2);
  to = put (to, 0x00210000, 4);
  to = put (to, r->sum, 4);
  to = put (to, 0xffffffff, 4);
  to = put (to, 0xffffffff, 4);
  return put (to, strlen (r->name), 2);
}

static adm_status
write_local (adm_npz_writer *w, const struct record *r, adm_error *error)
{
  unsigned char head[LOCAL + sizeof r->name + EXTRA], *to = put (head, 0x04034b50, 4);
  to = put (put_common (to, r), EXTRA, 2);
  memcpy (to, r->name, strlen (r->name));
  to = put (put (to + strlen (r->name), 1, 2), EXTRA - 4, 2);
  to = put (put (to, r->size, 8), r->size, 8);
  return write_bytes (w, head, (size_t) (to - head), error);
}

/* Bytes of an array. */
static uint64_t
size_of (const char *type, int rank, const int64_t *shape)
{
  uint64_t n = (uint64_t) (type[2] - '0');
  for (int i = 0; i < rank; i++)
    n *= (uint64_t) shape[i];
  return n;
}

/* A record for NAME's HEAD [length] and N bytes of data; SUM is the head's so far. */
static adm_status
new_record (adm_npz_writer *w, const char *name, const unsigned char *head, size_t length,
            uint64_t n, adm_error *error)
{
  struct record *r = &w->record[w->count];
  if (w->count == ADM_NPZ_MAX_ARRAYS || strlen (name) > ADM_NPZ_MAX_NAME)
    return ADM_FAIL (error, ARRAY_NAME, w->path, name);
  snprintf (r->name, sizeof r->name, "%s.npy", name);
  r->offset = w->at;
  r->size = length + n;
  r->sum = sum_of (w->table, 0, head, length);
  w->count++;
  return ADM_OK;
}

adm_status
adm_npz_writer_add (adm_npz_writer *w, const char *name, const char *type, int rank,
                    const int64_t *shape, const void *data, adm_error *error)
{
  unsigned char head[512];
  size_t length = adm_npy_header_write (type, rank, shape, head),
         n = (size_t) size_of (type, rank, shape);
  adm_status status = new_record (w, name, head, length, n, error);
  if (status)
    return status;
  struct record *r = &w->record[w->count - 1];
  r->sum = sum_of (w->table, r->sum, data, n);
  status = write_local (w, r, error);
  if (!status)
    status = write_bytes (w, head, length, error);
  return status ? status : write_bytes (w, data, n, error);
}

/* N bytes of FROM after SKIP: into the sum of R, or into the file. */
static adm_status
pass_through (adm_npz_writer *w, FILE *from, long skip, uint64_t n, struct record *r, bool write,
              adm_error *error)
{
  unsigned char buffer[1 << 16];
  adm_status status
      = fseek (from, skip, SEEK_SET) ? ADM_FAIL (error, FILE_READ, w->path, errno) : ADM_OK;
  while (n > 0 && !status) {
    size_t chunk = n < sizeof buffer ? (size_t) n : sizeof buffer;
    if (fread (buffer, 1, chunk, from) != chunk)
      status = ADM_FAIL (error, NPZ_KEPT, w->path);
    else if (write)
      status = write_bytes (w, buffer, chunk, error);
    else
      r->sum = sum_of (w->table, r->sum, buffer, chunk);
    n -= chunk;
  }
  return status;
}

/* Adds the pictures that FROM holds after its first SKIP bytes. */
static adm_status
add_pictures (adm_npz_writer *w, const int64_t shape[4], FILE *from, long skip, adm_error *error)
{
  unsigned char head[512];
  size_t length = adm_npy_header_write ("|u1", 4, shape, head);
  uint64_t n = size_of ("|u1", 4, shape);
  adm_status status = new_record (w, "arr_0", head, length, n, error);
  if (status)
    return status;
  struct record *r = &w->record[w->count - 1];
  status = pass_through (w, from, skip, n, r, false, error);
  if (!status)
    status = write_local (w, r, error);
  if (!status)
    status = write_bytes (w, head, length, error);
  return status ? status : pass_through (w, from, skip, n, r, true, error);
}

adm_status
adm_npz_write_samples (const char *path, const int64_t shape[4], FILE *pictures, long skip,
                       const int64_t *labels, adm_error *error)
{
  adm_npz_writer *w;
  adm_error later;
  adm_status status = adm_npz_writer_open (path, &w, error);
  if (status)
    return status;
  status = add_pictures (w, shape, pictures, skip, error);
  if (!status && labels)
    status = adm_npz_writer_add (w, "arr_1", "<i8", 1, shape, labels, error);
  adm_status closed = adm_npz_writer_close (w, !status, &later);
  if (!status && closed)
    *error = later;
  return status ? status : closed;
}

static adm_status
write_central (adm_npz_writer *w, const struct record *r, adm_error *error)
{
  unsigned char head[CENTRAL + sizeof r->name + CENTRAL_EXTRA], *to = put (head, 0x02014b50, 4);
  to = put_common (put (to, 45, 2), r);
  to = put (to, CENTRAL_EXTRA, 2);
  to = put (to, 0, 10); /* comment, disk, attributes inside and outside */
  to = put (to, 0xffffffff, 4);
  memcpy (to, r->name, strlen (r->name));
  to = put (put (to + strlen (r->name), 1, 2), CENTRAL_EXTRA - 4, 2);
  to = put (put (put (to, r->size, 8), r->size, 8), r->offset, 8);
  return write_bytes (w, head, (size_t) (to - head), error);
}

static adm_status
write_end (adm_npz_writer *w, uint64_t directory, uint64_t size, adm_error *error)
{
  unsigned char end[WIDE_END + LOCATOR + END], *to = end;
  uint64_t wide = w->at, count = (uint64_t) w->count;
  to = put (put (to, 0x06064b50, 4), WIDE_END - 12, 8);
  to = put (put (put (to, 45, 2), 45, 2), 0, 8);
  to = put (put (put (put (to, count, 8), count, 8), size, 8), directory, 8);
  to = put (put (put (put (to, 0x07064b50, 4), 0, 4), wide, 8), 1, 4);
  to = put (put (put (to, 0x06054b50, 4), 0, 4), count, 2);
  to = put (put (put (to, count, 2), 0xffffffff, 4), 0xffffffff, 4);
  to = put (to, 0, 2);
  return write_bytes (w, end, (size_t) (to - end), error);
}

adm_status
adm_npz_writer_close (adm_npz_writer *w, bool complete, adm_error *error)
{
  adm_status status = ADM_OK;
  if (!w)
    return status;
  uint64_t directory = w->at;
  for (int i = 0; i < w->count && complete && !status; i++)
    status = write_central (w, &w->record[i], error);
  if (complete && !status)
    status = write_end (w, directory, w->at - directory, error);
  if (fclose (w->file) != 0 && complete && !status)
    status = ADM_FAIL (error, FILE_WRITE, w->path, errno);
  free (w->path);
  free (w);
  return status;
}
