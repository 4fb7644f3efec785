/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counters go into the metadata, arrays are tensors. The random numbers of a step follow from the
 * seed and its number alone, so these are the whole generator. */
#include "train/checkpoint.h"

#include "base/error.h"
#include "io/weights.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char metadata[] = "{\"format\":\"adm-checkpoint-1\",\"step\":%" PRId64
                               ",\"seed\":%" PRIu64 ",\"pictures\":%" PRIu64 ",\"batch\":%d}";

char *
adm_checkpoint_path (const char *output)
{
  static const char end[] = ".checkpoint.safetensors";
  const char *dot = strrchr (output, '.'), *slash = strrchr (output, '/');
  size_t length = dot && (!slash || dot > slash) ? (size_t) (dot - output) : strlen (output);
  char *path = malloc (length + sizeof end);
  if (path) {
    memcpy (path, output, length);
    memcpy (path + length, end, sizeof end);
  }
  return path;
}

static size_t
tensors_of (const adm_checkpoint *c)
{
  return (size_t) c->arrays * c->trainee->count + (c->loose_name ? 1 : 0);
}

/* Where tensor I is, and its NAME [size]. */
static float *
place_of (const adm_checkpoint *c, size_t i, char *name, size_t size, uint64_t *elements)
{
  const adm_trainee *t = c->trainee;
  if (i == (size_t) c->arrays * t->count) {
    snprintf (name, size, "%s", c->loose_name);
    *elements = c->loose_count;
    return c->loose;
  }
  const adm_parameter *p = &t->parameter[i % t->count];
  snprintf (name, size, "%s.%s", c->array[i / t->count].name, p->name);
  *elements = p->elements;
  return c->array[i / t->count].values + p->offset;
}

static adm_status
read_tensor (void *user, size_t i, float *dst, adm_error *error)
{
  const adm_checkpoint *c = user;
  char name[256];
  uint64_t elements;
  const float *from = place_of (c, i, name, sizeof name, &elements);
  (void) error;
  memcpy (dst, from, (size_t) elements * sizeof *dst);
  return ADM_OK;
}

adm_status
adm_checkpoint_save (const adm_checkpoint *c, const char *path, adm_error *error)
{
  enum { NAME = 256 };
  size_t count = tensors_of (c);
  char text[256], *names = malloc (count * NAME);
  adm_tensor *tensors = calloc (count, sizeof *tensors);
  adm_status status = ADM_OK;
  if (!names || !tensors)
    status = ADM_FAIL (error, NO_MEMORY_WRITE, path);
  for (size_t i = 0; i < count && !status; i++) {
    char *name = names + i * NAME;
    tensors[i] = (adm_tensor) { .name = name, .dtype = ADM_DTYPE_F32, .rank = 1 };
    place_of (c, i, name, NAME, &tensors[i].elements);
    tensors[i].shape[0] = (int64_t) tensors[i].elements;
  }
  snprintf (text, sizeof text, metadata, c->step, c->seed, c->pictures, c->batch);
  adm_tensors all = { "the training", count, tensors, read_tensor, (void *) c /* only read */ };
  if (!status)
    status = adm_safetensors_save (&all, path, text, ADM_DTYPE_F32, NULL, NULL, error);
  free (names);
  free (tensors);
  return status;
}

static adm_status
check_counters (adm_checkpoint *c, const char *text, const char *path, adm_error *error)
{
  uint64_t seed, pictures;
  int batch;
  if (!text || sscanf (text, metadata, &c->step, &seed, &pictures, &batch) != 4 || c->step < 0)
    return ADM_FAIL (error, CHECKPOINT_NOT, path);
  if (seed != c->seed || batch != c->batch || pictures != c->pictures)
    return ADM_FAIL (error, CHECKPOINT_OTHER, path, seed, batch, pictures);
  return ADM_OK;
}

adm_status
adm_checkpoint_load (adm_checkpoint *c, const char *path, adm_error *error)
{
  adm_weights *file;
  adm_status status = adm_weights_open_all (path, &file, error);
  if (status)
    return status;
  status = check_counters (c, adm_weights_description (file), path, error);
  for (size_t i = 0; i < tensors_of (c) && !status; i++) {
    char name[256];
    uint64_t elements;
    float *to = place_of (c, i, name, sizeof name, &elements);
    ptrdiff_t at = adm_weights_find (file, name);
    if (at < 0 || adm_weights_tensor (file, (size_t) at)->elements != elements)
      status = ADM_FAIL (error, CHECKPOINT_TENSOR, path, name);
    else
      status = adm_weights_read (file, (size_t) at, to, error);
  }
  adm_weights_free (file);
  return status;
}
