/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: what a network is, and what weights files tell of it. */
#ifndef ADM_DESCRIPTION_H
#define ADM_DESCRIPTION_H

#include "adm_error.h"
#include "adm_options.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ADM_MAX_LEVELS 8
#define ADM_NO_LABEL (-1)

typedef enum adm_kind { ADM_KIND_UNET, ADM_KIND_SUPERRES, ADM_KIND_CLASSIFIER } adm_kind;
typedef enum adm_pool_kind {
  ADM_POOL_NONE,
  ADM_POOL_ATTENTION,
  ADM_POOL_ADAPTIVE,
  ADM_POOL_SPATIAL,
  ADM_POOL_SPATIAL_V2
} adm_pool_kind;
typedef enum adm_schedule_kind {
  ADM_SCHEDULE_UNKNOWN = -1,
  ADM_SCHEDULE_LINEAR,
  ADM_SCHEDULE_COSINE
} adm_schedule_kind;

/* What the channels of a network's pictures are. */
typedef enum adm_pixels {
  ADM_PIXELS_UNKNOWN = -1, /* four channels: colours and alpha, or a latent network's */
  ADM_PIXELS_RGB,
  ADM_PIXELS_GREY,
  ADM_PIXELS_RGBA /* colours, then alpha, all in [-1, 1] */
} adm_pixels;

/* One network, by the reference implementation's option names. -1 / ADM_SCHEDULE_UNKNOWN mark what
 * the tensors alone did not settle (only in descriptions that come from adm_file_inspect; loading
 * refuses them and names the keys). */
typedef struct adm_description {
  adm_kind kind;
  int image_size; /* output side in pixels; -1 unknown */
  int small_size; /* superres: side of the low-resolution input, 0 if not stated */
  int model_channels;
  int num_res_blocks;
  int levels;                                /* entries of channel_mult */
  double channel_mult[ADM_MAX_LEVELS];       /* channels = floor (mult * model_channels) */
  int attention_levels;                      /* entries of attention_resolutions */
  int attention_resolutions[ADM_MAX_LEVELS]; /* sides in pixels at output size */
  /* rows of the label table (null class included) or a classifier's outputs; 0 none */
  int num_classes;
  int num_heads;          /* used when num_head_channels is -1; -1 here too: unknown */
  int num_heads_upsample; /* decoder's heads; -1: as num_heads */
  int num_head_channels;  /* heads = channels / it; -1: use num_heads */
  int learn_sigma;        /* 1: twice as many output channels */
  int use_scale_shift_norm;
  int resblock_updown;
  int use_new_attention_order; /* -1 unknown */
  int rescale_residual;        /* (skip + h) / sqrt 2 (paper, Table 1) */
  adm_schedule_kind noise_schedule;
  adm_pool_kind pool;  /* classifiers only */
  int diffusion_steps; /* T, 1000 */
  adm_pixels pixels;
  /* what the diffusion it was trained in says beside the schedule; no tensor shows any of it */
  int rescale_timesteps; /* the network sees t * 1000 / T */
  int predict_xstart;    /* its output is x0, not eps */
  int sigma_small;       /* fixed variance is the posterior's, not beta; without learn_sigma */
} adm_description;

/* Parses and validates the JSON object TEXT (LENGTH bytes, need not end in NUL). WHERE names its
 * origin in messages. */
adm_status adm_description_parse (const char *text, size_t length, const char *where,
                                  adm_description *out, adm_error *error);

/* What a weights file holds, without reading its weights. */
typedef struct adm_file_info {
  const char *format; /* "safetensors", "torch-zip", "torch-legacy" */
  adm_description description;
  size_t tensors;
  uint64_t parameters;
  const char *recognised_as; /* name of the published checkpoint, or NULL */
  /* what training put around the network, "" where nothing: the key it stood under ("ema"), the
   * prefix of its tensors' names ("module."), the tensors that were passed over ("betas, …") */
  char inside[64], prefix[128], passed_over[1024];
  /* "license" of the file's metadata or sidecar, cut to this length; "" when they tell none */
  char license[256];
  /* "num_heads, noise_schedule" when the tensors do not settle them, else NULL; static or owned by
   * the info */
  const char *unknown_keys;
} adm_file_info;

/* What weights file PATH holds: its names, shapes and structure are read, and the JSON file beside
 * it. ADM_ERROR_FORMAT when it is none, or is broken. */
adm_status adm_file_inspect (const char *path, adm_file_info *out, adm_error *error);

/* Tells weights from others: MARK becomes 16 hexadecimal digits of a checksum of the small tensors
 * in PATH (names and values of those of at most 4096 elements), the same in whatever type and
 * format they are stored without loss. Milliseconds even for large files. */
adm_status adm_file_mark (const char *path, char mark[17], adm_error *error);

/* One key of a description and its value, as text without quotes: "num_head_channels", "64". */
typedef struct adm_answer {
  const char *key, *value;
} adm_answer;

/* What a file's tensors leave open. */
enum { ADM_MAX_QUESTIONS = 9, ADM_MAX_ANSWERS = 8 };
typedef struct adm_question {
  /* "image_size", "pixels", "heads", "use_new_attention_order", "noise_schedule",
   * "diffusion_steps", "predict_xstart", "sigma_small", "recognised_as" */
  const char *topic;
  /* the network cannot run before it is answered; else the first answer holds until then */
  bool required;
  int count;
  adm_answer answer[ADM_MAX_ANSWERS]; /* possible ones only, the likeliest first */
} adm_question;

/* The questions about weights file PATH that neither its tensors, nor its metadata, nor the sidecar
 * beside it answer. All strings are static. */
adm_status adm_file_questions (const char *path, adm_question questions[ADM_MAX_QUESTIONS],
                               int *count, adm_error *error);

/* Writes the sidecar of weights file PATH, the JSON file of the same name beside it: what is known
 * of the network, with the N ANSWERS put in (any keys of a description; "recognised_as" takes all
 * of a published checkpoint's). The keys of a sidecar that is there already are kept. Refused
 * before anything is written: a sidecar that is there without REPLACE, or that is a model's
 * description (ADM_ERROR_USAGE); answers that cannot be, or that the tensors contradict. */
adm_status adm_sidecar_write (const char *path, const adm_answer *answers, size_t n, bool replace,
                              adm_error *error);

/* Channels of a picture: 1, 3 or 4 (unknown pixels: 4). */
int adm_description_channels (const adm_description *description);

/* Side of the low-resolution picture that an upsampler takes: a quarter of its own, the reference's
 * factor, where it is not stated. */
int adm_low_side (const adm_description *description);

/* Writes DESCRIPTION as a JSON object (unknown values null) into BUFFER; returns the length needed,
 * as snprintf does. */
int adm_description_to_json (const adm_description *description, char *buffer, size_t size);

/* Memory to run a network on a batch of BATCH images with OPTIONS (NULL: the usual ones), in bytes:
 * weights as kept in memory, and WORKSPACE, what is taken beside them: to run in or, where that is
 * more, to load with. A classifier's includes its gradient. */
adm_status adm_description_memory (const adm_description *description, int batch,
                                   const adm_options *options, uint64_t *weights,
                                   uint64_t *workspace, adm_error *error);

/* Multiply-adds times two of one forward evaluation (a classifier: forward and input gradient),
 * counted for the direct computation: convolutions, linear layers, attention's two products. */
adm_status adm_description_flops (const adm_description *description, double *flops,
                                  adm_error *error);

#ifdef __cplusplus
}
#endif
#endif
