/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Products are cut into tiles of a fixed side, so that what is added to what does not depend on the
 * number of threads. */
#include "evaluate/gauss.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 256, ROWS = 1024 };

static adm_status
no_memory (adm_error *error)
{
  return ADM_FAIL (error, NO_MEMORY, ADM_WORD_FEATURES);
}

static adm_status
tick (const adm_workbench *bench, double done, adm_error *error)
{
  return !bench->tick || bench->tick (bench->user, done) ? ADM_OK : ADM_FAIL (error, STOPPED);
}

adm_status
adm_gauss_new (int width, adm_gauss *out, adm_error *error)
{
  size_t d = (size_t) width;
  *out = (adm_gauss) { width, calloc (d, sizeof (double)), calloc (d * d, sizeof (double)) };
  if (out->mean && out->covariance)
    return ADM_OK;
  adm_gauss_clear (out);
  return no_memory (error);
}

void
adm_gauss_clear (adm_gauss *gauss)
{
  free (gauss->mean);
  free (gauss->covariance);
  *gauss = (adm_gauss) { 0 };
}

/* ---- fitting --------------------------------------------------------------------------------- */

/* Tile UNIT of the upper triangle gets X^T X of the block X [rows,d]. */
struct fitting {
  const adm_openblas *blas;
  const double *x;
  double *sum; /* [d,d], upper triangle */
  int rows, d, tiles;
};

static void
add_tile (void *arg, int unit, int worker)
{
  const struct fitting *f = arg;
  int i = 0, first = f->tiles;
  (void) worker;
  for (; unit >= first; first--) {
    unit -= first;
    i++;
  }
  int j = i + unit, m = f->d - i * TILE < TILE ? f->d - i * TILE : TILE,
      n = f->d - j * TILE < TILE ? f->d - j * TILE : TILE;
  double *to = f->sum + (size_t) i * TILE * (size_t) f->d + (size_t) j * TILE;
  if (i == j)
    f->blas->dsyrk (CblasRowMajor, CblasUpper, CblasTrans, m, f->rows, 1, f->x + i * TILE, f->d, 1,
                    to, f->d);
  else
    f->blas->dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, m, n, f->rows, 1, f->x + i * TILE,
                    f->d, f->x + j * TILE, f->d, 1, to, f->d);
}

adm_status
adm_gauss_fit (const adm_workbench *bench, const float *rows, uint64_t n, int width, adm_gauss *out,
               adm_error *error)
{
  size_t d = (size_t) width;
  double *x = calloc (ROWS * d, sizeof *x);
  adm_status status = x ? adm_gauss_new (width, out, error) : no_memory (error);
  if (status) {
    free (x);
    return status;
  }
  for (uint64_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++)
      out->mean[j] += (double) rows[i * d + j];
  for (size_t j = 0; j < d; j++)
    out->mean[j] /= (double) n;
  struct fitting f = { .blas = &bench->blas,
                       .x = x,
                       .sum = out->covariance,
                       .d = width,
                       .tiles = (width + TILE - 1) / TILE };
  for (uint64_t from = 0; from < n && !status; from += ROWS) {
    f.rows = n - from < ROWS ? (int) (n - from) : ROWS;
    for (size_t i = 0; i < (size_t) f.rows; i++)
      for (size_t j = 0; j < d; j++)
        x[i * d + j] = (double) rows[(from + i) * d + j] - out->mean[j];
    adm_pool_run (bench->pool, f.tiles * (f.tiles + 1) / 2, add_tile, &f);
    status = tick (bench, (double) from / (double) n, error);
  }
  for (size_t i = 0; i < d; i++)
    for (size_t j = i; j < d; j++)
      out->covariance[j * d + i] = out->covariance[i * d + j] /= (double) (n - 1);
  free (x);
  if (status)
    adm_gauss_clear (out);
  return status;
}

/* ---- the distance ---------------------------------------------------------------------------- */

/* C [d,d] = A B, ROWS of A after the other; B as it is or transposed. */
struct product {
  const adm_openblas *blas;
  const double *a, *b;
  double *c;
  int d;
  bool transposed;
};

