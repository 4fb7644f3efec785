/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program's wording of errors. */
#ifndef ADM_CLI_WORDS_H
#define ADM_CLI_WORDS_H

#include "adm.h"

/* Bytes that hold any line. */
enum { WORDS_LINE = 3 * ADM_ERROR_ROOM };

/* ERROR in one line of English: what, where, what to do. Returns LINE. */
const char *words_of (const adm_error *error, char *line, size_t size);

/* What to do, as it follows the sentence of ERROR's code; its facts are still %1 …. */
const char *words_remedy (const adm_error *error);

#endif
