/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EncoderUNetModel, the noisy classifier p(y | x_t, t) (paper, section 4), and the gradient of log
 * p by x. */
#ifndef ADM_NETWORKS_CLASSIFIER_H
#define ADM_NETWORKS_CLASSIFIER_H

#include "networks/encoder.h"
#include "nn/attention_pool.h"
#include "nn/time_embedding.h"

typedef struct adm_classifier {
  adm_description description;
  adm_time_embedding embedding;
  adm_encoder encoder;
  adm_norm_weights norm;   /* out.0 (attention, adaptive) or out.1 (spatial_v2) */
  adm_attention_pool pool; /* out.2 (attention) */
  /* out.3 (adaptive); out.0, out.2 (spatial); out.0, out.3 (spatial_v2) */
  adm_linear_weights first, second;
  int features;             /* spatial: channels of all the means */
  adm_map *outputs, *extra; /* [encoder.count], used during an evaluation */
  adm_encoder_saved saved;
  adm_loss loss; /* while training; else the gradient is that of sum log p */
  float *tap;    /* receives the last layer's input [N,features_width]; NULL: not wanted */
} adm_classifier;

adm_status adm_classifier_bind (adm_slots *slots, const adm_description *description,
                                adm_classifier *classifier, adm_error *error);
void adm_classifier_clear (adm_classifier *classifier);

int adm_classifier_features_width (const adm_classifier *classifier);
/* The layer from features to logits; its weights are CLASSIFIER's. */
const adm_linear_weights *adm_classifier_last (const adm_classifier *classifier);

/* Forward, LOSS, and backward: adds the parameters' gradients (exec->train must be set). */
void adm_classifier_train (adm_exec *exec, adm_classifier *classifier, const adm_batch *batch,
                           adm_loss loss);

/* LOGITS [N,K]; if GRADIENT, GRAD [N,3,S,S] = gradient of sum log p (label | x, t) by x (paper,
 * section 4). */
void adm_classifier_run (adm_exec *exec, adm_classifier *classifier, const adm_batch *batch,
                         bool gradient, float *logits, float *grad);

#endif
