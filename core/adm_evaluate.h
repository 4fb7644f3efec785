/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: what pictures are worth, measured as the paper does (Dhariwal & Nichol 2021, section 4.2,
 * and its reference implementation's evaluator). */
#ifndef ADM_EVALUATE_H
#define ADM_EVALUATE_H

#include "adm_error.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum adm_feature_kind {
  ADM_FEATURES_INCEPTION, /* of the 2015-12-05 Inception network */
  /* of a model's own classifier at timestep 0: compares samplers of one model, and says nothing
   * against published figures */
  ADM_FEATURES_CLASSIFIER,
} adm_feature_kind;

/* What is being done: DONE (0 … 1) of WORK ("features of samples.npz"), within BYTES of memory in
 * all. False cancels. */
typedef bool (*adm_evaluation_progress) (void *user, const char *work, double done, uint64_t bytes);

typedef struct adm_evaluation {
  adm_feature_kind features;
  /* the weights that pictures go through: Inception's as its PyTorch ports name them
   * ("Conv2d_1a_3x3.conv.weight" … "fc.weight"), or a classifier's; NULL: saved features alone */
  const char *network;
  /* .npy [D,K] of float32, for the Inception Score of saved features: logits = features times it.
   * NULL: Inception's own */
  const char *softmax_weights;
  const char *save_features; /* .npz that the samples' features and statistics go to; NULL: none */
  int split;                 /* pictures in one split of the Inception Score; 0: 5000 */
  int neighbours;            /* k of precision and recall; 0: 3 */
  int threads;               /* 0: all processors */
  uint64_t memory_limit;     /* bytes; 0: what is free */
  adm_evaluation_progress progress; /* may be NULL */
  void *user;
} adm_evaluation;

/* NaN: not to be had from what was given. */
typedef struct adm_scores {
  double fid;  /* Fréchet distance of the features (Heusel et al. 2017, arXiv 1706.08500) */
  double sfid; /* of the spatial features (Nash et al. 2021, arXiv 2103.03841) */
  double inception_score;      /* of SAMPLES (Salimans et al. 2016, arXiv 1606.03498) */
  double precision, recall;    /* Kynkäänniemi et al. 2019, arXiv 1904.06991 */
  uint64_t samples, reference; /* pictures; 0: statistics alone */
} adm_scores;

/* SAMPLES [N], taken together, against REFERENCE. Each is
 *   a folder of PNG and JPEG files, in the order of their names,
 *   an .npz or .npy of pictures: uint8 [N,H,W,3], or float32 [N,3,H,W] in [-1, 1],
 *   features: .npy [N,D], or an .npz with pool_3 [N,D] and, if wanted, spatial [N,E],
 *   of REFERENCE alone: an .npz with mu, sigma and, if wanted, mu_s, sigma_s, as published; the
 *   pictures that it holds as well are used for precision and recall.
 * Every result is the same for any number of threads. */
adm_status adm_evaluate (const char *const *samples, int n, const char *reference,
                         const adm_evaluation *how, adm_scores *out, adm_error *error);

#ifdef __cplusplus
}
#endif
#endif
