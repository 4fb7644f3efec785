/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models are looked for, first to last: the folders of $ADM_MODEL_PATH (separated by colons);
 * the data folder that came with the program; the user's, $XDG_DATA_HOME/gimp-adm/models. The
 * plug-in has the same rule. */
#ifndef ADM_CLI_SEARCH_H
#define ADM_CLI_SEARCH_H

#include "adm.h"

typedef struct search_path {
  char **folders; /* some may not exist */
  size_t count;
} search_path;

adm_status search_path_get (search_path *out, adm_error *error);
void search_path_clear (search_path *path);

/* Reads those of the folders that exist. */
adm_status search_catalog (const search_path *path, adm_catalog **out, adm_error *error);

/* The model NAME: an id, a name, a description or a weights file. *MODEL lives as long as *CATALOG,
 * which the caller frees. */
adm_status search_model (const char *name, adm_catalog **catalog, const adm_model **model,
                         adm_error *error);

/* The model that the weights file FILE is a part of; see adm_catalog_model_of. */
adm_status search_model_of (const char *file, adm_catalog **catalog, const adm_model **model,
                            adm_error *error);

#endif
