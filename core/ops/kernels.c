/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chooses the table of inner loops when the program runs. */
#include "ops/kernels.h"

#include "base/error.h"
#include "base/openblas.h"

#include <string.h>

#ifdef ADM_HAVE_X86
#include <sys/syscall.h>
#include <unistd.h>
#endif

extern const adm_kernels adm_kernels_portable, adm_kernels_tiles, adm_kernels_openblas;
void adm_kernels_use_sgemm (__typeof__ (cblas_sgemm) *loaded);
#ifdef ADM_HAVE_X86
extern const adm_kernels adm_kernels_avx2, adm_kernels_avx512, adm_kernels_avx512bf16,
    adm_kernels_amx;
#endif

/* Some processors', the quickest first; the first two with 16-bit products. Where there is none of
 * these, OpenBLAS's sgemm does twice what the portable loops do. */
static const char *const tables[] = { "amx", "avx512bf16", "avx512", "avx2" };
enum { TABLES = sizeof tables / sizeof *tables };

#ifdef ADM_HAVE_X86
static bool
has_avx512 (void)
{
  return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq")
         && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512bw");
}

static bool
has_amx (void)
{
  return has_avx512 () && __builtin_cpu_supports ("amx-tile")
         && __builtin_cpu_supports ("amx-bf16");
}

/* Tiles are eight KiB of state for each thread, which a process must ask Linux for; a system that
 * does not know them, or a signal stack too small for them, refuses. */
static bool
tiles_granted (void)
{
  enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
  return syscall (SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#endif

const char *
adm_kernels_refused (void)
{
#ifdef ADM_HAVE_X86
  __builtin_cpu_init ();
  if (has_amx () && !tiles_granted ())
    return "amx";
#endif
  return NULL;
}

/* NULL where OpenBLAS cannot be had. */
static const adm_kernels *
with_openblas (void)
{
  adm_openblas blas;
  if (adm_openblas_load (&blas, &(adm_error) { 0 }))
    return NULL;
  adm_kernels_use_sgemm (blas.sgemm);
  return &adm_kernels_openblas;
}

const adm_kernels *
adm_kernels_named (const char *name)
{
#ifdef ADM_HAVE_X86
  __builtin_cpu_init ();
  if (!strcmp (name, "amx") && has_amx () && tiles_granted ())
    return &adm_kernels_amx;
  if (!strcmp (name, "avx512bf16") && has_avx512 () && __builtin_cpu_supports ("avx512bf16"))
    return &adm_kernels_avx512bf16;
  if (!strcmp (name, "avx512") && has_avx512 ())
    return &adm_kernels_avx512;
  if (!strcmp (name, "avx2") && __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma")
      && __builtin_cpu_supports ("f16c"))
    return &adm_kernels_avx2;
#endif
  if (!strcmp (name, "openblas"))
    return with_openblas ();
  if (!strcmp (name, "tiles"))
    return &adm_kernels_tiles;
  return strcmp (name, "portable") ? NULL : &adm_kernels_portable;
}

const adm_kernels *
adm_kernels_best (bool fast)
{
  for (int i = fast ? 0 : 2; i < TABLES; i++) {
    const adm_kernels *kernels = adm_kernels_named (tables[i]);
    if (kernels)
      return kernels;
  }
  const adm_kernels *kernels = with_openblas ();
  return kernels ? kernels : &adm_kernels_portable;
}

/* Whether NAME is an entry of LIST, one of adm_options.h's. */
static bool
listed (const char *list, const char *name)
{
  size_t length = strlen (name);
  for (const char *at = list; at; at = strchr (at, ',')) {
    at += strspn (at, ", ");
    if (strcspn (at, ",") == length && !memcmp (at, name, length))
      return true;
  }
  return false;
}

adm_status
adm_kernels_choose (const char *name, bool fast, const adm_kernels **out, adm_error *error)
{
  *out = name ? adm_kernels_named (name) : adm_kernels_best (fast);
  if (*out)
    return ADM_OK;
  if (listed (ADM_KERNELS_32, name) || listed (ADM_KERNELS_16, name))
    return ADM_FAIL (error, KERNELS_LACKING, name, adm_kernels_best (true)->name);
  return ADM_FAIL (error, KERNELS_UNKNOWN, name, ADM_KERNELS_32, ADM_KERNELS_16);
}
