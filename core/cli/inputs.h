/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What commands that evaluate one network once read. All results are freed with free (). */
#ifndef ADM_CLI_INPUTS_H
#define ADM_CLI_INPUTS_H

#include "cli/program.h"

/* The list TEXT of numbers below END, one for each of N images or one for all, into *OUT [n]. NAME:
 * the option's. */
adm_status input_list (const char *name, const char *text, int end, int n, int **out,
                       adm_error *error);

/* The same of classes below CLASSES, by number or name; what a name means is in the model that
 * weights file MODEL is a part of. */
adm_status input_classes (const char *model, const char *text, int classes, int n, int **out,
                          adm_error *error);

/* An upsampler's low-resolution input, SHAPE [N,3,h,w] (one is taken for all N); SMALL: the side it
 * must have, 0 any. */
adm_status input_low (const char *path, int n, int small, float **out, int64_t shape[8],
                      adm_error *error);

#endif
