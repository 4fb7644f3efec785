/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The paper's residual rescaling (Table 1), which no tensor shows: told by the description alone.
 * With it the outputs change, the classifier's gradient still is the derivative of its
 * log-probability, and nothing depends on the number of threads. */
#include "adm.h"
#include "check.h"
#include "said.h"

#include <stdlib.h>
#include <unistd.h>

enum { SIDE = 32, PIXELS = 3 * SIDE * SIDE };

static adm_error error;
static char folder[] = "/tmp/adm-options-XXXXXX";

/* A copy of fixture NAME with "rescale_residual" in its sidecar. */
static const char *
rescaled (const char *name)
{
  static char path[512];
  char source[1024], command[3072];
  snprintf (source, sizeof source, "%s/%s", ADM_TEST_FIXTURES, name);
  snprintf (path, sizeof path, "%s/%s.pt", folder, name);
  snprintf (command, sizeof command,
            "cp '%s.pt' '%s' && sed 's/^{/{ \"rescale_residual\": true,/' '%s.json' > '%s/%s.json'",
            source, path, source, folder, name);
  CHECK (system (command) == 0);
  return path;
}

static adm_network *
load (const char *path, int threads)
{
  adm_network *network = NULL;
  if (!CHECK (adm_network_load (path, &(adm_options) { .threads = threads, .exact = true }, NULL,
                                NULL, &network, &error)
              == ADM_OK)) {
    printf ("  %s\n", said (&error));
    exit (1);
  }
  return network;
}

static void
fill (float *x)
{
  for (int i = 0; i < PIXELS; i++)
    x[i] = sinf (0.37f * (float) i) + 0.3f * cosf (0.011f * (float) i * (float) (i % 7));
}

static double
log_probability (adm_network *network, const float *x, int t, int label)
{
  float logits[5];
  CHECK (adm_network_evaluate (network, &(adm_batch) { .n = 1, .x = x, .t = &t }, logits, &error)
         == ADM_OK);
  double sum = 0;
  for (int k = 0; k < 5; k++)
    sum += exp ((double) logits[k]);
  return (double) logits[label] - log (sum);
}

static void
test_classifier (void)
{
  static float x[PIXELS], moved[PIXELS], grad[PIXELS], again[PIXELS];
  int t = 200, label = 3;
  fill (x);
  adm_network *network = load (rescaled ("classifier-attention"), 1);
  CHECK (adm_network_description (network)->rescale_residual == 1);
  CHECK (adm_network_gradient (network, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                               NULL, grad, &error)
         == ADM_OK);
  double norm = 0, h = 0.02;
  for (int i = 0; i < PIXELS; i++)
    norm += (double) grad[i] * (double) grad[i];
  norm = sqrt (norm);
  CHECK (norm > 0);
  /* along the gradient the derivative is its length */
  double side[2];
  for (int k = 0; k < 2; k++) {
    for (int i = 0; i < PIXELS; i++)
      moved[i] = x[i] + (float) ((k ? h : -h) * (double) grad[i] / norm);
    side[k] = log_probability (network, moved, t, label);
  }
  CHECK_NEAR ((side[1] - side[0]) / (2 * h), norm, 0.01 * norm);
  adm_network_free (network);

  network = load (rescaled ("classifier-attention"), 3);
  CHECK (adm_network_gradient (network, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                               NULL, again, &error)
         == ADM_OK);
  CHECK (memcmp (grad, again, sizeof grad) == 0);
  adm_network_free (network);
}

static void
test_unet (void)
{
  static float x[PIXELS], out[2 * PIXELS], plain[2 * PIXELS];
  char path[1024];
  int t = 500, label = 1;
  fill (x);
  adm_network *network = load (rescaled ("unet-cond"), 2);
  CHECK (adm_network_evaluate (network, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                               out, &error)
         == ADM_OK);
  adm_network_free (network);
  snprintf (path, sizeof path, "%s/unet-cond.pt", ADM_TEST_FIXTURES);
  network = load (path, 2);
  CHECK (adm_network_description (network)->rescale_residual == 0);
  CHECK (adm_network_evaluate (network, &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                               plain, &error)
         == ADM_OK);
  adm_network_free (network);
  double difference = 0, size = 0;
  for (int i = 0; i < 2 * PIXELS; i++) {
    CHECK (isfinite (out[i]));
    difference += fabs ((double) out[i] - (double) plain[i]);
    size += fabs ((double) plain[i]);
  }
  CHECK (difference > 0.01 * size);
}

int
main (void)
{
  if (!CHECK (mkdtemp (folder) != NULL))
    return check_summary ();
  test_classifier ();
  test_unet ();
  char command[128];
  snprintf (command, sizeof command, "rm -r %s", folder);
  CHECK (system (command) == 0);
  return check_summary ();
}
