/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside of a weights file: the table of tensors that every format fills, and bounded reads. */
#ifndef ADM_IO_WEIGHTS_FILE_H
#define ADM_IO_WEIGHTS_FILE_H

#include "io/weights.h"
#include "io/zip_directory.h"

#include <stdio.h>
#include <zip.h>

enum {
  ADM_MAX_TENSORS = 32768,
  ADM_MAX_NAME = 512,         /* bytes of a tensor's name */
  ADM_MAX_METADATA = 4 << 20, /* bytes of the metadata key "adm" */
  /* bytes that tensors may claim beside twice the file's size: storages may be shared */
  ADM_SPARE_CLAIM = 64 << 20,
};

/* Where a tensor's elements are: ELEMENTS of DTYPE from element OFFSET of a storage, STRIDE [rank]
 * elements apart. */
typedef struct adm_place {
  uint64_t record; /* safetensors, legacy: file offset of the storage; zip: index of the entry */
  uint64_t offset; /* elements */
  uint64_t numel;  /* elements of the storage */
  int64_t stride[ADM_TENSOR_MAX_RANK];
  bool contiguous;
} adm_place;

struct adm_weights {
  char *path;
  const char *format;
  FILE *file;        /* safetensors, legacy */
  zip_t *zip;        /* torch zip */
  uint64_t size;     /* of the file */
  uint64_t claimed;  /* bytes that reading all tensors takes from it */
  bool *summed;      /* zip: entries whose check sum has been found right */
  bool swap;         /* big-endian data */
  char *description; /* safetensors metadata "adm" */
  char inside[64];   /* key that the state_dict stood under; "": none */
  char prefix[128];  /* taken off the names of all tensors; "": none */
  char *passed_over; /* names of tensors that no network of the family has, ", " between; or NULL */
  size_t count, capacity;
  adm_tensor *tensor;
  adm_place *place;
  size_t *sorted; /* indices by name */
};

/* Bytes of one element; 0 for ADM_DTYPE_OTHER. */
uint64_t adm_dtype_size (adm_dtype dtype);

/* A tensor as a format tells it. */
typedef struct adm_found_tensor {
  const char *name; /* of NAME_LENGTH bytes */
  size_t name_length;
  adm_dtype dtype;
  int rank; /* at most ADM_TENSOR_MAX_RANK */
  int64_t shape[ADM_TENSOR_MAX_RANK];
  adm_place place;
} adm_found_tensor;

/* Adds FOUND after checking name, shape and its place within the storage; the name is copied. */
adm_status adm_weights_add (adm_weights *weights, const adm_found_tensor *found, adm_error *error);

/* Reads exactly SIZE bytes at OFFSET. */
adm_status adm_weights_pread (const adm_weights *weights, uint64_t offset, void *out, size_t size,
                              adm_error *error);

/* Whether none of X [N] is NaN or infinite. */
bool adm_all_finite (const float *x, size_t n);

/* N elements of DTYPE at FROM (unaligned) to float32; false when one is NaN or infinite. */
bool adm_convert_to_f32 (adm_dtype dtype, bool swap, const unsigned char *from, size_t n,
                         float *out);

/* N finite float32 to DTYPE, F32, F16 or BF16, rounded to nearest, ties to even; false when one is
 * too large for it. */
bool adm_convert_from_f32 (adm_dtype dtype, const float *from, size_t n, unsigned char *out);

/* Takes off the prefix that the network's tensors share, and passes over what is none of its. */
adm_status adm_weights_trim (adm_weights *weights, adm_error *error);

adm_status adm_safetensors_open (adm_weights *weights, adm_error *error);
adm_status adm_torch_zip_open (adm_weights *weights, adm_error *error);
adm_status adm_torch_legacy_open (adm_weights *weights, adm_error *error);

#endif
