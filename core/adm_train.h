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
  const float *x0, *noise; /* [N,3,S,S] */
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

#ifdef __cplusplus
}
#endif
#endif
