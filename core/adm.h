/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: inference for ablated diffusion models (Dhariwal & Nichol 2021, "Diffusion Models Beat
 * GANs on Image Synthesis", arXiv 2105.05233). The only public header.
 *
 * Legend
 *   N images, C channels, H height, W width, K classes, T diffusion steps (1000).
 *   pixels    float32 in [-1, 1], [N,3,H,W] (planar, as in .npy files); 8-bit pixels are [H,W,3].
 *   t         the ORIGINAL timestep number, 0 … T-1 (T-1 is the noisiest), whatever the respacing.
 *   label     0 … K-1, or ADM_NO_LABEL.
 *   s         gradient scale of classifier guidance, 0 = diversity, larger = fidelity (paper,
 *             section 4).
 *   x0        the predicted clean picture, x̂0.
 *
 * Errors: a function that can fail returns adm_status and fills a caller-owned adm_error (never
 * NULL) with one line that says what, where and what to do; on failure its outputs are NULL or
 * untouched. Every _free accepts NULL. Nothing here exits, prints, aborts or keeps globals. Handles
 * may be used from any thread, one thread at a time.
 */
#ifndef ADM_H
#define ADM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- errors ---------------------------------------------------------------------------------- */

typedef enum adm_status {
  ADM_OK = 0,
  ADM_ERROR_USAGE,     /* an argument that cannot be (class, number, combination of options) */
  ADM_ERROR_IO,        /* a file cannot be opened, read or written */
  ADM_ERROR_FORMAT,    /* a file's contents are broken, hostile or of another kind */
  ADM_ERROR_SHAPE,     /* tensors or arrays whose shapes do not fit */
  ADM_ERROR_VALUE,     /* NaN or infinity in weights or activations */
  ADM_ERROR_MEMORY,    /* memory, a memory limit, or a thread could not be had */
  ADM_ERROR_CANCELLED, /* the callback asked to stop */
} adm_status;

typedef struct adm_error {
  adm_status status;
  char message[1024]; /* UTF-8, one line, no trailing newline */
} adm_error;

/* ---- how to run ------------------------------------------------------------------------------ */

/* What a small program holds without any network: itself, its libraries, the list of models. Larger
 * ones, as the plug-in, measure. */
#define ADM_PROGRAM_BYTES ((uint64_t) 4 << 20)

typedef struct adm_options {
  int threads; /* 0: all processors this process may use; more than these are not started */
  bool exact;  /* direct convolutions only */
  bool half;   /* convolutions' weights in 16 bits: about half the memory, somewhat slower */
  /* inner loops: "avx512", "avx2", "portable"; NULL: the best this processor has. A static
   * string */
  const char *kernels;
  /* bytes this process may take while it works; 0: what is free when something is loaded */
  uint64_t memory_limit;
  uint64_t program_bytes; /* what it holds beside the core's memory; 0: ADM_PROGRAM_BYTES */
} adm_options;

/* ---- descriptions of networks ---------------------------------------------------------------- */

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
  int learn_sigma;        /* 1: 6 output channels */
  int use_scale_shift_norm;
  int resblock_updown;
  int use_new_attention_order; /* -1 unknown */
  int rescale_residual;        /* (skip + h) / sqrt 2 (paper, Table 1) */
  adm_schedule_kind noise_schedule;
  adm_pool_kind pool;  /* classifiers only */
  int diffusion_steps; /* T, 1000 */
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
  /* "license" of the file's metadata or sidecar, cut to this length; "" when they tell none */
  char license[256];
  /* "num_heads, noise_schedule" when the tensors do not settle them, else NULL; static or owned by
   * the info */
  const char *unknown_keys;
} adm_file_info;

adm_status adm_file_inspect (const char *path, adm_file_info *out, adm_error *error);

/* One key of a description and its value, as text without quotes: "num_head_channels", "64". */
typedef struct adm_answer {
  const char *key, *value;
} adm_answer;

