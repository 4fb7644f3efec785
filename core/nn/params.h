/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Binding: the walk that names every tensor of a network. The same walk lists the tensors, measures the memory for packed
 * weights, and fills it; so the list, the size and the loading cannot drift apart. */
#ifndef ADM_NN_PARAMS_H
#define ADM_NN_PARAMS_H

#include "ops/conv2d.h"

typedef struct adm_params {
  /* Called for every tensor in checkpoint order; may be NULL. */
  void (*visit) (const char *name, int rank, const int64_t *shape, void *user);
  /* Reads tensor NAME [elements] as float32 in C order, on any thread of the pool, one at a time; NULL: nothing is read (listing or
   * measuring). */
  adm_status (*read) (const char *name, uint64_t elements, float *out, void *user, adm_error *error);
  /* Called on the thread that binds when ELEMENTS more have been read; may be NULL. */
  adm_status (*done) (uint64_t elements, void *user, adm_error *error);
  void *user;
  bool exact;              /* direct convolutions only */
  bool half;               /* convolutions' weights in 16 bits */
  bool gradient;           /* pack the convolutions' input gradients too */
  adm_pool *pool;          /* packs on all threads; NULL while measuring */
  unsigned char *memory;   /* NULL while measuring */
  uint64_t used;           /* bytes of packed weights so far */
  float *raw;              /* room for two neighbouring convolutions in checkpoint order: one is read while the other is packed */
  uint64_t raw_floats;     /* its size; measured */
  uint64_t last_floats;    /* of the last convolution; they stand at the start and at the end of the room by turns */
  bool at_end;
  struct {                 /* the convolution that has been read and waits to be packed; CONV NULL: none */
    adm_conv *conv, *backward; /* BACKWARD NULL: no gradient */
    void *packed, *turned;
    const float *raw;
  } waiting;
  uint64_t parameters;     /* elements of all tensors */
  adm_error *error;
  adm_status status;       /* the first failure; later calls do nothing */
} adm_params;

/* Bytes of RAW; after measuring. */
uint64_t adm_params_loading_bytes (const adm_params *params);

/* Packs what still waits, after the last tensor; the first failure of all. */
adm_status adm_params_finish (adm_params *params);

/* A tensor kept as it is in the checkpoint: "PREFIX.SUFFIX" of RANK (1 … 4) dimensions, SHAPE [4]. */
const float *adm_params_tensor (adm_params *params, const char *prefix, const char *suffix, int rank, const int64_t *shape);

/* "PREFIX.weight" [cout,cin,size,size] and "PREFIX.bias" of a 2-d convolution giving maps of H x W; BACKWARD (NULL, or used when
 * params->gradient) receives its input gradient, on maps of the input's size. */
void adm_params_conv (adm_params *params, const char *prefix, int cin, int cout, int size, int stride, int h, int w, adm_conv *conv,
                      adm_conv *backward);
/* The same for a 1-d convolution over H * W positions: "PREFIX.weight" [cout,cin,1]. */
void adm_params_conv1d (adm_params *params, const char *prefix, int cin, int cout, int positions, adm_conv *conv, adm_conv *backward);

typedef struct adm_linear_weights {
  int in, out;
  const float *w, *b; /* [out,in], [out] */
} adm_linear_weights;
void adm_params_linear (adm_params *params, const char *prefix, int in, int out, adm_linear_weights *linear);

typedef struct adm_norm_weights {
  const float *w, *b; /* [C] */
} adm_norm_weights;
void adm_params_norm (adm_params *params, const char *prefix, int c, adm_norm_weights *norm);

#endif
