/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scores of features themselves: the Inception Score, precision and recall. */
#ifndef ADM_EVALUATE_SCORES_H
#define ADM_EVALUATE_SCORES_H

#include "evaluate/gauss.h"

/* Features of N pictures, [N,D]. */
typedef struct adm_feature_rows {
  const float *rows;
  uint64_t n;
  int width;
} adm_feature_rows;

/* What makes logits of features. */
typedef struct adm_class_layer {
  const float *weights; /* [D,classes] */
  const float *bias;    /* [classes]; NULL: none */
  int classes;
} adm_class_layer;

/* exp E KL (p (y | x) || p (y)), the mean over splits of SPLIT pictures in order, the last one
 * shorter (Salimans et al. 2016, arXiv 1606.03498, section 4). p is the softmax of FEATURES by
 * LAYER. */
adm_status adm_inception_score (const adm_workbench *bench, adm_feature_rows features,
                                adm_class_layer layer, int split, double *out, adm_error *error);

/* Improved precision and recall (Kynkäänniemi et al. 2019, arXiv 1904.06991, equations 1 and 2):
 * the share of SAMPLES that lie in a ball around a point of REFERENCE which reaches to its K-th
 * nearest other point, and the other way round. Distances are made in blocks of one product each,
 * never all at once. Both of one width, each of more than K pictures. */
adm_status adm_precision_recall (const adm_workbench *bench, adm_feature_rows reference,
                                 adm_feature_rows samples, int k, double *precision, double *recall,
                                 adm_error *error);

#endif
