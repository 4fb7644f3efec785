/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: what pictures are worth, measured as the paper does (Dhariwal & Nichol 2021, section 4.2,
 * and its reference implementation's evaluator). */
#ifndef ADM_EVALUATE_H
#define ADM_EVALUATE_H

#include "adm_network.h"

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
   * NULL: the network's own last layer */
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
  /* of SAMPLES (Salimans et al. 2016, arXiv 1606.03498), by the network that FEATURES are of */
  double inception_score;
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

/* Pictures whose likelihood is wanted. */
typedef struct adm_likelihood_request {
  int n;
  const float *x0;    /* [N,C,S,S] */
  const float *noise; /* [noise_steps,N,C,S,S], the noisiest step's first; NULL: drawn */
  int noise_steps;
  uint64_t seed;                             /* of the noise drawn: picture i uses seed + i */
  int label;                                 /* of a network with classes */
  const char *respacing;                     /* the reference's spelling; NULL: all steps */
  bool (*stepped) (void *user, double done); /* false cancels; may be NULL */
  void *user;
} adm_likelihood_request;

/* Bits a dimension; by step the noisiest comes first. */
typedef struct adm_likelihood {
  int steps;
  double *total, *prior;         /* [N] */
  double *vb, *xstart_mse, *mse; /* [N,steps]: of the bound, of x0 and of eps predicted */
} adm_likelihood;

/* The variational bound of a diffusion network (no upsampler's), as the reference implementation's
 * calc_bpd_loop. *OUT is the caller's, freed with adm_likelihood_clear. */
adm_status adm_likelihood_measure (adm_network *network, const adm_likelihood_request *request,
                                   adm_likelihood *out, adm_error *error);
/* Frees what LIKELIHOOD holds, which may be all zero. */
void adm_likelihood_clear (adm_likelihood *likelihood);

#ifdef __cplusplus
}
#endif
#endif
