/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Descriptions in JSON: the half that is not public. */
#ifndef ADM_MODELS_DESCRIPTION_JSON_H
#define ADM_MODELS_DESCRIPTION_JSON_H

#include "adm.h"

#include <yyjson.h>

/* Reads OBJECT. Keys that are missing (or null, but for num_classes) are taken from BASE, what the tensors told; without
 * BASE they are refused, unless optional. Keys it does not know are ignored. Validates the result. */
adm_status adm_description_read (yyjson_val *object, const char *where, const adm_description *base, adm_description *out, adm_error *error);

/* Parses TEXT, which must be one JSON object; WHERE names its origin. Freed with yyjson_doc_free. */
adm_status adm_json_parse (const char *text, size_t length, const char *where, yyjson_doc **out, adm_error *error);

/* The same from a file of at most 4 MiB. */
adm_status adm_json_parse_file (const char *path, yyjson_doc **out, adm_error *error);

#endif
