/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AdamW (Loshchilov & Hutter 2019, Algorithm 2: weight decay apart from the gradient) and moving
 * averages of the weights. */
#ifndef ADM_TRAIN_ADAMW_H
#define ADM_TRAIN_ADAMW_H

#include "base/pool.h"

typedef struct adm_adamw {
  double lr, beta1, beta2, eps, weight_decay;
  uint64_t count; /* of each array */
  float *moment1, *moment2;
} adm_adamw;

/* Step number STEP (1, 2, …) of WEIGHTS along GRADIENTS, all [count]. */
void adm_adamw_step (const adm_adamw *adamw, adm_pool *pool, int64_t step, const float *gradients,
                     float *weights);

/* AVERAGE = RATE AVERAGE + (1 - RATE) WEIGHTS. */
void adm_ema_update (adm_pool *pool, uint64_t count, double rate, const float *weights,
                     float *average);

/* Whether all of X [COUNT] are finite. */
bool adm_flat_finite (adm_pool *pool, uint64_t count, const float *x);

#endif
