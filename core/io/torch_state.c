/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A state_dict is a dict from names to tensors; anything else in it (step counters) is passed
 * over. */
#include "io/torch_state.h"

#include "base/error.h"

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

/* The value under KEY of DICT, or 0. */
static uint32_t
lookup (const adm_pickle *p, uint32_t dict, const char *key)
{
  for (uint32_t cell = p->value[dict].first; cell; cell = p->cell[p->cell[cell].next].next)
    if (is_key (&p->value[p->cell[cell].value], key))
      return p->cell[p->cell[cell].next].value;
  return 0;
}

static bool
has_tensors (const adm_pickle *p, uint32_t dict)
{
  if (p->value[dict].type != ADM_PICKLE_DICT)
    return false;
  for (uint32_t cell = p->value[dict].first; cell; cell = p->cell[cell].next)
    if (p->value[p->cell[cell].value].type == ADM_PICKLE_TENSOR)
      return true;
  return false;
}

static adm_status
add_tensor (adm_weights *weights, const adm_pickle *p, const adm_pickle_value *name,
            const adm_pickle_value *tensor, adm_storage_finder find, void *user, adm_error *error)
{
  const adm_pickle_value *storage = &p->value[tensor->storage];
  uint32_t rank = p->value[tensor->shape].size;
  int64_t shape[ADM_TENSOR_MAX_RANK];
  adm_place place = { .offset = (uint64_t) tensor->integer, .numel = (uint64_t) storage->integer };
  if (rank > ADM_TENSOR_MAX_RANK || p->value[tensor->strides].size != rank)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: tensor %.*s has a shape and strides that do not fit; the file is broken",
                     weights->path, (int) (name->length < 200 ? name->length : 200), name->text);
  for (uint32_t i = 0; i < rank; i++) {
    const adm_pickle_value *d = &p->value[adm_pickle_item (p, tensor->shape, i)],
                           *s = &p->value[adm_pickle_item (p, tensor->strides, i)];
    if (d->type != ADM_PICKLE_INT || s->type != ADM_PICKLE_INT || d->text || s->text)
      return adm_fail (error, ADM_ERROR_FORMAT,
                       "%s: tensor %.*s has a shape that is not numbers; the file is broken",
                       weights->path, (int) (name->length < 200 ? name->length : 200), name->text);
    shape[i] = d->integer;
    place.stride[i] = s->integer;
  }
  adm_status status = find (user, storage, &place, error);
  return status
             ? status
             : adm_weights_add (weights, name->text, name->length,
                                adm_torch_dtype (storage->global), (int) rank, shape, place, error);
}

adm_status
adm_torch_add_state (adm_weights *weights, const adm_pickle *p, adm_storage_finder find, void *user,
                     adm_error *error)
{
  static const char *const inside[] = { "state_dict", "model", "model_state_dict", "ema" };
  uint32_t dict = p->root;
  if (p->value[dict].type != ADM_PICKLE_DICT)
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: holds no dictionary of tensors; save the model's state_dict",
                     weights->path);
  if (lookup (p, dict, "param_groups") && lookup (p, dict, "state"))
    return adm_fail (error, ADM_ERROR_FORMAT,
                     "%s: is an optimizer's state, not weights; use the model file (model*.pt or "
                     "ema_*.pt) saved beside it",
                     weights->path);
  for (size_t i = 0; i < sizeof inside / sizeof *inside && !has_tensors (p, dict); i++) {
    uint32_t under = lookup (p, p->root, inside[i]);
    if (under && has_tensors (p, under))
      dict = under;
  }
  adm_status status = ADM_OK;
  for (uint32_t cell = p->value[dict].first; cell && !status;) {
    const adm_pickle_value *name = &p->value[p->cell[cell].value];
    uint32_t next = p->cell[cell].next;
    const adm_pickle_value *value = &p->value[p->cell[next].value];
    if (value->type == ADM_PICKLE_TENSOR) {
      if (name->type != ADM_PICKLE_STRING)
        return adm_fail (error, ADM_ERROR_FORMAT,
                         "%s: has tensors without names; save the model's state_dict",
                         weights->path);
      status = add_tensor (weights, p, name, value, find, user, error);
    }
    cell = p->cell[next].next;
  }
  if (!status && weights->count == 0)
    status = adm_fail (error, ADM_ERROR_FORMAT, "%s: holds no tensors; save the model's state_dict",
                       weights->path);
  return status;
}
