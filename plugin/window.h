/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The artist's window: the panel of ui/ in a GIMP dialog, fed by the worker, adding layers to the
 * image it was opened for.
 */
#ifndef ADM_WINDOW_H
#define ADM_WINDOW_H

#include <libgimp/gimp.h>

#include "region.h"

/* Shows the window until it is closed. *IMAGE (NULL: a new one is made at the first Add) becomes
 * the image that the last layers went to. CONFIG receives the last settings. Returns all layers
 * added, NULL-terminated, freed with g_free; NULL when there are none. With REGION, which outlives
 * the call, the window is for upsampling it, and new layers go above LAYER; else both are NULL. */
GimpLayer **window_run (GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage **image,
                        GimpLayer *layer, const Region *region);

/* Ends the open window's worker, for a plug-in about to quit. */
void window_stop (GObject *owner);

#endif
