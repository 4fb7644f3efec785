/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/openblas.h"

#include "base/error.h"

#include <dlfcn.h>
#include <stddef.h>

adm_status
adm_openblas_load (adm_openblas *out, adm_error *error)
{
  /* never closed: it may have started threads */
  void *library = dlopen ("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  __typeof__ (openblas_get_parallel) *get_parallel = NULL;
  __typeof__ (openblas_set_num_threads) *set_num_threads = NULL;
  adm_openblas found = { NULL, NULL, NULL, NULL };
  if (library) {
    *(void **) &found.sgemm = dlsym (library, "cblas_sgemm");
    *(void **) &found.dgemm = dlsym (library, "cblas_dgemm");
    *(void **) &found.dsyrk = dlsym (library, "cblas_dsyrk");
    *(void **) &found.dsyevd = dlsym (library, "dsyevd_");
    *(void **) &get_parallel = dlsym (library, "openblas_get_parallel");
    *(void **) &set_num_threads = dlsym (library, "openblas_set_num_threads");
  }
  if (!found.sgemm || !found.dgemm || !found.dsyrk || !found.dsyevd || !get_parallel
      || !set_num_threads)
    return ADM_FAIL (error, OPENBLAS_MISSING);
  if (get_parallel () == OPENBLAS_SEQUENTIAL)
    return ADM_FAIL (error, OPENBLAS_SERIAL);
  set_num_threads (1);
  *out = found;
  return ADM_OK;
}
