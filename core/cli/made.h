/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How `sample` and `upscale` tell the pictures that they made. */
#ifndef ADM_CLI_MADE_H
#define ADM_CLI_MADE_H

#include "adm.h"

/* One picture of a plan's run. */
typedef struct made_picture {
  const char *path; /* the file that it is in */
  int index;        /* which of the run's pictures, from 0 */
  int label;        /* ADM_NO_LABEL: none; not looked at where the plan has several classes */
  uint64_t seed;
  double seconds; /* since the one before was finished, or the run began; NAN: it was there */
} made_picture;

/* The name of LABEL, a class of MODEL, into NAME [SIZE]: a number where it has none; NULL: it is no
 * class, or the null class. */
const char *made_class (const adm_model *model, int label, char *name, size_t size);

/* Tells PICTURE: with --json an object with the keys that `adm sample --help` names, else a line:
 * "wall.png: 256 x 256 px, brick, seed 7, 4.61 s". */
adm_status made_tell (const adm_model *model, const adm_plan *plan, const made_picture *picture,
                      adm_error *error);

/* Tells COUNT pictures in the file or folder PATH, whose first is FIRST, as one line: how many, and
 * the SECONDS they took together; THERE of them were there before. */
adm_status made_tell_several (const adm_model *model, const adm_plan *plan,
                              const made_picture *first, int count, int there, adm_error *error);

#endif
