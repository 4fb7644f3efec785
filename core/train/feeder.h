/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures, read and cropped by threads ahead of need. Which picture is sample number K, and its
 * crop, follow from the seed and K alone: not from threads, nor from where a training resumed. */
#ifndef ADM_TRAIN_FEEDER_H
#define ADM_TRAIN_FEEDER_H

#include "train/crop.h"
#include "train/picture_list.h"

typedef struct adm_feeder adm_feeder;

typedef struct adm_feeder_options {
  const adm_picture_list *list; /* must outlive the feeder */
  adm_crop crop;
  int channels; /* of the network's pictures: 1, 3 or 4 */
  uint64_t seed;
  uint64_t first; /* number of the first sample */
  int ahead;      /* samples kept ready */
  int threads;
} adm_feeder_options;

adm_status adm_feeder_new (const adm_feeder_options *options, adm_feeder **out, adm_error *error);
void adm_feeder_free (adm_feeder *feeder);

/* The next sample: PICTURE [channels,size,size] and its LABEL. Where a picture cannot be read, its
 * neighbour in the shuffled order takes its place; ADM_ERROR_IO when none of them can. */
adm_status adm_feeder_next (adm_feeder *feeder, float *picture, int *label, adm_error *error);

/* The next picture found unreadable that has not been told: WHY names it; false: none. */
bool adm_feeder_unreadable (adm_feeder *feeder, adm_error *why);

#endif
