/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * torch.save's zip: <prefix>/data.pkl and <prefix>/data/<key>, stored. libzip reads it; what
 * weights never need is refused. */
#include "io/torch_state.h"

#include "base/checked.h"
#include "base/error.h"
#include "io/zip_directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
  MAX_DIRECTORY = 4 << 20, /* bytes of the list of records: some 40,000 of torch's */
  MAX_PICKLE = 32 << 20,
};

struct record {
  const char *name; /* libzip's */
  zip_uint64_t index;
};

struct archive {
  adm_weights *weights;
  struct record *record; /* [count], sorted by name whatever its case */
  size_t count;
  size_t prefix; /* length of "<prefix>/" */
  const char *pickle_name;
};

static int
compare_caseless (const void *a, const void *b)
{
  return strcasecmp (((const struct record *) a)->name, ((const struct record *) b)->name);
}

static adm_status
check_entries (struct archive *archive, zip_uint64_t *pickle, adm_error *error)
{
  adm_weights *w = archive->weights;
  zip_int64_t count = zip_get_num_entries (w->zip, 0);
  if (count < 1)
    return ADM_FAIL (error, NOT_WEIGHTS, w->path, ADM_WORD_ZIP_EMPTY);
  struct record *record = archive->record = calloc ((size_t) count, sizeof *record);
  w->summed = calloc ((size_t) count, sizeof *w->summed);
  archive->count = (size_t) count;
  if (!record || !w->summed)
    return ADM_FAIL (error, NO_MEMORY_READ, w->path);
  adm_status status = ADM_OK;
  int pickles = 0;
  for (zip_int64_t i = 0; i < count && !status; i++) {
    zip_stat_t stat;
    if (zip_stat_index (w->zip, (zip_uint64_t) i, 0, &stat) || !(stat.valid & ZIP_STAT_NAME)
        || !(stat.valid & ZIP_STAT_SIZE)) {
      status = ADM_FAIL (error, RECORD_NUMBER, w->path, i);
      break;
    }
    record[i] = (struct record) { stat.name, (zip_uint64_t) i };
    if (stat.comp_method != ZIP_CM_STORE || stat.encryption_method != ZIP_EM_NONE)
      status = ADM_FAIL (error, RECORD_WORD, w->path, stat.name, ADM_WORD_RECORD_PACKED);
    const char *slash = strchr (stat.name, '/');
    if (!status && slash && !strcmp (slash, "/data.pkl")) {
      archive->prefix = (size_t) (slash - stat.name) + 1;
      archive->pickle_name = stat.name;
      *pickle = (zip_uint64_t) i;
      pickles++;
    }
  }
  if (!status) {
    qsort (record, archive->count, sizeof *record, compare_caseless);
    for (zip_int64_t i = 1; i < count && !status; i++)
      if (!strcasecmp (record[i].name, record[i - 1].name))
        status = ADM_FAIL (error, RECORD_WORD, w->path, record[i].name, ADM_WORD_TWICE);
  }
  if (!status && pickles != 1)
    status = ADM_FAIL (error, ZIP_FOREIGN, w->path, pickles);
  return status;
}

/* Reads entry INDEX whole, at most LIMIT bytes; the caller frees *OUT. libzip checks the sum at the
 * end. */
static adm_status
read_entry (adm_weights *w, zip_uint64_t index, uint64_t limit, unsigned char **out, uint64_t *size,
            adm_error *error)
{
  zip_stat_t stat;
  *out = NULL;
  if (zip_stat_index (w->zip, index, 0, &stat) || stat.size > limit)
    return ADM_FAIL (error, NOT_WEIGHTS, w->path, ADM_WORD_DESCRIPTION_LARGE);
  unsigned char *data = malloc ((size_t) stat.size + 1);
  zip_file_t *entry = data ? zip_fopen_index (w->zip, index, 0) : NULL;
  zip_int64_t got = 0, more;
  while (entry && (uint64_t) got <= stat.size
         && (more = zip_fread (entry, data + got, stat.size + 1 - (uint64_t) got)) > 0)
    got += more;
  bool whole = entry && (uint64_t) got == stat.size
               && zip_error_code_zip (zip_file_get_error (entry)) == ZIP_ER_OK;
  bool exhausted
      = !data
        || (!whole
            && adm_zip_exhausted (entry ? zip_file_get_error (entry) : zip_get_error (w->zip)));
  if (entry)
    zip_fclose (entry);
  if (!data || !whole) {
    free (data);
    return !exhausted ? ADM_FAIL (error, FILE_BROKEN, w->path, ADM_WORD_RECORD_CUT)
                      : ADM_FAIL (error, NO_MEMORY_READ, w->path);
  }
  *out = data;
  *size = stat.size;
  return ADM_OK;
}

