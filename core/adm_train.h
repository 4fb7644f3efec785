/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: training. */
#ifndef ADM_TRAIN_H
#define ADM_TRAIN_H

#include "adm_network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The reference's losses of diffusion networks, and a classifier's. */
typedef enum adm_loss_kind {
  ADM_LOSS_DEFAULT, /* RESCALED_MSE where the variance is learned, else MSE; CROSS_ENTROPY */
  ADM_LOSS_MSE,     /* of eps; where the variance is learned, plus the variational bound by it */
  ADM_LOSS_RESCALED_MSE, /* the same, the bound times T / 1000 */
  ADM_LOSS_KL,           /* the variational bound, bits a dimension */
  ADM_LOSS_RESCALED_KL,  /* … times T */
  ADM_LOSS_CROSS_ENTROPY,
} adm_loss_kind;

/* What a loss and its gradients are wanted of. */
typedef struct adm_gradients_request {
  const char *path; /* weights file */
  const adm_options *options;
  adm_loss_kind loss;
  int n;
  const float *x0, *noise; /* [N,channels,S,S] */
  const int *t, *labels;   /* [N]; LABELS NULL: none */
  const float *low;        /* [N,3,low_h,low_w] of an upsampler, else NULL */
  int low_h, low_w;
  const char *output; /* safetensors file of the gradients, by tensor name; NULL: not wanted */
} adm_gradients_request;

/* Each image's loss and its terms [N], freed with free (). MSE and VB NULL: the loss has none. */
typedef struct adm_loss_terms {
  double *loss, *mse, *vb;
} adm_loss_terms;

/* The gradients of the mean loss by every parameter. */
adm_status adm_gradients (const adm_gradients_request *request, adm_loss_terms *terms,
                          adm_error *error);

enum { ADM_MAX_EMAS = 4 };

/* A training, of any of the paper's three networks. */
typedef struct adm_train_request {
  adm_kind kind; /* of the network: UNET, CLASSIFIER or SUPERRES */
  /* pictures: PNG and JPEG, a class a subfolder or a name's first part. Colours become a grey
   * network's luma; one of RGBA sees their transparency, others what it shows on white. */
  const char *folder;
  const char *from;        /* weights to start from, or … */
  const char *description; /* … a JSON description of a network to start anew */
  const char *output;      /* safetensors file of the result; its checkpoint stands beside it */
  int size;                /* the image size that the network must have; 0: any */
  bool resume;             /* go on from the checkpoint */
  const adm_options *options;
  int64_t steps;  /* in all, resumed ones included; 0: no end but MINUTES */
  double minutes; /* of this run; 0: no end but STEPS */
  int batch;
  int microbatch; /* pictures at once, a divisor of BATCH; 0: all */
  double lr, weight_decay;
  bool anneal; /* LR goes down evenly to 0 at STEPS */
  double ema[ADM_MAX_EMAS];
  int emas; /* the first average is OUTPUT; none: the weights are */
  double dropout;
  adm_loss_kind loss;
  bool second_moment; /* timesteps by importance (Improved DDPM, section 3.3) */
  double drop_label;  /* share of pictures whose class becomes the last label, "no class" */
  bool random_crop, mirror;
  uint64_t seed;
  double save_minutes; /* between checkpoints */
  int log_steps;       /* between reports */
  /* Each save is followed by that many pictures by the first average, reported: class after class
   * in turn, of the same noise every time; none once it was asked to stop. UNET alone makes any. */
  int samples;
} adm_train_request;

