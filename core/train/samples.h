/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures by a network that learns: a look, not the best that it can do. */
#ifndef ADM_TRAIN_SAMPLES_H
#define ADM_TRAIN_SAMPLES_H

#include "networks/trainee.h"

/* A picture of class LABEL (ADM_NO_LABEL: of none) by the trainee's weights as they are packed, OUT
 * [channels,S,S]: DPM-Solver++(2M), STEPS of them, from the noise of SEED. Messages call the
 * network NAME. ADM_ERROR_CANCELLED when its poll said so. */
typedef struct adm_look {
  int label, steps;
  uint64_t seed;
  const char *name;
} adm_look;
adm_status adm_trainee_look (adm_trainee *trainee, adm_look look, float *out, adm_error *error);

/* VALUES (a flat array as trainee->weights) and the weights change places, and are packed. Twice is
 * as before, to the bit. */
void adm_trainee_exchange (adm_trainee *trainee, float *values);

#endif
