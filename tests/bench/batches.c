/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether several pictures go faster through a network together than one after the other: seconds a
 * picture of batches over those of single pictures, by turns in one run, the best of each.
 *
 *   batches MODEL.json [--fast] [REPEATS]
 *
 * Networks: the model's, by their descriptions with made-up weights, and the diffusion network's at
 * 32 px, too. Prints a JSON object for each. */
#include "clock.h"
#include "said.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES = 4, LARGEST = 16 };

static const int batch[SIZES] = { 1, 4, 8, LARGEST };

static adm_status
evaluate (adm_network *network, int n, const float *x, float *out, adm_error *error)
{
  const adm_description *d = adm_network_description (network);
  int t[LARGEST], label[LARGEST];
  for (int i = 0; i < n; i++) {
    t[i] = 500;
    label[i] = 1;
  }
  const adm_batch b = { .n = n, .x = x, .t = t, .labels = d->num_classes ? label : NULL };
  return d->kind == ADM_KIND_CLASSIFIER ? adm_network_gradient (network, &b, NULL, out, error)
                                        : adm_network_evaluate (network, &b, out, error);
}

/* Every evaluation makes LARGEST pictures, N at a time. */
static adm_status
measure (const char *name, const adm_description *d, const adm_options *options, int repeats,
         adm_error *error)
{
  adm_network *network;
  const size_t one = 3 * (size_t) d->image_size * (size_t) d->image_size;
  double best[SIZES] = { INFINITY, INFINITY, INFINITY, INFINITY };
  float *x = calloc (LARGEST * one, sizeof *x), *out = calloc (2 * LARGEST * one, sizeof *out);
  adm_status status = adm_network_make_up (d, options, 1, &network, error);
  if (!x || !out)
    exit (2);
  for (size_t i = 0; i < LARGEST * one; i++)
    x[i] = (float) (i * 7 % 101) / 50 - 1;
  for (int i = 0; i <= repeats && !status; i++) /* the first one warms up */
    for (int s = 0; s < SIZES && !status; s++) {
      const double began = now ();
      for (int k = 0; k < LARGEST && !status; k += batch[s])
        status = evaluate (network, batch[s], x + (size_t) k * one, out, error);
      const double took = (now () - began) / LARGEST;
      best[s] = i && took < best[s] ? took : best[s];
    }
  if (!status) {
    printf ("{\"network\":\"%s\",\"px\":%d,\"seconds\":%.5f", name, d->image_size, best[0]);
    for (int s = 1; s < SIZES; s++)
      printf (",\"of %d\":%.3f", batch[s], best[s] / best[0]);
    printf ("}\n");
    fflush (stdout);
    adm_network_free (network);
  }
  free (x);
  free (out);
  return status;
}

int
main (int argc, char **argv)
{
  static const int parts[] = { ADM_PART_DIFFUSION, ADM_PART_CLASSIFIER };
  const bool fast = argc > 2 && !strcmp (argv[2], "--fast");
  const int repeats = argc > 2 + fast ? atoi (argv[2 + fast]) : 3;
  const adm_options options = { .fast = fast };
  const char *none = NULL;
  adm_catalog *catalog = NULL;
  const adm_model *model;
  adm_file_info info;
  adm_error error;
  if (argc < 2 || repeats < 1) {
    fprintf (stderr, "usage: batches MODEL.json [--fast] [REPEATS]\n");
    return 2;
  }
  adm_status status = adm_catalog_new (&none, 0, &catalog, &error);
  if (!status)
    status = adm_catalog_find (catalog, argv[1], &model, &error);
  for (int i = 0; i < 2 && !status; i++) {
    if ((status = adm_file_inspect (adm_model_part (model, parts[i]), &info, &error)))
      break;
    status = measure (i ? "classifier" : "diffusion", &info.description, &options, repeats, &error);
    info.description.image_size = 32;
    if (!status && !i)
      status = measure ("diffusion", &info.description, &options, repeats, &error);
  }
  adm_catalog_free (catalog);
  if (status)
    fprintf (stderr, "batches: %s\n", said (&error));
  return status ? 1 : 0;
}
