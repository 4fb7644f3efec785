/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From pictures to features, by Inception or by a model's own classifier. */
#ifndef ADM_EVALUATE_EXTRACTOR_H
#define ADM_EVALUATE_EXTRACTOR_H

#include "adm_evaluate.h"
#include "evaluate/gauss.h"
#include "evaluate/inception.h"
#include "networks/network.h"

/* A picture as it was read: PIXELS [height,width,3]. */
typedef struct adm_rgb_picture {
  const uint8_t *pixels;
  int height, width;
} adm_rgb_picture;

typedef struct adm_extractor {
  const adm_workbench *bench;
  const char *path;         /* of the weights */
  adm_inception *inception; /* one of these two */
  adm_network *classifier;
  int width, spatial_width; /* of the features; SPATIAL_WIDTH 0: none */
  float *memory;            /* Inception's workspace of each worker, or the classifier's input */
  int at_once;              /* pictures of one call */
} adm_extractor;

/* Loads HOW->network, which must be given. On failure nothing is held. */
adm_status adm_extractor_init (adm_extractor *extractor, const adm_workbench *bench,
                               const adm_evaluation *how, adm_error *error);
void adm_extractor_clear (adm_extractor *extractor);
/* Bytes that it takes, loading included. */
uint64_t adm_extractor_bytes (const adm_evaluation *how, int threads);

/* ROWS [N,width] and SPATIAL [N,spatial_width] of N <= at_once pictures, which WHERE names. A
 * classifier takes pictures of its own size only. */
adm_status adm_extractor_run (adm_extractor *extractor, const adm_rgb_picture *pictures, int n,
                              const char *where, float *rows, float *spatial, adm_error *error);

#endif
