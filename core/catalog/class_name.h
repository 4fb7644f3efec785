/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which class a text means. The rule, from the surest to the least:
 *   1. a class's name, letter by letter;
 *   2. a name, but for capitals, accents and punctuation;
 *   3. one of its synonyms, or all of its line in the list ("tench, Tinca tinca"), but for the
 *      same;
 *   4. a part that the line of no other class holds;
 *   5. words, in any order, that the line of no other class holds;
 *   6. a slip of the finger: in a word of four letters one insertion, deletion, substitution or
 *      swap of neighbours, of seven two; of several classes the one with the fewest, in a name
 *      before a synonym.
 * The window's search folds and forgives alike, but ranks all matches for the artist to choose;
 * here one must be meant. */
#ifndef ADM_CATALOG_CLASS_NAME_H
#define ADM_CATALOG_CLASS_NAME_H

#include "adm.h"

/* *LABEL: the index in NAMES [COUNT] of the class TEXT means; SYNONYMS [COUNT] are theirs, as in
 * adm_model. ADM_ERROR_USAGE when several could be meant, naming up to three with their numbers;
 * when one name is that of several, asking for the number; and when none is, naming the nearest.
 * MODEL is the model's name. */
adm_status adm_class_find (const char *model, char *const *names, char *const *synonyms, int count,
                           const char *text, int *label, adm_error *error);

#endif
