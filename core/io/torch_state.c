/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A state_dict is a dict from names to tensors; anything else in it (step counters) is passed
 * over. */
#include "io/torch_state.h"

#include "base/error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

adm_dtype
adm_torch_dtype (adm_pickle_global storage_type)
{
  switch (storage_type) {
  case ADM_GLOBAL_FLOAT:
    return ADM_DTYPE_F32;
  case ADM_GLOBAL_HALF:
    return ADM_DTYPE_F16;
  case ADM_GLOBAL_BFLOAT16:
    return ADM_DTYPE_BF16;
  case ADM_GLOBAL_DOUBLE:
    return ADM_DTYPE_F64;
  default:
    return ADM_DTYPE_OTHER;
  }
}

uint64_t
adm_torch_item_size (adm_pickle_global storage_type)
{
  switch (storage_type) {
  case ADM_GLOBAL_DOUBLE:
  case ADM_GLOBAL_LONG:
    return 8;
  case ADM_GLOBAL_FLOAT:
  case ADM_GLOBAL_INT:
    return 4;
  case ADM_GLOBAL_HALF:
  case ADM_GLOBAL_BFLOAT16:
  case ADM_GLOBAL_SHORT:
    return 2;
  default:
    return 1;
  }
}

static bool
is_key (const adm_pickle_value *value, const char *key)
{
  return value->type == ADM_PICKLE_STRING && value->length == strlen (key)
         && !memcmp (value->text, key, value->length);
}

/* ---- which dictionary ------------------------------------------------------------------------ */

enum { MAX_NESTING = 4, MAX_LOOKED_AT = 4096, MAX_WORD = 64 };

/* Where a state_dict may be: a dictionary of tensors somewhere in the file. */
struct spot {
  uint32_t dict;      /* 0: none found */
  uint32_t tensors;   /* directly in it */
  bool averaged;      /* under a key that says so: ema */
  char key[MAX_WORD]; /* it stands under; "": the file's own */
};

struct search {
  const adm_pickle *p;
  struct spot best;
  int looked_at;
  bool optimizer; /* one was met, and passed over */
};

static bool
has_key (const adm_pickle *p, uint32_t dict, const char *key)
{
  for (uint32_t cell = p->value[dict].first; cell; cell = p->cell[p->cell[cell].next].next)
    if (is_key (&p->value[p->cell[cell].value], key))
      return true;
  return false;
}

static uint32_t
count_tensors (const adm_pickle *p, uint32_t dict)
{
  uint32_t count = 0;
  for (uint32_t cell = p->value[dict].first; cell;) {
    uint32_t next = p->cell[cell].next;
    count += p->value[p->cell[next].value].type == ADM_PICKLE_TENSOR;
    cell = p->cell[next].next;
  }
  return count;
}

/* Whether KEY has "ema" as a word of its own, or speaks of an average. */
static bool
says_average (const char *key)
{
  for (const char *at = key; (at = strcasestr (at, "ema")); at += 3) {
    unsigned char before = at > key ? (unsigned char) at[-1] : '_', after = (unsigned char) at[3];
    if (!isalpha (before) && !isalpha (after))
      return true;
  }
  return strcasestr (key, "average") != NULL;
}

static void look_into (struct search *s, uint32_t container, const struct spot *above, int depth);

/* More tensors win, but an average wins over what it is the average of, buffers and all. */
static bool
is_better (const struct spot *a, const struct spot *best)
{
  if (!best->dict || a->averaged == best->averaged)
    return a->tensors > best->tensors;
  return a->averaged ? 2 * (uint64_t) a->tensors > best->tensors
                     : a->tensors >= 2 * (uint64_t) best->tensors;
}

/* VALUE, which stands under KEY (NULL: in a list). */
static void
look_at (struct search *s, uint32_t value, const adm_pickle_value *key, const struct spot *above,
         int depth)
{
  struct spot here = *above;
  uint8_t type = s->p->value[value].type;
  if ((type != ADM_PICKLE_DICT && type != ADM_PICKLE_TUPLE && type != ADM_PICKLE_LIST)
      || depth > MAX_NESTING || s->looked_at++ >= MAX_LOOKED_AT)
    return;
  if (key && key->type == ADM_PICKLE_STRING) {
    uint32_t length = key->length < MAX_WORD - 1 ? key->length : MAX_WORD - 1;
    memcpy (here.key, key->text, length);
    here.key[length] = '\0';
    here.averaged |= says_average (here.key);
  }
  if (type == ADM_PICKLE_DICT) {
    if (has_key (s->p, value, "param_groups") && has_key (s->p, value, "state")) {
      s->optimizer = true;
      return;
    }
    here.dict = value;
    here.tensors = count_tensors (s->p, value);
    if (here.tensors && is_better (&here, &s->best))
      s->best = here;
  }
  look_into (s, value, &here, depth + 1);
}

