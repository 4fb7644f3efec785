/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chooses the table of inner loops when the program runs. */
#include "ops/kernels.h"

#include "base/error.h"

#include <string.h>

extern const adm_kernels adm_kernels_portable;
#ifdef ADM_HAVE_X86
extern const adm_kernels adm_kernels_avx2, adm_kernels_avx512;
#endif

const adm_kernels *
adm_kernels_named (const char *name)
{
#ifdef ADM_HAVE_X86
  __builtin_cpu_init ();
  if (!strcmp (name, "avx512") && __builtin_cpu_supports ("avx512f")
      && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl")
      && __builtin_cpu_supports ("avx512bw"))
    return &adm_kernels_avx512;
  if (!strcmp (name, "avx2") && __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma")
      && __builtin_cpu_supports ("f16c"))
    return &adm_kernels_avx2;
#endif
  return strcmp (name, "portable") ? NULL : &adm_kernels_portable;
}

const adm_kernels *
adm_kernels_best (void)
{
  static const char *const order[] = { "avx512", "avx2", "portable" };
  for (int i = 0; i < 2; i++) {
    const adm_kernels *kernels = adm_kernels_named (order[i]);
    if (kernels)
      return kernels;
  }
  return &adm_kernels_portable;
}

adm_status
adm_kernels_choose (const char *name, const adm_kernels **out, adm_error *error)
{
  *out = name ? adm_kernels_named (name) : adm_kernels_best ();
  if (*out)
    return ADM_OK;
  if (strcmp (name, "avx512") && strcmp (name, "avx2"))
    return ADM_FAIL (error, KERNELS_UNKNOWN, name);
  return ADM_FAIL (error, KERNELS_LACKING, name, adm_kernels_best ()->name);
}
