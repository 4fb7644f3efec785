/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fréchet distance (gaussian.h) between two sets of pictures. The features are the last layer's
 * input of a classifier that knows the pictures' classes, at timestep 0. Such a distance compares
 * samplers of one model with each other; it says nothing against published figures, whose features
 * are Inception's.
 *
 *   frechet CLASSIFIER A B        A, B: a .npy [N,3,S,S], or a folder of them; clamped to [-1, 1]
 *     as pictures are
 *   frechet --features A B        A, B: .npy [N,D], features as they are
 *   frechet --fit CLASSIFIER A OUT.npy   the mean and covariance of A's features (gaussian.h)
 *
 * Prints one JSON object: distance (d^2), the numbers of pictures, the width of the features. */
#include "gaussian.h"
#include "said.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
add_file (feature_set *s, const char *path, adm_network *classifier)
{
  adm_error error;
  float *data;
  int rank;
  int64_t shape[8];
  if (adm_npy_read (path, &data, &rank, shape, &error))
    gaussian_fail (path, said (&error));
  if (!classifier) {
    if (rank != 2)
      gaussian_fail (path, "features have two dimensions");
    feature_set_add (s, data, (int) shape[0], (int) shape[1], path);
  } else {
    int side = adm_network_description (classifier)->image_size;
    if (rank != 4 || shape[1] != 3 || shape[2] != side || shape[3] != side)
      gaussian_fail (path, "its pictures are not of the classifier's size");
    feature_set_see (s, classifier, data, (int) shape[0], 0, NULL, path);
  }
  free (data);
}

static feature_set
read_set (const char *path, adm_network *classifier)
{
  feature_set s = { 0 };
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
    gaussian_fail (path, "two pictures or more are needed");
  return s;
}

int
main (int argc, char **argv)
{
  adm_error error;
  adm_network *classifier = NULL;
  bool fit = argc == 5 && strcmp (argv[1], "--fit") == 0;
  if (argc != 4 && !fit) {
    fprintf (stderr,
             "usage: frechet CLASSIFIER|--features A B, or frechet --fit CLASSIFIER A OUT.npy\n");
    return 2;
  }
  const char *const *arguments = (const char *const *) argv + (fit ? 2 : 1);
  if (strcmp (arguments[0], "--features")
      && adm_network_load (arguments[0], &(adm_options) { 0 }, NULL, NULL, &classifier, &error))
    gaussian_fail (arguments[0], said (&error));
  feature_set a = read_set (arguments[1], classifier);
  gaussian of_a = gaussian_fit (&a);
  if (fit) {
    gaussian_write (&of_a, arguments[2]);
    printf ("{\"a\": %d, \"features\": %d}\n", a.count, a.width);
  } else {
    feature_set b = read_set (arguments[2], classifier);
    if (a.width != b.width)
      gaussian_fail (arguments[2], "its features have another width");
    gaussian of_b = gaussian_fit (&b);
    printf ("{\"distance\": %.6g, \"a\": %d, \"b\": %d, \"features\": %d}\n",
            gaussian_distance (&of_a, &of_b), a.count, b.count, a.width);
    gaussian_clear (&of_b);
    free (b.rows);
  }
  gaussian_clear (&of_a);
  adm_network_free (classifier);
  free (a.rows);
  return 0;
}
