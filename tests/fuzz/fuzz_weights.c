/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weights file of any format: opened, its tensors read, its network inferred. Built once for each
 * format, since a corpus grows best within one. */
#include "fuzz.h"
#include "io/weights.h"

#include <stdlib.h>

enum { MOST_READ = 1 << 14 };

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *path = fuzz_file (0, data, size);
  adm_weights *weights;
  adm_error error;
  adm_status status = adm_weights_open (path, &weights, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (weights != NULL), "a handle with success only");
  if (status)
    return 0;
  size_t count = adm_weights_count (weights);
  fuzz_require (count > 0, "tensors");
  for (size_t i = 0, read = 0; i < count && read < 32; i++) {
    const adm_tensor *tensor = adm_weights_tensor (weights, i);
    fuzz_require (adm_weights_find (weights, tensor->name) == (ptrdiff_t) i,
                  "a tensor under its name");
    if (tensor->elements > MOST_READ)
      continue;
    float *out = malloc (tensor->elements * sizeof *out + 1);
    status = adm_weights_read (weights, i, out, &error);
    fuzz_check (status, &error);
    for (uint64_t k = 0; !status && k < tensor->elements; k++)
      fuzz_require (out[k] - out[k] == 0, "finite numbers");
    free (out);
    read++;
  }
  adm_weights_free (weights);

  adm_file_info info;
  fuzz_check (adm_file_inspect (path, &info, &error), &error);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  return fuzz_mutate_weights (data, size, max_size, seed);
}
