/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * torch.save's zip: <prefix>/data.pkl and <prefix>/data/<key>, stored. libzip reads it; what weights never need is refused. */
#include "io/torch_state.h"

#include "base/checked.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_ENTRIES 200000
#define MAX_PICKLE ((uint64_t) 64 * 1024 * 1024)

struct archive {
  adm_weights *weights;
  size_t prefix; /* length of "<prefix>/" */
  const char *pickle_name;
};

static int
compare_caseless (const void *a, const void *b)
{
  return strcasecmp (*(const char *const *) a, *(const char *const *) b);
}

static adm_status
check_entries (struct archive *archive, zip_uint64_t *pickle, adm_error *error)
{
  adm_weights *w = archive->weights;
  zip_int64_t count = zip_get_num_entries (w->zip, 0);
  if (count < 1 || count > MAX_ENTRIES)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: a zip of %lld entries is not a torch file; use a model's weights", w->path, (long long) count);
  const char **names = calloc ((size_t) count, sizeof *names);
  if (!names)
    return adm_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its list of records; close other programs", w->path);
  adm_status status = ADM_OK;
  int pickles = 0;
  for (zip_int64_t i = 0; i < count && !status; i++) {
    zip_stat_t stat;
    if (zip_stat_index (w->zip, (zip_uint64_t) i, 0, &stat) || !(stat.valid & ZIP_STAT_NAME) || !(stat.valid & ZIP_STAT_SIZE)) {
      status = adm_fail (error, ADM_ERROR_FORMAT, "%s: record %lld is broken; download it again", w->path, (long long) i);
      break;
    }
    names[i] = stat.name;
    if (stat.comp_method != ZIP_CM_STORE || stat.encryption_method != ZIP_EM_NONE)
      status = adm_fail (error, ADM_ERROR_FORMAT, "%s: record %.200s is compressed or encrypted, which torch never does; save it again with torch.save",
                         w->path, stat.name);
    const char *slash = strchr (stat.name, '/');
    if (!status && slash && !strcmp (slash, "/data.pkl")) {
      archive->prefix = (size_t) (slash - stat.name) + 1;
      archive->pickle_name = stat.name;
      *pickle = (zip_uint64_t) i;
      pickles++;
    }
  }
  if (!status) {
    qsort (names, (size_t) count, sizeof *names, compare_caseless);
    for (zip_int64_t i = 1; i < count && !status; i++)
      if (!strcasecmp (names[i], names[i - 1]))
        status = adm_fail (error, ADM_ERROR_FORMAT, "%s: record %.200s appears twice; the file is broken", w->path, names[i]);
  }
  if (!status && pickles != 1)
    status = adm_fail (error, ADM_ERROR_FORMAT, "%s: a zip without torch's data.pkl (%d found); use a model's weights", w->path, pickles);
  free (names);
  return status;
}

/* Reads entry INDEX whole, at most LIMIT bytes; the caller frees *OUT. libzip checks the sum at the end. */
static adm_status
read_entry (adm_weights *w, zip_uint64_t index, uint64_t limit, unsigned char **out, uint64_t *size, adm_error *error)
{
  zip_stat_t stat;
  *out = NULL;
  if (zip_stat_index (w->zip, index, 0, &stat) || stat.size > limit)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: its description is too large; it is not a model's weights", w->path);
  unsigned char *data = malloc ((size_t) stat.size + 1);
  zip_file_t *entry = data ? zip_fopen_index (w->zip, index, 0) : NULL;
  zip_int64_t got = 0, part;
  while (entry && (uint64_t) got <= stat.size && (part = zip_fread (entry, data + got, stat.size + 1 - (uint64_t) got)) > 0)
    got += part;
  bool whole = entry && (uint64_t) got == stat.size && zip_error_code_zip (zip_file_get_error (entry)) == ZIP_ER_OK;
  if (entry)
    zip_fclose (entry);
  if (!data || !whole) {
    free (data);
    return data ? adm_fail (error, ADM_ERROR_FORMAT, "%s: a record is broken; download it again", w->path)
                : adm_fail (error, ADM_ERROR_MEMORY, "%s: no memory to read it; close other programs", w->path);
  }
  *out = data;
  *size = stat.size;
  return ADM_OK;
}

static adm_status
locate (struct archive *archive, const char *suffix, size_t length, char *name, size_t room, zip_int64_t *index)
{
  if (archive->prefix + length + 1 > room)
    return ADM_ERROR_FORMAT;
  memcpy (name, archive->pickle_name, archive->prefix);
  memcpy (name + archive->prefix, suffix, length);
  name[archive->prefix + length] = 0;
  *index = memchr (suffix, 0, length) ? -1 : zip_name_locate (archive->weights->zip, name, 0);
  return ADM_OK;
}

static adm_status
find_storage (void *user, const adm_pickle_value *storage, adm_place *place, adm_error *error)
{
  struct archive *archive = user;
  adm_weights *w = archive->weights;
  char name[1024], suffix[512];
  zip_int64_t index = -1;
  zip_stat_t stat;
  uint64_t bytes;
  if (storage->length > 400)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: a storage has a huge name; the file is broken", w->path);
  memcpy (suffix, "data/", 5);
  memcpy (suffix + 5, storage->text, storage->length);
  if (locate (archive, suffix, storage->length + 5, name, sizeof name, &index) || index < 0 || zip_stat_index (w->zip, (zip_uint64_t) index, 0, &stat))
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: record data/%.*s is missing; download it again", w->path, (int) storage->length, storage->text);
  if (!adm_mul_u64 ((uint64_t) storage->integer, adm_torch_item_size (storage->global), &bytes) || stat.size != bytes)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: record data/%.*s has %llu bytes where %lld elements should be; download it again", w->path,
                     (int) storage->length, storage->text, (unsigned long long) stat.size, (long long) storage->integer);
  place->record = (uint64_t) index;
  return ADM_OK;
}

static adm_status
read_byte_order (struct archive *archive, adm_error *error)
{
  char name[1024];
  zip_int64_t index = -1;
  unsigned char *text;
  uint64_t size;
  if (locate (archive, "byteorder", 9, name, sizeof name, &index) || index < 0)
    return ADM_OK;
  adm_status status = read_entry (archive->weights, (zip_uint64_t) index, 64, &text, &size, error);
  if (status)
    return status;
  bool little = size == 6 && !memcmp (text, "little", 6), big = size == 3 && !memcmp (text, "big", 3);
  free (text);
  if (!little && !big)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: its byte order is unknown; save it again with torch.save", archive->weights->path);
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
  weights->zip = zip_open (weights->path, ZIP_RDONLY, &code);
  if (!weights->zip)
    return adm_fail (error, ADM_ERROR_FORMAT, "%s: the zip is broken or cut short; download it again", weights->path);
  adm_status status = check_entries (&archive, &pickle, error);
  if (!status)
    status = read_byte_order (&archive, error);
  if (!status)
    status = read_entry (weights, pickle, MAX_PICKLE, &data, &size, error);
  if (status)
    return status;
  adm_pickle parsed;
  status = adm_pickle_parse (data, size, weights->path, &parsed, error);
  if (!status) {
    status = adm_torch_add_state (weights, &parsed, find_storage, &archive, error);
    adm_pickle_clear (&parsed);
  }
  free (data);
  return status;
}
