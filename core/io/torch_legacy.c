/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * torch.save before 1.6: five pickles (magic number, protocol, system information, the object, the
 * list of storage keys), then for each key its number of elements (int64) and its data, up to the
 * end of the file. */
#include "io/torch_state.h"

#include "base/checked.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum {
  MAX_PICKLES = 32 << 20,             /* bytes */
  MAX_STORAGES = 4 * ADM_MAX_TENSORS, /* named, one storage perhaps often */
};

/* A storage that the object names. */
struct storage {
  const char *key;
  uint32_t length;
  adm_pickle_global type;
  int64_t numel;
  uint64_t at; /* file offset, 0 until its key has come */
};

struct legacy {
  adm_weights *weights;
  struct storage *storage; /* sorted by key, one entry each */
  size_t count;
};

static int
compare_keys (const void *a, const void *b)
{
  const struct storage *x = a, *y = b;
  uint32_t n = x->length < y->length ? x->length : y->length;
  int order = memcmp (x->key, y->key, n);
  return order ? order : (x->length > y->length) - (x->length < y->length);
}

static struct storage *
find_key (const struct legacy *l, const char *key, uint32_t length)
{
  struct storage wanted = { .key = key, .length = length };
  return l->count ? bsearch (&wanted, l->storage, l->count, sizeof wanted, compare_keys) : NULL;
}

static adm_status
list_storages (struct legacy *l, const adm_pickle *object, adm_error *error)
{
  const char *path = l->weights->path;
  size_t n = 0, kept = 0;
  for (uint32_t i = 1; i < object->count; i++)
    n += object->value[i].type == ADM_PICKLE_STORAGE;
  if (n > MAX_STORAGES)
    return ADM_FAIL (error, STORAGES_MANY, path, n);
  l->storage = calloc (n + 1, sizeof *l->storage);
  if (!l->storage)
    return ADM_FAIL (error, NO_MEMORY_READ, path);
  n = 0;
  for (uint32_t i = 1; i < object->count; i++) {
    const adm_pickle_value *v = &object->value[i];
    if (v->type == ADM_PICKLE_STORAGE)
      l->storage[n++] = (struct storage) { v->text, v->length, v->global, v->integer, 0 };
  }
  qsort (l->storage, n, sizeof *l->storage, compare_keys);
  for (size_t i = 0; i < n; i++) {
    if (kept && !compare_keys (&l->storage[i], &l->storage[kept - 1])) {
      if (l->storage[i].type != l->storage[kept - 1].type
          || l->storage[i].numel != l->storage[kept - 1].numel)
        return ADM_FAIL (
            error, STORAGE_BROKEN, path,
            adm_slice_of (l->storage[i].key, l->storage[i].length < 80 ? l->storage[i].length : 80),
            ADM_WORD_TWO_WAYS);
      continue;
    }
    l->storage[kept++] = l->storage[i];
  }
  l->count = kept;
  return ADM_OK;
}

/* Walks the data section in the order of KEYS. */
static adm_status
place_storages (struct legacy *l, const adm_pickle *keys, uint64_t at, adm_error *error)
{
  adm_weights *w = l->weights;
  if (keys->value[keys->root].type != ADM_PICKLE_LIST)
    return ADM_FAIL (error, FILE_BROKEN, w->path, ADM_WORD_NO_STORAGES);
  for (uint32_t cell = keys->value[keys->root].first; cell; cell = keys->cell[cell].next) {
    const adm_pickle_value *key = &keys->value[keys->cell[cell].value];
    struct storage *s
        = key->type == ADM_PICKLE_STRING ? find_key (l, key->text, key->length) : NULL;
    unsigned char head[8];
    uint64_t numel = 0, bytes, end;
    if (!s || s->at)
      return ADM_FAIL (error, FILE_BROKEN, w->path, ADM_WORD_BAD_STORAGES);
    adm_status status = adm_weights_pread (w, at, head, sizeof head, error);
    if (status)
      return status;
    for (int i = 7; i >= 0; i--)
      numel = numel << 8 | head[i];
    if (numel != (uint64_t) s->numel || !adm_mul_u64 (numel, adm_torch_item_size (s->type), &bytes)
        || !adm_add_u64 (at + 8, bytes, &end) || end > w->size)
      return ADM_FAIL (error, STORAGE_BROKEN, w->path,
                       adm_slice_of (s->key, s->length < 80 ? s->length : 80),
                       ADM_WORD_STORAGE_PAST);
    s->at = at + 8;
    at = end;
  }
  if (at != w->size)
    return ADM_FAIL (error, FILE_BROKEN, w->path, ADM_WORD_BYTES_FOLLOW);
  return ADM_OK;
}

