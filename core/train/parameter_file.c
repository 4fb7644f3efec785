/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading and writing flat arrays, tensor by tensor. */
#include "train/parameter_file.h"

#include "base/error.h"
#include "descriptions/network_file.h"
#include "io/weights.h"

#include <stdlib.h>
#include <string.h>

struct opening {
  const adm_trainee_options *how;
  adm_trainee **out;
};

static adm_status
open_source (const adm_network_source *source, void *user, adm_error *error)
{
  const struct opening *opening = user;
  return adm_trainee_open (source, opening->how, opening->out, error);
}

adm_status
adm_trainee_load (const char *path, const adm_trainee_options *how, adm_trainee **out,
                  adm_error *error)
{
  *out = NULL;
  return adm_network_source_of_file (&(adm_network_source) { .name = path }, open_source,
                                     &(struct opening) { how, out }, error);
}

struct saving {
  const adm_trainee *trainee;
  const float *values;
};

static adm_status
read_parameter (void *user, size_t i, float *dst, adm_error *error)
{
  const struct saving *s = user;
  const adm_parameter *p = &s->trainee->parameter[i];
  (void) error;
  memcpy (dst, s->values + p->offset, (size_t) p->elements * sizeof *dst);
  return ADM_OK;
}

adm_status
adm_parameters_save (const adm_trainee *trainee, const float *values, const char *path,
                     const char *description, adm_error *error)
{
  adm_tensor *tensors = calloc (trainee->count, sizeof *tensors);
  if (!tensors)
    return ADM_FAIL (error, NO_MEMORY_WRITE, path);
  for (size_t i = 0; i < trainee->count; i++) {
    const adm_parameter *p = &trainee->parameter[i];
    tensors[i] = (adm_tensor) {
      .name = p->name, .dtype = ADM_DTYPE_F32, .rank = p->rank, .elements = p->elements
    };
    memcpy (tensors[i].shape, p->shape, sizeof p->shape);
  }
  struct saving saving = { trainee, values };
  adm_tensors all = { "the network", trainee->count, tensors, read_parameter, &saving };
  adm_status status
      = adm_safetensors_save (&all, path, description, ADM_DTYPE_F32, NULL, NULL, error);
  free (tensors);
  return status;
}
