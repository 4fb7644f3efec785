/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Safetensors and torch's legacy format; the zip has a file of its own. */
#include "mutate.h"

#include "io/pickle.h"
#include "io/torch_state.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum { PICKLES = 5, OBJECT = 3, KEYS = 4, SPARE = 256 };

/* ---- safetensors ----------------------------------------------------------------------------- */

static uint64_t
item_size (const char *dtype)
{
  return !dtype                 ? 1
         : strstr (dtype, "64") ? 8
         : strstr (dtype, "32") ? 4
         : strstr (dtype, "16") ? 2
                                : 1;
}

/* Gives every tensor the place after the last one's; *DATA_SIZE: their bytes. */
static char *
repair_header (const char *text, size_t length, size_t *new_length, uint64_t *data_size)
{
  yyjson_doc *doc = yyjson_read (text, length, YYJSON_READ_NOFLAG);
  yyjson_mut_doc *copy = doc ? yyjson_doc_mut_copy (doc, NULL) : NULL;
  size_t index, max;
  yyjson_mut_val *key, *value;
  char *out = NULL;
  uint64_t at = 0;
  yyjson_doc_free (doc);
  if (copy && yyjson_mut_is_obj (yyjson_mut_doc_get_root (copy))) {
    yyjson_mut_obj_foreach (yyjson_mut_doc_get_root (copy), index, max, key, value)
    {
      yyjson_mut_val *shape = yyjson_mut_obj_get (value, "shape"),
                     *offsets = yyjson_mut_obj_get (value, "data_offsets"), *side;
      uint64_t bytes = item_size (yyjson_mut_get_str (yyjson_mut_obj_get (value, "dtype")));
      size_t i, n;
      yyjson_mut_arr_foreach (shape, i, n, side) bytes
          = yyjson_mut_get_uint (side) <= 4096 && bytes <= 65536
                ? bytes * yyjson_mut_get_uint (side)
                : bytes;
      if (!yyjson_mut_is_arr (offsets) || yyjson_mut_arr_size (offsets) != 2)
        continue;
      yyjson_mut_set_uint (yyjson_mut_arr_get_first (offsets), at);
      yyjson_mut_set_uint (yyjson_mut_arr_get_last (offsets), at + bytes);
      at += bytes;
    }
    out = yyjson_mut_write (copy, YYJSON_WRITE_NOFLAG, new_length);
  }
  yyjson_mut_doc_free (copy);
  *data_size = at;
  return out;
}

size_t
mutate_safetensors (uint8_t *data, size_t size, size_t max_size, unsigned int random)
{
  uint64_t length = 0, bytes = 0;
  size_t new_length = 0, result = 0;
  for (int i = 8; size > 8 && i-- > 0;)
    length = length << 8 | data[i];
  if (size <= 8 || length > size - 8)
    return 0;
  uint8_t *header = malloc ((size_t) length + SPARE);
  if (!header)
    return 0;
  memcpy (header, data + 8, (size_t) length);
  size_t changed = LLVMFuzzerMutate (header, (size_t) length, (size_t) length + SPARE),
         rest = size - 8 - (size_t) length;
  char *repaired
      = random % 4 ? repair_header ((char *) header, changed, &new_length, &bytes) : NULL;
  if (!repaired) {
    new_length = changed;
    bytes = rest;
  }
  if (new_length + bytes + 8 <= max_size) {
    memmove (data + 8 + new_length, data + 8 + length, rest < bytes ? rest : (size_t) bytes);
    if (bytes > rest)
      memset (data + 8 + new_length + rest, 0, (size_t) bytes - rest);
    memcpy (data + 8, repaired ? (uint8_t *) repaired : header, new_length);
    for (int i = 0; i < 8; i++)
      data[i] = (uint8_t) ((uint64_t) new_length >> (8 * i));
    result = 8 + new_length + (size_t) bytes;
  }
  free (repaired);
  free (header);
  return result;
}

/* ---- legacy ---------------------------------------------------------------------------------- */

