/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures become layers. Everything that can fail is done before the image is touched;
 * then all layers go in as one undo step.
 */
#ifndef ADM_LAYERS_H
#define ADM_LAYERS_H

#include <gegl.h>
#include <libgimp/gimp.h>

/* One layer to be. Nothing is owned. */
typedef struct {
  const char *name;
  const char *settings;    /* JSON, see metadata.h */
  int x, y, width, height; /* place in the image, pixels */
  const char *format;      /* of the pixels: a babl format in sRGB, such as "R'G'B' u8" */
  gconstpointer pixels;    /* [height][width] */
  const float *mask;       /* the layer's mask, [height][width] in [0, 1], or NULL */
} AdmPicture;

/* FALSE with ERROR set when layers cannot be added to IMAGE because it is indexed, or gone. NULL is
 * a new image: TRUE. */
gboolean layers_check_image (GimpImage *image, GError **error);

/* The same for an image that may have been closed since the procedure was called with RUN_MODE. A
 * user who watches is told and gets the layers in a new image, *IMAGE becoming NULL; for a script
 * it is an error. */
gboolean layers_check_open (GimpRunMode run_mode, GimpImage **image, GError **error);

/* Where a picture of WIDTH × HEIGHT goes in IMAGE: its top left corner at the selection's, or
 * centred without a selection. */
void layers_place (GimpImage *image, int width, int height, int *x, int *y);

/* Adds the N pictures (at least one), the first lowest, to *IMAGE: above ABOVE, or above the active
 * layer when ABOVE is NULL. Where *IMAGE is NULL an RGB image of the first picture's size is made,
 * and shown if SHOW. Returns the layers, a NULL-terminated array to be freed with g_free, or NULL
 * with ERROR set and nothing changed. */
GimpLayer **layers_add (GimpImage **image, const AdmPicture *pictures, int n, GimpLayer *above,
                        gboolean show, GError **error);

/* What PROCEDURE gives back: IMAGE and LAYERS, which is freed, or, when LAYERS is NULL, ERROR,
 * which is taken over. */
GimpValueArray *layers_return (GimpProcedure *procedure, GimpImage *image, GimpLayer **layers,
                               GError *error);

#endif
