/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass over flat arrays, in pieces. */
#include "train/adamw.h"

#include <math.h>
#include <stdatomic.h>

enum { PIECE = 1 << 15 };

struct piece {
  const adm_adamw *adamw;
  uint64_t count;
  const float *from;
  float *to;
  float rate, step, keep, root_correction, beta1, beta2, eps;
  atomic_bool infinite;
};

static int
pieces (uint64_t count)
{
  return (int) ((count + PIECE - 1) / PIECE);
}

static uint64_t
end_of (const struct piece *p, int unit)
{
  uint64_t end = ((uint64_t) unit + 1) * PIECE;
  return end < p->count ? end : p->count;
}

static void
adamw_piece (void *arg, int unit, int worker)
{
  const struct piece *p = arg;
  float *m = p->adamw->moment1, *v = p->adamw->moment2;
  (void) worker;
  for (uint64_t i = (uint64_t) unit * PIECE; i < end_of (p, unit); i++) {
    float g = p->from[i];
    m[i] = p->beta1 * m[i] + (1 - p->beta1) * g;
    v[i] = p->beta2 * v[i] + (1 - p->beta2) * g * g;
    p->to[i] = p->keep * p->to[i] - p->step * m[i] / (sqrtf (v[i]) * p->root_correction + p->eps);
  }
}

void
adm_adamw_step (const adm_adamw *a, adm_pool *pool, int64_t step, const float *gradients,
                float *weights)
{
  struct piece p = { .adamw = a,
                     .count = a->count,
                     .from = gradients,
                     .to = weights,
                     .step = (float) (a->lr / (1 - pow (a->beta1, (double) step))),
                     .keep = (float) (1 - a->lr * a->weight_decay),
                     .root_correction = (float) (1 / sqrt (1 - pow (a->beta2, (double) step))),
                     .beta1 = (float) a->beta1,
                     .beta2 = (float) a->beta2,
                     .eps = (float) a->eps };
  adm_pool_run (pool, pieces (p.count), adamw_piece, &p);
}

static void
ema_piece (void *arg, int unit, int worker)
{
  const struct piece *p = arg;
  (void) worker;
  for (uint64_t i = (uint64_t) unit * PIECE; i < end_of (p, unit); i++)
    p->to[i] += (1 - p->rate) * (p->from[i] - p->to[i]);
}

void
adm_ema_update (adm_pool *pool, uint64_t count, double rate, const float *weights, float *average)
{
  struct piece p = { .count = count, .from = weights, .to = average, .rate = (float) rate };
  adm_pool_run (pool, pieces (count), ema_piece, &p);
}

static void
finite_piece (void *arg, int unit, int worker)
{
  struct piece *p = arg;
  (void) worker;
  bool finite = true;
  for (uint64_t i = (uint64_t) unit * PIECE; i < end_of (p, unit); i++)
    finite &= isfinite (p->from[i]);
  if (!finite)
    atomic_store (&p->infinite, true);
}

bool
adm_flat_finite (adm_pool *pool, uint64_t count, const float *x)
{
  struct piece p = { .count = count, .from = x };
  adm_pool_run (pool, pieces (count), finite_piece, &p);
  return !atomic_load (&p.infinite);
}
