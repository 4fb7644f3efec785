/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fréchet distance between two sets of pictures (Heusel et al. 2017, arXiv 1706.08500): fit a Gaussian to each set's features,
 *
 *   d^2 = |m_a - m_b|^2 + tr (C_a + C_b - 2 (C_a^1/2 C_b C_a^1/2)^1/2)
 *
 * The features are the last layer's input of a classifier that knows the pictures' classes, at timestep 0. Such a distance
 * compares samplers of one model with each other; it says nothing against published figures, whose features are Inception's.
 *
 *   frechet CLASSIFIER A B        A, B: a .npy [N,3,S,S], or a folder of them; clamped to [-1, 1] as pictures are
 *   frechet --features A B        A, B: .npy [N,D], features as they are
 *
 * Prints one JSON object: distance (d^2), the numbers of pictures, the width of the features. */
#include "adm.h"
#include "models/network.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* LAPACK's symmetric eigenproblem, from OpenBLAS. */
void dsyev_ (const char *job, const char *triangle, const int *n, double *a, const int *lda, double *values, double *work, const int *room, int *info);

typedef struct set {
  int count, width;
  float *features; /* [count,width] */
} set;

static void
fail (const char *what, const char *why)
{
  fprintf (stderr, "frechet: %s: %s\n", what, why);
  exit (1);
}

static void *
room_for (size_t count, size_t size)
{
  void *room = calloc (count ? count : 1, size);
  if (!room)
    fail ("memory", "there is not enough; use smaller sets");
  return room;
}

/* ---- features ---------------------------------------------------------------------------------------------------- */

static void
add_rows (set *s, const float *rows, int count, int width, const char *path)
{
  if (s->count && s->width != width)
    fail (path, "its features have another width than the others'");
  s->features = realloc (s->features, (size_t) (s->count + count) * (size_t) width * sizeof *s->features);
  if (!s->features)
    fail ("memory", "there is not enough; use smaller sets");
  memcpy (s->features + (size_t) s->count * (size_t) width, rows, (size_t) count * (size_t) width * sizeof *rows);
  s->count += count;
  s->width = width;
}

static void
add_file (set *s, const char *path, adm_network *classifier)
{
  adm_error error;
  float *data;
  int rank;
  int64_t shape[8];
  if (adm_npy_read (path, &data, &rank, shape, &error))
    fail (path, error.message);
  if (!classifier) {
    if (rank != 2)
      fail (path, "features have two dimensions");
    add_rows (s, data, (int) shape[0], (int) shape[1], path);
    free (data);
    return;
  }
  int side = adm_network_description (classifier)->image_size, width = adm_network_features_width (classifier);
  if (rank != 4 || shape[1] != 3 || shape[2] != side || shape[3] != side)
    fail (path, "its pictures are not of the classifier's size");
  size_t pixels = 3 * (size_t) side * (size_t) side;
  float *row = room_for ((size_t) width, sizeof *row);
  for (int64_t i = 0; i < shape[0]; i++) {
    const int t = 0;
    float *x = data + (size_t) i * pixels;
    for (size_t j = 0; j < pixels; j++)
      x[j] = x[j] < -1 ? -1 : x[j] > 1 ? 1 : x[j];
    if (adm_network_features (classifier, 1, x, &t, row, &error))
      fail (path, error.message);
    add_rows (s, row, 1, width, path);
  }
  free (row);
  free (data);
}

static set
read_set (const char *path, adm_network *classifier)
{
  set s = { 0 };
  DIR *folder = opendir (path);
  if (!folder) {
    add_file (&s, path, classifier);
    return s;
  }
  for (struct dirent *entry; (entry = readdir (folder));) {
    size_t length = strlen (entry->d_name);
    char file[4096];
    if (length < 5 || strcmp (entry->d_name + length - 4, ".npy"))
      continue;
    snprintf (file, sizeof file, "%s/%s", path, entry->d_name);
    add_file (&s, file, classifier);
  }
  closedir (folder);
  if (s.count < 2)
    fail (path, "two pictures or more are needed");
  return s;
}

/* ---- the distance ------------------------------------------------------------------------------------------------ */

static void
fit (const set *s, double *mean, double *covariance)
{
  int d = s->width;
  for (int i = 0; i < s->count; i++)
    for (int j = 0; j < d; j++)
      mean[j] += (double) s->features[(size_t) i * (size_t) d + (size_t) j] / s->count;
  double *row = room_for ((size_t) d, sizeof *row);
  for (int i = 0; i < s->count; i++) {
    for (int j = 0; j < d; j++)
      row[j] = (double) s->features[(size_t) i * (size_t) d + (size_t) j] - mean[j];
    for (int j = 0; j < d; j++)
      for (int k = 0; k < d; k++)
        covariance[j * d + k] += row[j] * row[k] / (s->count - 1);
  }
  free (row);
}

/* A [d,d] symmetric becomes its eigenvectors, one a row. */
static void
eigen (int d, double *a, double *values)
{
  int room = 3 * d + 64 * d, info;
  double *work = room_for ((size_t) room, sizeof *work);
  dsyev_ ("V", "U", &d, a, &d, values, work, &room, &info);
  if (info)
    fail ("eigenvalues", "they did not converge");
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

static double
frechet (const set *a, const set *b)
{
  int d = a->width;
  size_t n = (size_t) d * (size_t) d;
  double *mean[2], *c[2], *root = room_for (n, sizeof *root), *half = room_for (n, sizeof *half), *values = room_for ((size_t) d, sizeof *values);
  const set *sets[2] = { a, b };
  for (int i = 0; i < 2; i++) {
    mean[i] = room_for ((size_t) d, sizeof *mean[i]);
    c[i] = room_for (n, sizeof *c[i]);
    fit (sets[i], mean[i], c[i]);
  }
  double distance = 0;
  for (int i = 0; i < d; i++)
    distance += pow (mean[0][i] - mean[1][i], 2) + c[0][i * d + i] + c[1][i * d + i];
  /* root = C_a^1/2 = sum of sqrt (value) v v^T */
  eigen (d, c[0], values);
  for (int k = 0; k < d; k++)
    for (int i = 0; i < d && values[k] > 0; i++)
      for (int j = 0; j < d; j++)
        root[i * d + j] += sqrt (values[k]) * c[0][k * d + i] * c[0][k * d + j];
  product (d, root, c[1], half);
  product (d, half, root, c[0]);
  eigen (d, c[0], values);
  for (int k = 0; k < d; k++)
    distance -= values[k] > 0 ? 2 * sqrt (values[k]) : 0;
  for (int i = 0; i < 2; i++) {
    free (mean[i]);
    free (c[i]);
  }
  free (root);
  free (half);
  free (values);
  return distance;
}

int
main (int argc, char **argv)
{
  adm_error error;
  adm_network *classifier = NULL;
  if (argc != 4) {
    fprintf (stderr, "usage: frechet CLASSIFIER|--features A B\n");
    return 2;
  }
  if (strcmp (argv[1], "--features") && adm_network_load (argv[1], &(adm_options) { 0 }, NULL, NULL, &classifier, &error))
    fail (argv[1], error.message);
  set a = read_set (argv[2], classifier), b = read_set (argv[3], classifier);
  if (a.width != b.width)
    fail (argv[3], "its features have another width");
  printf ("{\"distance\": %.6g, \"a\": %d, \"b\": %d, \"features\": %d}\n", frechet (&a, &b), a.count, b.count, a.width);
  adm_network_free (classifier);
  free (a.features);
  free (b.features);
  return 0;
}
