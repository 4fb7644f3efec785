/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: what is to be made, and a model's networks kept warm to make it. */
#ifndef ADM_SESSION_H
#define ADM_SESSION_H

#include "adm_model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One class of several, and where it is. */
typedef struct adm_class_weight {
  int label;
  double weight; /* > 0; at every pixel the weights (times MAP) are scaled to sum to 1 */
  /* [map_height,map_width], 0 … 1, over the finished picture, whose pixels take the nearest; both
   * 0: as large as that. NULL: everywhere */
  const float *map;
  int map_height, map_width;
} adm_class_weight;

/* The slider's meaning: by a classifier's gradient (paper, section 4), or away from what the
 * network predicts without a class (Ho & Salimans 2022, arXiv 2207.12598). Default: by the
 * classifier where the model has one. */
typedef enum adm_guidance {
  ADM_GUIDANCE_DEFAULT,
  ADM_GUIDANCE_CLASSIFIER,
  ADM_GUIDANCE_FREE
} adm_guidance;

enum { ADM_BATCH_MOST = 64 };

typedef struct adm_request {
  int label;       /* of network and classifier; ADM_NO_LABEL: none */
  int guide_label; /* of the classifier alone; ADM_NO_LABEL: as label */
  /* file of a class that was taught to the model's diffusion network: instead of LABEL; NULL: none.
   * Its changes are added to the weights while it is asked for. Guided freely; no classes beside
   * it */
  const char *adapter;
  /* instead of LABEL, CLASS_COUNT of them, each guided by its own; 0: LABEL everywhere */
  const adm_class_weight *classes;
  int class_count;
  double scale; /* s >= 0; > 0 needs a label, and a classifier or a network with a null class */
  adm_guidance guidance;
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
  bool no_clip;  /* x0 is not clamped to [-1, 1] */
  uint64_t seed; /* image i uses seed + i and its own generator */
  /* a neighbour of the seed's picture: noise is the spherical interpolation, VARY 0 … 1 of the way
   * to that of VARY_SEED (+ i) */
  uint64_t vary_seed;
  double vary;
  int count; /* N >= 1 */
  /* [N]: each picture's own LABEL, of the classifier too where GUIDE_LABEL is ADM_NO_LABEL; NULL:
   * LABEL for all. Not looked at beside ADAPTER or CLASSES */
  const int *labels;
  /* pictures that go through a stage's networks together, ADM_BATCH_MOST at most; 0: 1. Fewer where
   * memory is short, and one where that is no quicker: of 256 px and more, and of a canvas or
   * guided freely, whose windows go together already. No byte of a picture depends on it */
  int batch;
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

/* The class that TEXT means becomes REQUEST's, as adm_model_label understands it, or a taught one:
 * its file, which lives as long as MODEL, and no class. Where MODEL cannot guide to a taught class
 * (it has no null class) the scale becomes 0. */
adm_status adm_request_set_class (adm_request *request, const adm_model *model, const char *text,
                                  adm_error *error);

/* Whether REQUEST is guided without a classifier. */
bool adm_request_guides_freely (const adm_model *model, const adm_request *request);

typedef struct adm_session adm_session;
/* MODEL is copied. Networks are loaded when first needed, or by adm_session_load, and stay while
 * options->memory_limit has room for them; else those of the other stage (sampling, upsampling) are
 * let go first, and loaded again when needed. A stage that does not fit alone is ADM_ERROR_MEMORY
 * with the figures; weights are never reduced to 16 bits unasked, since that changes the
 * pictures. */
adm_status adm_session_new (const adm_model *model, const adm_options *options, adm_session **out,
                            adm_error *error);
/* Frees SESSION and the networks that it holds. */
void adm_session_free (adm_session *session);
/* PARTS of both stages: those that fit together with sampling's. */
adm_status adm_session_load (adm_session *session, int parts, adm_callback callback, void *user,
                             adm_error *error);
/* How often a network's weights were read since the session was made, whether the reading came to
 * its end or not. */
int adm_session_reads (const adm_session *session);

typedef enum adm_task_kind { ADM_TASK_GENERATE, ADM_TASK_UPSCALE } adm_task_kind;
/* Where and how large: all zero is a picture of the network's own size, from noise. */
typedef struct adm_canvas {
  /* of the finished picture, after the upsampler if there is one, 1 … 16384; both 0: its own */
  int height, width;
  bool seamless_x, seamless_y; /* its edges meet */
  double texture_size;         /* 0.25 … 8 times as large as the model makes it; 0: 1 */
  /* What to start from (SDEdit) and what is known, [3,height,width]; NULL: nothing. STRENGTH 0
   * gives it back, 1 ignores it where MASK lets it. */
  const float *init;
  double strength;
  /* 1 to be made … 0 known, and INIT's in the end, [height,width]; NULL: all is made */
  const float *mask;
  /* Without INIT, of a canvas wider than one and a half windows: one window goes first, and the
   * canvas starts from pieces of it, so that it is all one material; ANCHOR is the share of the
   * steps that is left then, above 0 … 1. 1: every window goes its own way from noise. 0: 1/2 for
   * models of textures, else 1 */
  double anchor;
  bool mend_seams; /* INIT is kept but in a soft band along its edges, which then meet */
  int jump_length, resamplings; /* RePaint; 0: the defaults */
} adm_canvas;

typedef struct adm_task {
  adm_task_kind kind;
  union {
    struct {
      adm_request sample; /* its count and seed are the task's */
      /* each picture is then enlarged with the upsampler, which sees it rounded to 8 bits */
      bool upscaled;
      /* how; seed, count, low, labels (but whether there is a label), batch and classes are not
       * looked at */
      adm_request upscale;
      adm_canvas canvas;
    } generate;
    adm_request upscale; /* of request.low */
  };
} adm_task;

/* A task that can be done: made by adm_plan_make, not by hand. */
typedef struct adm_plan {
  adm_task task;
  int parts;         /* ADM_PART_… that it needs */
  int count;         /* of pictures */
  int height, width; /* of each when it is finished */
  int side, factor;  /* of a window of the first stage; of the upsampler, 1 without */
  /* 1, 3 or 4: what the network makes; an upsampler makes colours of grey, and of colours and
   * alpha both: it sees the colours on white, and alpha is resampled beside it */
  int channels;
  int steps, upscale_steps; /* of the stages; 0: there is none */
  int windows[2];           /* the most that a step of a stage works on; 1: the picture is one */
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
  bool all_channels; /* pictures, progress's too, as the network makes them, not as colours */
} adm_sink;

/* Runs PLAN, made for the session's model. The networks needed are loaded first; progress->image
 * counts the plan's pictures. */
adm_status adm_session_run (adm_session *session, const adm_plan *plan, const adm_sink *sink,
                            adm_error *error);

/* The way back, DDIM's steps upwards without guidance (arXiv 2010.02502, equation 14): each of the
 * request's count PICTURES [N,3,S,S], S the diffusion network's size, to its latent x_T, which goes
 * to SINK. Sampling by ddim with eta 0, scale 0 and the same steps makes about that picture of it:
 * noise [steps+1,N,3,S,S] begins with it. Of REQUEST label, steps or respacing and count are looked
 * at; a scale above 0 or noise is ADM_ERROR_USAGE. */
adm_status adm_session_encode (adm_session *session, const adm_request *request,
                               const float *pictures, const adm_sink *sink, adm_error *error);

#ifdef __cplusplus
}
#endif
#endif
