/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Maps: layers painted with the colours of classes. */
#ifndef ADM_MAP_H
#define ADM_MAP_H

#include "scene.h"

/* The colour of class I on a map, 0xrrggbb: hues a golden angle apart, in four shades. */
guint32 map_color (int i);

/* Fills SCENE's classes from the map that TARGET covers: each class whose colour is on it, with a
 * weight for every pixel. A colour between two of them is a blend, another is taken for the nearest
 * that is there. FALSE with ERROR set when the map holds no class's colour. */
gboolean map_read (Scene *scene, const adm_model *model, const Target *target, GError **error);

/* Makes a transparent layer "Map: MODEL" of TARGET's size and place above its image's active layer,
 * and lets the artist paint on it. FALSE with ERROR set. */
gboolean map_add (const adm_model *model, const Target *target, GError **error);

#endif
