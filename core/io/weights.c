/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of tensors that every format fills, and reading with conversion. Files come from
 * strangers: every size goes through checked arithmetic, nothing is mapped (a file cut short while
 * mapped would kill the process). */
#include "io/weights_file.h"

#include "base/checked.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

/* ---- the table ------------------------------------------------------------------------------- */

static adm_status
check_place (const adm_weights *weights, const adm_tensor *tensor, adm_place *place,
             adm_error *error)
{
  uint64_t last = place->offset;
  int64_t dense = 1;
  place->contiguous = true;
  for (int i = tensor->rank - 1; i >= 0; i--) {
    uint64_t step;
    if (place->stride[i] < 0)
      return ADM_FAIL (error, TENSOR_STRIDE, weights->path, tensor->name);
    if (tensor->shape[i] > 1 && place->stride[i] != dense)
      place->contiguous = false;
    if (tensor->shape[i] > 0
        && (!adm_mul_u64 ((uint64_t) tensor->shape[i] - 1, (uint64_t) place->stride[i], &step)
            || !adm_add_u64 (last, step, &last)))
      return ADM_FAIL (error, TENSOR_BROKEN, weights->path, tensor->name, ADM_WORD_PAST_SIZE);
    dense *= tensor->shape[i]; /* no overflow: the product was checked as the number of elements */
  }
  if (tensor->elements > 0 && last >= place->numel)
    return ADM_FAIL (error, TENSOR_STORAGE, weights->path, tensor->name, place->numel);
  return ADM_OK;
}

/* A few numbers may be claimed by many tensors, or by one many times over: what is read in the end
 * must bear some proportion to the file. A tensor that is not contiguous is gathered from its whole
 * storage. */
static adm_status
claim (adm_weights *weights, const adm_tensor *tensor, const adm_place *place, adm_error *error)
{
  uint64_t elements
      = !place->contiguous && place->numel > tensor->elements ? place->numel : tensor->elements,
      bytes;
  if (adm_mul_u64 (elements, adm_dtype_size (tensor->dtype), &bytes)
      && adm_add_u64 (weights->claimed, bytes, &weights->claimed)
      && weights->claimed / 2 <= weights->size + ADM_SPARE_CLAIM / 2)
    return ADM_OK;
  return ADM_FAIL (error, TENSORS_REPEATED, weights->path, tensor->name);
}

adm_status
adm_weights_add (adm_weights *weights, const adm_found_tensor *found, adm_error *error)
{
  size_t length = found->name_length;
  if (length == 0 || length > ADM_MAX_NAME || memchr (found->name, 0, length))
    return ADM_FAIL (error, TENSOR_NAME, weights->path, ADM_MAX_NAME);
  if (weights->count == ADM_MAX_TENSORS)
    return ADM_FAIL (error, TENSORS_MANY, weights->path, ADM_MAX_TENSORS);
  if (weights->count == weights->capacity) {
    size_t capacity = weights->capacity ? 2 * weights->capacity : 256;
    adm_tensor *tensors = realloc (weights->tensor, capacity * sizeof *tensors);
    if (tensors)
      weights->tensor = tensors;
    adm_place *places = realloc (weights->place, capacity * sizeof *places);
    if (places)
      weights->place = places;
    if (!tensors || !places)
      return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
    weights->capacity = capacity;
  }

  adm_tensor tensor = { .dtype = found->dtype, .rank = found->rank, .elements = 1 };
  adm_place place = found->place;
  char *copy = strndup (found->name, length);
  tensor.name = copy;
  if (!copy)
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  adm_status status = ADM_OK;
  for (int i = 0; i < tensor.rank && !status; i++) {
    int64_t size = tensor.shape[i] = found->shape[i];
    if (size < 0 || !adm_mul_u64 (tensor.elements, (uint64_t) size, &tensor.elements)
        || tensor.elements > (uint64_t) INT64_MAX / 8)
      status = ADM_FAIL (error, TENSOR_BROKEN, weights->path, copy, ADM_WORD_BAD_SHAPE);
  }
  if (!status)
    status = check_place (weights, &tensor, &place, error);
  if (!status)
    status = claim (weights, &tensor, &place, error);
  if (status) {
    free (copy);
    return status;
  }
  weights->tensor[weights->count] = tensor;
  weights->place[weights->count++] = place;
  return ADM_OK;
}

