/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Putting several layers into an image so that all of them arrive, or none. GIMP takes layers one
 * by one, and a process that dies between two of them would leave the first ones. So a process of
 * its own does it: the one that made the pictures may be killed meanwhile, and should the other be
 * killed instead, its caller takes back what it left.
 */
#ifndef ADM_INSERT_H
#define ADM_INSERT_H

#include <libgimp/gimp.h>

/* Called by the plug-in itself. Arguments: "image"; "layers", made for it and not yet inserted, the
 * lowest first; "above", the layer to put them above, or none for the active one. */
#define INSERT_PROCEDURE "plug-in-adm-insert-layers"

GimpProcedure *insert_create (GimpPlugIn *plug_in);

/* Inserts the N LAYERS into IMAGE above ABOVE (NULL, or no longer in IMAGE: the active layer), the
 * first lowest, as one undo step. FALSE with ERROR set when GIMP refused: some may be inserted
 * then, and the layers that are still valid are the caller's. */
gboolean insert_layers (GimpImage *image, GimpLayer *const *layers, int n, GimpLayer *above,
                        GError **error);

#endif
