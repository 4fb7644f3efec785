/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage of the pipeline: pictures from one network, by its sampler, guided by a classifier or
 * not, whole or in tiles. */
#ifndef ADM_PIPELINE_STAGE_H
#define ADM_PIPELINE_STAGE_H

#include "diffusion/schedule.h"
#include "diffusion/tiling.h"
#include "pipeline/residency.h"

typedef struct adm_sampling {
  /* set by the caller of adm_sampling_open */
  adm_residency *residency;
  int part; /* the network's: ADM_PART_DIFFUSION or ADM_PART_UPSAMPLER, loaded */
  const adm_request *request;
  adm_callback callback;
  void *user;
  int images; /* of the request, for progress */
  /* set by it */
  adm_network *network, *classifier; /* CLASSIFIER NULL: no guidance */
  int label, guide;
  int height, width; /* of the pictures made */
  int channels;      /* 1, 3 or 4 */
  bool tiled;
  adm_tiling tiling;
  adm_schedule *schedule;
  float *memory;    /* holds the four that follow */
  float *workspace; /* of the sampler */
  float *x;         /* [channels,height,width]: the picture when adm_sampling_run has made it */
  float *logits;    /* [K] of the classifier */
  float *rgb;       /* [3,height,width] for what shows colours; NULL: X is that */
  float *tiles;     /* the tiling's workspace */
  /* while a picture is made */
  const float *low;
  int t; /* of the step, for the tiles */
  adm_progress progress;
  double share;              /* of a step that the diffusion network takes */
  double from, part_of_step; /* of a step: the part being worked on */
} adm_sampling;

/* Checks the request against the networks, plans them before the first step so that memory is
 * refused at once, and takes the sampler's arrays. On failure nothing is held. */
adm_status adm_sampling_open (adm_sampling *stage, adm_error *error);
void adm_sampling_close (adm_sampling *stage);

/* Picture I of the request into stage->x, which is undefined on failure; of an upsampler from LOW
 * [3,low_h,low_w], else NULL. */
adm_status adm_sampling_run (adm_sampling *stage, int i, const float *low, adm_error *error);

/* Side of an upsampler's input. */
int adm_low_side (const adm_description *description);

#endif
