/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * safetensors: u64 header length, a JSON object, then the data. Every tensor's bytes must follow
 * the last one's without hole or overlap, up to the end of the file. */
#include "io/weights_file.h"

#include "base/checked.h"
#include "base/error.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum {
  /* the format has 100 MB; ADM_MAX_TENSORS with names of ADM_MAX_NAME bytes take 21 */
  MAX_HEADER = 24 << 20,
  MAX_VALUES = 20 * (ADM_MAX_TENSORS + 1), /* a tensor of 8 dimensions has 18 */
  MAX_DEPTH = 16,
};

struct span {
  uint64_t begin, end;
};

static int
compare_spans (const void *a, const void *b)
{
  const struct span *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  return x->end < y->end ? -1 : x->end > y->end;
}

static bool
parse_dtype (const char *name, adm_dtype *dtype, uint64_t *size)
{
  static const struct {
    const char *name;
    adm_dtype dtype;
    uint64_t size;
  } known[] = {
    { "F32", ADM_DTYPE_F32, 4 },    { "F16", ADM_DTYPE_F16, 2 },   { "BF16", ADM_DTYPE_BF16, 2 },
    { "F64", ADM_DTYPE_F64, 8 },    { "I64", ADM_DTYPE_OTHER, 8 }, { "U64", ADM_DTYPE_OTHER, 8 },
    { "I32", ADM_DTYPE_OTHER, 4 },  { "U32", ADM_DTYPE_OTHER, 4 }, { "I16", ADM_DTYPE_OTHER, 2 },
    { "U16", ADM_DTYPE_OTHER, 2 },  { "I8", ADM_DTYPE_OTHER, 1 },  { "U8", ADM_DTYPE_OTHER, 1 },
    { "BOOL", ADM_DTYPE_OTHER, 1 },
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp (name, known[i].name)) {
      *dtype = known[i].dtype;
      *size = known[i].size;
      return true;
    }
  return false;
}

static adm_status
broken (const adm_weights *weights, const char *name, adm_word what, adm_error *error)
{
  return ADM_FAIL (error, TENSOR_BROKEN, weights->path, name, what);
}

static adm_status
add_tensor (adm_weights *weights, const char *name, size_t length, yyjson_val *value, uint64_t data,
            struct span *span, adm_error *error)
{
  adm_found_tensor found = { .name = name, .name_length = length };
  uint64_t item, elements = 1, bytes, end;
  yyjson_val *type = yyjson_obj_get (value, "dtype"), *dims = yyjson_obj_get (value, "shape"),
             *offsets = yyjson_obj_get (value, "data_offsets");
  if (!yyjson_is_str (type) || !yyjson_is_arr (dims) || !yyjson_is_arr (offsets)
      || yyjson_arr_size (offsets) != 2 || !yyjson_is_uint (yyjson_arr_get (offsets, 0))
      || !yyjson_is_uint (yyjson_arr_get (offsets, 1)))
    return broken (weights, name, ADM_WORD_LACKS_PLACE, error);
  if (!parse_dtype (yyjson_get_str (type), &found.dtype, &item))
    return ADM_FAIL (error, TENSOR_DTYPE, weights->path, name, yyjson_get_str (type));
  size_t rank = yyjson_arr_size (dims);
  if (rank > ADM_TENSOR_MAX_RANK)
    return broken (weights, name, ADM_WORD_MANY_DIMENSIONS, error);
  for (size_t i = 0; i < rank; i++) {
    yyjson_val *d = yyjson_arr_get (dims, i);
    if (!yyjson_is_uint (d) || yyjson_get_uint (d) > INT64_MAX
        || !adm_mul_u64 (elements, yyjson_get_uint (d), &elements))
      return broken (weights, name, ADM_WORD_BAD_SHAPE, error);
    found.shape[i] = (int64_t) yyjson_get_uint (d);
  }
  span->begin = yyjson_get_uint (yyjson_arr_get (offsets, 0));
  span->end = yyjson_get_uint (yyjson_arr_get (offsets, 1));
  if (!adm_mul_u64 (elements, item, &bytes) || !adm_add_u64 (span->begin, bytes, &end)
      || end != span->end)
    return broken (weights, name, ADM_WORD_BAD_OFFSETS, error);
  if (end > weights->size - data)
    return broken (weights, name, ADM_WORD_PAST_FILE, error);

