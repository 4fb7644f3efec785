/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fills a network's parameters: reads tensors in checkpoint order and packs each convolution while
 * the next tensor is read. */
#ifndef ADM_NN_LOADER_H
#define ADM_NN_LOADER_H

#include "nn/parameters.h"

typedef struct adm_loader {
  adm_parameters parameters;
  /* Reads tensor NAME [elements] as float32 in C order, on any thread of the pool, one at a
   * time. */
  adm_status (*read) (const char *name, uint64_t elements, float *out, void *user,
                      adm_error *error);
  void *read_user;
  /* Called on the thread that loads when ELEMENTS more have been read; may be NULL. */
  adm_status (*done) (uint64_t elements, void *user, adm_error *error);
  void *user;
  adm_pool *pool; /* packs on all threads */
  /* adm_kernels' */
  void (*narrow) (size_t n, const float *x, uint16_t *y);
  /* holds two neighbouring convolutions in checkpoint order: one is read while the other is
   * packed; or one, and what is narrowed */
  float *raw;
  uint64_t raw_floats; /* its capacity; measured */
  /* of the last convolution; they stand at the start and at the end of RAW by turns */
  uint64_t last_floats;
  bool at_end;
  struct { /* the convolution that has been read and waits to be packed; CONV NULL: none */
    adm_conv *conv, *conv_t; /* CONV_T NULL: no gradient */
    const float *raw;
  } waiting;
} adm_loader;

/* Visitors of slots, LOADER their user. Measuring: parameters.memory and raw_floats. */
adm_status adm_loader_measure (const adm_slot *slot, void *loader, adm_error *error);
/* Loading, with memory of these sizes. */
adm_status adm_loader_load (const adm_slot *slot, void *loader, adm_error *error);
/* Packs what still waits, after the last tensor. */
void adm_loader_finish (adm_loader *loader);

#endif
