/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models of some folders: those of the core's catalog, and besides them each upsampler that
 * lies there on its own, which is a model for enlarging. */
#ifndef ADM_MODEL_SET_H
#define ADM_MODEL_SET_H

#include <glib.h>

#include "adm.h"

typedef struct ModelSet ModelSet;

/* Takes CATALOG over. Any thread. */
ModelSet *model_set_new (adm_catalog *catalog);
void model_set_free (ModelSet *set); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModelSet, model_set_free)

/* Owned by the set. */
adm_catalog *model_set_catalog (ModelSet *set);
/* The catalog's models first, then the upsamplers. */
size_t model_set_count (const ModelSet *set);
const adm_model *model_set_get (const ModelSet *set, size_t i);
/* As adm_catalog_find, which is asked first; a file that is an upsampler's is a model, too. The
 * result lives as long as the set. */
adm_status model_set_find (ModelSet *set, const char *name, const adm_model **out,
                           adm_error *error);
/* Whether NOTE, of the set's catalog, tells of nothing amiss: its file is one of the models. */
gboolean model_set_has_noted (const ModelSet *set, const adm_error *note);

#endif
