/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What networks are trained for (DDPM, arXiv 2006.11239, section 3; Improved DDPM, arXiv
 * 2102.09672, section 3): the simple loss, the variational bound, both, and a classifier's cross
 * entropy. */
#ifndef ADM_TRAIN_LOSSES_H
#define ADM_TRAIN_LOSSES_H

#include "adm_train.h"
#include "base/pool.h"
#include "diffusion/schedule.h"
#include "networks/trainee.h"

/* A batch's losses. Arrays of N but where they say otherwise; N images of PIXELS = H W pixels
 * of CHANNELS. */
typedef struct adm_diffusion_loss {
  adm_loss_kind kind;
  bool learn_sigma, predict_xstart;
  const adm_schedule *schedule; /* all of the training's timesteps */
  int n, channels, pixels;
  const float *x0, *noise, *x_t; /* [N,channels,H,W] */
  const int *t;
  const double *weight;    /* of each image's loss in the one that is descended */
  double *loss, *mse, *vb; /* results; MSE and VB stay as they are where KIND has none */
  adm_pool *pool;
} adm_diffusion_loss;

/* The loss that KIND stands for with such a network. */
adm_loss_kind adm_loss_for (const adm_description *description, adm_loss_kind kind);

/* All the timesteps a network is trained on; freed with adm_schedule_free. */
adm_status adm_training_schedule (const adm_description *description, adm_schedule **out,
                                  adm_error *error);

/* x_t = sqrt (alpha-bar) x0 + sqrt (1 - alpha-bar) noise (DDPM, equation 4), COUNT numbers. */
void adm_noise_to (const adm_schedule *schedule, int t, const float *x0, const float *noise,
                   float *x_t, size_t count);

/* adm_loss's run, USER an adm_diffusion_loss: DOUT = gradient of sum weight loss by OUT. */
void adm_diffusion_loss_run (void *user, const float *out, float *dout);

typedef struct adm_cross_entropy {
  int n, classes;
  const int *labels;
  const double *weight;
  double *loss;
  int *right; /* whether the label is the likeliest class; NULL: not wanted */
} adm_cross_entropy;

/* adm_loss's run: loss = -log softmax (logits) [label]. */
void adm_cross_entropy_run (void *user, const float *out, float *dout);

#endif
