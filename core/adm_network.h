/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadm: single networks. */
#ifndef ADM_NETWORK_H
#define ADM_NETWORK_H

#include "adm_description.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct adm_network adm_network;

/* Loads, validates and packs one network. CALLBACK may be NULL. */
adm_status adm_network_load (const char *path, const adm_options *options, adm_callback callback,
                             void *user, adm_network **out, adm_error *error);
/* The same architecture with made-up weights of the true shapes, for benchmarks and tests. */
adm_status adm_network_make_up (const adm_description *description, const adm_options *options,
                                uint64_t seed, adm_network **out, adm_error *error);
/* Frees NETWORK with its weights and workspace. */
void adm_network_free (adm_network *network);
/* What NETWORK is; lives as long as it. */
const adm_description *adm_network_description (const adm_network *network);
/* Bytes that NETWORK's weights take as they are kept in memory. */
uint64_t adm_network_weights_bytes (const adm_network *network);

/* How a converted file holds its numbers. */
typedef enum adm_storage {
  ADM_STORE_AS_IS, /* each tensor as it is; float64 becomes float32 */
  ADM_STORE_F32,
  ADM_STORE_F16, /* rounded to nearest; a number beyond ±65504 is refused, naming its tensor */
  ADM_STORE_BF16,
} adm_storage;
/* Writes the weights of file IN as a safetensors file OUT that describes itself (metadata key
 * "adm": the description, the published name, and what else IN's metadata or sidecar says). OUT is
 * complete or absent. Takes the memory of IN's largest tensor. ADM_ERROR_FORMAT when IN's
 * description is not complete: the sidecar comes first. CALLBACK may be NULL. */
adm_status adm_convert (const char *in, const char *out, adm_storage storage, adm_callback callback,
                        void *user, adm_error *error);

/* What one evaluation of a network gets. */
typedef struct adm_batch {
  int n;
  const float *x;    /* [N,3,S,S] */
  const int *t;      /* [N] */
  const int *labels; /* [N]; NULL: none */
  const float *low;  /* [N,3,low_h,low_w] of a superres network, else NULL */
  int low_h, low_w;
} adm_batch;

/* One evaluation, N images at once. OUT: [N,3 or 6,S,S]; a classifier's logits [N,K]. Plans a
 * workspace for N on first use and keeps it. */
adm_status adm_network_evaluate (adm_network *network, const adm_batch *batch, float *out,
                                 adm_error *error);
/* Classifier: LOGITS [N,K] (may be NULL) and GRAD [N,3,S,S], the gradient of sum log p(label | x,
 * t) by x, unscaled. */
adm_status adm_network_gradient (adm_network *network, const adm_batch *batch, float *logits,
                                 float *grad, adm_error *error);

/* Where the last evaluation spent its time, by kind of layer. */
typedef struct adm_layer_share {
  const char *layers; /* "3x3 by Winograd", … */
  int count;          /* how many of them; 0: none */
  double seconds, flops;
} adm_layer_share;
enum { ADM_LAYER_SHARES = 7 };
/* Fills SHARES with those of NETWORK's last evaluation. */
void adm_network_shares (const adm_network *network, adm_layer_share shares[ADM_LAYER_SHARES]);
/* The inner loops that NETWORK runs with, a name of adm_options.kernels; static. */
const char *adm_network_kernels (const adm_network *network);
/* Quicker loops that this processor has and the system refuses to run ("amx", where Linux grants no
 * tile state); NULL: none. */
const char *adm_kernels_refused (void);

#ifdef __cplusplus
}
#endif
#endif
