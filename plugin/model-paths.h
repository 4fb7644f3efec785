/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where models are looked for, and the catalog of those found.
 */
#ifndef ADM_MODEL_PATHS_H
#define ADM_MODEL_PATHS_H

#include <libgimp/gimp.h>

#include "adm.h"
#include "model-set.h"

/* The folders searched, first to last (the first model of an id wins): the folders of
 * $ADM_MODEL_PATH; the data folder beside the plug-in's program or, where there is none, the one of
 * the source tree it was built from; the folder gimp-adm/models of the user's data folder; the
 * folders that the artist added. Folders that do not exist are listed too. Free with g_strfreev. */
char **model_paths_get (void);

/* Adds PATH to the folders that the artist named, kept in GIMP's folder; one that is listed already
 * is not added again. FALSE with ERROR set when that could not be remembered. */
gboolean model_paths_add (const char *path, GError **error);

/* Gives PROCEDURE the plug-in's icon, from the data folder beside the program. */
void model_paths_set_icon (GimpProcedure *procedure);

/* Reads those of FOLDERS (NULL: model_paths_get's) that exist. NULL with ERROR set on failure; free
 * with model_set_free. With FOLDERS, any thread. */
ModelSet *model_paths_read (char *const *folders, GError **error);

/* The model called NAME (an id, a name, or a file), owned by SET. When there is none, the error
 * names the models there are (or the folders searched) and what was found amiss with it. NULL
 * counts as an empty name, which no model has. */
const adm_model *model_paths_find (ModelSet *set, const char *name, GError **error);

#endif
