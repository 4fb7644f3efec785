/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which of a model's networks are in memory: loaded when first needed, kept while the budget has
 * room for them, let go when another stage needs it. They share one set of threads and take turns
 * in one workspace. */
#ifndef ADM_PIPELINE_RESIDENCY_H
#define ADM_PIPELINE_RESIDENCY_H

#include "networks/network.h"
#include "pipeline/budget.h"

#include <sys/stat.h>

typedef struct adm_residency {
  adm_model *model; /* a copy, owned */
  adm_options options;
  adm_pool *pool;
  adm_workspace workspace;
  adm_network *network[ADM_PARTS];  /* NULL: not loaded */
  adm_part_memory needs[ADM_PARTS]; /* of the parts that are MEASURED (ADM_PART_…) */
  int measured;
  int reads; /* of weights, begun */
  /* the taught class that the diffusion network is, or will be, loaded with; owned, NULL: none */
  char *adapter;
  struct stat adapter_file; /* as it was then */
  uint64_t beside;          /* bytes that a run holds: its frame, pictures that wait */
} adm_residency;

/* Nothing is loaded yet. On failure RESIDENCY is cleared. */
adm_status adm_residency_init (adm_residency *residency, const adm_model *model,
                               const adm_options *options, adm_error *error);
void adm_residency_clear (adm_residency *residency);

adm_network *adm_residency_network (const adm_residency *residency, int part);

/* The class of the file ADAPTER (NULL: none) is asked for from now on. A diffusion network that is
 * loaded otherwise goes: reading its weights again restores them to the bit. */
adm_status adm_residency_teach (adm_residency *residency, const char *adapter, adm_error *error);

/* *FITS: whether all PARTS can be in memory at once. ADM_ERROR_MEMORY when those of one stage
 * cannot even alone. */
adm_status adm_residency_check (adm_residency *residency, int parts, bool *fits, adm_error *error);

/* Of PARTS that were checked or loaded: what each of their FLOPs counts for, once those of quicker
 * ways count for fewer. */
double adm_residency_pace (const adm_residency *residency, int parts);

/* Loads what is missing of PARTS, those of one stage or parts that fit together; others go where
 * the budget asks for it. */
adm_status adm_residency_load (adm_residency *residency, int parts, adm_callback callback,
                               void *user, adm_error *error);

/* adm_plan_make for the model, with what is loaded as it is, whatever became of its files. */
adm_status adm_residency_plan (const adm_residency *residency, const adm_task *task, adm_plan *plan,
                               adm_error *error);

/* Whether there is memory, other parts gone, for BYTES more, beside what the run holds already, and
 * a WORKSPACE of that many, while PARTS work. */
bool adm_residency_has (const adm_residency *residency, int parts, uint64_t bytes,
                        uint64_t workspace);
/* BYTES more, beside what the run holds already, are needed while PARTS work: lets other parts go
 * for them, or refuses. */
adm_status adm_residency_spare (adm_residency *residency, int parts, uint64_t bytes,
                                adm_error *error);

#endif
