/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * emb = Linear (SiLU (Linear (sinusoids (t)))) + label table; the networks use SiLU (emb) only. */
#ifndef ADM_NN_TIME_EMBEDDING_H
#define ADM_NN_TIME_EMBEDDING_H

#include "nn/slots.h"

typedef struct adm_time_embedding {
  float scale;                      /* 1000 / T where timesteps are rescaled, else 1 */
  int channels, labels;             /* model_channels; rows of the table, 0: none */
  adm_linear_weights first, second; /* time_embed.0 [4mc,mc], time_embed.2 [4mc,4mc] */
  adm_table label;                  /* label_emb.weight [labels,4mc] */
} adm_time_embedding;

/* DESCRIPTION tells the channels, and whether t is rescaled; LABELS: rows of the table. */
void adm_time_embedding_bind (adm_slots *slots, const adm_description *description, int labels,
                              adm_time_embedding *embedding);
typedef struct adm_time_input {
  int n;
  const int *t;      /* [N] */
  const int *labels; /* [N]; may be NULL when there is no table */
} adm_time_input;
/* OUT [N,4mc] = SiLU (emb). */
void adm_time_embedding_forward (adm_exec *exec, const adm_time_embedding *embedding,
                                 adm_time_input in, float *out);
/* The table's and the layers' gradients from DEMB [N,4mc], the gradient by OUT; it is used up. */
void adm_time_embedding_gradient (adm_exec *exec, const adm_time_embedding *embedding,
                                  adm_time_input in, float *demb);

#endif
