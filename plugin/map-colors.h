/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours that stand for classes on a painted map, 0xrrggbb. */
#ifndef ADM_MAP_COLORS_H
#define ADM_MAP_COLORS_H

#include <glib.h>

#include "adm.h"

/* COLORS[i] becomes the colour of MODEL's class i. Where each class is a material that is known by
 * name it looks like its material; else the colours are generated. */
void map_colors (const adm_model *model, guint32 *colors);

/* Of class I of a model whose classes are no materials, and of any model's in the first maps: hues
 * a golden angle apart, in four shades. */
guint32 map_color_generated (int i);

/* A legend, which says for good what the colours of a map mean: JSON, to be freed; NULL when memory
 * is short. */
char *map_legend_write (const adm_model *model, const guint32 *colors);
/* The colours that the legend TEXT of LENGTH bytes has for MODEL's classes, by their names; −1 for
 * those it does not have. It may come with anybody's file. FALSE: it is no legend. */
gboolean map_legend_read (const char *text, gsize length, const adm_model *model, gint32 *colors);

#endif
