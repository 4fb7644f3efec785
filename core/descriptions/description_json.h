/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Descriptions in JSON: the half that is not public. */
#ifndef ADM_DESCRIPTIONS_DESCRIPTION_JSON_H
#define ADM_DESCRIPTIONS_DESCRIPTION_JSON_H

#include "io/weights.h"

#include <yyjson.h>

/* Reads OBJECT. Keys that are missing (or null, but for num_classes) are taken from BASE, what the
 * tensors told; without BASE they are refused, unless optional. Keys that no description has
 * (keys.h) are refused. Validates the result. */
adm_status adm_description_read (yyjson_val *object, const char *where, const adm_description *base,
                                 adm_description *out, adm_error *error);

/* Parses TEXT, which must be one JSON object; WHERE names its origin. Freed with
 * yyjson_doc_free. */
adm_status adm_json_parse (const char *text, size_t length, const char *where, yyjson_doc **out,
                           adm_error *error);

/* The same from a file of at most 4 MiB. */
adm_status adm_json_parse_file (const char *path, yyjson_doc **out, adm_error *error);

/* Whether DOC is a model's description, not a network's. */
bool adm_json_is_model (yyjson_doc *doc);

/* The JSON that describes WEIGHTS: its metadata or the sidecar beside it; *OUT is NULL when there
 * is none. WHERE [size] receives its origin. */
adm_status adm_description_document (const adm_weights *weights, char *where, size_t size,
                                     yyjson_doc **out, adm_error *error);

/* DESCRIPTION as JSON text of *LENGTH bytes, malloc'ed: its keys, then RECOGNISED_AS (may be NULL),
 * then what the objects MORE [N] (each may be NULL, the first with a key wins) say that no
 * description's key is. NULL: no memory. */
char *adm_description_compose (const adm_description *description, const char *recognised_as,
                               yyjson_doc *const *more, size_t n, bool pretty, size_t *length);

/* Where the sidecar of weights file PATH is: PATH with its last extension replaced by ".json",
 * malloc'ed; NULL: no memory. */
char *adm_sidecar_path (const char *path);

#endif
