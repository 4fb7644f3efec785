/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights files: safetensors, torch .pt (zip), torch legacy, told apart by content. Opening reads
 * names, shapes and file structure, never the weights' data; reading converts to float32 straight
 * into the caller's memory. */
#ifndef ADM_IO_WEIGHTS_H
#define ADM_IO_WEIGHTS_H

#include "adm.h"

#define ADM_TENSOR_MAX_RANK 8

typedef enum adm_dtype {
  ADM_DTYPE_F32,
  ADM_DTYPE_F16,
  ADM_DTYPE_BF16,
  ADM_DTYPE_F64,
  ADM_DTYPE_OTHER
} adm_dtype;

typedef struct adm_tensor {
  const char *name; /* checkpoint name ("input_blocks.1.0.in_layers.2.weight"), owned by the file */
  adm_dtype dtype;
  int rank;
  int64_t shape[ADM_TENSOR_MAX_RANK];
  uint64_t elements;
} adm_tensor;

/* What a file of weights begins with. */
typedef enum adm_weights_kind {
  ADM_WEIGHTS_NONE,
  ADM_WEIGHTS_TORCH_ZIP,
  ADM_WEIGHTS_TORCH_LEGACY,
  ADM_WEIGHTS_SAFETENSORS
} adm_weights_kind;
/* By the magic bytes of HEAD alone: the first 16 of a file. */
adm_weights_kind adm_weights_kind_of (const unsigned char head[16]);

typedef struct adm_weights adm_weights;

/* Only constructor: everything about the file's structure has been validated when it returns
 * ADM_OK. */
adm_status adm_weights_open (const char *path, adm_weights **out, adm_error *error);
/* The same with all tensors under their own names, for files of our own that are no network's. */
adm_status adm_weights_open_all (const char *path, adm_weights **out, adm_error *error);
void adm_weights_free (adm_weights *weights);

/* "safetensors", "torch-zip", "torch-legacy" */
const char *adm_weights_format (const adm_weights *weights);
const char *adm_weights_path (const adm_weights *weights);
/* The safetensors metadata key "adm" (a JSON string), or NULL. */
const char *adm_weights_description (const adm_weights *weights);
/* What was taken away to come to the network: the key its tensors stood under, the prefix of their
 * names, the names of tensors that were passed over. NULL: nothing. The file's. */
const char *adm_weights_inside (const adm_weights *weights);
const char *adm_weights_prefix (const adm_weights *weights);
const char *adm_weights_passed_over (const adm_weights *weights);
size_t adm_weights_count (const adm_weights *weights);
const adm_tensor *adm_weights_tensor (const adm_weights *weights, size_t i);
/* Index of NAME, or -1. */
ptrdiff_t adm_weights_find (const adm_weights *weights, const char *name);

/* Reads tensor I as float32 in C order into DST [elements]. Refuses NaN and infinity, naming the
 * tensor. Not thread-safe on one handle. */
adm_status adm_weights_read (adm_weights *weights, size_t i, float *dst, adm_error *error);

/* Tensors that are in no file yet: READ fills DST with tensor I. */
typedef struct adm_tensors {
  const char *origin; /* for messages */
  size_t count;
  const adm_tensor *tensor;
  adm_status (*read) (void *user, size_t i, float *dst, adm_error *error);
  void *user;
} adm_tensors;
/* Writes them as adm_safetensors_write does; DESCRIPTION NULL: none. */
adm_status adm_safetensors_save (const adm_tensors *tensors, const char *path,
                                 const char *description, adm_dtype dtype,
                                 bool (*progress) (void *user, double done), void *user,
                                 adm_error *error);

/* Writes all tensors, in their order, to a safetensors file at PATH, complete or absent, with
 * DESCRIPTION under the metadata key "adm". DTYPE: F32, F16 or BF16; OTHER: each tensor's own,
 * float64 as float32. PROGRESS (may be NULL) gets the share written; false cancels. A number that
 * DTYPE cannot hold is refused, naming its tensor. */
adm_status adm_safetensors_write (adm_weights *weights, const char *path, const char *description,
                                  adm_dtype dtype, bool (*progress) (void *user, double done),
                                  void *user, adm_error *error);

#endif
