/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a lesson starts from, reckoned from the network as it is: the class that its pictures are
 * most like, and how much is wrong at each level of noise. See teaching.h.
 *
 * The class: a diffusion network is a classifier, too (Li et al. 2023, arXiv 2303.16203): the class
 * is that under which it finds the pictures' noise best. Learning starts from its row of the label
 * table instead of "no class", whose pictures are of any colours.
 *
 * The levels: errors at little noise are hundreds of times those at much, where colours and large
 * forms are decided, and would take all of the learning. Each level's loss is divided by what it is
 * at first, so that all are learned alike (Hang et al. 2023, arXiv 2303.09556, weigh levels by a
 * formula, to the same end), and much noise is drawn more often than little. */
#include "base/error.h"
#include "ops/dropout.h"
#include "train/teaching.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  LEVELS = 16,   /* of noise, evenly over the timesteps */
  LOOKED_AT = 8, /* as many tell one class from another */
  SETS = 4,      /* of crops at each level, for what is wrong at first */
  MEASURED = 24, /* classes whose losses are measured; of more, those that look best */
};

static const uint64_t PROBES = UINT64_C (1) << 40; /* crops that no step draws */

/* Crops FIRST … of a set, one for each of LEVELS, as pictures 0 … N-1 of the batch; after the last
 * level come the first. */
static adm_status
probe (adm_teaching *t, int set, int levels, int first, adm_error *error)
{
  adm_training *g = &t->training;
  const adm_description *d = &g->trainee->description;
  size_t one
      = (size_t) adm_description_channels (d) * (size_t) d->image_size * (size_t) d->image_size;
  adm_status status = ADM_OK;
  for (int i = 0; i < g->n && !status; i++) {
    int level = (first + i) % levels, unused;
    uint64_t k = PROBES + (uint64_t) (set * LEVELS + level);
    size_t at = (size_t) i * one;
    adm_rng rng;
    status = g->next (g->next_user, k, g->x0 + at, &unused, error);
    adm_rng_seed (&rng, adm_mix (t->request->seed ^ 0x70726f62, k));
    adm_rng_randn (&rng, g->noise + at, one);
    g->t[i] = (2 * level + 1) * d->diffusion_steps / (2 * levels);
    adm_noise_to (g->schedule, g->t[i], g->x0 + at, g->noise + at, g->x_t + at, one);
  }
  return status;
}

/* LOSS [LEVELS] of a set's crops, taken for class LABEL. */
static adm_status
measure (adm_teaching *t, int set, int label, int levels, double *loss, adm_error *error)
{
  adm_training *g = &t->training;
  adm_status status = ADM_OK;
  for (int first = 0; first < levels && !status; first += g->n) {
    status = probe (t, set, levels, first, error);
    for (int i = 0; i < g->n; i++)
      g->labels[i] = label;
    if (!status)
      status = adm_batches_losses (g, error);
    for (int i = 0; i < g->n && first + i < levels && !status; i++)
      loss[first + i] = fmax (g->loss[i], 1e-12);
  }
  return status;
}

static double
sum_of_logs (const double *loss)
{
  double sum = 0;
  for (int i = 0; i < LOOKED_AT; i++)
    sum += log (loss[i]);
  return sum;
}

/* ---- the class ------------------------------------------------------------------------------- */

/* SLOPE [columns]: how the logarithms of the losses rise at MEAN, the table's mean row. */
static adm_status
slope_at_mean (adm_teaching *t, const float *mean, float *slope, adm_error *error)
{
  adm_training *g = &t->training;
  const adm_adapter *a = &t->adapter;
  size_t bytes = (size_t) a->table->shape[1] * sizeof *mean;
  double loss[LOOKED_AT];
  memcpy (adm_adapter_row (a, g->trainee->weights, a->row), mean, bytes);
  memset (g->trainee->gradients, 0, (size_t) g->trainee->elements * sizeof (float));
  adm_status status = measure (t, 0, a->row, LOOKED_AT, loss, error);
  for (int first = 0; first < LOOKED_AT && !status; first += g->n) {
    status = probe (t, 0, LOOKED_AT, first, error);
    for (int i = 0; i < g->n; i++) {
      g->labels[i] = a->row;
      g->weight[i] = first + i < LOOKED_AT ? 1 / loss[first + i] : 0;
    }
    if (!status)
      status = adm_batches_piece (g, 0, error);
  }
  memcpy (slope, adm_adapter_row (a, g->trainee->gradients, a->row), bytes);
  memcpy (adm_adapter_row (a, g->trainee->weights, a->row), adm_adapter_row (a, a->base, a->row),
          bytes);
  return status;
}

