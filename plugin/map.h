/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maps: layers painted with the colours of classes. */
#ifndef ADM_MAP_H
#define ADM_MAP_H

#include "scene.h"

/* Fills SCENE's classes from the map that TARGET covers: each class whose colour is on it, with a
 * weight for every pixel; of a map with a side over MOST, reduced to that. What the map's own
 * legend says comes first, then the colours of today (map-colors.h). A colour between two that are
 * there is a blend, another is taken for the nearest. FALSE with ERROR set when the map holds no
 * class's colour. */
gboolean map_read (Scene *scene, const adm_model *model, const Target *target, int most,
                   GError **error);

/* Makes a transparent layer "Map: MODEL" of TARGET's size and place above its image's active layer,
 * and lets the artist paint on it. FALSE with ERROR set. */
gboolean map_add (const adm_model *model, const Target *target, GError **error);

#endif
