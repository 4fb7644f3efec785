/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `adm evaluate` is given: an archive or array as samples, then as the reference, against
 * features that are known. Wide arrays cost seconds of linear algebra and say nothing more: they
 * are left out. */
#include "fuzz.h"
#include "io/npz.h"

#include <math.h>

enum { ROWS = 8, WIDTH = 4, WIDEST = 48, MOST_ROWS = 4096 };

/* Features [ROWS,WIDTH] as .npy. */
static const char *
known_file (void)
{
  static float rows[ROWS * WIDTH];
  const int64_t shape[2] = { ROWS, WIDTH };
  uint8_t file[512 + sizeof rows];
  size_t length = adm_npy_header_write ("<f4", 2, shape, file);
  for (int i = 0; i < ROWS * WIDTH; i++)
    rows[i] = (float) (i * 7 % 11) / 4;
  for (size_t i = 0; i < sizeof rows; i++)
    file[length + i] = ((const uint8_t *) rows)[i];
  return fuzz_file (1, file, length + sizeof rows);
}

/* Whether it is an archive of small arrays. */
static bool
is_small (const char *path)
{
  adm_npz *npz = NULL;
  adm_error error;
  bool small = adm_npz_open (path, &npz, &error) == ADM_OK;
  for (int i = 0; small && i < adm_npz_count (npz); i++) {
    const adm_npy_header *h = &adm_npz_get (npz, i)->header;
    small = h->elements <= WIDEST * MOST_ROWS
            && (h->rank < 2 || (h->shape[0] <= MOST_ROWS && h->shape[h->rank - 1] <= WIDEST));
  }
  adm_npz_free (npz);
  return small;
}

static void
evaluate (const char *samples, const char *reference)
{
  /* all but some MiB of this is for matrices as wide as Inception's features */
  const adm_evaluation how
      = { .threads = 1, .neighbours = 3, .split = 5, .memory_limit = 330u << 20 };
  adm_scores scores;
  adm_error error;
  adm_status status = adm_evaluate (&samples, 1, reference, &how, &scores, &error);
  fuzz_check (status, &error);
  if (status)
    return;
  fuzz_require (scores.samples >= 2 && !isnan (scores.fid), "a distance");
  fuzz_require (isnan (scores.precision) || (scores.precision >= 0 && scores.precision <= 1),
                "a share of the samples");
  fuzz_require (isnan (scores.recall) || (scores.recall >= 0 && scores.recall <= 1),
                "a share of the reference");
  fuzz_require (isnan (scores.inception_score), "no classes, no Inception Score");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *path = fuzz_file (0, data, size);
  if (!is_small (path))
    return 0;
  evaluate (path, known_file ());
  evaluate (known_file (), path);
  return 0;
}
