/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See gaussian.h. Everything after the features is in double. */
#include "gaussian.h"

#include "networks/network.h"
#include "said.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK's symmetric eigenproblem, from OpenBLAS. */
void dsyev_ (const char *job, const char *triangle, const int *n, double *a, const int *lda,
             double *values, double *work, const int *room, int *info);

void
gaussian_fail (const char *what, const char *why)
{
  fprintf (stderr, "%s: %s\n", what, why);
  exit (1);
}

static void *
room_for (size_t count, size_t size)
{
  void *room = calloc (count ? count : 1, size);
  if (!room)
    gaussian_fail ("memory", "there is not enough; use smaller sets");
  return room;
}

/* ---- features -------------------------------------------------------------------------------- */

void
feature_set_add (feature_set *set, const float *rows, int count, int width, const char *where)
{
  if (set->count && set->width != width)
    gaussian_fail (where, "its features have another width than the others'");
  set->rows
      = realloc (set->rows, (size_t) (set->count + count) * (size_t) width * sizeof *set->rows);
  if (!set->rows)
    gaussian_fail ("memory", "there is not enough; use smaller sets");
  memcpy (set->rows + (size_t) set->count * (size_t) width, rows,
          (size_t) count * (size_t) width * sizeof *rows);
  set->count += count;
  set->width = width;
}

void
feature_set_see (feature_set *set, adm_network *classifier, const float *x, int count, int label,
                 int *hits, const char *where)
{
  adm_error error;
  const adm_description *d = adm_network_description (classifier);
  const int t = 0, width = adm_network_features_width (classifier);
  size_t pixels = 3 * (size_t) d->image_size * (size_t) d->image_size;
  float *row = room_for ((size_t) width, sizeof *row), *seen = room_for (pixels, sizeof *seen),
        *logits = room_for ((size_t) d->num_classes, sizeof *logits);
  for (int i = 0; i < count; i++) {
    for (size_t j = 0; j < pixels; j++)
      seen[j] = fminf (fmaxf (x[(size_t) i * pixels + j], -1.0f), 1.0f);
    if (adm_network_features (classifier, 1, seen, &t, row, &error))
      gaussian_fail (where, said (&error));
    feature_set_add (set, row, 1, width, where);
    if (!hits)
      continue;
    if (adm_network_evaluate (classifier, &(adm_batch) { .n = 1, .x = seen, .t = &t }, logits,
                              &error))
      gaussian_fail (where, said (&error));
    int best = 0;
    for (int k = 1; k < d->num_classes; k++)
      best = logits[k] > logits[best] ? k : best;
    *hits += best == label;
  }
  free (row);
  free (seen);
  free (logits);
}

/* ---- the Gaussian ---------------------------------------------------------------------------- */

static gaussian
gaussian_new (int width)
{
  size_t d = (size_t) width;
  return (gaussian) { .width = width,
                      .mean = room_for (d, sizeof (double)),
                      .covariance = room_for (d * d, sizeof (double)) };
}

void
gaussian_clear (gaussian *g)
{
  free (g->mean);
  free (g->covariance);
}

gaussian
gaussian_fit (const feature_set *set)
{
  int d = set->width;
  gaussian g = gaussian_new (d);
  g.count = set->count;
  for (int i = 0; i < set->count; i++)
    for (int j = 0; j < d; j++)
      g.mean[j] += (double) set->rows[(size_t) i * (size_t) d + (size_t) j] / set->count;
  double *row = room_for ((size_t) d, sizeof *row);
  for (int i = 0; i < set->count; i++) {
    for (int j = 0; j < d; j++)
      row[j] = (double) set->rows[(size_t) i * (size_t) d + (size_t) j] - g.mean[j];
    for (int j = 0; j < d; j++)
      for (int k = 0; k < d; k++)
        g.covariance[j * d + k] += row[j] * row[k] / (set->count - 1);
  }
  free (row);
  return g;
}

void
gaussian_write (const gaussian *g, const char *path)
{
  adm_error error;
  size_t d = (size_t) g->width;
  const int64_t shape[] = { g->width + 1, g->width };
  float *all = room_for (d * (d + 1), sizeof *all);
  for (size_t j = 0; j < d * (d + 1); j++)
    all[j] = (float) (j < d ? g->mean[j] : g->covariance[j - d]);
  if (adm_npy_write (path, all, 2, shape, &error))
    gaussian_fail (path, said (&error));
  free (all);
}

gaussian
gaussian_read (const char *path)
{
  adm_error error;
  float *all;
  int rank;
  int64_t shape[8];
  if (adm_npy_read (path, &all, &rank, shape, &error))
    gaussian_fail (path, said (&error));
  if (rank != 2 || shape[0] != shape[1] + 1 || shape[1] < 1 || shape[1] > 100000)
    gaussian_fail (path, "statistics are [D+1,D]: a mean and a covariance");
  gaussian g = gaussian_new ((int) shape[1]);
  size_t d = (size_t) g.width;
  for (size_t j = 0; j < d * (d + 1); j++)
    *(j < d ? &g.mean[j] : &g.covariance[j - d]) = (double) all[j];
  free (all);
  return g;
}

/* ---- the distance ---------------------------------------------------------------------------- */

/* A [d,d] symmetric becomes its eigenvectors, one a row. */
static void
eigen (int d, double *a, double *values)
{
  int room = 3 * d + 64 * d, info;
  double *work = room_for ((size_t) room, sizeof *work);
  dsyev_ ("V", "U", &d, a, &d, values, work, &room, &info);
  if (info)
    gaussian_fail ("eigenvalues", "they did not converge");
  free (work);
}

/* C = A B, all [d,d]. */
static void
product (int d, const double *a, const double *b, double *c)
{
  for (int i = 0; i < d; i++) {
    memset (c + (size_t) i * (size_t) d, 0, (size_t) d * sizeof *c);
    for (int k = 0; k < d; k++)
      for (int j = 0; j < d; j++)
        c[i * d + j] += a[i * d + k] * b[k * d + j];
  }
}

double
gaussian_distance (const gaussian *a, const gaussian *b)
{
  int d = a->width;
  size_t n = (size_t) d * (size_t) d;
  double *vectors = room_for (n, sizeof *vectors), *root = room_for (n, sizeof *root),
         *half = room_for (n, sizeof *half), *values = room_for ((size_t) d, sizeof *values);
  double distance = 0;
  for (int i = 0; i < d; i++)
    distance
        += pow (a->mean[i] - b->mean[i], 2) + a->covariance[i * d + i] + b->covariance[i * d + i];
  /* root = C_a^1/2 = sum of sqrt (value) v v^T */
  memcpy (vectors, a->covariance, n * sizeof *vectors);
  eigen (d, vectors, values);
  for (int k = 0; k < d; k++)
    for (int i = 0; i < d && values[k] > 0; i++)
      for (int j = 0; j < d; j++)
        root[i * d + j] += sqrt (values[k]) * vectors[k * d + i] * vectors[k * d + j];
  product (d, root, b->covariance, half);
  product (d, half, root, vectors);
  eigen (d, vectors, values);
  for (int k = 0; k < d; k++)
    distance -= values[k] > 0 ? 2 * sqrt (values[k]) : 0;
  free (vectors);
  free (root);
  free (half);
  free (values);
  return distance;
}
