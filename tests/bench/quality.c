/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model's pictures are worth: samples every class, EACH pictures of it, as the model's defaults say, and tells
 *   agreement   the share that the model's classifier takes for the class asked for,
 *   frechet     the squared Fréchet distance (gaussian.h) of the classifier's features to those of pictures as it was trained on:
 *               STATISTICS, their mean and covariance (crops.py).
 * With few pictures the distance is too large by what their covariance lacks: compare it at the same EACH only.
 *
 *   quality MODEL.json STATISTICS.npy EACH [--scale S] [--sampler NAME] [--steps N | --respacing R] [--eta E] [--seed S] [--classes N]
 *           [--pictures OUT.npy]
 *
 * Prints one JSON object. Seeds go up from --seed (default 1000): picture i of class k has seed + k * EACH + i. --classes: the first
 * N only. --pictures: the first picture of each class. */
#include "clock.h"
#include "gaussian.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct task {
  const char *model, *statistics, *pictures;
  int each, classes;
  adm_request request;
} task;

static int
usage (void)
{
  fprintf (stderr, "usage: quality MODEL.json STATISTICS.npy EACH [--scale S] [--sampler NAME] [--steps N | --respacing R] [--eta E] [--seed S] "
                   "[--classes N] [--pictures OUT.npy]\n");
  return 2;
}

static bool
parse (int argc, char **argv, task *t)
{
  for (int i = 4; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    adm_sampler sampler;
    if (!strcmp (name, "--sampler") && adm_sampler_parse (value, &sampler))
      adm_request_set_sampler (&t->request, sampler);
    else if (!strcmp (name, "--scale"))
      t->request.scale = atof (value);
    else if (!strcmp (name, "--steps"))
      t->request.steps = atoi (value);
    else if (!strcmp (name, "--respacing"))
      t->request.respacing = value;
    else if (!strcmp (name, "--eta"))
      t->request.eta = atof (value);
    else if (!strcmp (name, "--seed"))
      t->request.seed = strtoull (value, NULL, 10);
    else if (!strcmp (name, "--classes"))
      t->classes = atoi (value);
    else if (!strcmp (name, "--pictures"))
      t->pictures = value;
    else
      return false;
  }
  return argc % 2 == 0;
}

int
main (int argc, char **argv)
{
  adm_error error;
  adm_catalog *catalog;
  const adm_model *model;
  adm_session *session;
  adm_network *classifier;
  const char *none = NULL;
  if (argc < 4)
    return usage ();
  if (adm_catalog_new (&none, 0, &catalog, &error) || adm_catalog_find (catalog, argv[1], &model, &error))
    gaussian_fail (argv[1], error.message);
  if (!model->classifier)
    gaussian_fail (argv[1], "a classifier is needed");
  task t = { .each = atoi (argv[3]), .classes = model->class_count, .request = adm_request_default (model) };
  t.request.seed = 1000;
  if (!parse (argc, argv, &t) || t.each < 1 || t.classes < 1 || t.classes > model->class_count || t.each * t.classes < 2)
    return usage ();
  gaussian truth = gaussian_read (argv[2]);
  adm_options options = { 0 };
  if (adm_session_new (model, &options, &session, &error) || adm_network_load (model->classifier, &options, NULL, NULL, &classifier, &error))
    gaussian_fail (argv[1], error.message);
  size_t pixels = 3 * (size_t) model->image_size * (size_t) model->image_size;
  float *out = calloc ((size_t) t.each * pixels, sizeof *out), *first = calloc ((size_t) t.classes * pixels, sizeof *first);
  if (!out || !first)
    gaussian_fail ("memory", "there is not enough; ask for fewer");
  feature_set set = { 0 };
  int hits = 0;
  double start = now (), sampling = 0;
  const uint64_t seed = t.request.seed;
  t.request.count = t.each;
  for (int label = 0; label < t.classes; label++, start = now ()) {
    t.request.label = label;
    t.request.seed = seed + (uint64_t) label * (uint64_t) t.each;
    if (adm_session_sample (session, &t.request, NULL, NULL, out, NULL, &error))
      gaussian_fail (model->class_names[label], error.message);
    sampling += now () - start;
    feature_set_see (&set, classifier, out, t.each, label, &hits, model->class_names[label]);
    memcpy (first + (size_t) label * pixels, out, pixels * sizeof *out);
  }
  if (set.width != truth.width)
    gaussian_fail (argv[2], "they are of another classifier's features");
  gaussian found = gaussian_fit (&set);
  const int64_t shape[] = { t.classes, 3, model->image_size, model->image_size };
  if (t.pictures && adm_npy_write (t.pictures, first, 4, shape, &error))
    gaussian_fail (t.pictures, error.message);
  printf ("{\"agreement\": %.4f, \"frechet\": %.4f, \"pictures\": %d, \"seconds\": %.4f}\n", (double) hits / set.count,
          gaussian_distance (&found, &truth), set.count, sampling / set.count);
  gaussian_clear (&found);
  gaussian_clear (&truth);
  adm_network_free (classifier);
  adm_session_free (session);
  adm_catalog_free (catalog);
  free (set.rows);
  free (out);
  free (first);
  return 0;
}