adm_status
adm_weights_pread (const adm_weights *weights, uint64_t offset, void *out, size_t size,
                   adm_error *error)
{
  unsigned char *to = out;
  while (size > 0) {
    ssize_t got = pread (fileno (weights->file), to, size, (off_t) offset);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return ADM_FAIL (error, FILE_READ, weights->path, errno);
    if (got == 0)
      return ADM_FAIL (error, FILE_ENDS, weights->path, offset);
    to += got;
    size -= (size_t) got;
    offset += (uint64_t) got;
  }
  return ADM_OK;
}

void
adm_weights_free (adm_weights *weights)
{
  if (!weights)
    return;
  for (size_t i = 0; i < weights->count; i++)
    free ((char *) weights->tensor[i].name);
  if (weights->zip)
    zip_discard (weights->zip);
  if (weights->file)
    fclose (weights->file);
  free (weights->tensor);
  free (weights->place);
  free (weights->sorted);
  free (weights->summed);
  free (weights->description);
  free (weights->passed_over);
  free (weights->path);
  free (weights);
}

const char *
adm_weights_format (const adm_weights *weights)
{
  return weights->format;
}

const char *
adm_weights_path (const adm_weights *weights)
{
  return weights->path;
}

const char *
adm_weights_description (const adm_weights *weights)
{
  return weights->description;
}

size_t
adm_weights_count (const adm_weights *weights)
{
  return weights->count;
}

const adm_tensor *
adm_weights_tensor (const adm_weights *weights, size_t i)
{
  return &weights->tensor[i];
}

