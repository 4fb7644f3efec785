/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that a training needs to go on as if it had not been interrupted, in one safetensors file. */
#ifndef ADM_TRAIN_CHECKPOINT_H
#define ADM_TRAIN_CHECKPOINT_H

#include "networks/trainee.h"

enum { ADM_CHECKPOINT_ARRAYS = 8 };

/* Flat arrays of the trainee's parameters, each tensor under "NAME.PARAMETER", and a few loose
 * ones. */
typedef struct adm_checkpoint {
  const adm_trainee *trainee;
  int arrays;
  struct {
    const char *name; /* "weights", "moment1", … */
    float *values;    /* [trainee->elements] */
  } array[ADM_CHECKPOINT_ARRAYS];
  const char *loose_name; /* one array more, NULL: none */
  float *loose;
  uint64_t loose_count;
  /* what must be the same when it goes on */
  uint64_t seed, pictures;
  int batch;
  int64_t step; /* steps done */
} adm_checkpoint;

/* Complete or absent at PATH. */
adm_status adm_checkpoint_save (const adm_checkpoint *checkpoint, const char *path,
                                adm_error *error);
/* Fills the arrays and STEP. ADM_ERROR_USAGE where seed, batch or pictures were others. */
adm_status adm_checkpoint_load (adm_checkpoint *checkpoint, const char *path, adm_error *error);

/* "OUT.safetensors" -> "OUT.checkpoint.safetensors", malloc'ed; NULL: no memory. */
char *adm_checkpoint_path (const char *output);

#endif
