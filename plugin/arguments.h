/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedures' arguments: declared once, read from a config, checked, and turned into requests
 * to the core. Model, class and sampler are strings and numbers have wide declared ranges, since
 * GIMP quietly puts the default in the place of a value that a choice or a narrow range refuses;
 * the checks here refuse aloud instead.
 */
#ifndef ADM_ARGUMENTS_H
#define ADM_ARGUMENTS_H

#include <libgimp/gimp.h>

#include "adm.h"

/* Ranges that widgets show and checks enforce. Steps go from ARGUMENTS_MIN_STEPS to the network's
 * own number. */
#define ARGUMENTS_MIN_STEPS 2
#define ARGUMENTS_MAX_STEPS 1000
#define ARGUMENTS_MAX_SCALE 1000.0
#define ARGUMENTS_MAX_COUNT 1000

/* The word that stands for "no class". */
#define ARGUMENTS_NO_CLASS "none"

/* What was asked for. Strings are owned. The upscaling procedure uses model, class, sampler, steps,
 * seed and tiles. */
typedef struct {
  char *model, *class_name, *sampler;
  double scale;
  int steps, seed, count;
  gboolean randomize, upsample, tiles;
} AdmSettings;

void arguments_declare_generate (GimpProcedure *procedure);
void arguments_declare_upscale (GimpProcedure *procedure);

/* Reads what CONFIG holds; an argument that its procedure lacks gets the value "one picture,
 * unguided". With randomize on, a seed is drawn and written back, so that the last values tell
 * it. */
void arguments_read (GimpProcedureConfig *config, AdmSettings *settings);
void arguments_clear (AdmSettings *settings);

/* Checks SETTINGS against MODEL and makes the TASK of them. Guidance needs a classifier and a class
 * to guide towards: without either the scale is 0, in TASK and in SETTINGS. The class in SETTINGS
 * becomes the model's own spelling, the model its id. MOST_STEPS: of the diffusion network; 0: not
 * known, so its file is opened. */
gboolean arguments_to_generate (AdmSettings *settings, const adm_model *model, int most_steps,
                                adm_task *task, GError **error);

/* The same for upsampling one picture; which one is the caller's to say (task->upscale.low). */
gboolean arguments_to_upscale (AdmSettings *settings, const adm_model *model, int most_steps,
                               adm_task *task, GError **error);

/* Side of the picture that MODEL's upsampling network takes, pixels; 0 when it has none that can be
 * read. */
int arguments_upsample_input (const adm_model *model);

#endif
