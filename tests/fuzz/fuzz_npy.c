/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's array files. */
#include "fuzz.h"

#include <stdlib.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  float *out = NULL;
  int rank = 0;
  int64_t shape[8];
  uint64_t count = 1;
  adm_error error;
  adm_status status = adm_npy_read (fuzz_file (0, data, size), &out, &rank, shape, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (out != NULL), "data with success only");
  if (status)
    return 0;
  fuzz_require (rank >= 0 && rank <= 8, "a possible rank");
  for (int i = 0; i < rank; i++)
    count *= (uint64_t) shape[i];
  fuzz_require (count * sizeof *out < size, "no more numbers than the file has");
  volatile float last = count ? out[count - 1] : 0;
  (void) last;
  free (out);
  return 0;
}
