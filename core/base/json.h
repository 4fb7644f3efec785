/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a JSON text would cost, before a parser is let near it. */
#ifndef ADM_BASE_JSON_H
#define ADM_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* Whether TEXT [N] holds at most VALUES values (a key is one, too) and nests at most DEPTH deep.
 * Counts what separates and opens values outside of strings, so that a parser can build no more
 * than this allows, whether or not TEXT is JSON at all. */
bool adm_json_within (const char *text, size_t n, size_t values, int depth);

#endif
