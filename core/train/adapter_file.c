/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing adapters, and weights with one added. */
#include "train/adapter_file.h"

#include "adm_train.h"
#include "base/error.h"
#include "descriptions/description.h"
#include "descriptions/description_json.h"
#include "descriptions/taught_file.h"
#include "io/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 256 };

/* ---- an adapter ------------------------------------------------------------------------------ */

struct saving {
  const adm_adapter *adapter;
  const float *thumbnail;
};

/* Tensor I: first A and B of each layer, then the thumbnail, then the label. */
static adm_tensor
tensor_of (const struct saving *s, size_t i, char *name, const float **values)
{
  const adm_adapter *a = s->adapter;
  int64_t size = a->trainee->description.image_size;
  if (i < 2 * a->layers) {
    const adm_adapter_layer *p = &a->layer[i / 2];
    bool is_b = i % 2;
    snprintf (name, NAME, "%s.lora_%c", p->parameter->name, is_b ? 'B' : 'A');
    *values = a->values + (is_b ? p->b : p->a);
    return (adm_tensor) { .name = name,
                          .rank = 2,
                          .shape = { is_b ? p->rows : p->rank, is_b ? p->rank : p->columns },
                          .elements
                          = (uint64_t) p->rank * (uint64_t) (is_b ? p->rows : p->columns) };
  }
  bool label = i > 2 * a->layers;
  snprintf (name, NAME, "%s", label ? "label" : "thumbnail");
  *values = label ? a->values + a->label : s->thumbnail;
  if (label)
    return (adm_tensor) { .name = name,
                          .rank = 1,
                          .shape = { a->table->shape[1] },
                          .elements = (uint64_t) a->table->shape[1] };
  return (adm_tensor) {
    .name = name, .rank = 3, .shape = { 3, size, size }, .elements = 3 * (uint64_t) (size * size)
  };
}

static adm_status
read_adapter (void *user, size_t i, float *dst, adm_error *error)
{
  char name[NAME];
  const float *values;
  adm_tensor tensor = tensor_of (user, i, name, &values);
  (void) error;
  memcpy (dst, values, (size_t) tensor.elements * sizeof *dst);
  return ADM_OK;
}

void
adm_adapter_sum (const adm_adapter *a, adm_taught_info *info)
{
  uint64_t sum = 0, mark = 0;
  for (size_t i = 0; i < a->trainee->count; i++) {
    const adm_parameter *p = &a->trainee->parameter[i];
    uint64_t one = adm_tensor_sum (p->name, a->base + p->offset, p->elements);
    sum += one;
    mark += p->elements <= ADM_MARK_ELEMENTS ? one : 0;
  }
  adm_sum_words (sum, info->base);
  adm_sum_words (mark, info->mark);
}

adm_status
adm_adapter_save (const adm_adapter *a, const char *name, const float *thumbnail, const char *path,
                  adm_error *error)
{
  struct saving saving = { a, thumbnail };
  size_t count = 2 * a->layers + 1 + (a->table ? 1 : 0);
  adm_tensor *tensors = calloc (count, sizeof *tensors);
  adm_taught_info info = { .rank = a->rank };
  snprintf (info.name, sizeof info.name, "%s", name);
  adm_adapter_sum (a, &info);
  char *names = malloc (count * NAME), *text = adm_taught_describe (&info);
  adm_status status = ADM_OK;
  if (!tensors || !names || !text)
    status = ADM_FAIL (error, NO_MEMORY_WRITE, path);
  for (size_t i = 0; i < count && !status; i++) {
    const float *values;
    tensors[i] = tensor_of (&saving, i, names + i * NAME, &values);
    tensors[i].dtype = ADM_DTYPE_F32;
  }
  adm_tensors all = { name, count, tensors, read_adapter, &saving };
  if (!status)
    status = adm_safetensors_save (&all, path, text, ADM_DTYPE_F32, NULL, NULL, error);
  free (tensors);
  free (names);
  free (text);
  return status;
}

/* ---- weights with one added ------------------------------------------------------------------ */

struct merging {
  adm_weights *weights;
  adm_taught_file taught;
  const adm_tensor *tensor; /* of the result */
};

static adm_status
read_merged (void *user, size_t i, float *dst, adm_error *error)
{
  const struct merging *m = user;
  const adm_tensor *old = adm_weights_tensor (m->weights, i);
  bool there;
  adm_status status = adm_weights_read (m->weights, i, dst, error);
  if (status)
    return status;
  if (m->tensor[i].elements == old->elements)
    return adm_taught_add (&m->taught, old->name, old->elements, dst, error);
  return adm_taught_label (&m->taught, m->tensor[i].elements - old->elements, &there,
                           dst + old->elements, error);
}

static adm_status
write_merged (struct merging *m, const char *output, adm_error *error)
{
  size_t count = adm_weights_count (m->weights), length;
  adm_description d;
  const char *recognised;
  ptrdiff_t label = adm_weights_find (m->taught.file, "label");
  adm_status status = adm_description_of_weights (m->weights, &d, &recognised, error);
  if (status)
    return status;
  adm_tensor *tensors = malloc (count * sizeof *tensors);
  for (size_t i = 0; i < count && tensors; i++) {
    tensors[i] = *adm_weights_tensor (m->weights, i);
    if (label >= 0 && strcmp (tensors[i].name, "label_emb.weight") == 0) {
      tensors[i].elements += adm_weights_tensor (m->taught.file, (size_t) label)->elements;
      tensors[i].shape[0]++;
      d.num_classes++;
    }
  }
  m->tensor = tensors;
  char *text = adm_description_compose (&d, NULL, NULL, 0, false, &length);
  adm_tensors all = { adm_weights_path (m->weights), count, tensors, read_merged, m };
  status = tensors && text
               ? adm_safetensors_save (&all, output, text, ADM_DTYPE_F32, NULL, NULL, error)
               : ADM_FAIL (error, NO_MEMORY_WRITE, output);
  free (tensors);
  free (text);
  return status;
}

adm_status
adm_adapter_merge (const char *weights, const char *adapter, const char *output, adm_error *error)
{
  struct merging m = { 0 };
  adm_status status = adm_weights_open (weights, &m.weights, error);
  if (!status)
    status = adm_taught_open (adapter, &m.taught, error);
  if (!status)
    status = adm_taught_fits (&m.taught, m.weights, true, error);
  if (!status)
    status = write_merged (&m, output, error);
  adm_weights_free (m.weights);
  adm_taught_close (&m.taught);
  return status;
}
