/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "evaluate/scores.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256, COLUMNS = 2048, MAX_NEIGHBOURS = 64 };

static adm_status
no_memory (adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY, ADM_WORD_SCORES);
}

static adm_status
tick (const adm_workbench *bench, double done, adm_error *error)
{
  return !bench->tick || bench->tick (bench->user, done) ? ADM_OK : ADM_FAIL (error, STOPPED);
}

/* ---- Inception Score ------------------------------------------------------------------------- */

struct softmax {
  const adm_openblas *blas;
  adm_feature_rows features;
  adm_class_layer layer;
  float *p; /* [n,classes] */
};

static void
softmax_block (void *arg, int unit, int worker)
{
  const struct softmax *s = arg;
  uint64_t from = (uint64_t) unit * BLOCK, left = s->features.n - from;
  int rows = left < BLOCK ? (int) left : BLOCK, d = s->features.width, classes = s->layer.classes;
  float *p = s->p + from * (uint64_t) classes;
  (void) worker;
  s->blas->sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, classes, d, 1,
                  s->features.rows + from * (uint64_t) d, d, s->layer.weights, classes, 0, p,
                  classes);
  for (int i = 0; i < rows; i++, p += classes) {
    for (int k = 0; k < classes && s->layer.bias; k++)
      p[k] += s->layer.bias[k];
    float most = p[0];
    double sum = 0;
    for (int k = 1; k < classes; k++)
      most = p[k] > most ? p[k] : most;
    for (int k = 0; k < classes; k++)
      sum += exp ((double) p[k] - (double) most);
    for (int k = 0; k < classes; k++)
      p[k] = (float) (exp ((double) p[k] - (double) most) / sum);
  }
}

/* exp of the mean divergence of P [n,classes] from its own mean, which goes to MEAN [classes]. */
static double
split_score (const float *p, uint64_t n, int classes, double *mean)
{
  double divergence = 0;
  memset (mean, 0, (size_t) classes * sizeof *mean);
  for (uint64_t i = 0; i < n; i++)
    for (int k = 0; k < classes; k++)
      mean[k] += (double) p[i * (uint64_t) classes + (uint64_t) k] / (double) n;
  for (uint64_t i = 0; i < n; i++)
    for (int k = 0; k < classes; k++) {
      double value = (double) p[i * (uint64_t) classes + (uint64_t) k];
      if (value > 0)
        divergence += value * (log (value) - log (mean[k]));
    }
  return exp (divergence / (double) n);
}

adm_status
adm_inception_score (const adm_workbench *bench, adm_feature_rows features, adm_class_layer layer,
                     int split, double *out, adm_error *error)
{
  const int classes = layer.classes;
  struct softmax s = { &bench->blas, features, layer,
                       calloc ((size_t) features.n * (size_t) classes, sizeof *s.p) };
  double *mean = calloc ((size_t) classes, sizeof *mean), sum = 0;
  uint64_t splits = 0;
  if (!s.p || !mean) {
    free (s.p);
    free (mean);
    return no_memory (error);
  }
  adm_pool_run (bench->pool, (int) ((features.n + BLOCK - 1) / BLOCK), softmax_block, &s);
  for (uint64_t from = 0; from < features.n; from += (uint64_t) split, splits++) {
    uint64_t left = features.n - from;
    sum += split_score (s.p + from * (uint64_t) classes,
                        left < (uint64_t) split ? left : (uint64_t) split, classes, mean);
  }
  *out = sum / (double) splits;
  free (s.p);
  free (mean);
  return ADM_OK;
}

/* ---- precision and recall -------------------------------------------------------------------- */

/* A set of points, moved so that the reference's mean is 0: distances stay, and less is lost in
 * their differences. */
struct cloud {
  float *x; /* [n,d] */
  uint64_t n;
  float *norm;   /* [n]: |x|^2 */
  float *radius; /* [n], squared */
  bool *inside;  /* [n]: within a ball of the other cloud */
};

/* Squared distances between blocks of two clouds; each unit takes BLOCK rows of A. */
struct distances {
  const adm_openblas *blas;
  struct cloud *a, *b; /* the same: radii are wanted */
  int d, k;
  uint64_t first; /* row of A that unit 0 begins at */
  float *memory;  /* [workers,BLOCK,COLUMNS] */
  bool *hit;      /* [workers,b->n], which of B lie in a ball of A; merged afterwards */
};

/* NEAREST [k], ascending, takes VALUE in if it is one of them. */
static void
keep_nearest (float *nearest, int k, float value)
{
  if (value >= nearest[k - 1])
    return;
  int i = k - 1;
  for (; i > 0 && nearest[i - 1] > value; i--)
    nearest[i] = nearest[i - 1];
  nearest[i] = value;
}

static void
look_at_row (struct distances *s, const float *row, uint64_t i, uint64_t from, int columns,
             float *nearest, bool *hit)
{
  for (int j = 0; j < columns; j++) {
    uint64_t at = from + (uint64_t) j;
    float squared = s->a->norm[i] + s->b->norm[at] - 2 * row[j];
    squared = squared > 0 ? squared : 0;
    if (nearest) {
      if (at != i)
        keep_nearest (nearest, s->k, squared);
      continue;
    }
    s->a->inside[i] |= squared <= s->b->radius[at];
    hit[at] |= squared <= s->a->radius[i];
  }
}