/* What a file's tensors leave open. */
enum { ADM_MAX_QUESTIONS = 5, ADM_MAX_ANSWERS = 8 };
typedef struct adm_question {
  /* "image_size", "heads", "use_new_attention_order", "noise_schedule", "recognised_as" */
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

/* ---- networks -------------------------------------------------------------------------------- */

typedef struct adm_network adm_network;

/* Called while working; X0 is non-NULL once a step. Return false to cancel: it takes effect between
 * layers. Always called on the thread that called the core. */
typedef struct adm_progress {
  enum { ADM_STAGE_LOAD, ADM_STAGE_SAMPLE, ADM_STAGE_UPSAMPLE } stage;
  int image, images; /* which of the images of the request, from 0 */
  int step, steps;   /* steps finished, of how many */
  double fraction;   /* of this stage and image, 0 … 1; moves within a step too */
  double whole;      /* of the plan, 0 … 1 (adm_session_run) */
  const float *x0;   /* [3,height,width], only valid during the call; NULL when there is none */
  int height, width;
} adm_progress;
typedef bool (*adm_callback) (const adm_progress *progress, void *user);

/* Loads, validates and packs one network. CALLBACK may be NULL. */
adm_status adm_network_load (const char *path, const adm_options *options, adm_callback callback,
                             void *user, adm_network **out, adm_error *error);
/* The same architecture with made-up weights of the true shapes, for benchmarks and tests. */
adm_status adm_network_make_up (const adm_description *description, const adm_options *options,
                                uint64_t seed, adm_network **out, adm_error *error);
void adm_network_free (adm_network *network);
const adm_description *adm_network_description (const adm_network *network);
uint64_t adm_network_weights_bytes (const adm_network *network);

/* How a converted file holds its numbers. */
typedef enum adm_storage {
  ADM_STORE_AS_IS, /* each tensor as it is; float64 becomes float32 */
  ADM_STORE_F32,
  ADM_STORE_F16, /* rounded to nearest; a number beyond ±65504 is refused, naming its tensor */
  ADM_STORE_BF16,
} adm_storage;
/* Writes the weights of file IN as a safetensors file OUT that describes itself (metadata key
 * "adm": the description, the published name, and what else IN's metadata or sidecar says). OUT is
 * complete or absent. Takes the memory of IN's largest tensor. ADM_ERROR_FORMAT when IN's
 * description is not complete: the sidecar comes first. CALLBACK may be NULL. */
adm_status adm_convert (const char *in, const char *out, adm_storage storage, adm_callback callback,
                        void *user, adm_error *error);

/* One evaluation, N images at once. X [N,3,S,S]; T [N]; LABELS [N] or NULL; LOW [N,3,h,w] for
 * superres, else NULL. OUT: [N,3 or 6,S,S]; a classifier's logits [N,K]. Plans a workspace for N on
 * first use and keeps it. */
adm_status adm_network_evaluate (adm_network *network, int n, const float *x, const int *t,
                                 const int *labels, const float *low, int low_h, int low_w,
                                 float *out, adm_error *error);
/* Classifier: LOGITS [N,K] (may be NULL) and GRAD [N,3,S,S], the gradient of sum log p(label | x,
 * t) by x, unscaled. */
adm_status adm_network_gradient (adm_network *network, int n, const float *x, const int *t,
                                 const int *labels, float *logits, float *grad, adm_error *error);

/* Where the last evaluation spent its time, by kind of layer. */
typedef struct adm_layer_share {
  const char *layers; /* "3x3 by Winograd", … */
  int count;          /* how many of them; 0: none */
  double seconds, flops;
} adm_layer_share;
enum { ADM_LAYER_SHARES = 7 };
void adm_network_shares (const adm_network *network, adm_layer_share shares[ADM_LAYER_SHARES]);

/* ---- models: what the artist sees ------------------------------------------------------------ */

/* Ancestral sampling (DDPM), DDIM, DPM-Solver++(2M) and its stochastic form SDE-DPM-Solver++(2M)
 * (Lu et al. 2022). */
typedef enum adm_sampler {
  ADM_SAMPLER_DDPM,
  ADM_SAMPLER_DDIM,
  ADM_SAMPLER_DPMPP_2M,
  ADM_SAMPLER_SDE_DPMPP_2M
} adm_sampler;
/* Name as on the command line ("ddpm", "ddim", "dpm++2m", "sde-dpm++2m"), or NULL past the end; and
 * back (false: no such sampler). */
const char *adm_sampler_name (int sampler);
bool adm_sampler_parse (const char *name, adm_sampler *out);

typedef struct adm_defaults {
  adm_sampler sampler;
  int steps;
  double scale;
  double eta; /* of ddim */
} adm_defaults;

enum { ADM_PART_DIFFUSION = 1, ADM_PART_CLASSIFIER = 2, ADM_PART_UPSAMPLER = 4, ADM_PARTS = 3 };

/* A part of a published model that was not found. Strings are static. */
typedef struct adm_missing {
  int part;            /* ADM_PART_… */
  const char *file;    /* its name as published: "64x64_classifier.pt" */
  const char *address; /* where it is published */
} adm_missing;

/* Owned by the catalog (or by the caller of adm_model_from_files, freed with adm_model_free).
 * Strings are UTF-8. */
typedef struct adm_model {
  char *id, *name, *license; /* license: one line, or NULL */
  /* absolute path of its whole text with the credits; NULL: none, or not there */
  char *license_file;
  char *path; /* of the JSON description or of the weights file */
  /* absolute paths; NULL: none. Without DIFFUSION it cannot sample, and MISSING says so */
  char *diffusion, *classifier, *upsampler;
  /* MISSING_COUNT of them; a missing classifier or upsampler only means doing without */
  adm_missing missing[ADM_PARTS];
  int missing_count;
  int image_size, upsampled_size; /* upsampled_size 0: no upsampler */
  int label_count;                /* labels the network has, null class included; 0: no classes */
  int class_count;                /* named classes: entries of class_names and class_synonyms */
  /* what a class is called everywhere: its line of the list up to the first comma; never "" */
  char **class_names;
  /* the rest of that line, "stone, cliff, boulder", or "": what else it is found by */
  char **class_synonyms;
  int null_class; /* ADM_NO_LABEL: none */
  /* its pictures are all ground and no object: canvases and seamless tiles make sense */
  bool texture;
  adm_defaults defaults, upsampler_defaults;
} adm_model;

/* The path of MODEL's PART (one ADM_PART_…), or NULL. */
const char *adm_model_part (const adm_model *model, int part);

/* A model from weights files alone; CLASSIFIER and UPSAMPLER may be NULL. Files are inspected, not
 * loaded. */
adm_status adm_model_from_files (const char *diffusion, const char *classifier,
                                 const char *upsampler, adm_model **out, adm_error *error);
void adm_model_free (adm_model *model);
/* CLASS: a number; a name or synonym, or a part or a misspelling of one that can mean one class
 * only (the rule: models/class_name.h); "none" or NULL: the null class. ADM_NO_LABEL when the
 * network has no classes. ADM_ERROR_USAGE when several classes could be meant, naming up to three
 * with their numbers, or none, naming the nearest. */
adm_status adm_model_label (const adm_model *model, const char *class_name, int *label,
                            adm_error *error);

typedef struct adm_catalog adm_catalog;
/* Reads the model descriptions (*.json with "format": "adm-model-1") and lone weights files of
 * FOLDERS, in order; the first of an id wins. Published checkpoints are joined into models; of one
 * whose diffusion network is not there the other parts still make an entry, with what is missing.
 * Unreadable entries are remembered as notes, not errors: one bad file must not hide the others. */
adm_status adm_catalog_new (const char *const *folders, size_t n, adm_catalog **out,
                            adm_error *error);
void adm_catalog_free (adm_catalog *catalog);
size_t adm_catalog_count (const adm_catalog *catalog);
const adm_model *adm_catalog_get (const adm_catalog *catalog, size_t i);
size_t adm_catalog_notes (const adm_catalog *catalog);
/* one line: what, where, what to do */
const char *adm_catalog_note (const adm_catalog *catalog, size_t i);
/* Weights files in the folders that adm_file_questions asks something about. */
size_t adm_catalog_questions (const adm_catalog *catalog);
const char *adm_catalog_question (const adm_catalog *catalog, size_t i); /* the file's path */
/* NAME: an id or a name (case-insensitive), a model description (*.json) or a weights file; the
 * result lives as long as the catalog. */
adm_status adm_catalog_find (adm_catalog *catalog, const char *name, const adm_model **out,
                             adm_error *error);
/* The model that weights file PATH is a part of, the catalog's first or else one of that file alone
 * (a published checkpoint's with its classes' names; a classifier's without a diffusion network);
 * lives as long as the catalog. ADM_ERROR_USAGE for a classifier that is part of no model. */
adm_status adm_catalog_model_of (adm_catalog *catalog, const char *path, const adm_model **out,
                                 adm_error *error);

/* What running MODEL takes, in bytes: weights, workspace for one picture, room to load and to
 * sample, the program itself. */
typedef enum adm_fit {
  ADM_FIT_TOGETHER, /* all networks stay in memory */
  /* one stage at a time: diffusion network and classifier are let go before the upsampler is
   * loaded */
  ADM_FIT_STAGED,
  ADM_FIT_HALF, /* not as asked for, but with weights in 16 bits (options.half) */
  ADM_FIT_NOT,
} adm_fit;
typedef struct adm_memory {
  uint64_t together, staged;           /* with OPTIONS */
  uint64_t together_half, staged_half; /* with weights in 16 bits */
  uint64_t limit; /* what may be taken: options->memory_limit, or all the machine has */
  adm_fit fit;
} adm_memory;
/* OPTIONS NULL: the usual ones. Files are inspected, not loaded; parts that are missing count
 * nothing. */
adm_status adm_model_memory (const adm_model *model, const adm_options *options, adm_memory *out,
                             adm_error *error);
/* The machine's memory in bytes: all of it, and what programs can still have; 0 when the system
 * does not tell. */
void adm_machine_memory (uint64_t *total, uint64_t *available);
/* What this process holds now, in bytes; 0 when the system does not tell. Asked before the first
 * network, it is options.program_bytes. */
uint64_t adm_process_memory (void);

/* ---- sessions: a model's networks kept warm -------------------------------------------------- */

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
  uint64_t seed;      /* image i uses seed + i and its own generator */
  int count;          /* N >= 1 */
  const float *noise; /* [steps+1,N,3,H,W] or NULL; overrides seed */
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

/* ---- tasks: what is to be made, and the one way it is made ----------------------------------- */

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

/* A finished picture: the final x [3,HEIGHT,WIDTH], not clamped. Valid during the call. */
typedef struct adm_picture {
  const float *pixels;
  int height, width;
} adm_picture;

/* Where a run's pictures go. */
typedef struct adm_sink {
  adm_callback progress; /* may be NULL */
  /* Picture I of the plan, in order, as soon as it is finished. A failure ends the run with it. */
  adm_status (*picture) (int i, const adm_picture *picture, void *user, adm_error *error);
  void *user;
} adm_sink;

/* Runs PLAN, made for the session's model. The networks needed are loaded first; progress->image
 * counts the plan's pictures. */
adm_status adm_session_run (adm_session *session, const adm_plan *plan, const adm_sink *sink,
                            adm_error *error);

/* ---- pixels ---------------------------------------------------------------------------------- */

/* [3,H,W] in [-1,1] to [H,W,3]: clamp ((x + 1) * 127.5, 0, 255), truncated (reference
 * implementation). */
void adm_pixels_to_u8 (const float *planar, int height, int width, uint8_t *interleaved);
/* The way back: u / 127.5 - 1. */
void adm_pixels_from_u8 (const uint8_t *interleaved, int height, int width, float *planar);

/* ---- arrays on disk, the machine ------------------------------------------------------------- */

/* .npy, version 1.0, little-endian float32, C order, finite numbers. DATA is malloc'ed, freed by
 * the caller with free (). */
adm_status adm_npy_read (const char *path, float **data, int *rank, int64_t shape[8],
                         adm_error *error);
adm_status adm_npy_write (const char *path, const float *data, int rank, const int64_t *shape,
                          adm_error *error);

/* sgemm peak of this machine in GFLOP/s: a 2048^3 product split over THREADS of our threads, best
 * of 5 after a warm-up. */
adm_status adm_sgemm_peak (int threads, double *gflops, adm_error *error);
int adm_processor_count (void);
const char *adm_version (void);

#ifdef __cplusplus
}
#endif
#endif
