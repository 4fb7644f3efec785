/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing adapters, and weights with one added. */
#include "train/adapter_file.h"

#include "adm_train.h"
#include "base/error.h"
#include "descriptions/description.h"
#include "descriptions/description_json.h"
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

/* Tensor I: first A and B of each part, then the thumbnail, then the label. */
static adm_tensor
tensor_of (const struct saving *s, size_t i, char *name, const float **values)
{
  const adm_adapter *a = s->adapter;
  int64_t size = a->trainee->description.image_size;
  if (i < 2 * a->parts) {
    const adm_adapter_part *p = &a->part[i / 2];
    bool is_b = i % 2;
    snprintf (name, NAME, "%s.lora_%c", p->parameter->name, is_b ? 'B' : 'A');
    *values = a->values + (is_b ? p->b : p->a);
    return (adm_tensor) { .name = name,
                          .rank = 2,
                          .shape = { is_b ? p->rows : p->rank, is_b ? p->rank : p->columns },
                          .elements
                          = (uint64_t) p->rank * (uint64_t) (is_b ? p->rows : p->columns) };
  }
  bool label = i > 2 * a->parts;
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

/* The sum of the weights without the adapter. */
static uint64_t
base_sum (const adm_adapter *a)
{
  uint64_t sum = 0;
  for (size_t i = 0; i < a->trainee->count; i++) {
    const adm_parameter *p = &a->trainee->parameter[i];
    sum += adm_tensor_sum (p->name, a->base + p->offset, p->elements);
  }
  return sum;
}

static char *
describe_adapter (const char *name, int rank, uint64_t sum)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc);
  char text[32];
  snprintf (text, sizeof text, "%016llx", (unsigned long long) sum);
  yyjson_mut_doc_set_root (doc, root);
  bool ok = yyjson_mut_obj_add_str (doc, root, "format", "adm-adapter-1")
            && yyjson_mut_obj_add_str (doc, root, "name", name)
            && yyjson_mut_obj_add_int (doc, root, "rank", rank)
            && yyjson_mut_obj_add_str (doc, root, "base", text);
  char *json = ok ? yyjson_mut_write (doc, YYJSON_WRITE_NOFLAG, NULL) : NULL;
  yyjson_mut_doc_free (doc);
  return json;
}

adm_status
adm_adapter_save (const adm_adapter *a, const char *name, const float *thumbnail, const char *path,
                  adm_error *error)
{
  struct saving saving = { a, thumbnail };
  size_t count = 2 * a->parts + 1 + (a->table ? 1 : 0);
  adm_tensor *tensors = calloc (count, sizeof *tensors);
  char *names = malloc (count * NAME), *text = describe_adapter (name, a->rank, base_sum (a));
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
  adm_weights *weights, *adapter;
  const adm_tensor *tensor; /* of the result */
};

/* Reads tensor NAME of the adapter, malloc'ed; *OUT NULL: it has none. */
static adm_status
read_part (const struct merging *m, const char *name, const char *suffix, float **out,
           adm_tensor *tensor, adm_error *error)
{
  char full[NAME];
  snprintf (full, sizeof full, "%s%s", name, suffix);
  ptrdiff_t at = adm_weights_find (m->adapter, full);
  *out = NULL;
  if (at < 0)
    return ADM_OK;
  *tensor = *adm_weights_tensor (m->adapter, (size_t) at);
  *out = malloc ((size_t) (tensor->elements ? tensor->elements : 1) * sizeof **out);
  if (!*out)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_AN_ADAPTER);
  return adm_weights_read (m->adapter, (size_t) at, *out, error);
}

