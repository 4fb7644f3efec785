/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One network ready to run: description, packed weights, and the workspace planned for it. */
#ifndef ADM_NETWORKS_NETWORK_H
#define ADM_NETWORKS_NETWORK_H

#include "networks/classifier.h"
#include "networks/unet.h"

/* Memory for evaluations; the networks of a session take turns in one. */
typedef struct adm_workspace {
  unsigned char *base;
  uint64_t size;
} adm_workspace;

struct adm_network {
  adm_description description;
  bool exact, half;
  uint64_t memory_limit; /* bytes for weights and workspace; 0: the machine's memory */
  const adm_kernels *kernels;
  union {
    adm_unet unet;
    adm_classifier classifier;
  };
  unsigned char *weights;
  uint64_t weights_bytes;
  adm_pool *pool;
  adm_workspace *workspace;
  bool owns; /* pool and workspace are its own */
  adm_arena arena;
  /* the last plan */
  int planned_n;
  bool planned_gradient;
  uint64_t planned_bytes, scratch_bytes; /* of the arena, of one thread */
  double flops;                          /* quicker ways' for fewer (ops/exec.h) */
  /* asked between layers */
  bool (*poll) (void *user, double done);
  void *poll_user;
  adm_profile profile; /* of the last evaluation */
};

/* What evaluating N images takes. */
typedef struct adm_network_plan {
  uint64_t weights, workspace; /* bytes; WORKSPACE on all threads */
  uint64_t loading;            /* bytes taken beside the weights while they are read */
  double flops;                /* quicker ways' for fewer (ops/exec.h) */
} adm_network_plan;
adm_status adm_network_measure (const adm_description *description, int n,
                                const adm_options *options, bool gradient, adm_network_plan *out,
                                adm_error *error);

/* What a network is made of. READ as adm_loader's; NULL: made-up weights from SEED. PROGRESS (may
 * be NULL) gets the share read; false cancels. */
typedef struct adm_network_source {
  const char *name;                   /* the file's path, for messages; NULL: made-up */
  const adm_description *description; /* complete and valid */
  adm_status (*read) (const char *tensor, uint64_t elements, float *out, void *user,
                      adm_error *error);
  void *read_user;
  uint64_t seed;
  const char *adapter; /* file of a taught class that READ adds (network_file.h); NULL: none */
  bool (*progress) (void *user, double done);
  void *user;
} adm_network_source;
/* POOL and WORKSPACE NULL: the network's own, with the threads that OPTIONS ask for. LIMIT: bytes,
 * 0 for the machine's memory. */
adm_status adm_network_open (const adm_network_source *source, const adm_options *options,
                             adm_pool *pool, adm_workspace *workspace, uint64_t limit,
                             adm_network **out, adm_error *error);

/* A classifier's last layer's input, the features of a picture: OUT
 * [N,adm_network_features_width]. */
int adm_network_features_width (const adm_network *network);
adm_status adm_network_features (adm_network *network, int n, const float *x, const int *t,
                                 float *out, adm_error *error);
/* What makes logits of these features, by NETWORK's memory: w [K,width], b [K]. NULL: NETWORK is no
 * classifier. */
const adm_linear_weights *adm_network_last_layer (const adm_network *network);

/* Plans for N images: *WORKSPACE receives the bytes that they take beside the weights. */
adm_status adm_network_plan_for (adm_network *network, int n, bool gradient, uint64_t *workspace,
                                 adm_error *error);
/* The same, and takes the workspace. */
adm_status adm_network_prepare (adm_network *network, int n, bool gradient, adm_error *error);

#endif
