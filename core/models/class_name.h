/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which class a text means. The rule, from the surest to the least:
 *   1. a class's name, letter by letter;
 *   2. a name, or one of the synonyms that commas separate ("tench, Tinca tinca"), but for capitals, accents and punctuation;
 *   3. a part that the name of no other class holds;
 *   4. words, in any order, that the name of no other class holds;
 *   5. a slip of the finger: in a word of four letters one insertion, deletion, substitution or swap of neighbours, of seven
 *      two; of several classes the one with the fewest.
 * The window's search folds and forgives alike, but ranks all matches for the artist to choose; here one must be meant. */
#ifndef ADM_MODELS_CLASS_NAME_H
#define ADM_MODELS_CLASS_NAME_H

#include "adm.h"

/* *LABEL: the index in NAMES [COUNT] of the class TEXT means. ADM_ERROR_USAGE when several could be meant, naming up to three
 * with their numbers; when one name is that of several, asking for the number; and when none is, naming the nearest. MODEL is
 * the model's name. */
adm_status adm_class_find (const char *model, char *const *names, int count, const char *text, int *label, adm_error *error);

#endif