/* What is reported of a training. */
typedef struct adm_train_report {
  enum {
    ADM_TRAIN_STARTED, /* pictures, classes, parameters and bytes are known */
    ADM_TRAIN_LOGGED,
    ADM_TRAIN_UNREADABLE, /* UNREADABLE_WHY says which picture, and why */
    ADM_TRAIN_SAVED,      /* OUTPUT and its checkpoint are whole */
    ADM_TRAIN_WORKING,    /* asked now and then whether to go on */
    ADM_TRAIN_PICTURE,    /* PICTURE: a taught class's test, or number SAMPLE of a training's */
  } what;
  int64_t step, steps;
  size_t pictures, unreadable;
  int classes;
  const char *const *class_name; /* [classes] */
  uint64_t parameters, bytes;    /* of memory, all of it */
  bool recompute;                /* memory is short: blocks are computed twice */
  double loss;                   /* mean since the last report, as are the others; of a class that
                                  * is taught, in proportion to what it is at first */
  double quarter[4];             /* by quarter of the noise levels, NAN: none */
  double accuracy[4];            /* a classifier's */
  double gradient_norm;
  double pictures_per_second, seconds_left; /* the latter < 0: not known */
  double seconds;                           /* of a class that is taught: spent, in all runs */
  int like;                                 /* the class whose row it starts from, or none */
  const float *picture;                     /* [3,side,side], -1 … 1; valid during the call */
  int side, sample;
  const adm_error *unreadable_why; /* NULL but for ADM_TRAIN_UNREADABLE */
} adm_train_report;
/* False: stop, with everything saved. */
typedef bool (*adm_train_callback) (const adm_train_report *report, void *user);

/* Trains. ADM_ERROR_CANCELLED when REPORT said so, all being saved; ADM_ERROR_VALUE when a loss is
 * not finite: the step is named, and the files are those of the last save. */
adm_status adm_train (const adm_train_request *request, adm_train_callback report, void *user,
                      adm_error *error);

/* What suits most: see adm_teach_request. */
enum { ADM_TEACH_BATCH = 4, ADM_TEACH_RANK = 8 };
#define ADM_TEACH_LR 3e-3

/* A class taught from a few pictures: an adapter, LoRA (Hu et al. 2021, arXiv 2106.09685), of one
 * row of label embedding and low-rank changes of the convolutions and attention's projections. */
typedef struct adm_teach_request {
  const char *weights;        /* the diffusion network's file */
  const char *name;           /* of the class */
  const char *output;         /* safetensors file of the adapter, complete or absent */
  const char *const *picture; /* seen as adm_train_request's are */
  int pictures;               /* 1 … 50 */
  const adm_options *options;
  int64_t steps;  /* 0: no end but MINUTES */
  double minutes; /* 0: no end but STEPS */
  int batch, microbatch;
  int rank; /* of the changes, 1 … 64 */
  double lr;
  uint64_t seed;
  bool tiles, turns; /* the pictures go on at their edges; may be turned by quarters */
  int log_steps;
  /* Beside OUTPUT, at its end and every SAVE_MINUTES (0: never): what it takes to go on as if it
   * had not been stopped, OUT.checkpoint.safetensors. STEPS and MINUTES are of all runs then. */
  double save_minutes;
  bool resume;         /* go on from there; ADM_ERROR_USAGE where the request is another one */
  double show_seconds; /* between test pictures, reported; 0: none */
} adm_teach_request;
/* N crops of REQUEST's pictures as its network will see them (WEIGHTS NULL: one of colours), grey
 * and transparency as colours: OUT [N,side,side,3]. */
adm_status adm_teach_crops (const adm_teach_request *request, int side, int n, uint8_t *out,
                            adm_error *error);
/* Teaches; REPORT returning false stops, keeping what is there (ADM_OK). */
adm_status adm_teach (const adm_teach_request *request, adm_train_callback report, void *user,
                      adm_error *error);

/* WEIGHTS with ADAPTER added, as a file OUTPUT of its own that describes itself: its classes are
 * those of WEIGHTS and, last, the taught one. No other class was taught its changes: sample others
 * from WEIGHTS. ADM_ERROR_USAGE when ADAPTER was taught to other weights. */
adm_status adm_adapter_merge (const char *weights, const char *adapter, const char *output,
                              adm_error *error);

#ifdef __cplusplus
}
#endif
#endif
