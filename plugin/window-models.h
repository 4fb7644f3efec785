/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models and folders as the window sees them: the core's catalog turned into ui/'s plain data.
 */
#ifndef ADM_WINDOW_MODELS_H
#define ADM_WINDOW_MODELS_H

#include "adm.h"
#include "ui/backend.h"

typedef struct WindowModels WindowModels;

/* Reads the folders at once; what cannot be read is among the notes. */
WindowModels *window_models_new (void);
/* a reading that still goes on ends without a call */
void window_models_free (WindowModels *models);
const UiCatalog *window_models_catalog (WindowModels *models);
/* The model of this id, or NULL. It lives until MODELS is freed, also when the folders have been
 * read again. */
const adm_model *window_models_find (WindowModels *models, const char *id);
/* On the main thread, when the models have been read again. MESSAGE: NULL, or why the answers could
 * not be remembered. */
typedef void (*WindowModelsFunc) (const char *message, gpointer user);
/* Reads the folders again on another thread. HALF: weights in 16 bits, which the memory needed is
 * reckoned for. LIMIT in bytes, 0: what the machine has. */
void window_models_rescan (WindowModels *models, gboolean half, guint64 limit,
                           WindowModelsFunc done, gpointer user);
/* Remembers the CHOSEN answer of each question about the open file PATH in its sidecar, then reads
 * the folders again. */
void window_models_answer (WindowModels *models, const char *path, const int *chosen,
                           WindowModelsFunc done, gpointer user);
/* The colours of a model's classes on maps, *N of them; the models' until the next reading. */
const UiLegendEntry *window_models_legend (WindowModels *models, const char *id, gsize *n);

#endif
