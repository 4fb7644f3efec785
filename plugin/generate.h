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

/* Makes what ARGUMENTS ask for and adds it to *IMAGE (NULL, and afterwards another: a new one). NULL
 * with ERROR set, and no image touched. The layers are freed with g_free. */
GimpLayer **generate_pictures (AdmArguments *arguments, GimpProcedure *procedure,
                               GimpRunMode run_mode, GimpImage **image, GError **error);
void generate_declare_results (GimpProcedure *procedure);

#endif
