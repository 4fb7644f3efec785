/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The short procedure: fills what is selected, or the layer, with a class. */
#ifndef ADM_FILL_H
#define ADM_FILL_H

#include <libgimp/gimp.h>

#define FILL_PROCEDURE "plug-in-adm-fill"

/* The procedure with its documentation, few arguments, and return values "image" and "layers". With
 * a window it is the one of the procedure that generates. */
GimpProcedure *fill_create (GimpPlugIn *plug_in);

#endif