  found.rank = (int) rank;
  found.place = (adm_place) { .record = data + span->begin, .numel = elements };
  int64_t stride = 1;
  for (size_t i = rank; i-- > 0; stride *= found.shape[i])
    found.place.stride[i] = stride;
  return adm_weights_add (weights, &found, error);
}

static adm_status
read_entries (adm_weights *weights, yyjson_val *root, uint64_t data, adm_error *error)
{
  size_t index, max, count = 0, metadata = 0;
  yyjson_val *key, *value;
  struct span *spans = calloc (yyjson_obj_size (root) + 1, sizeof *spans);
  if (!spans)
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  adm_status status = ADM_OK;
  yyjson_obj_foreach (root, index, max, key, value)
  {
    if (status)
      break;
    if (!strcmp (yyjson_get_str (key), "__metadata__")) {
      yyjson_val *text = yyjson_obj_get (value, "adm");
      if (++metadata > 1)
        status = broken (weights, "__metadata__", ADM_WORD_TWICE, error);
      else if (yyjson_get_len (text) > ADM_MAX_METADATA)
        status = broken (weights, "__metadata__", ADM_WORD_HUGE_DESCRIPTION, error);
      else if (yyjson_is_str (text) && !(weights->description = strdup (yyjson_get_str (text))))
        status = ADM_FAIL (error, NO_MEMORY_READ, weights->path);
    } else if (!yyjson_is_obj (value))
      status = broken (weights, yyjson_get_str (key), ADM_WORD_NO_OBJECT, error);
    else
      status = add_tensor (weights, yyjson_get_str (key), yyjson_get_len (key), value, data,
                           &spans[count++], error);
  }
  if (!status) {
    uint64_t at = 0;
    qsort (spans, count, sizeof *spans, compare_spans);
    for (size_t i = 0; i < count && !status; at = spans[i++].end)
      if (spans[i].begin != at)
        status = ADM_FAIL (error, TENSOR_HOLE, weights->path, at);
    if (!status && at != weights->size - data)
      status = ADM_FAIL (error, FILE_BROKEN, weights->path, ADM_WORD_BYTES_FOLLOW);
  }
  free (spans);
  return status;
}

adm_status
adm_safetensors_open (adm_weights *weights, adm_error *error)
{
  unsigned char head[8];
  uint64_t length = 0;
  weights->format = "safetensors";
  adm_status status = adm_weights_pread (weights, 0, head, sizeof head, error);
  if (status)
    return status;
  for (int i = 7; i >= 0; i--)
    length = length << 8 | head[i];
  if (length > MAX_HEADER || length > weights->size - sizeof head)
    return ADM_FAIL (error, HEADER_LENGTH, weights->path, length);
  char *text = calloc (1, (size_t) length + YYJSON_PADDING_SIZE);
  if (!text)
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  status = adm_weights_pread (weights, sizeof head, text, (size_t) length, error);
  if (!status && !adm_json_within (text, (size_t) length, MAX_VALUES, MAX_DEPTH))
    status = ADM_FAIL (error, NOT_WEIGHTS, weights->path, ADM_WORD_HEADER_DEEP);
  yyjson_read_err problem = { 0 };
  yyjson_doc *doc
      = status ? NULL
               : yyjson_read_opts (text, (size_t) length, YYJSON_READ_INSITU, NULL, &problem);
  if (problem.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    status = ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  if (!status && !yyjson_is_obj (yyjson_doc_get_root (doc)))
    status = ADM_FAIL (error, FILE_BROKEN, weights->path, ADM_WORD_HEADER_NO_JSON);
  if (!status)
    status = read_entries (weights, yyjson_doc_get_root (doc), sizeof head + length, error);
  yyjson_doc_free (doc);
  free (text);
  return status;
}
