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
 * makes this picture again. GENERATED: all keys; else those of the upscaling procedure. Free with
 * g_free; NULL when memory is short. */
char *metadata_to_json (const AdmSettings *settings, int64_t seed, gboolean generated);

/* "CLASS · s 1.5 · seed 1234"; without a class MODEL_NAME stands first. Free with g_free. */
char *metadata_layer_name (const AdmSettings *settings, const char *model_name, int64_t seed);

/* Reads the settings that LAYER carries, as far as they are whole; FALSE when it carries none.
 * Clear with arguments_clear. */
gboolean metadata_read (GimpLayer *layer, AdmSettings *settings);

/* Attaches JSON to LAYER, kept in saved files and undone with the layer. */
void metadata_attach (GimpLayer *layer, const char *json);

#endif
