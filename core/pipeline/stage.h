/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One stage of the pipeline: pictures from one network, by its sampler, guided by a classifier or
 * not, several together, whole, or in tiles. */
#ifndef ADM_PIPELINE_STAGE_H
#define ADM_PIPELINE_STAGE_H

#include "base/rng.h"
#include "diffusion/canvas.h"
#include "diffusion/schedule.h"
#include "pipeline/forming.h"
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
  bool all_channels;      /* progress tells pictures as the network makes them, not as colours */
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
  adm_forming forming; /* the field's canvas */
  int batch;           /* pictures that are made together at most; in windows 1 */
  uint64_t bytes;      /* of MEMORY, counted among what the run holds */
  void *memory;        /* holds the arrays that follow */
  float *workspace;    /* of the sampler */
  float *quilting;     /* of an anchor; NULL: there is none */
  float *x; /* [batch,channels,height,width]: the pictures when adm_sampling_run has made them */
  float *logits;        /* of the classifier, [K] for each picture or window */
  float *rgb;           /* [3,height,width] for what shows colours; NULL: X is that */
  int *t;               /* of the step, for each picture or window */
  int *labels, *guides; /* of each picture */
  adm_rng *rng[3];      /* [batch] each: the seed's, its neighbour's, of what is known */
  /* while pictures are made */
  int now;                     /* how many */
  const float *low;            /* [now,3,low_h,low_w] */
  const adm_schedule_step *at; /* the step */
  unsigned visits;             /* of the network: moves the windows' grid */
  adm_progress progress;
  double share;      /* of a step that the diffusion network takes */
  double from, span; /* of a step: what is being worked on */
  /* an anchor's work before the first step, and what of it is done, in steps; and how long one of
   * its own steps, or the canvas's, is */
  double ahead, ahead_done, unit;
} adm_sampling;

/* Checks the request against the networks, plans them before the first step so that memory is
 * refused at once, and takes the sampler's arrays. On failure nothing is held. */
adm_status adm_sampling_open (adm_sampling *stage, adm_error *error);
void adm_sampling_close (adm_sampling *stage);

/* Tells how far it is, with DONE of what is being worked on. False: cancelled. */
bool adm_sampling_tell (adm_sampling *stage, double done);

/* Whether the request suits the stage, which is open but for its arrays. */
adm_status adm_sampling_check_request (adm_sampling *stage, adm_error *error);
/* The same of its labels; finds LABEL and GUIDE. */
adm_status adm_sampling_check_labels (adm_sampling *stage, adm_error *error);
/* Of picture I, by the network's labels, and by the classifier's. */
int adm_sampling_label (const adm_sampling *stage, int i);
int adm_sampling_guide (const adm_sampling *stage, int i);

/* N pictures of the request, 1 … stage->batch, from number I on, into stage->x, which is undefined
 * on failure; of an upsampler from LOW [N,3,low_h,low_w], else NULL. What a frame starts from at
 * strength 0 needs no run. */
adm_status adm_sampling_run (adm_sampling *stage, int i, int n, const float *low, adm_error *error);

/* The latent of PICTURE [3,height,width] into stage->x, which is undefined on failure; I as above.
 * The stage's network must be ADM_PART_DIFFUSION's. */
adm_status adm_sampling_encode (adm_sampling *stage, int i, const float *picture, adm_error *error);

#endif
