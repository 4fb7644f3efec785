/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage of the pipeline: pictures from one network, by its sampler, guided by a classifier or
 * not, whole or in tiles. */
#ifndef ADM_PIPELINE_STAGE_H
#define ADM_PIPELINE_STAGE_H

#include "diffusion/canvas.h"
#include "diffusion/schedule.h"
#include "pipeline/frame.h"
#include "pipeline/residency.h"

typedef struct adm_sampling {
  /* set by the caller of adm_sampling_open */
  adm_residency *residency;
  int part; /* the network's: ADM_PART_DIFFUSION or ADM_PART_UPSAMPLER, loaded */
  const adm_request *request;
  adm_callback callback;
  void *user;
  int images;             /* of the request, for progress */
  const adm_frame *frame; /* NULL: the network's own size */
  int keep;               /* networks that must stay in memory meanwhile */
  /* set by it */
  adm_network *network, *classifier; /* CLASSIFIER NULL: no guidance */
  int label, guide;
  int height, width; /* of the pictures made */
  int channels;      /* 1, 3 or 4 */
  int number;        /* of the stage in the frame: 0 sampling, 1 upsampling */
  bool windowed;     /* by the field, window by window */
  adm_canvas_field field;
  adm_canvas_label label_of_all; /* the field's, where there is one */
  bool free_guidance;
  adm_schedule *schedule;
  void *memory;     /* holds the four that follow, and the field's workspace */
  float *workspace; /* of the sampler */
  float *x;         /* [channels,height,width]: the picture when adm_sampling_run has made it */
  float *logits;    /* [batch,K] of the classifier */
  float *rgb;       /* [3,height,width] for what shows colours; NULL: X is that */
  /* while a picture is made */
  const float *low;
  int t[ADM_CANVAS_BATCH]; /* of the step, for each window */
  unsigned visits;         /* of the network: moves the windows' grid */
  adm_progress progress;
  double share;      /* of a step that the diffusion network takes */
  double from, span; /* of a step: what is being worked on */
} adm_sampling;

/* Checks the request against the networks, plans them before the first step so that memory is
 * refused at once, and takes the sampler's arrays. On failure nothing is held. */
adm_status adm_sampling_open (adm_sampling *stage, adm_error *error);
void adm_sampling_close (adm_sampling *stage);

/* Picture I of the request into stage->x, which is undefined on failure; of an upsampler from LOW
 * [3,low_h,low_w], else NULL. What a frame starts from at strength 0 needs no run. */
adm_status adm_sampling_run (adm_sampling *stage, int i, const float *low, adm_error *error);

/* The latent of PICTURE [3,height,width] into stage->x, which is undefined on failure; I as above.
 * The stage's network must be ADM_PART_DIFFUSION's. */
adm_status adm_sampling_encode (adm_sampling *stage, int i, const float *picture, adm_error *error);

#endif
