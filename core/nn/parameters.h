/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a network's tensors lie in memory, and in what form: convolutions packed for their
 * algorithm, everything else as in the checkpoint. Measured without memory, then placed. */
#ifndef ADM_NN_PARAMETERS_H
#define ADM_NN_PARAMETERS_H

#include "base/layout.h"
#include "nn/slots.h"

typedef struct adm_parameters {
  bool exact;        /* direct convolutions only */
  bool half;         /* convolutions' weights in 16 bits */
  double products16; /* the kernels' rate of 16-bit products (rate16); 0: none are wanted */
  bool gradient;     /* the convolutions' input gradients, too */
  adm_layout memory; /* without a base: measures */
  uint64_t count;    /* elements of all tensors */
} adm_parameters;

/* Whether SLOT's tensor is kept as bfloat16: linear layers' weights, where 16-bit products are
 * wanted, but a classifier's, whose logits lose by it. */
bool adm_parameters_narrows (const adm_parameters *parameters, const adm_slot *slot);

/* Plans SLOT's convolutions and takes its memory. */
adm_status adm_parameters_place (adm_parameters *parameters, const adm_slot *slot,
                                 adm_error *error);

#endif
