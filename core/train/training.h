/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a running training holds, and its two halves: making batches, and everything around them. */
#ifndef ADM_TRAIN_TRAINING_H
#define ADM_TRAIN_TRAINING_H

#include "train/adamw.h"
#include "train/feeder.h"
#include "train/losses.h"
#include "train/step_sampler.h"

/* Sums since the last report. */
typedef struct adm_training_sums {
  double loss, gradient_norm, seconds;
  int steps;
  double quarter[4], right[4];
  int count[4];
} adm_training_sums;

typedef struct adm_training {
  const adm_train_request *request;
  adm_picture_list list;
  adm_feeder *feeder;
  /* sample number K: PICTURE [channels,S,S], LABEL */
  adm_status (*next) (void *user, uint64_t k, float *picture, int *label, adm_error *error);
  void *next_user;
  adm_trainee *trainee;
  adm_schedule *schedule;
  adm_adamw adamw;
  float *ema[ADM_MAX_EMAS];
  adm_step_sampler sampler;
  double *cumulative; /* [T] */
  int64_t step;       /* done */
  size_t unreadable;
  int n; /* pictures at once */
  /* of N pictures */
  float *x0, *noise, *x_t, *low;
  int *t, *labels, *right;
  double *weight, *loss, *mse, *vb;
  /* of the whole batch, noted once it is done: a step that is stopped leaves nothing behind */
  struct adm_sample_result {
    int t;
    bool right;
    double loss, weight;
  } *result;
  adm_training_sums sums;
} adm_training;

/* Takes the arrays of a batch and the chances of timesteps; freed by adm_batches_clear. */
adm_status adm_batches_new (adm_training *training, adm_error *error);
void adm_batches_clear (adm_training *training);

/* For the N pictures that lie in X0, NOISE, X_T, T, LABELS and LOW: adds the gradients of the sum
 * of WEIGHT LOSS, LOSS known after; KEY: of dropout. */
adm_status adm_batches_piece (adm_training *training, uint64_t key, adm_error *error);
/* LOSS of them as the network is, nothing learned; not a classifier's. */
adm_status adm_batches_losses (adm_training *training, adm_error *error);

/* The gradients of one step's batch, in pieces of N; notes the losses. ADM_ERROR_VALUE when one is
 * not finite. */
adm_status adm_batches_gradients (adm_training *training, adm_error *error);

#endif
