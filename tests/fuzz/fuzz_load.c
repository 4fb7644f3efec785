/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole way of a file: refused, or loaded and evaluated once. What tensors do not tell stands
 * in a sidecar beside it. */
#include "../core/folder.h"
#include "fuzz.h"

enum { MOST_PIXELS = 32 * 32, MOST_CLASSES = 1000, MOST_MEMORY = 64 << 20 };

static void
evaluate (adm_network *network, const adm_description *d)
{
  int side = d->image_size, low_side = side > 1 ? side / 2 : 1, t = 500, label = 0;
  size_t pixels = 3 * (size_t) side * (size_t) side,
         results = d->kind == ADM_KIND_CLASSIFIER ? (size_t) d->num_classes : 2 * pixels;
  float *x = malloc (pixels * sizeof *x), *low = malloc (pixels * sizeof *low),
        *out = malloc (results * sizeof *out);
  adm_error error;
  for (size_t i = 0; i < pixels; i++) {
    x[i] = (float) (i % 17) / 8 - 1;
    low[i] = (float) (i % 5) / 2 - 1;
    out[i % results] = 0;
  }
  bool superres = d->kind == ADM_KIND_SUPERRES,
       labelled = d->kind != ADM_KIND_CLASSIFIER && d->num_classes > 0;
  adm_status status = adm_network_evaluate (network,
                                            &(adm_batch) { .n = 1,
                                                           .x = x,
                                                           .t = &t,
                                                           .labels = labelled ? &label : NULL,
                                                           .low = superres ? low : NULL,
                                                           .low_h = superres ? low_side : 0,
                                                           .low_w = superres ? low_side : 0 },
                                            out, &error);
  fuzz_check (status, &error);
  if (!status && d->kind == ADM_KIND_CLASSIFIER)
    fuzz_check (adm_network_gradient (network,
                                      &(adm_batch) { .n = 1, .x = x, .t = &t, .labels = &label },
                                      NULL, low, &error),
                &error);
  free (x);
  free (low);
  free (out);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  (void) argc;
  (void) argv;
  folder_make ();
  atexit (folder_remove);
  folder_write (
      "weights.json",
      "{\"image_size\":8,\"attention_resolutions\":[],\"num_heads\":1,\"num_head_channels\":32,"
      "\"use_new_attention_order\":true,\"noise_schedule\":\"linear\"}");
  fuzz_require (symlink (fuzz_file (0, (const uint8_t *) "", 0), folder_file ("weights.pt")) == 0,
                "a link");
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  adm_network *network;
  adm_error error;
  const adm_options options = { .threads = 1, .memory_limit = MOST_MEMORY };
  fuzz_file (0, data, size);
  adm_status status
      = adm_network_load (folder_file ("weights.pt"), &options, NULL, NULL, &network, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (network != NULL), "a network with success only");
  if (status)
    return 0;
  const adm_description *d = adm_network_description (network);
  if (d->image_size * d->image_size <= MOST_PIXELS && d->num_classes <= MOST_CLASSES)
    evaluate (network, d);
  adm_network_free (network);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  return fuzz_mutate_weights (data, size, max_size, seed);
}
