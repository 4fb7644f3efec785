/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The walk that names every tensor of a network. It emits one slot a tensor, in checkpoint order,
 * to a visitor: listing (models/architecture.c), measuring and placing (nn/parameters.h), loading
 * (nn/loader.h). It also gives convolutions and linear layers their sizes, so that a network can be
 * planned after any walk that places them. */
#ifndef ADM_NN_SLOTS_H
#define ADM_NN_SLOTS_H

#include "ops/conv2d.h"
#include "ops/group_norm.h"
#include "ops/linear.h"

typedef enum adm_role {
  ADM_ROLE_CONV_WEIGHT,   /* [cout,cin,size,size] */
  ADM_ROLE_CONV1D_WEIGHT, /* [cout,cin,1] */
  ADM_ROLE_CONV_BIAS,     /* [cout], of both */
  ADM_ROLE_LINEAR_WEIGHT, /* [out,in], or 1x1 convolutions of a single position */
  ADM_ROLE_LINEAR_BIAS,
  ADM_ROLE_NORM_WEIGHT, /* [C] */
  ADM_ROLE_NORM_BIAS,
  ADM_ROLE_EMBEDDING, /* tables: of labels, of positions */
} adm_role;

typedef struct adm_slot {
  const char *name; /* in the checkpoint; gone after the visit */
  adm_role role;
  int rank;
  int64_t shape[4];
  uint64_t elements;
  /* receives the tensor as it is in the checkpoint; NULL for convolutions' weights, which are
   * packed into */
  const float **place;
  const uint16_t **place16; /* or, of what 16-bit products take so, as bfloat16; NULL: of nothing */
  float **gradient;         /* receives where its gradient goes, in checkpoint order */
  adm_conv *conv, *conv_t;  /* … CONV and, where an input gradient can be wanted, CONV_T */
  int h, w;                 /* of the maps that CONV gives */
} adm_slot;

typedef struct adm_slots {
  adm_status (*visit) (const adm_slot *slot, void *user, adm_error *error);
  void *user;
  int res_blocks; /* bound so far: their numbers tell their dropout apart */
  adm_error *error;
  adm_status status; /* the first failure; nothing is visited after it */
} adm_slots;

/* A tensor that is looked up, and its gradient (NULL: not wanted). */
typedef struct adm_table {
  const float *w;
  float *dw;
} adm_table;

typedef struct adm_conv_shape {
  int cin, cout, size, stride;
  int h, w; /* of the maps it gives */
} adm_conv_shape;

/* "PREFIX.CHILD.weight" and "PREFIX.CHILD.bias" of a 2-d convolution; CONV_T (or NULL) is its input
 * gradient, on maps of the input's size. */
void adm_slots_conv (adm_slots *slots, const char *prefix, const char *child, adm_conv_shape shape,
                     adm_conv *conv, adm_conv *conv_t);
/* The same for a 1-d convolution over H * W positions, size and stride 1. */
void adm_slots_conv1d (adm_slots *slots, const char *prefix, const char *child,
                       adm_conv_shape shape, adm_conv *conv, adm_conv *conv_t);
/* RANK 2; more when the checkpoint holds the layer as a convolution, with sides of 1. */
void adm_slots_linear (adm_slots *slots, const char *prefix, const char *child, int rank, int in,
                       int out, adm_linear_weights *linear);
void adm_slots_norm (adm_slots *slots, const char *prefix, const char *child, int c,
                     adm_norm_weights *norm);
/* The tensor "PREFIX.CHILD" [rows,columns] itself. */
void adm_slots_embedding (adm_slots *slots, const char *prefix, const char *child, int64_t rows,
                          int64_t columns, adm_table *table);

#endif
