/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: what is to be made, and a model's networks kept warm to make it. */
#ifndef ADM_SESSION_H
#define ADM_SESSION_H

#include "adm_model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct adm_request {
  int label;       /* of network and classifier; ADM_NO_LABEL: none */
  int guide_label; /* of the classifier alone; ADM_NO_LABEL: as label */
  double scale;    /* s >= 0; > 0 needs a classifier and a label */
  adm_sampler sampler;
  int steps;             /* 2 … T; used when respacing is NULL */
  const char *respacing; /* the reference's spelling ("250", "ddim25", "10,15,20"), or NULL */
  double eta;            /* ddim: 0 … 1 */
  /* guidance acts where guide_from <= sigma <= guide_to, sigma = sqrt ((1 - a) / a), a = alpha-bar
   * (Kynkäänniemi et al. 2024); both 0: everywhere, but with steps, and not ddpm, where sigma <=
   * 1000: beyond, x holds nothing of a picture that could be guided */
  double guide_from, guide_to;
  /* dpm++2m, sde-dpm++2m: dynamic thresholding of x0 at this quantile of its magnitudes (Saharia et
   * al. 2022), 0 < p <= 1; 0: x0 is clamped before guidance, as the other samplers do */
  double threshold;
  bool no_clip;       /* x0 is not clamped to [-1, 1] */
  uint64_t seed;      /* image i uses seed + i and its own generator */
  int count;          /* N >= 1 */
  const float *noise; /* [steps+1,N,C,H,W] or NULL; overrides seed */
  const float *low;   /* superres: [N,3,low_h,low_w], else NULL */
  int low_h, low_w;
  /* superres: LOW may be larger than the upsampler's input; it is worked on in overlapping tiles */
  bool tiled;
} adm_request;

/* The request a model's defaults make: seed 0, one image, null class (or no label). */
adm_request adm_request_default (const adm_model *model);
/* Another sampler for a default request: a default eta belongs to the default sampler alone. */
void adm_request_set_sampler (adm_request *request, adm_sampler sampler);
/* The same for the model's upsampling stage (upsampler_defaults; without them ddpm at 250
 * steps). */
adm_request adm_request_upsample_default (const adm_model *model);

typedef struct adm_session adm_session;
/* MODEL is copied. Networks are loaded when first needed, or by adm_session_load, and stay while
 * options->memory_limit has room for them; else those of the other stage (sampling, upsampling) are
 * let go first, and loaded again when needed. A stage that does not fit alone is ADM_ERROR_MEMORY
 * with the figures; weights are never reduced to 16 bits unasked, since that changes the
 * pictures. */
adm_status adm_session_new (const adm_model *model, const adm_options *options, adm_session **out,
                            adm_error *error);
void adm_session_free (adm_session *session);
/* PARTS of both stages: those that fit together with sampling's. */
adm_status adm_session_load (adm_session *session, int parts, adm_callback callback, void *user,
                             adm_error *error);
/* How often a network's weights were read since the session was made, whether the reading came to
 * its end or not. */
int adm_session_reads (const adm_session *session);

typedef enum adm_task_kind { ADM_TASK_GENERATE, ADM_TASK_UPSCALE } adm_task_kind;
typedef struct adm_task {
  adm_task_kind kind;
  union {
    struct {
      adm_request sample; /* its count and seed are the task's */
      /* each picture is then enlarged with the upsampler, which sees it rounded to 8 bits */
      bool upscaled;
      adm_request upscale; /* how; seed, count and low are not looked at */
    } generate;
    adm_request upscale; /* of request.low */
  };
} adm_task;

/* A task that can be done: made by adm_plan_make, not by hand. */
typedef struct adm_plan {
  adm_task task;
  int parts;                /* ADM_PART_… that it needs */
  int count;                /* of pictures */
  int height, width;        /* of each when it is finished */
  int channels;             /* 1, 3 or 4: what the network makes */
  int steps, upscale_steps; /* of the stages; 0: there is none */
  double work[2];           /* of one picture: sampling, upsampling, in FLOPs */
} adm_plan;

/* Checks TASK against MODEL's files, which are inspected, not loaded. What the networks alone can
 * tell (classes, a classifier's labels) the run checks before the first step. Pointers in TASK must
 * live as long as PLAN. */
adm_status adm_plan_make (const adm_model *model, const adm_task *task, adm_plan *plan,
                          adm_error *error);
/* The same for SESSION's model; its networks that are loaded serve on when their files are gone. */
adm_status adm_session_plan (const adm_session *session, const adm_task *task, adm_plan *plan,
                             adm_error *error);

/* A finished picture: the final x [CHANNELS,HEIGHT,WIDTH], not clamped. Valid during the call. */
typedef struct adm_picture {
  const float *pixels;
  int height, width;
  int channels; /* 3: RGB; for sinks that ask for it 1, grey, or 4, RGBA */
} adm_picture;

/* Where a run's pictures go. */
typedef struct adm_sink {
  adm_callback progress; /* may be NULL */
  /* Picture I of the plan, in order, as soon as it is finished. A failure ends the run with it. */
  adm_status (*picture) (int i, const adm_picture *picture, void *user, adm_error *error);
  void *user;
  bool all_channels; /* pictures as the network makes them, not as colours */
} adm_sink;

/* Runs PLAN, made for the session's model. The networks needed are loaded first; progress->image
 * counts the plan's pictures. */
adm_status adm_session_run (adm_session *session, const adm_plan *plan, const adm_sink *sink,
                            adm_error *error);

#ifdef __cplusplus
}
#endif
#endif
