/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's archives of arrays. */
#include "fuzz.h"
#include "io/npz.h"

#include <stdlib.h>

/* Reads array I to its end, in pieces. */
static void
read_all (adm_npz *npz, int i)
{
  enum { PIECE = 1000 };
  const adm_npz_array *array = adm_npz_get (npz, i);
  uint8_t piece[PIECE * sizeof (double)];
  adm_error error;
  fuzz_require (array->item >= 1 && array->item <= sizeof (double), "elements of a possible size");
  fuzz_require (array->header.rank >= 0 && array->header.rank <= ADM_NPY_MAX_RANK,
                "a possible rank");
  adm_status status = adm_npz_begin (npz, i, &error);
  fuzz_check (status, &error);
  /* a few bytes may stand for a thousand times as many */
  for (uint64_t left = array->header.elements, n; left && !status && left < 1 << 20; left -= n) {
    n = left < PIECE ? left : PIECE;
    status = adm_npz_read (npz, piece, n, &error);
    fuzz_check (status, &error);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  adm_npz *npz = NULL;
  adm_error error;
  adm_status status = adm_npz_open (fuzz_file (0, data, size), &npz, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (npz != NULL), "an archive with success only");
  if (status)
    return 0;
  fuzz_require (adm_npz_count (npz) >= 1 && adm_npz_count (npz) <= ADM_NPZ_MAX_ARRAYS,
                "a possible number of arrays");
  for (int i = 0; i < adm_npz_count (npz); i++) {
    fuzz_require (adm_npz_find (npz, adm_npz_get (npz, i)->name) == i, "each name once");
    read_all (npz, i);
  }
  adm_npz_free (npz);
  return 0;
}
