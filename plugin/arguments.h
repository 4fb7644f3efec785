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
#include "ui/settings.h"

/* Ranges that widgets show and checks enforce. Steps go from ARGUMENTS_MIN_STEPS to the network's
 * own number. */
#define ARGUMENTS_MIN_STEPS 2
#define ARGUMENTS_MAX_STEPS 1000
#define ARGUMENTS_MAX_SCALE 1000.0
#define ARGUMENTS_MAX_COUNT 1000

/* The word that stands for "no class". */
#define ARGUMENTS_NO_CLASS "none"

/* What was asked for. SETTINGS are owned; of the upscaling procedure they are an upsampling
 * task's. */
typedef struct {
  UiSettings *settings;
  gboolean randomize;
  gboolean history;     /* the window's history gets the pictures, too */
  gboolean where_given; /* else: the selection where there is one, or the middle at natural size */
  char *respacing;      /* the reference's spelling; NULL: by steps */
  GimpDrawable *start;  /* to start from; NULL: nothing */
  GimpDrawable *map;    /* painted with the colours of classes, or NULL */
} AdmArguments;

/* What procedures have in common: the model and the class; the seed; whether pictures are enlarged;
 * whether the window's history gets them, too. */
void arguments_declare_model (GimpProcedure *procedure);
void arguments_declare_seed (GimpProcedure *procedure);
void arguments_declare_upsample (GimpProcedure *procedure);
void arguments_declare_history (GimpProcedure *procedure);
void arguments_declare_generate (GimpProcedure *procedure);
void arguments_declare_upscale (GimpProcedure *procedure);

/* Reads what CONFIG holds; an argument that its procedure lacks gets the value "one picture,
 * unguided". With randomize on, a seed is drawn and written back, so that the last values tell
 * which picture was made. FALSE with ERROR set for words that mean nothing. Clear with
 * arguments_clear in any case. */
gboolean arguments_read (GimpProcedureConfig *config, AdmArguments *arguments, GError **error);
void arguments_clear (AdmArguments *arguments);

/* The other way: what SETTINGS say becomes CONFIG's, for GIMP's Repeat. */
void arguments_write (GimpProcedureConfig *config, const UiSettings *settings);

/* Checks SETTINGS against MODEL and makes the TASK of them, all but its canvas (scene.h). Guidance
 * needs a class to guide towards and a model that can: else the scale is 0, in TASK and in
 * SETTINGS. The class in SETTINGS becomes the model's own spelling ("": none), the model its id.
 * MOST_STEPS: of the diffusion network; 0: not known, so its file is opened. */
gboolean arguments_to_generate (UiSettings *settings, const adm_model *model, int most_steps,
                                adm_task *task, GError **error);

/* The same for upsampling one picture; which one is the caller's to say (task->upscale.low). */
gboolean arguments_to_upscale (UiSettings *settings, const adm_model *model, int most_steps,
                               adm_task *task, GError **error);

/* Side of the picture that MODEL's upsampling network takes, pixels; 0 when it has none that can be
 * read. */
int arguments_upsample_input (const adm_model *model);

#endif
