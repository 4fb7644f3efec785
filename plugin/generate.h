/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that makes pictures and adds them as layers.
 */
#ifndef ADM_GENERATE_H
#define ADM_GENERATE_H

#include <libgimp/gimp.h>

#include "arguments.h"

#define GENERATE_PROCEDURE "plug-in-adm-generate"

/* The procedure with its documentation, arguments, and return values "image" and "layers". */
GimpProcedure *generate_create (GimpPlugIn *plug_in);

/* What CONFIG asks for, of DRAWABLES where it works on some; see arguments_read. */
typedef gboolean (*GenerateReader) (GimpProcedureConfig *config, GimpDrawable **drawables,
                                    AdmArguments *arguments, GError **error);

/* Runs PROCEDURE, which makes pictures, in the window or by the arguments that READ reads: what it
 * returns. */
GimpValueArray *generate_run (GenerateReader read, GimpProcedure *procedure, GimpRunMode run_mode,
                              GimpImage *image, GimpDrawable **drawables,
                              GimpProcedureConfig *config);
void generate_declare_results (GimpProcedure *procedure);

#endif
