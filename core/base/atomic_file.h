/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file that is complete or absent: written under another name in the same folder, then
 * renamed. */
#ifndef ADM_BASE_ATOMIC_FILE_H
#define ADM_BASE_ATOMIC_FILE_H

#include "adm.h"

#include <stdio.h>

typedef struct adm_atomic_file {
  FILE *stream;
  char *path, *temporary;
} adm_atomic_file;

/* Opens a temporary file beside PATH for writing. */
adm_status adm_atomic_open (const char *path, adm_atomic_file *out, adm_error *error);
/* Flushes to disk and takes PATH's name; on failure PATH is as it was. Closes FILE either way. */
adm_status adm_atomic_commit (adm_atomic_file *file, adm_error *error);
/* Removes the temporary file. */
void adm_atomic_abandon (adm_atomic_file *file);

#endif