static adm_status
add_product (const struct merging *m, const char *name, uint64_t elements, float *w,
             adm_error *error)
{
  float *a, *b = NULL;
  adm_tensor of_a, of_b;
  adm_status status = read_part (m, name, ".lora_A", &a, &of_a, error);
  if (!status)
    status = read_part (m, name, ".lora_B", &b, &of_b, error);
  bool fits = !status && a && b && of_a.rank == 2 && of_b.rank == 2
              && of_a.shape[0] == of_b.shape[1]
              && (uint64_t) of_b.shape[0] * (uint64_t) of_a.shape[1] == elements;
  if (!status && (a || b) && !fits)
    status = ADM_FAIL (error, ADAPTER_SIZE, name);
  for (int64_t i = 0; fits && i < of_b.shape[0]; i++)
    for (int64_t k = 0; k < of_a.shape[0]; k++)
      for (int64_t j = 0; j < of_a.shape[1]; j++)
        w[i * of_a.shape[1] + j] += b[i * of_b.shape[1] + k] * a[k * of_a.shape[1] + j];
  free (a);
  free (b);
  return status;
}

static adm_status
read_merged (void *user, size_t i, float *dst, adm_error *error)
{
  const struct merging *m = user;
  const adm_tensor *old = adm_weights_tensor (m->weights, i);
  adm_status status = adm_weights_read (m->weights, i, dst, error);
  if (status)
    return status;
  if (m->tensor[i].elements == old->elements)
    return add_product (m, old->name, old->elements, dst, error);
  ptrdiff_t label = adm_weights_find (m->adapter, "label");
  return adm_weights_read (m->adapter, (size_t) label, dst + old->elements, error);
}

/* Whether ADAPTER is one, and was taught to WEIGHTS. */
static adm_status
check_base (adm_weights *weights, adm_weights *adapter, adm_error *error)
{
  const char *text = adm_weights_description (adapter), *path = adm_weights_path (adapter);
  yyjson_doc *doc = text ? yyjson_read (text, strlen (text), 0) : NULL;
  yyjson_val *root = yyjson_doc_get_root (doc);
  char sum_text[32];
  uint64_t sum = 0;
  adm_status status = ADM_OK;
  if (!yyjson_equals_str (yyjson_obj_get (root, "format"), "adm-adapter-1"))
    status = ADM_FAIL (error, ADAPTER_NOT, path);
  for (size_t i = 0; i < adm_weights_count (weights) && !status; i++) {
    uint64_t n = adm_weights_tensor (weights, i)->elements;
    float *values = malloc ((size_t) (n ? n : 1) * sizeof *values);
    status = values ? adm_weights_read (weights, i, values, error)
                    : ADM_FAIL (error, NO_MEMORY, ADM_WORD_AN_ADAPTER);
    if (!status)
      sum += adm_tensor_sum (adm_weights_tensor (weights, i)->name, values, n);
    free (values);
  }
  snprintf (sum_text, sizeof sum_text, "%016llx", (unsigned long long) sum);
  if (!status && !yyjson_equals_str (yyjson_obj_get (root, "base"), sum_text))
    status = ADM_FAIL (error, ADAPTER_OTHER, path, adm_weights_path (weights));
  yyjson_doc_free (doc);
  return status;
}

static adm_status
write_merged (struct merging *m, const char *output, adm_error *error)
{
  size_t count = adm_weights_count (m->weights), length;
  adm_description d;
  const char *recognised;
  ptrdiff_t label = adm_weights_find (m->adapter, "label");
  adm_status status = adm_description_of_weights (m->weights, &d, &recognised, error);
  if (status)
    return status;
  adm_tensor *tensors = malloc (count * sizeof *tensors);
  for (size_t i = 0; i < count && tensors; i++) {
    tensors[i] = *adm_weights_tensor (m->weights, i);
    if (label >= 0 && strcmp (tensors[i].name, "label_emb.weight") == 0) {
      tensors[i].elements += adm_weights_tensor (m->adapter, (size_t) label)->elements;
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
    status = adm_weights_open_all (adapter, &m.adapter, error);
  if (!status)
    status = check_base (m.weights, m.adapter, error);
  if (!status)
    status = write_merged (&m, output, error);
  adm_weights_free (m.weights);
  adm_weights_free (m.adapter);
  return status;
}