static void
distance_block (void *arg, int unit, int worker)
{
  struct distances *s = arg;
  const size_t d = (size_t) s->d;
  uint64_t first = s->first + (uint64_t) unit * BLOCK, left = s->a->n - first;
  int rows = left < BLOCK ? (int) left : BLOCK;
  float *product = s->memory + (size_t) worker * BLOCK * COLUMNS, nearest[BLOCK][MAX_NEIGHBOURS];
  bool radii = s->a == s->b, *hit = radii ? NULL : s->hit + (size_t) worker * s->b->n;
  for (int i = 0; i < rows; i++)
    for (int k = 0; k < s->k; k++)
      nearest[i][k] = INFINITY;
  for (uint64_t from = 0; from < s->b->n; from += COLUMNS) {
    int columns = s->b->n - from < COLUMNS ? (int) (s->b->n - from) : COLUMNS;
    s->blas->sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, rows, columns, s->d, 1,
                    s->a->x + first * d, s->d, s->b->x + from * d, s->d, 0, product, COLUMNS);
    for (int i = 0; i < rows; i++)
      look_at_row (s, product + (size_t) i * COLUMNS, first + (uint64_t) i, from, columns,
                   radii ? nearest[i] : NULL, hit);
  }
  for (int i = 0; i < rows && radii; i++)
    s->a->radius[first + (uint64_t) i] = nearest[i][s->k - 1];
}

/* All rows of A, some at a time; from SHARE on, for WIDTH of the whole work. */
static adm_status
run_distances (const adm_workbench *bench, struct distances *s, double share, double width,
               adm_error *error)
{
  uint64_t at_once = 4 * BLOCK * (uint64_t) adm_pool_threads (bench->pool);
  adm_status status = ADM_OK;
  for (s->first = 0; s->first < s->a->n && !status; s->first += at_once) {
    uint64_t left = s->a->n - s->first, rows = left < at_once ? left : at_once;
    adm_pool_run (bench->pool, (int) ((rows + BLOCK - 1) / BLOCK), distance_block, s);
    status = tick (bench, share + width * (double) s->first / (double) s->a->n, error);
  }
  return status;
}

static void
cloud_clear (struct cloud *c)
{
  free (c->x);
  free (c->norm);
  free (c->radius);
  free (c->inside);
}

static bool
cloud_init (struct cloud *c, adm_feature_rows f, const double *centre)
{
  const size_t n = (size_t) f.n, d = (size_t) f.width;
  *c = (struct cloud) { malloc (n * d * sizeof *c->x), f.n, malloc (n * sizeof *c->norm),
                        malloc (n * sizeof *c->radius), calloc (n, sizeof *c->inside) };
  if (!c->x || !c->norm || !c->radius || !c->inside)
    return false;
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (size_t j = 0; j < d; j++) {
      float value = (float) ((double) f.rows[i * d + j] - centre[j]);
      c->x[i * d + j] = value;
      sum += (double) value * (double) value;
    }
    c->norm[i] = (float) sum;
  }
  return true;
}

static double
share_inside (const struct cloud *c)
{
  uint64_t inside = 0;
  for (uint64_t i = 0; i < c->n; i++)
    inside += c->inside[i];
  return (double) inside / (double) c->n;
}

static adm_status
measure_clouds (const adm_workbench *bench, struct cloud *reference, struct cloud *samples,
                struct distances *s, adm_error *error)
{
  double rr = (double) reference->n * (double) reference->n,
         ss = (double) samples->n * (double) samples->n,
         rs = (double) reference->n * (double) samples->n, all = rr + ss + rs;
  s->a = s->b = reference;
  adm_status status = run_distances (bench, s, 0, rr / all, error);
  s->a = s->b = samples;
  if (!status)
    status = run_distances (bench, s, rr / all, ss / all, error);
  s->a = reference;
  if (!status)
    status = run_distances (bench, s, (rr + ss) / all, rs / all, error);
  for (int w = 0; w < adm_pool_threads (bench->pool); w++)
    for (uint64_t i = 0; i < samples->n; i++)
      samples->inside[i] |= s->hit[(uint64_t) w * samples->n + i];
  return status;
}

adm_status
adm_precision_recall (const adm_workbench *bench, adm_feature_rows reference,
                      adm_feature_rows samples, int k, double *precision, double *recall,
                      adm_error *error)
{
  const size_t workers = (size_t) adm_pool_threads (bench->pool), d = (size_t) reference.width;
  struct cloud r = { 0 }, s = { 0 };
  struct distances work = { .blas = &bench->blas, .d = reference.width, .k = k };
  double *centre = calloc (d, sizeof *centre);
  adm_status status = ADM_OK;
  if (k < 1 || k > MAX_NEIGHBOURS || (uint64_t) k >= reference.n || (uint64_t) k >= samples.n)
    status = ADM_FAIL (error, NEIGHBOURS, k, MAX_NEIGHBOURS);
  work.memory = malloc (workers * BLOCK * COLUMNS * sizeof *work.memory);
  work.hit = calloc (workers * (size_t) samples.n, sizeof *work.hit);
  for (uint64_t i = 0; i < reference.n && centre; i++)
    for (size_t j = 0; j < d; j++)
      centre[j] += (double) reference.rows[i * d + j] / (double) reference.n;
  if (!status
      && (!centre || !work.memory || !work.hit || !cloud_init (&r, reference, centre)
          || !cloud_init (&s, samples, centre)))
    status = no_memory (error);
  if (!status)
    status = measure_clouds (bench, &r, &s, &work, error);
  if (!status) {
    *precision = share_inside (&s);
    *recall = share_inside (&r);
  }
  cloud_clear (&r);
  cloud_clear (&s);
  free (centre);
  free (work.memory);
  free (work.hit);
  return status;
}