/* How many may be started from: the last row is "no class", which is like all of them. */
static int
choices (const adm_adapter *a)
{
  int rows = (int) a->table->shape[0];
  return rows > 1 ? rows - 1 : 1;
}

/* RISE [classes]: of the logarithms of the losses from the mean row to each, to first order. */
static adm_status
first_order (adm_teaching *t, double *rise, adm_error *error)
{
  const adm_adapter *a = &t->adapter;
  int classes = choices (a);
  size_t columns = (size_t) a->table->shape[1];
  float *mean = calloc (2 * columns, sizeof *mean);
  if (!mean)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_AN_ADAPTER);
  float *slope = mean + columns;
  for (int c = 0; c < classes; c++)
    for (size_t i = 0; i < columns; i++)
      mean[i] += adm_adapter_row (a, a->base, c)[i] / (float) classes;
  adm_status status = slope_at_mean (t, mean, slope, error);
  for (int c = 0; c < classes && !status; c++) {
    const float *row = adm_adapter_row (a, a->base, c);
    rise[c] = 0;
    for (size_t i = 0; i < columns; i++)
      rise[c] += (double) (row[i] - mean[i]) * (double) slope[i];
  }
  free (mean);
  return status;
}

static int
least (const double *of, int count)
{
  int at = 0;
  for (int i = 1; i < count; i++)
    at = of[i] < of[at] ? i : at;
  return at;
}

adm_status
adm_teaching_nearest (adm_teaching *t, int most, int *nearest, adm_error *error)
{
  int classes = choices (&t->adapter);
  double *guess = calloc (2 * (size_t) classes, sizeof *guess), *score = guess + classes;
  if (!guess)
    return ADM_FAIL (error, NO_MEMORY, ADM_WORD_AN_ADAPTER);
  adm_status status = classes > most ? first_order (t, guess, error) : ADM_OK;
  for (int c = 0; c < classes; c++)
    score[c] = INFINITY;
  for (int i = 0; i < most && i < classes && !status; i++) {
    int c = least (guess, classes);
    double loss[LOOKED_AT];
    guess[c] = INFINITY;
    status = measure (t, 0, c, LOOKED_AT, loss, error);
    score[c] = status ? INFINITY : sum_of_logs (loss);
  }
  *nearest = least (score, classes);
  free (guess);
  return status;
}

/* ---- the levels ------------------------------------------------------------------------------ */

/* The logarithm of the loss at share AT of the timesteps, from those in the middles of the levels;
 * beyond the first and the last as there, since weights that go on growing learn worse. */
static double
between (const double *level, double at)
{
  double x = fmin (fmax (at * LEVELS - 0.5, 0), LEVELS - 1);
  int below = (int) fmin (x, LEVELS - 2);
  return level[below] + (x - below) * (level[below + 1] - level[below]);
}

static adm_status
weigh (adm_teaching *t, int label, adm_error *error)
{
  double level[LEVELS] = { 0 };
  int steps = t->training.trainee->description.diffusion_steps;
  for (int set = 0; set < SETS; set++) {
    double loss[LEVELS];
    adm_status status = measure (t, set, label, LEVELS, loss, error);
    if (status)
      return status;
    for (int i = 0; i < LEVELS; i++)
      level[i] += log (loss[i]) / SETS;
  }
  for (int i = 0; i < steps; i++) {
    t->chance[i] = (2 * i + 1) / ((double) steps * steps);
    t->weight[i] = exp (-between (level, (i + 0.5) / steps));
  }
  t->training.sampler.chance = t->chance;
  t->training.sampler.weight = t->weight;
  return ADM_OK;
}

adm_status
adm_teaching_start (adm_teaching *t, adm_error *error)
{
  adm_adapter *a = &t->adapter;
  adm_status status = ADM_OK;
  t->like = ADM_NO_LABEL;
  if (a->table)
    status = adm_teaching_nearest (t, MEASURED, &t->like, error);
  if (!status && a->table)
    a->row = t->like;
  if (!status)
    status = weigh (t, t->like, error);
  for (int i = 0; i < 2 && !status && a->table && t->training.step == 0; i++)
    memcpy ((i ? t->average : a->values) + a->label, adm_adapter_row (a, a->base, t->like),
            (size_t) a->table->shape[1] * sizeof *a->values);
  return status;
}
