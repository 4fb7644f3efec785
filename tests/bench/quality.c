/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model's pictures are worth: samples every class, EACH pictures of it, as the model's
 * defaults say, and tells
 *   agreement   the share that the model's classifier takes for the class asked for,
 *   frechet     the squared Fréchet distance (gaussian.h) of the classifier's features to those of
 *               pictures as it was trained on: STATISTICS, their mean and covariance (crops.py).
 * With few pictures the distance is too large by what their covariance lacks: compare it at the
 * same EACH only.
 *
 *   quality MODEL.json STATISTICS.npy EACH [--scale S] [--sampler NAME] [--steps N | --respacing R]
 *     [--eta E] [--seed S] [--classes N] [--pictures OUT.npy]
 *
 * Prints one JSON object. Seeds go up from --seed (default 1000): picture i of class k has seed + k
 * * EACH + i. --classes: the first N only. --pictures: the first picture of each class. */
#include "clock.h"
#include "gaussian.h"
#include "said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct asked {
  const char *model, *statistics, *pictures;
  int each, classes;
  adm_request request;
} asked;

static int
usage (void)
{
  fprintf (stderr, "usage: quality MODEL.json STATISTICS.npy EACH [--scale S] [--sampler NAME] "
                   "[--steps N | --respacing R] [--eta E] [--seed S] "
                   "[--classes N] [--pictures OUT.npy]\n");
  return 2;
}

static bool
parse (int argc, char **argv, asked *t)
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

/* What the pictures of one class go through. */
typedef struct judge {
  const adm_model *model;
  adm_network *classifier;
  feature_set set;
  int label, hits;
  float *first; /* [classes,3,S,S] */
} judge;

static adm_status
look (int i, const adm_picture *picture, void *user, adm_error *error)
{
  judge *j = user;
  size_t pixels = 3 * (size_t) picture->height * (size_t) picture->width;
  (void) error;
  feature_set_see (&j->set, j->classifier, picture->pixels, 1, j->label, &j->hits,
                   j->model->class_names[j->label]);
  if (i == 0)
    memcpy (j->first + (size_t) j->label * pixels, picture->pixels, pixels * sizeof *j->first);
  return ADM_OK;
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
  if (adm_catalog_new (&none, 0, &catalog, &error)
      || adm_catalog_find (catalog, argv[1], &model, &error))
    gaussian_fail (argv[1], said (&error));
  if (!model->classifier)
    gaussian_fail (argv[1], "a classifier is needed");
  asked t = { .each = atoi (argv[3]),
              .classes = model->class_count,
              .request = adm_request_default (model) };
  t.request.seed = 1000;
  if (!parse (argc, argv, &t) || t.each < 1 || t.classes < 1 || t.classes > model->class_count
      || t.each * t.classes < 2)
    return usage ();
  gaussian truth = gaussian_read (argv[2]);
  adm_options options = { 0 };
  if (adm_session_new (model, &options, &session, &error)
      || adm_network_load (model->classifier, &options, NULL, NULL, &classifier, &error))
    gaussian_fail (argv[1], said (&error));
  size_t pixels = 3 * (size_t) model->image_size * (size_t) model->image_size;
  judge j = { .model = model,
              .classifier = classifier,
              .first = calloc ((size_t) t.classes * pixels, sizeof *j.first) };
  if (!j.first)
    gaussian_fail ("memory", "there is not enough; ask for fewer");
  const double start = now ();
  const uint64_t seed = t.request.seed;
  const adm_sink sink = { NULL, look, &j };
  t.request.count = t.each;
  for (int label = 0; label < t.classes; label++) {
    adm_plan plan;
    t.request.label = j.label = label;
    t.request.seed = seed + (uint64_t) label * (uint64_t) t.each;
    const adm_task task = { .kind = ADM_TASK_GENERATE, .generate = { .sample = t.request } };
    if (adm_plan_make (model, &task, &plan, &error)
        || adm_session_run (session, &plan, &sink, &error))
      gaussian_fail (model->class_names[label], said (&error));
  }
  if (j.set.width != truth.width)
    gaussian_fail (argv[2], "they are of another classifier's features");
  gaussian found = gaussian_fit (&j.set);
  const int64_t shape[] = { t.classes, 3, model->image_size, model->image_size };
  if (t.pictures && adm_npy_write (t.pictures, j.first, 4, shape, &error))
    gaussian_fail (t.pictures, said (&error));
  printf ("{\"agreement\": %.4f, \"frechet\": %.4f, \"pictures\": %d, \"seconds\": %.4f}\n",
          (double) j.hits / j.set.count, gaussian_distance (&found, &truth), j.set.count,
          (now () - start) / j.set.count);
  gaussian_clear (&found);
  gaussian_clear (&truth);
  adm_network_free (classifier);
  adm_session_free (session);
  adm_catalog_free (catalog);
  free (j.set.rows);
  free (j.first);
  return 0;
}
