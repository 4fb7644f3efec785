/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A generator without state: entry I's bits are a mixing function of the key and I. */
#include "ops/dropout.h"

uint64_t
adm_mix (uint64_t a, uint64_t b)
{
  uint64_t z = a + (b + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

struct dropout {
  float *x;
  ptrdiff_t row; /* floats of a unit */
  uint64_t key, below;
  float scale;
};

static void
dropout_row (void *arg, int unit, int worker)
{
  const struct dropout *d = arg;
  ptrdiff_t first = unit * d->row;
  (void) worker;
  for (ptrdiff_t i = first; i < first + d->row; i++)
    d->x[i] = (adm_mix (d->key, (uint64_t) i) >> 40) < d->below ? 0 : d->x[i] * d->scale;
}

void
adm_dropout (adm_exec *exec, float share, uint64_t key, adm_map x)
{
  if (!adm_exec_begin (exec, ADM_LAYER_OTHER, 0))
    return;
  struct dropout d = { .x = x.data,
                       .row = (ptrdiff_t) x.w * x.c,
                       .key = key,
                       .below = (uint64_t) ((double) share * (1 << 24)),
                       .scale = 1 / (1 - share) };
  adm_exec_run (exec, x.n * x.h, dropout_row, &d);
}