/* Index of record <prefix>/SUFFIX, or -1. Our own search: libzip's takes memory, and fails badly
 * without. */
static zip_int64_t
locate (const struct archive *archive, const char *suffix, size_t length)
{
  char name[1024];
  if (memchr (suffix, 0, length) || archive->prefix + length + 1 > sizeof name)
    return -1;
  memcpy (name, archive->pickle_name, archive->prefix);
  memcpy (name + archive->prefix, suffix, length);
  name[archive->prefix + length] = 0;
  const struct record wanted = { name, 0 };
  const struct record *found
      = bsearch (&wanted, archive->record, archive->count, sizeof wanted, compare_caseless);
  return found && !strcmp (found->name, name) ? (zip_int64_t) found->index : -1;
}

static adm_status
find_storage (void *user, const adm_pickle_value *storage, adm_place *place, adm_error *error)
{
  struct archive *archive = user;
  adm_weights *w = archive->weights;
  char suffix[5 + ADM_PICKLE_MAX_KEY];
  zip_stat_t stat;
  uint64_t bytes;
  memcpy (suffix, "data/", 5);
  memcpy (suffix + 5, storage->text, storage->length);
  zip_int64_t index = locate (archive, suffix, storage->length + 5);
  if (index < 0 || zip_stat_index (w->zip, (zip_uint64_t) index, 0, &stat))
    return ADM_FAIL (error, RECORD_WORD, w->path, adm_slice_of (suffix, storage->length + 5),
                     ADM_WORD_RECORD_MISSING);
  if (!adm_mul_u64 ((uint64_t) storage->integer, adm_torch_item_size (storage->global), &bytes)
      || stat.size != bytes)
    return ADM_FAIL (error, RECORD_SIZE, w->path, adm_slice_of (storage->text, storage->length),
                     stat.size, storage->integer);
  place->record = (uint64_t) index;
  return ADM_OK;
}

static adm_status
read_byte_order (struct archive *archive, adm_error *error)
{
  unsigned char *text;
  uint64_t size;
  zip_int64_t index = locate (archive, "byteorder", 9);
  if (index < 0)
    return ADM_OK;
  adm_status status = read_entry (archive->weights, (zip_uint64_t) index, 64, &text, &size, error);
  if (status)
    return status;
  bool little = size == 6 && !memcmp (text, "little", 6),
       big = size == 3 && !memcmp (text, "big", 3);
  free (text);
  if (!little && !big)
    return ADM_FAIL (error, NOT_SAVED, archive->weights->path, ADM_WORD_BYTE_ORDER);
  archive->weights->swap = big;
  return ADM_OK;
}

adm_status
adm_torch_zip_open (adm_weights *weights, adm_error *error)
{
  struct archive archive = { .weights = weights };
  unsigned char *data = NULL;
  uint64_t size = 0;
  zip_uint64_t pickle = 0;
  int code = 0;
  weights->format = "torch-zip";
  adm_status status
      = adm_zip_check_directory (weights->file, weights->size, weights->path, MAX_DIRECTORY, error);
  if (status)
    return status;
  errno = 0;
  weights->zip = zip_open (weights->path, ZIP_RDONLY, &code);
  if (!weights->zip && (code == ZIP_ER_MEMORY || errno == ENOMEM))
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  if (!weights->zip)
    return ADM_FAIL (error, FILE_BROKEN, weights->path, ADM_WORD_ZIP_CUT);
  status = check_entries (&archive, &pickle, error);
  if (!status)
    status = read_byte_order (&archive, error);
  if (!status)
    status = read_entry (weights, pickle, MAX_PICKLE, &data, &size, error);
  adm_pickle parsed = { .count = 0 };
  if (!status)
    status = adm_pickle_parse (data, size, weights->path, &parsed, error);
  if (!status) {
    status = adm_torch_add_state (weights, &parsed, find_storage, &archive, error);
    adm_pickle_clear (&parsed);
  }
  free (data);
  free (archive.record);
  return status;
}
