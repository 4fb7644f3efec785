/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arguments that say what a picture covers, and the finer ones. */
#ifndef ADM_ARGUMENTS_CANVAS_H
#define ADM_ARGUMENTS_CANVAS_H

#include "arguments.h"

/* The chosen model's own default. */
#define OWN_SCALE (-1.0)
#define OWN_STEPS 0
#define OWN_SAMPLER ""
#define OWN_ETA (-1.0)

void arguments_declare_canvas (GimpProcedure *procedure);
void arguments_declare_upscale_more (GimpProcedure *procedure);

#endif
