/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the networks of a model take in memory, added up as a session takes it. */
#ifndef ADM_MODELS_MEMORY_H
#define ADM_MODELS_MEMORY_H

#include "adm.h"

/* The program, its libraries, the list of models: what a process has before the first network. */
#define ADM_MEMORY_PROGRAM ((uint64_t) 32 << 20)

/* Bytes that one network takes. */
typedef struct adm_part_memory {
  uint64_t weights;
  uint64_t loading;   /* beside the weights, while they are read */
  uint64_t workspace; /* for one picture, a classifier's gradient included, on all threads */
  uint64_t sampling;  /* the sampler's own arrays for one picture, and the picture */
} adm_part_memory;

adm_status adm_part_measure (const adm_description *description, const adm_options *options, adm_part_memory *out, adm_error *error);

/* The most that the process holds when the PARTS [n] are loaded one after the other and then take turns in one workspace. */
uint64_t adm_parts_peak (const adm_part_memory *parts, int n);

#endif
