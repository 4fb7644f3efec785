/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that learns: its weights in checkpoint order beside their packed form, a gradient for
 * each, and the workspace of a forward and backward. */
#ifndef ADM_NETWORKS_TRAINEE_H
#define ADM_NETWORKS_TRAINEE_H

#include "networks/network.h"

/* One tensor; elements OFFSET … of the flat arrays. */
typedef struct adm_parameter {
  char *name; /* in the checkpoint */
  adm_role role;
  int rank;
  int64_t shape[4];
  uint64_t elements, offset; /* OFFSET: a multiple of 16 */
  adm_conv *conv, *conv_t;   /* of convolutions' weights: packed from here */
} adm_parameter;

typedef struct adm_trainee {
  adm_description description;
  union {
    adm_unet unet;
    adm_classifier classifier;
  };
  bool exact;
  int n;          /* images at once */
  bool recompute; /* blocks run forward again in the backward: less memory, more time */
  size_t count, capacity;
  adm_parameter *parameter; /* [count], in checkpoint order */
  uint64_t elements;        /* of each flat array, zeros between tensors */
  float *weights, *gradients;
  unsigned char *packed;
  adm_pool *pool;
  const adm_kernels *kernels;
  adm_arena arena;
  unsigned char *workspace;
  uint64_t packed_bytes, workspace_bytes;
  uint64_t arena_bytes, scratch_bytes; /* of WORKSPACE; SCRATCH: of one thread */
  double flops;
  float dropout;
  /* asked between layers; may be NULL */
  bool (*poll) (void *user, double done);
  void *poll_user;
} adm_trainee;

typedef struct adm_trainee_options {
  const adm_options *options; /* threads, exact, kernels, memory_limit */
  int n;                      /* images at once */
  float dropout;              /* 0 … 1, not 1 */
  int copies;                 /* flat arrays that the caller will take beside: moments, averages */
} adm_trainee_options;

/* Weights as SOURCE reads them (SOURCE->read NULL: zeros, for the caller to fill), packed. Where
 * memory is short of what is needed, recomputes; where that is not enough, refuses with the
 * figure, before anything large is taken. */
adm_status adm_trainee_open (const adm_network_source *source, const adm_trainee_options *how,
                             adm_trainee **out, adm_error *error);
void adm_trainee_free (adm_trainee *trainee);

/* Packs the convolutions again, after the weights have changed. */
void adm_trainee_pack (adm_trainee *trainee);

/* Adds the gradients of LOSS on BATCH (of trainee->n images) to trainee->gradients. KEY: of this
 * evaluation's dropout. */
adm_status adm_trainee_gradients (adm_trainee *trainee, const adm_batch *batch, adm_loss loss,
                                  uint64_t key, adm_error *error);
/* The network's output, nothing learned: as adm_network_evaluate, at most trainee->n images. */
adm_status adm_trainee_evaluate (adm_trainee *trainee, const adm_batch *batch, float *out,
                                 adm_error *error);

/* All bytes it takes, COPIES flat arrays beside included. */
uint64_t adm_trainee_bytes (const adm_trainee *trainee, int copies);

#endif
