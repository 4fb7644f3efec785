/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Inception network of 2015-12-05 (Szegedy et al. 2015, arXiv 1512.00567) whose features the
 * Fréchet distance is defined by, as its PyTorch ports name the tensors. It differs from the
 * published v3 in average pools that leave the padding out, a max pool in the last block and 1008
 * outputs. */
#ifndef ADM_EVALUATE_INCEPTION_H
#define ADM_EVALUATE_INCEPTION_H

#include "base/openblas.h"
#include "io/weights.h"

enum {
  ADM_INCEPTION_POOL = 2048,           /* pool_3 */
  ADM_INCEPTION_SPATIAL = 17 * 17 * 7, /* first channels of Mixed_6d's 1x1 branch */
  ADM_INCEPTION_CLASSES = 1008,
};

typedef struct adm_inception adm_inception;

/* Reads and folds the weights: each convolution takes its batch norm (eps 0.001) in. */
adm_status adm_inception_load (const char *path, const adm_openblas *blas, adm_inception **out,
                               adm_error *error);
void adm_inception_free (adm_inception *inception);

/* Floats that one call works in. */
size_t adm_inception_workspace (void);

/* POOL [2048] and SPATIAL [2023] (rows, columns, channels) of PIXELS [HEIGHT,WIDTH,3], 0 … 255,
 * resized to 299 as TensorFlow 1 does: bilinear, source = destination * size / 299. */
void adm_inception_run (const adm_inception *inception, const uint8_t *pixels, int height,
                        int width, float *workspace, float *pool, float *spatial);

/* fc.weight transposed, [2048,1008]; the evaluator takes no bias. The inception's. */
const float *adm_inception_softmax (const adm_inception *inception);

#endif
