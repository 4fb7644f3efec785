/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The features of a set of pictures: made from pictures, or read from where they were kept. */
#ifndef ADM_EVALUATE_FEATURE_SET_H
#define ADM_EVALUATE_FEATURE_SET_H

#include "evaluate/extractor.h"

typedef struct adm_feature_set {
  uint64_t n;               /* pictures, or rows of features */
  int width, spatial_width; /* 0: none */
  float *rows;              /* [n,width] */
  float *spatial;           /* [n,spatial_width] */
  /* fitted, or read as they were kept */
  adm_gauss gauss, spatial_gauss;
} adm_feature_set;

/* Matrices [D,D] of doubles that fitting and comparing take: two of statistics, three to compare
 * them by, and LAPACK's. */
enum { ADM_SET_MATRICES = 9 };

/* What is kept of it and may be taken, for adm_feature_set_add. */
typedef struct adm_set_reading {
  const adm_workbench *bench;
  adm_extractor *extractor; /* NULL: saved features alone */
  bool statistics;          /* fitted Gaussians are welcome in the place of features */
  /* bytes that features may take, half of what there is, for they are copied once; what is taken is
   * taken off */
  uint64_t spare;
  int widest; /* D of the matrices that are counted already */
} adm_set_reading;

/* Appends what PATH holds (adm_evaluate.h lists the kinds). */
adm_status adm_feature_set_add (adm_feature_set *set, const char *path, adm_set_reading *reading,
                                adm_error *error);
/* Fits the Gaussians that were not read. The spatial features are let go: nothing else needs
 * them. KEEP_SPATIAL keeps them all the same. */
adm_status adm_feature_set_fit (adm_feature_set *set, const adm_workbench *bench, const char *name,
                                bool keep_spatial, adm_error *error);
/* Writes features and Gaussians as an .npz that adm_feature_set_add reads. */
adm_status adm_feature_set_write (const adm_feature_set *set, const char *path, adm_error *error);
void adm_feature_set_clear (adm_feature_set *set);

#endif