ptrdiff_t
adm_weights_find (const adm_weights *weights, const char *name)
{
  size_t low = 0, high = weights->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp (name, weights->tensor[weights->sorted[middle]].name);
    if (order == 0)
      return (ptrdiff_t) weights->sorted[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return -1;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A run of bytes of one storage, read forward. The first time, a zip entry is read from its start
 * to its end, so that its sum is checked; after that, of a storage that many tensors share, only
 * what is needed. */
struct stream {
  adm_weights *weights;
  zip_file_t *entry;
  uint64_t at; /* file offset, or in the entry */
  bool *summed;
};

static adm_status
stream_open (struct stream *s, adm_weights *weights, const adm_place *place, adm_error *error)
{
  *s = (struct stream) { weights, NULL, place->record, NULL };
  if (!weights->zip)
    return ADM_OK;
  s->at = 0;
  s->summed = &weights->summed[place->record];
  s->entry = zip_fopen_index (weights->zip, place->record, 0);
  if (!s->entry && adm_zip_exhausted (zip_get_error (weights->zip)))
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  if (!s->entry)
    return ADM_FAIL (error, RECORD_OPEN, weights->path, zip_strerror (weights->zip));
  return ADM_OK;
}

static adm_status
stream_read (struct stream *s, void *out, size_t size, adm_error *error)
{
  if (!s->entry) {
    adm_status status = adm_weights_pread (s->weights, s->at, out, size, error);
    s->at += size;
    return status;
  }
  unsigned char *to = out;
  while (size > 0) {
    zip_int64_t got = zip_fread (s->entry, to, size);
    if (got < 0 && adm_zip_exhausted (zip_file_get_error (s->entry)))
      return ADM_FAIL (error, NO_MEMORY_READ, s->weights->path);
    if (got < 0)
      return ADM_FAIL (error, RECORD_BROKEN, s->weights->path, zip_file_strerror (s->entry));
    if (got == 0)
      return ADM_FAIL (error, FILE_ENDS, s->weights->path, s->at);
    to += got;
    size -= (size_t) got;
    s->at += (uint64_t) got;
  }
  return ADM_OK;
}

/* Passes over SIZE bytes. */
static adm_status
stream_skip (struct stream *s, uint64_t size, unsigned char *buffer, adm_error *error)
{
  adm_status status = ADM_OK;
  if (!s->entry || *s->summed) {
    s->at += size;
    if (s->entry && zip_fseek (s->entry, (zip_int64_t) s->at, SEEK_SET))
      status = ADM_FAIL (error, RECORD_READ, s->weights->path, zip_file_strerror (s->entry));
  } else
    for (; size > 0 && !status; size -= size < CHUNK ? size : CHUNK)
      status = stream_read (s, buffer, size < CHUNK ? (size_t) size : CHUNK, error);
  return status;
}

/* The check sum is compared when the entry has been read from its start to its end. */
static adm_status
stream_close (struct stream *s, adm_status status, adm_error *error)
{
  char byte;
  if (!s->entry)
    return status;
  if (!status && zip_fread (s->entry, &byte, 1) != 0)
    status = ADM_FAIL (error, FILE_BROKEN, s->weights->path, ADM_WORD_RECORD_SUM);
  *s->summed |= !status;
  zip_fclose (s->entry);
  return status;
}

static adm_status
not_finite (const adm_weights *weights, const adm_tensor *tensor, adm_error *error)
{
  return ADM_FAIL (error, TENSOR_VALUE, weights->path, tensor->name);
}

static adm_status
read_dense (adm_weights *weights, const adm_tensor *tensor, const adm_place *place,
            unsigned char *buffer, float *dst, adm_error *error)
{
  uint64_t item = adm_dtype_size (tensor->dtype), left = tensor->elements;
  struct stream stream;
  adm_status status = stream_open (&stream, weights, place, error);
  if (status)
    return status;
  status = stream_skip (&stream, place->offset * item, buffer, error);
  while (left > 0 && !status) {
    size_t n = left < CHUNK / item ? (size_t) left : (size_t) (CHUNK / item);
    bool plain = tensor->dtype == ADM_DTYPE_F32 && !weights->swap; /* straight into place */
    unsigned char *to = plain ? (unsigned char *) dst : buffer;
    status = stream_read (&stream, to, n * item, error);
    if (!status
        && !(plain ? adm_all_finite (dst, n)
                   : adm_convert_to_f32 (tensor->dtype, weights->swap, buffer, n, dst)))
      status = not_finite (weights, tensor, error);
    dst += n;
    left -= n;
  }
  if (!status)
    status = stream_skip (&stream, (place->numel - place->offset - tensor->elements) * item, buffer,
                          error);
  return stream_close (&stream, status, error);
}

/* A view with strides: the storage is read whole, converted, and gathered. */
static adm_status
read_strided (adm_weights *weights, const adm_tensor *tensor, const adm_place *place,
              unsigned char *buffer, float *dst, adm_error *error)
{
  float *all = malloc (place->numel * sizeof *all);
  if (!all)
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  adm_tensor whole = { .name = tensor->name, .dtype = tensor->dtype, .elements = place->numel };
  adm_place from = { .record = place->record, .numel = place->numel };
  adm_status status = read_dense (weights, &whole, &from, buffer, all, error);
  int64_t index[ADM_TENSOR_MAX_RANK] = { 0 };
  for (uint64_t i = 0; i < tensor->elements && !status; i++) {
    uint64_t at = place->offset;
    for (int k = 0; k < tensor->rank; k++)
      at += (uint64_t) (index[k] * place->stride[k]);
    dst[i] = all[at];
    for (int k = tensor->rank - 1; k >= 0 && ++index[k] == tensor->shape[k]; k--)
      index[k] = 0;
  }
  free (all);
  return status;
}

adm_status
adm_weights_read (adm_weights *weights, size_t i, float *dst, adm_error *error)
{
  const adm_tensor *tensor = &weights->tensor[i];
  const adm_place *place = &weights->place[i];
  if (tensor->dtype == ADM_DTYPE_OTHER)
    return ADM_FAIL (error, TENSOR_FLOATS, weights->path, tensor->name);
  if (tensor->elements == 0)
    return ADM_OK;
  unsigned char *buffer = malloc (CHUNK);
  if (!buffer)
    return ADM_FAIL (error, NO_MEMORY_READ, weights->path);
  adm_status status = place->contiguous ? read_dense (weights, tensor, place, buffer, dst, error)
                                        : read_strided (weights, tensor, place, buffer, dst, error);
  free (buffer);
  return status;
}
