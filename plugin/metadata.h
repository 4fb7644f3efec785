/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings of a generated layer, kept with it as a parasite: a JSON object with the arguments'
 * names as keys and "version", the version of the program that made the picture.
 */
#ifndef ADM_METADATA_H
#define ADM_METADATA_H

#include <libgimp/gimp.h>

#include "arguments.h"

#define METADATA_PARASITE "adm-settings"

/* The JSON text for a picture of its own seed: count is 1 and randomize false, so that reusing it
 * makes this picture again. What every picture has is always there, the rest where it differs from
 * ui_settings_new's. Free with g_free; NULL when memory is short. */
char *metadata_to_json (const UiSettings *settings, int64_t seed);

/* The class; without one the model's name. GIMP numbers layers that are called the same. Free with
 * g_free. */
char *metadata_layer_name (const UiSettings *settings, const char *model_name);

/* Fills SETTINGS from what LAYER carries; FALSE, and SETTINGS untouched, when it carries none that
 * is whole. */
gboolean metadata_read (GimpLayer *layer, UiSettings *settings);

/* Attaches JSON to LAYER, kept in saved files and undone with the layer. */
void metadata_attach (GimpLayer *layer, const char *json);

#endif
