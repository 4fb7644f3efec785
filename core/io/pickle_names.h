/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names that a pickle may ask for: "MODULE" and "NAME", neither ending in NUL. */
#ifndef ADM_IO_PICKLE_NAMES_H
#define ADM_IO_PICKLE_NAMES_H

#include "io/pickle.h"

/* What weights are made of, or ADM_GLOBAL_OPAQUE. */
adm_pickle_global adm_pickle_name_find (const char *module, size_t module_length, const char *name,
                                        size_t name_length);

/* Names that reach the system, or that reach other names, and that no training script leaves in a
 * checkpoint: whoever writes them wants something run. */
bool adm_pickle_name_attacks (const char *module, size_t module_length, const char *name,
                              size_t name_length);

#endif
