/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The procedure that upsamples a layer.
 */
#ifndef ADM_UPSCALE_H
#define ADM_UPSCALE_H

#include <libgimp/gimp.h>

#define UPSCALE_PROCEDURE "plug-in-adm-upscale"

/* The procedure with its documentation, arguments, and return values "image" and "layers". */
GimpProcedure *upscale_create (GimpPlugIn *plug_in);

#endif
