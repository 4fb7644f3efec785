/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `adm sample`'s options of where and how large: size, seams, start pictures, masks, maps of
 * classes. */
#ifndef ADM_CLI_CANVAS_OPTIONS_H
#define ADM_CLI_CANVAS_OPTIONS_H

#include "cli/options.h"

typedef struct canvas_options {
  const char *size, *seamless, *init, *mask, *map, *legend, *guidance, *vary; /* NULL: not given */
  double strength, texture_size, anchor;
  int jump_length, resamplings; /* 0: not given */
  bool strength_given, mend_seams;
} canvas_options;

enum { CANVAS_SPECS = 14 };
void canvas_options_specs (canvas_options *options, option_spec *specs);

/* What can be refused without opening any file. CLASSES: --class's text, or NULL. */
adm_status canvas_options_check (const canvas_options *options, const char *classes,
                                 adm_error *error);

/* Whether --class gives weights: "brick=0.7,moss=0.3". */
bool canvas_classes_weighted (const char *classes);

/* What the options make, with the arrays that it leads to. */
typedef struct canvas_inputs {
  uint64_t memory_limit; /* set by the caller; 0: none */
  adm_canvas canvas;
  uint8_t *init; /* [height,width,3], START before it became numbers */
  float *start, *mask, *maps;
  adm_class_weight *classes;
  int class_count;
} canvas_inputs;

/* Reads the files and puts all into INPUTS and REQUEST, which must not outlive it. */
adm_status canvas_inputs_read (const canvas_options *options, const adm_model *model,
                               const char *classes, canvas_inputs *inputs, adm_request *request,
                               adm_error *error);
void canvas_inputs_clear (canvas_inputs *inputs);

#endif
