/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing safetensors: one tensor in memory at a time, a header padded so that the data is aligned
 * to 8 bytes. */
#include "io/weights_file.h"

#include "base/atomic_file.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum { CHUNK = 1 << 18 }; /* elements */

static adm_dtype
stored_as (const adm_tensor *tensor, adm_dtype dtype)
{
  if (dtype != ADM_DTYPE_OTHER)
    return dtype;
  return tensor->dtype == ADM_DTYPE_F64 ? ADM_DTYPE_F32 : tensor->dtype;
}

static bool
add_entry (yyjson_mut_doc *doc, yyjson_mut_val *root, const adm_tensor *tensor, adm_dtype dtype,
           uint64_t *offset)
{
  yyjson_mut_val *entry = yyjson_mut_obj_add_obj (doc, root, tensor->name), *shape, *offsets;
  if (!entry
      || !yyjson_mut_obj_add_str (doc, entry, "dtype",
                                  dtype == ADM_DTYPE_F16    ? "F16"
                                  : dtype == ADM_DTYPE_BF16 ? "BF16"
                                                            : "F32")
      || !(shape = yyjson_mut_obj_add_arr (doc, entry, "shape"))
      || !(offsets = yyjson_mut_obj_add_arr (doc, entry, "data_offsets")))
    return false;
  bool ok = true;
  for (int i = 0; i < tensor->rank; i++)
    ok &= yyjson_mut_arr_add_sint (doc, shape, tensor->shape[i]);
  ok &= yyjson_mut_arr_add_uint (doc, offsets, *offset);
  *offset += tensor->elements * adm_dtype_size (dtype);
  return ok && yyjson_mut_arr_add_uint (doc, offsets, *offset);
}

/* The header as text, malloc'ed; NULL: no memory. */
static char *
make_header (const adm_tensors *weights, const char *description, adm_dtype dtype, size_t *length)
{
  yyjson_mut_doc *doc = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (doc), *metadata = NULL;
  uint64_t offset = 0;
  if (description && root)
    metadata = yyjson_mut_obj_add_obj (doc, root, "__metadata__");
  bool ok = root
            && (!description
                || (metadata && yyjson_mut_obj_add_str (doc, metadata, "adm", description)));
  for (size_t i = 0; ok && i < weights->count; i++)
    ok = add_entry (doc, root, &weights->tensor[i], stored_as (&weights->tensor[i], dtype),
                    &offset);
  yyjson_mut_doc_set_root (doc, root);
  char *text = ok ? yyjson_mut_write (doc, YYJSON_WRITE_NOFLAG, length) : NULL;
  yyjson_mut_doc_free (doc);
  return text;
}

static adm_status
write_header (const char *text, size_t length, FILE *stream, const char *path, adm_error *error)
{
  uint64_t padded = (length + 7) / 8 * 8;
  unsigned char head[8];
  for (int i = 0; i < 8; i++)
    head[i] = (unsigned char) (padded >> (8 * i));
  bool ok = fwrite (head, 1, sizeof head, stream) == sizeof head
            && fwrite (text, 1, length, stream) == length
            && fwrite ("        ", 1, (size_t) padded - length, stream) == padded - length;
  return ok ? ADM_OK : ADM_FAIL (error, FILE_WRITE, path, errno);
}

static adm_status
write_tensor (const adm_tensor *tensor, adm_dtype dtype, const float *values, unsigned char *buffer,
              FILE *stream, const char *path, adm_error *error)
{
  const size_t item = (size_t) adm_dtype_size (dtype);
  for (uint64_t at = 0; at < tensor->elements; at += CHUNK) {
    size_t n = tensor->elements - at < CHUNK ? (size_t) (tensor->elements - at) : CHUNK;
    if (!adm_convert_from_f32 (dtype, values + at, n, buffer))
      return ADM_FAIL (error, NUMBER_LARGE, tensor->name,
                       dtype == ADM_DTYPE_F16 ? "float16" : "bfloat16", path);
    if (fwrite (buffer, item, n, stream) != n)
      return ADM_FAIL (error, FILE_WRITE, path, errno);
  }
  return ADM_OK;
}

adm_status
adm_safetensors_save (const adm_tensors *weights, const char *path, const char *description,
                      adm_dtype dtype, bool (*progress) (void *user, double done), void *user,
                      adm_error *error)
{
  uint64_t largest = 0, total = 1, done = 0;
  adm_atomic_file file;
  size_t length;
  for (size_t i = 0; i < weights->count; i++) {
    const adm_tensor *tensor = &weights->tensor[i];
    if (tensor->dtype == ADM_DTYPE_OTHER)
      return ADM_FAIL (error, TENSOR_FLOATS, weights->origin, tensor->name);
    largest = tensor->elements > largest ? tensor->elements : largest;
    total += tensor->elements;
  }
  char *header = make_header (weights, description, dtype, &length);
  float *values = malloc ((size_t) (largest ? largest : 1) * sizeof *values);
  unsigned char *buffer = malloc (CHUNK * sizeof (float));
  adm_status status = header && values && buffer ? adm_atomic_open (path, &file, error)
                                                 : ADM_FAIL (error, TENSOR_LARGEST, weights->origin,
                                                             largest * sizeof *values);
  if (!status) {
    status = write_header (header, length, file.stream, path, error);
    for (size_t i = 0; i < weights->count && !status; i++) {
      const adm_tensor *tensor = &weights->tensor[i];
      status = weights->read (weights->user, i, values, error);
      if (!status)
        status = write_tensor (tensor, stored_as (tensor, dtype), values, buffer, file.stream, path,
                               error);
      done += tensor->elements;
      if (!status && progress && !progress (user, (double) done / (double) total))
        status = ADM_FAIL (error, STOPPED_WRITING, path);
    }
    if (status)
      adm_atomic_abandon (&file);
    else
      status = adm_atomic_commit (&file, error);
  }
  free (header);
  free (values);
  free (buffer);
  return status;
}

static adm_status
read_from_file (void *user, size_t i, float *dst, adm_error *error)
{
  return adm_weights_read (user, i, dst, error);
}

adm_status
adm_safetensors_write (adm_weights *weights, const char *path, const char *description,
                       adm_dtype dtype, bool (*progress) (void *user, double done), void *user,
                       adm_error *error)
{
  adm_tensors tensors = { weights->path, weights->count, weights->tensor, read_from_file, weights };
  return adm_safetensors_save (&tensors, path, description, dtype, progress, user, error);
}