static void
multiply_rows (void *arg, int unit, int worker)
{
  const struct product *p = arg;
  int from = unit * TILE, m = p->d - from < TILE ? p->d - from : TILE;
  (void) worker;
  p->blas->dgemm (CblasRowMajor, CblasNoTrans, p->transposed ? CblasTrans : CblasNoTrans, m, p->d,
                  p->d, 1, p->a + (size_t) from * (size_t) p->d, p->d, p->b, p->d, 0,
                  p->c + (size_t) from * (size_t) p->d, p->d);
}

static void
multiply (const adm_workbench *bench, struct product p)
{
  p.blas = &bench->blas;
  adm_pool_run (bench->pool, (p.d + TILE - 1) / TILE, multiply_rows, &p);
}

/* The eigenvalues of symmetric A [d,d], ascending; VECTORS: A becomes the vectors, one a row. */
static adm_status
eigen (const adm_workbench *bench, int d, double *a, double *values, bool vectors, adm_error *error)
{
  const char *job = vectors ? "V" : "N";
  double size = 0;
  int liwork = 0, query = -1, info = 0;
  bench->blas.dsyevd (job, "U", &d, a, &d, values, &size, &query, &liwork, &query, &info);
  int lwork = (int) size;
  double *work = calloc (lwork > 0 ? (size_t) lwork : 1, sizeof *work);
  int *iwork = calloc (liwork > 0 ? (size_t) liwork : 1, sizeof *iwork);
  adm_status status = work && iwork ? ADM_OK : no_memory (error);
  if (!status)
    bench->blas.dsyevd (job, "U", &d, a, &d, values, work, &lwork, iwork, &liwork, &info);
  if (!status && info)
    status = ADM_FAIL (error, STATISTICS_VALUE);
  free (work);
  free (iwork);
  return status;
}

/* *OUT -= 2 tr ((C_a^1/2 C_b C_a^1/2)^1/2) */
static adm_status
take_traces (const adm_workbench *bench, const adm_gauss *a, const adm_gauss *b, double *out,
             adm_error *error)
{
  int d = a->width;
  size_t n = (size_t) d * (size_t) d;
  double *vectors = calloc (3 * n + (size_t) d, sizeof *vectors);
  if (!vectors)
    return no_memory (error);
  double *scaled = vectors + n, *root = scaled + n, *values = root + n;
  memcpy (vectors, a->covariance, n * sizeof *vectors);
  adm_status status = eigen (bench, d, vectors, values, true, error);
  /* ROOT = C_a^1/2 = V^T diag (values)^1/2 V, the rows of V being the vectors: the product of the
   * columns scaled by the fourth roots with its own transpose */
  for (size_t i = 0; i < (size_t) d && !status; i++)
    for (size_t k = 0; k < (size_t) d; k++)
      scaled[i * (size_t) d + k]
          = values[k] > 0 ? sqrt (sqrt (values[k])) * vectors[k * (size_t) d + i] : 0;
  if (!status) {
    multiply (bench,
              (struct product) { .a = scaled, .b = scaled, .c = root, .d = d, .transposed = true });
    status = tick (bench, 0.6, error);
  }
  if (!status) {
    multiply (bench, (struct product) { .a = root, .b = b->covariance, .c = scaled, .d = d });
    multiply (bench, (struct product) { .a = scaled, .b = root, .c = vectors, .d = d });
    status = eigen (bench, d, vectors, values, false, error);
  }
  for (int k = 0; k < d && !status; k++)
    *out -= values[k] > 0 ? 2 * sqrt (values[k]) : 0;
  free (vectors);
  return status;
}

adm_status
adm_gauss_distance (const adm_workbench *bench, const adm_gauss *a, const adm_gauss *b, double *out,
                    adm_error *error)
{
  size_t d = (size_t) a->width;
  double distance = 0;
  for (size_t i = 0; i < d; i++)
    distance += (a->mean[i] - b->mean[i]) * (a->mean[i] - b->mean[i]) + a->covariance[i * d + i]
                + b->covariance[i * d + i];
  adm_status status = take_traces (bench, a, b, &distance, error);
  if (!status)
    *out = distance;
  return status;
}
