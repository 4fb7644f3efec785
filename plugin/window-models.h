/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models and folders as the window sees them: the core's catalog turned into ui/'s plain data.
 */
#ifndef ADM_WINDOW_MODELS_H
#define ADM_WINDOW_MODELS_H

#include "adm.h"
#include "ui/backend.h"

typedef struct WindowModels WindowModels;

/* Reads the folders; what cannot be read is among the notes. */
WindowModels *window_models_new (void);
void window_models_free (WindowModels *models);
const UiCatalog *window_models_catalog (WindowModels *models);
/* The model of this id, or NULL. It lives until MODELS is freed, also across rescans. */
const adm_model *window_models_find (WindowModels *models, const char *id);
void window_models_rescan (WindowModels *models);
/* The folder that imported checkpoints go to, made when missing. NULL when it cannot be made; free with g_free. */
char *window_models_own_folder (void);

#endif
