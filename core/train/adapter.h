/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Low-rank changes of a network's convolutions (LoRA, Hu et al. 2021, section 4.1): W + B A, A
 * [rank,cin size size], B [cout,rank], and a row of the label table. Everything else is frozen. */
#ifndef ADM_TRAIN_ADAPTER_H
#define ADM_TRAIN_ADAPTER_H

#include "networks/trainee.h"

/* One changed layer. */
typedef struct adm_adapter_layer {
  const adm_parameter *parameter;
  int rows, columns, rank;
  uint64_t a, b; /* where its A and B are in the flat arrays */
} adm_adapter_layer;

typedef struct adm_adapter {
  adm_trainee *trainee;
  int rank;
  size_t layers;
  adm_adapter_layer *layer;
  const adm_parameter *table; /* of labels; NULL: the network has none */
  uint64_t label;             /* the taught row is here in the flat arrays; table->shape[1] long */
  int row; /* the row of the table that stands for it while it learns; not that of "no class" */
  uint64_t count; /* of each flat array */
  float *values, *gradients;
  float *base; /* [trainee->elements], the weights without it */
} adm_adapter;

/* B zero, A random from SEED, the row that of "no class" (the last). Takes a copy of the trainee's
 * weights. */
adm_status adm_adapter_new (adm_trainee *trainee, int rank, uint64_t seed, adm_adapter *out,
                            adm_error *error);
void adm_adapter_clear (adm_adapter *adapter);

/* Row LABEL of the label table in FLAT, a flat array of the trainee's or BASE; needs TABLE. */
float *adm_adapter_row (const adm_adapter *adapter, float *flat, int label);

/* The trainee's weights = base + B A, packed. */
void adm_adapter_apply (adm_adapter *adapter);
/* ADAPTER's gradients from the trainee's: dA = B^T dW, dB = dW A^T. */
void adm_adapter_gradients (adm_adapter *adapter);

#endif
