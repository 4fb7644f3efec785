/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that makes pictures and adds them as layers.
 */
#ifndef ADM_GENERATE_H
#define ADM_GENERATE_H

#include <libgimp/gimp.h>

#define GENERATE_PROCEDURE "plug-in-adm-generate"

/* The procedure with its documentation, arguments, and return values "image" and "layers". */
GimpProcedure *generate_create (GimpPlugIn *plug_in);

#endif