/* Parses the five pickles; returns where the data begins, or 0. */
static size_t
parse_all (const uint8_t *data, size_t size, adm_pickle pickle[PICKLES], size_t begin[PICKLES + 1])
{
  adm_error error;
  begin[0] = 0;
  for (int i = 0; i < PICKLES; i++)
    pickle[i] = (adm_pickle) { .count = 0 };
  for (int i = 0; i < PICKLES; i++) {
    if (adm_pickle_parse (data + begin[i], size - begin[i], "fuzz", &pickle[i], &error))
      return 0;
    begin[i + 1] = begin[i] + (size_t) pickle[i].end;
  }
  return begin[PICKLES];
}

static void
clear_all (adm_pickle pickle[PICKLES])
{
  for (int i = 0; i < PICKLES; i++)
    adm_pickle_clear (&pickle[i]);
}

static const adm_pickle_value *
storage_of (const adm_pickle *object, const adm_pickle_value *key)
{
  for (uint32_t i = 1; i < object->count; i++) {
    const adm_pickle_value *v = &object->value[i];
    if (v->type == ADM_PICKLE_STORAGE && key->type == ADM_PICKLE_STRING && v->length == key->length
        && !memcmp (v->text, key->text, v->length))
      return v;
  }
  return NULL;
}

/* The storages that the pickles at the front of DATA name: counts, then zeros. Returns the new
 * size, or 0. */
static size_t
write_storages (uint8_t *data, size_t size, size_t max_size)
{
  adm_pickle pickle[PICKLES];
  size_t begin[PICKLES + 1], at = parse_all (data, size, pickle, begin);
  const adm_pickle *keys = &pickle[KEYS];
  if (at && keys->value[keys->root].type == ADM_PICKLE_LIST)
    for (uint32_t cell = keys->value[keys->root].first; cell && at; cell = keys->cell[cell].next) {
      const adm_pickle_value *s
          = storage_of (&pickle[OBJECT], &keys->value[keys->cell[cell].value]);
      uint64_t numel = s ? (uint64_t) s->integer : 0,
               bytes = numel < max_size
                           ? numel * adm_torch_item_size (s ? s->global : ADM_GLOBAL_FLOAT)
                           : max_size;
      if (bytes + 8 > max_size - at) {
        at = 0;
        break;
      }
      for (int i = 0; i < 8; i++)
        data[at++] = (uint8_t) (numel >> (8 * i));
      if (at + bytes > size)
        memset (data + (at > size ? at : size), 0, (size_t) (at + bytes - (at > size ? at : size)));
      at += (size_t) bytes;
    }
  clear_all (pickle);
  return at;
}

size_t
mutate_legacy (uint8_t *data, size_t size, size_t max_size, unsigned int random)
{
  adm_pickle pickle[PICKLES];
  size_t begin[PICKLES + 1], result = 0, room = size + SPARE < max_size ? size + SPARE : max_size;
  bool whole = parse_all (data, size, pickle, begin) != 0;
  clear_all (pickle);
  if (!whole)
    return 0;
  int chosen = random % 8 < 5 ? OBJECT : (int) (random / 8 % PICKLES);
  size_t from = begin[chosen], to = begin[chosen + 1], spare = room - size;
  uint8_t *part = malloc (to - from + spare), *copy = malloc (max_size);
  if (part && copy) {
    memcpy (part, data + from, to - from);
    size_t changed = LLVMFuzzerMutate (part, to - from, to - from + spare);
    memcpy (copy, data, from);
    memcpy (copy + from, part, changed);
    memcpy (copy + from + changed, data + to, size - to);
    result = size - (to - from) + changed;
    memcpy (data, copy, result);
    size_t fitted = random % 16 < 12 ? write_storages (data, result, max_size) : 0;
    if (fitted)
      result = fitted;
    else
      memcpy (data, copy, result);
  }
  free (part);
  free (copy);
  return result;
}

/* ---- all ------------------------------------------------------------------------------------- */

size_t
fuzz_mutate_weights (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  unsigned int random = seed * 2654435761u >> 8;
  size_t result = 0;
  if (seed % 4 && size > 4)
    result = !memcmp (data, "PK\003\004", 4) ? mutate_zip (data, size, max_size, random)
             : data[0] == 0x80               ? mutate_legacy (data, size, max_size, random)
                                             : mutate_safetensors (data, size, max_size, random);
  return result ? result : LLVMFuzzerMutate (data, size, max_size);
}
