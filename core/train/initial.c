/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each tensor from a generator of its own, so that one network's weights do not depend on
 * another's. */
#include "train/initial.h"

#include "base/rng.h"
#include "ops/dropout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool
contains (const char *name, const char *part)
{
  return strstr (name, part) != NULL;
}

/* Layers that begin at zero, so that each block begins as the identity. */
static bool
is_zero (const adm_trainee *t, const adm_parameter *p)
{
  if (contains (p->name, ".out_layers.3.") || contains (p->name, ".proj_out."))
    return true;
  if (t->description.kind == ADM_KIND_CLASSIFIER)
    return t->description.pool == ADM_POOL_ADAPTIVE && strncmp (p->name, "out.3.", 6) == 0;
  return strncmp (p->name, "out.2.", 6) == 0;
}

static void
fill_uniform (float *x, uint64_t count, double bound, adm_rng *rng)
{
  for (uint64_t i = 0; i < count; i++)
    x[i] = (float) (bound * ((double) adm_rng_next (rng) / 2147483648.0 - 1));
}

static void
fill_normal (float *x, uint64_t count, double scale, adm_rng *rng)
{
  float block[ADM_RNG_BLOCK];
  for (uint64_t i = 0; i < count; i++) {
    if (i % ADM_RNG_BLOCK == 0)
      adm_rng_randn (rng, block, ADM_RNG_BLOCK);
    x[i] = (float) (scale * (double) block[i % ADM_RNG_BLOCK]);
  }
}

/* Inputs of each output of P, a weight. */
static double
inputs_of (const adm_parameter *p)
{
  return (double) (p->elements / (uint64_t) p->shape[0]);
}

static void
initialise (const adm_trainee *t, size_t i, uint64_t seed)
{
  const adm_parameter *p = &t->parameter[i];
  float *x = t->weights + p->offset;
  adm_rng rng;
  adm_rng_seed (&rng, adm_mix (seed ^ 0x77656967, i));
  switch (p->role) {
  case ADM_ROLE_CONV_WEIGHT:
  case ADM_ROLE_CONV1D_WEIGHT:
  case ADM_ROLE_LINEAR_WEIGHT:
    if (!is_zero (t, p))
      fill_uniform (x, p->elements, 1 / sqrt (inputs_of (p)), &rng);
    break;
  case ADM_ROLE_CONV_BIAS:
  case ADM_ROLE_LINEAR_BIAS: /* its weight stands before it */
    if (!is_zero (t, p))
      fill_uniform (x, p->elements, 1 / sqrt (inputs_of (p - 1)), &rng);
    break;
  case ADM_ROLE_NORM_WEIGHT:
    for (uint64_t k = 0; k < p->elements; k++)
      x[k] = 1;
    break;
  case ADM_ROLE_NORM_BIAS:
    break;
  case ADM_ROLE_EMBEDDING:
    fill_normal (x, p->elements,
                 contains (p->name, "positional") ? 1 / sqrt ((double) p->shape[0]) : 1, &rng);
    break;
  }
}

void
adm_trainee_initialise (adm_trainee *t, uint64_t seed)
{
  memset (t->weights, 0, (size_t) t->elements * sizeof *t->weights);
  for (size_t i = 0; i < t->count; i++)
    initialise (t, i, seed);
  adm_trainee_pack (t);
}
