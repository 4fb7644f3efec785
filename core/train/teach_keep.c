/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The checkpoint of a class that is being taught: crops, noise and timesteps of a step follow from
 * the seed and its number alone, so steps are the whole generator. */
#include "train/teaching.h"

#include "base/error.h"
#include "io/weights.h"
#include "train/adapter_file.h"
#include "train/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char metadata[]
    = "{\"format\":\"adm-teaching-1\",\"step\":%" PRId64 ",\"milliseconds\":%" PRId64
      ",\"seed\":%" PRIu64 ",\"batch\":%d,\"rank\":%d,\"pictures\":%d,\"base\":\"%16s\"}";

static const char *const arrays[] = { "values", "moments", "average" };

enum { ARRAYS = 3 };

/* Array I, and its number of elements. */
static float *
array_of (const adm_teaching *g, size_t i, uint64_t *elements)
{
  float *const array[ARRAYS] = { g->adapter.values, g->moments, g->average };
  *elements = (i == 1 ? 2 : 1) * g->adapter.count;
  return array[i];
}

static adm_status
read_array (void *user, size_t i, float *dst, adm_error *error)
{
  uint64_t elements;
  const float *from = array_of (user, i, &elements);
  (void) error;
  memcpy (dst, from, (size_t) elements * sizeof *dst);
  return ADM_OK;
}

static adm_status
no_memory (adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY, ADM_WORD_A_CHECKPOINT);
}

adm_status
adm_teaching_keep (const adm_teaching *g, double seconds, adm_error *error)
{
  const adm_teach_request *r = g->request;
  adm_tensor tensors[ARRAYS] = { 0 };
  char text[256], *path = adm_checkpoint_path (r->output);
  if (!path)
    return no_memory (error);
  for (size_t i = 0; i < ARRAYS; i++) {
    tensors[i] = (adm_tensor) { .name = arrays[i], .dtype = ADM_DTYPE_F32, .rank = 1 };
    array_of (g, i, &tensors[i].elements);
    tensors[i].shape[0] = (int64_t) tensors[i].elements;
  }
  adm_taught_info base;
  adm_adapter_sum (&g->adapter, &base);
  snprintf (text, sizeof text, metadata, g->training.step, (int64_t) (1000 * seconds), r->seed,
            r->batch, r->rank, r->pictures, base.base);
  const adm_tensors all = { r->name, ARRAYS, tensors, read_array, (void *) g /* only read */ };
  adm_status status = adm_safetensors_save (&all, path, text, ADM_DTYPE_F32, NULL, NULL, error);
  free (path);
  return status;
}

static adm_status
check_counters (adm_teaching *g, const char *text, const char *path, double *seconds,
                adm_error *error)
{
  const adm_teach_request *r = g->request;
  int64_t step, milliseconds;
  uint64_t seed;
  int batch, rank, pictures;
  char words[17];
  adm_taught_info base;
  int found
      = text ? sscanf (text, metadata, &step, &milliseconds, &seed, &batch, &rank, &pictures, words)
             : 0;
  if (found < 6 || step < 0 || milliseconds < 0)
    return ADM_FAIL (error, TAUGHT_CHECKPOINT, path);
  adm_adapter_sum (&g->adapter, &base);
  if (found == 7 && strcmp (words, base.base) != 0) /* the first ones did not say */
    return ADM_FAIL (error, ADAPTER_OTHER, path, words, r->weights, base.base);
  if (seed != r->seed || batch != r->batch || rank != r->rank || pictures != r->pictures)
    return ADM_FAIL (error, TAUGHT_OTHER, path, seed, batch, rank, pictures);
  g->training.step = step;
  *seconds = (double) milliseconds / 1000;
  return ADM_OK;
}

adm_status
adm_teaching_recall (adm_teaching *g, double *seconds, adm_error *error)
{
  adm_weights *file = NULL;
  char *path = adm_checkpoint_path (g->request->output);
  adm_status status = path ? adm_weights_open_all (path, &file, error) : no_memory (error);
  if (!status)
    status = check_counters (g, adm_weights_description (file), path, seconds, error);
  for (size_t i = 0; i < ARRAYS && !status && g->training.step > 0; i++) {
    uint64_t elements;
    float *to = array_of (g, i, &elements);
    ptrdiff_t at = adm_weights_find (file, arrays[i]);
    status = at < 0 || adm_weights_tensor (file, (size_t) at)->elements != elements
                 ? ADM_FAIL (error, CHECKPOINT_TENSOR, path, arrays[i])
                 : adm_weights_read (file, (size_t) at, to, error);
  }
  adm_weights_free (file);
  free (path);
  return status;
}