static adm_status
find_storage (void *user, const adm_pickle_value *storage, adm_place *place, adm_error *error)
{
  struct legacy *l = user;
  const struct storage *s = find_key (l, storage->text, storage->length);
  if (!s || !s->at)
    return ADM_FAIL (error, STORAGE_BROKEN, l->weights->path,
                     adm_slice_of (storage->text, storage->length < 80 ? storage->length : 80),
                     ADM_WORD_STORAGE_EMPTY);
  place->record = s->at;
  return ADM_OK;
}

/* Whether the dict SYSTEM says that its machine was not little-endian. */
static bool
is_big_endian (const adm_pickle *p)
{
  static const char key[] = "little_endian";
  const adm_pickle_value *root = &p->value[p->root];
  for (uint32_t i = 0; root->type == ADM_PICKLE_DICT && i + 1 < root->size && i < 64; i += 2) {
    const adm_pickle_value *k = &p->value[adm_pickle_item (p, p->root, i)],
                           *v = &p->value[adm_pickle_item (p, p->root, i + 1)];
    if (k->type == ADM_PICKLE_STRING && k->length == sizeof key - 1
        && !memcmp (k->text, key, sizeof key - 1))
      return v->type == ADM_PICKLE_BOOL && !v->integer;
  }
  return false;
}

/* Parses the pickle at DATA + *AT and moves *AT behind it. */
static adm_status
parse_next (const adm_weights *weights, const unsigned char *data, uint64_t size, uint64_t *at,
            adm_pickle *out, adm_error *error)
{
  adm_status status = adm_pickle_parse (data + *at, size - *at, weights->path, out, error);
  *at += out->end;
  return status;
}

/* The three pickles before the object, each let go before the next. */
static adm_status
read_preface (adm_weights *weights, const unsigned char *data, uint64_t size, uint64_t *at,
              adm_error *error)
{
  enum { MAGIC, PROTOCOL, SYSTEM, ALL };
  adm_status status = ADM_OK;
  for (int i = MAGIC; i < ALL && !status; i++) {
    adm_pickle pickle;
    status = parse_next (weights, data, size, at, &pickle, error);
    if (status)
      break;
    const adm_pickle_value *root = &pickle.value[pickle.root];
    if (i == PROTOCOL && (root->type != ADM_PICKLE_INT || root->integer != 1001))
      status = ADM_FAIL (error, NOT_SAVED, weights->path, ADM_WORD_TORCH_VERSION);
    if (i == SYSTEM)
      weights->swap = is_big_endian (&pickle);
    adm_pickle_clear (&pickle);
  }
  return status;
}

adm_status
adm_torch_legacy_open (adm_weights *weights, adm_error *error)
{
  adm_pickle object = { .count = 0 }, keys = { .count = 0 };
  struct legacy legacy = { .weights = weights };
  uint64_t size = weights->size < MAX_PICKLES ? weights->size : MAX_PICKLES, at = 0;
  weights->format = "torch-legacy";
  unsigned char *data = malloc ((size_t) size);
  if (!data)
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  adm_status status = adm_weights_pread (weights, 0, data, (size_t) size, error);
  if (!status)
    status = read_preface (weights, data, size, &at, error);
  if (!status)
    status = parse_next (weights, data, size, &at, &object, error);
  if (!status)
    status = parse_next (weights, data, size, &at, &keys, error);
  if (!status)
    status = list_storages (&legacy, &object, error);
  if (!status)
    status = place_storages (&legacy, &keys, at, error);
  adm_pickle_clear (&keys);
  if (!status)
    status = adm_torch_add_state (weights, &object, find_storage, &legacy, error);
  adm_pickle_clear (&object);
  free (legacy.storage);
  free (data);
  return status;
}
