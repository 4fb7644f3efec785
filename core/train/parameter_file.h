/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between files and networks that learn. */
#ifndef ADM_TRAIN_PARAMETER_FILE_H
#define ADM_TRAIN_PARAMETER_FILE_H

#include "networks/trainee.h"

/* A network from its weights file, described as for inference. */
adm_status adm_trainee_load (const char *path, const adm_trainee_options *how, adm_trainee **out,
                             adm_error *error);

/* VALUES, one of a trainee's flat arrays, as a safetensors file of its tensors, complete or absent.
 * DESCRIPTION: JSON for the metadata; NULL: none. */
adm_status adm_parameters_save (const adm_trainee *trainee, const float *values, const char *path,
                                const char *description, adm_error *error);

#endif
