/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fréchet distance between two sets of pictures (Heusel et al. 2017, arXiv 1706.08500): fit a
 * Gaussian to each set's features,
 *
 *   d^2 = |m_a - m_b|^2 + tr (C_a + C_b - 2 (C_a^1/2 C_b C_a^1/2)^1/2)
 *
 * For yardsticks: what fails is said in one line and ends the program. */
#ifndef ADM_TESTS_GAUSSIAN_H
#define ADM_TESTS_GAUSSIAN_H

#include "adm.h"

/* Features as they are collected: rows of a set's pictures. */
typedef struct feature_set {
  int count, width;
  float *rows; /* [count,width]; freed with free () */
} feature_set;

typedef struct gaussian {
  int count, width;
  double *mean;       /* [width] */
  double *covariance; /* [width,width] */
} gaussian;

_Noreturn void gaussian_fail (const char *what, const char *why);

/* Appends ROWS [COUNT,WIDTH]; WHERE names their origin. */
void feature_set_add (feature_set *set, const float *rows, int count, int width, const char *where);
/* Appends the features of X [COUNT,3,S,S], clamped to [-1, 1] as pictures are: the last layer's
 * input of CLASSIFIER at timestep 0. HITS (may be NULL): how many CLASSIFIER takes for LABEL is
 * added to it. */
void feature_set_see (feature_set *set, adm_network *classifier, const float *x, int count,
                      int label, int *hits, const char *where);

gaussian gaussian_fit (const feature_set *set);
/* .npy [width+1,width]: the mean, then the covariance. COUNT is not kept. */
void gaussian_write (const gaussian *g, const char *path);
gaussian gaussian_read (const char *path);
void gaussian_clear (gaussian *g);
/* d^2; both of one width, A and B as they are afterwards. */
double gaussian_distance (const gaussian *a, const gaussian *b);

#endif
