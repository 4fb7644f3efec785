/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How well a class answers what was typed: by any part of its name, by its number, and across a slip of the finger. */
#ifndef UI_CLASS_SEARCH_H
#define UI_CLASS_SEARCH_H

#include <glib.h>

/* QUERY and NAME folded for comparison: lower case, accents stripped, blanks and punctuation between words as one blank.
 * To be freed. */
char *ui_class_fold (const char *text);

/* Rank of a class for a query, both folded; NUMBER is the class's, or -1 for none. 0 is the best (the whole name or
 * the number), larger is worse, -1 is no match. An empty query matches everything with 0. */
int ui_class_rank (const char *query, const char *name, int number);

#endif
