/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Output files that are complete or absent. Each is written under another name in its own folder;
 * when all are whole they get their names together. Whatever fails before, interruption included,
 * leaves none of them, and what stood under those names before is untouched. */
#ifndef ADM_CLI_OUTPUT_H
#define ADM_CLI_OUTPUT_H

#include "adm.h"

typedef struct output_file {
  char *path, *temporary; /* TEMPORARY NULL: not begun */
  /* a second name of what stood at PATH, until all files have their names; NULL: none */
  char *before;
  bool fresh; /* nothing stood there */
} output_file;

typedef struct output_set {
  output_file *files;
  size_t count;
} output_set;

/* Adds PATH. Fails when its folder cannot be written to, when it is there and no ordinary file, or
 * is in the set already: so that this is found out before the long work, not after. */
adm_status output_add (output_set *set, const char *path, adm_error *error);

/* Begins file I: an empty file, to be written under the name *TEMPORARY, owned by the set. */
adm_status output_begin (output_set *set, size_t i, const char **temporary, adm_error *error);

/* Begins file I and writes the array DATA into it. */
adm_status output_write_npy (output_set *set, size_t i, const float *data, int rank,
                             const int64_t *shape, adm_error *error);

/* Gives all files their names, or none: when one name cannot be given, what stood under the others
 * stands there again. ADM_ERROR_CANCELLED when a signal came before. Every file must have been
 * begun. */
adm_status output_commit (output_set *set, adm_error *error);

/* Removes what is not committed and frees. */
void output_clear (output_set *set);

/* Whether PATH ends in EXTENSION (".png"), in capitals or not, with something before it. */
bool output_has_extension (const char *path, const char *extension);

#endif
