/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one budget of memory: what the networks of a model take, added up as a session takes it,
 * beside what the process has already, against what it may have (base/machine_memory.h). And what
 * they take of time, for the estimate. */
#ifndef ADM_PIPELINE_BUDGET_H
#define ADM_PIPELINE_BUDGET_H

#include "adm.h"

/* Bytes that one network takes, and time. */
typedef struct adm_part_memory {
  uint64_t weights;
  uint64_t loading;   /* beside the weights, while they are read */
  uint64_t workspace; /* for one picture, a classifier's gradient included, on all threads */
  uint64_t sampling;  /* the sampler's own arrays for one picture, and the picture */
  double flops;       /* of one evaluation, a classifier's gradient included */
  double work;        /* the same, quicker ways' for fewer (ops/exec.h): seconds go by these */
} adm_part_memory;

adm_status adm_part_measure (const adm_description *description, const adm_options *options,
                             adm_part_memory *out, adm_error *error);

/* What the process holds without any network, as OPTIONS say. */
uint64_t adm_program_bytes (const adm_options *options);

/* The most that the process holds when the PARTS (ADM_PART_… together), whose NEEDS [ADM_PARTS] are
 * known, are loaded one after the other and then take turns in one workspace. 0 without parts. */
uint64_t adm_parts_peak (const adm_part_memory *needs, int parts, const adm_options *options);

#endif