static void
look_into (struct search *s, uint32_t container, const struct spot *above, int depth)
{
  const adm_pickle *p = s->p;
  bool dict = p->value[container].type == ADM_PICKLE_DICT;
  for (uint32_t cell = p->value[container].first; cell && s->looked_at < MAX_LOOKED_AT;) {
    uint32_t next = dict ? p->cell[cell].next : cell;
    look_at (s, p->cell[next].value, dict ? &p->value[p->cell[cell].value] : NULL, above, depth);
    cell = p->cell[next].next;
  }
}

/* The name of an opaque object's class, as Python writes it. */
static const char *
class_name (const adm_pickle_value *object, char name[128])
{
  uint32_t length = object->length < 127 ? object->length : 127;
  memcpy (name, object->text, length);
  name[length] = '\0';
  for (char *c = name; *c; c++)
    *c = *c == '\n' ? '.' : *c;
  return name;
}

/* ---- its tensors ----------------------------------------------------------------------------- */

static adm_status
add_tensor (adm_weights *weights, const adm_pickle *p, const adm_pickle_value *name,
            const adm_pickle_value *tensor, adm_storage_finder find, void *user, adm_error *error)
{
  const adm_pickle_value *storage = &p->value[tensor->storage];
  uint32_t rank = p->value[tensor->shape].size;
  adm_found_tensor found
      = { .name = name->text,
          .name_length = name->length,
          .dtype = adm_torch_dtype (storage->global),
          .rank = (int) rank,
          .place = { .offset = (uint64_t) tensor->integer, .numel = (uint64_t) storage->integer } };
  if (rank > ADM_TENSOR_MAX_RANK || p->value[tensor->strides].size != rank)
    return ADM_FAIL (error, TENSOR_BROKEN, weights->path, adm_slice_of (name->text, name->length),
                     ADM_WORD_BAD_STRIDES);
  for (uint32_t i = 0; i < rank; i++) {
    const adm_pickle_value *d = &p->value[adm_pickle_item (p, tensor->shape, i)],
                           *s = &p->value[adm_pickle_item (p, tensor->strides, i)];
    if (d->type != ADM_PICKLE_INT || s->type != ADM_PICKLE_INT || d->text || s->text)
      return ADM_FAIL (error, TENSOR_BROKEN, weights->path, adm_slice_of (name->text, name->length),
                       ADM_WORD_NO_NUMBERS);
    found.shape[i] = d->integer;
    found.place.stride[i] = s->integer;
  }
  adm_status status = find (user, storage, &found.place, error);
  return status ? status : adm_weights_add (weights, &found, error);
}

/* Whether NAME is that of a weight: others in a state_dict (counters, options) are passed over. */
static bool
is_weight (const adm_pickle_value *name)
{
  static const char *const ends[] = { ".weight", ".bias" };
  for (size_t i = 0; i < 2; i++) {
    size_t n = strlen (ends[i]);
    if (name->type == ADM_PICKLE_STRING && name->length > n
        && !memcmp (name->text + name->length - n, ends[i], n))
      return true;
  }
  return false;
}

static adm_status
add_entry (adm_weights *weights, const adm_pickle *p, const adm_pickle_value *name,
           const adm_pickle_value *value, adm_storage_finder find, void *user, adm_error *error)
{
  char class[128];
  if (value->type == ADM_PICKLE_OPAQUE && is_weight (name))
    return ADM_FAIL (error, TENSOR_CLASS, weights->path, adm_slice_of (name->text, name->length),
                     class_name (value, class));
  if (value->type != ADM_PICKLE_TENSOR)
    return ADM_OK;
  if (name->type != ADM_PICKLE_STRING)
    return ADM_FAIL (error, NOT_SAVED, weights->path, ADM_WORD_TENSORS_NAMELESS);
  return add_tensor (weights, p, name, value, find, user, error);
}

adm_status
adm_torch_add_state (adm_weights *weights, const adm_pickle *p, adm_storage_finder find, void *user,
                     adm_error *error)
{
  struct search s = { .p = p };
  const struct spot top = { 0 };
  char class[128];
  look_at (&s, p->root, NULL, &top, 0);
  if (!s.best.dict && s.optimizer)
    return ADM_FAIL (error, OPTIMIZER, weights->path);
  if (p->value[p->root].type == ADM_PICKLE_OPAQUE)
    return ADM_FAIL (error, PYTHON_OBJECT, weights->path, class_name (&p->value[p->root], class));
  if (p->value[p->root].type != ADM_PICKLE_DICT && !s.best.dict)
    return ADM_FAIL (error, NOT_SAVED, weights->path, ADM_WORD_NO_DICTIONARY);
  snprintf (weights->inside, sizeof weights->inside, "%s", s.best.key);
  adm_status status = ADM_OK;
  for (uint32_t cell = p->value[s.best.dict].first; s.best.dict && cell && !status;) {
    uint32_t next = p->cell[cell].next;
    status = add_entry (weights, p, &p->value[p->cell[cell].value], &p->value[p->cell[next].value],
                        find, user, error);
    cell = p->cell[next].next;
  }
  if (!status && weights->count == 0)
    status = ADM_FAIL (error, NOT_SAVED, weights->path, ADM_WORD_NO_TENSORS);
  return status;
}
