/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Samples by the thousand: each with its own class and seed, kept as they come, so that a run that
 * was killed goes on where it stopped and ends with the same file. */
#ifndef ADM_CLI_BULK_H
#define ADM_CLI_BULK_H

#include "cli/terminal.h"

typedef struct bulk_run {
  const adm_model *model;
  const adm_options *options;
  const char *output;  /* a folder, or a file that ends in .npz (bytes) or .npy (float32) */
  const char *classes; /* "random", "FROM-TO", or a file of one class a line; NULL: TASK's */
  adm_task task;       /* of one picture; count and seed are set for each */
  bool guided;         /* the classifier is asked for each picture's own class */
  int first, count;    /* picture I has seed + I, FIRST <= I < FIRST + COUNT */
  int batch;           /* pictures of a run; those that can go through the networks together do */
  bool resume;
  terminal *line;
} bulk_run;

/* Whether PATH is for bulk_sample: an .npz, a folder that is there or ends in a slash, or, when
 * MANY pictures are asked for (--classes, --first, --resume), an .npy or a name without a dot. */
bool bulk_output (const char *path, bool many);

/* Makes the pictures and tells them (made.h): in a line together, or with --json each, those in a
 * folder as they come. What is finished stays when it fails. */
adm_status bulk_sample (const bulk_run *run, adm_error *error);

/* The first picture's class as text into NAME [32], for what is checked beforehand. */
adm_status bulk_first_class (const adm_model *model, const char *classes, int first, uint64_t seed,
                             char name[32], adm_error *error);

#endif
