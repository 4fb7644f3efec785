/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How well a class answers what was typed: by any part of its name or of a synonym, by its number,
 * and across a slip of the finger. */
#ifndef UI_CLASS_SEARCH_H
#define UI_CLASS_SEARCH_H

#include <glib.h>

/* QUERY and NAME folded for comparison: lower case, accents stripped, blanks and punctuation
 * between words as one blank. To be freed. */
char *ui_class_fold (const char *text);

/* Rank of a class for a query, both folded; NUMBER is the class's, or -1 for none. 0 is the best
 * (the whole name or the number), larger is worse, -1 is no match. An empty query matches
 * everything with 0. */
int ui_class_rank (const char *query, const char *name, int number);

/* What one class is found by: its name and its synonyms, in the artist's language and its own. */
typedef struct UiClassWords {
  char *name;                         /* as shown */
  char *folded, *folded_own;          /* NAME, and the class's own name, folded */
  char **synonyms, **folded_synonyms; /* as written, and folded; as many of one as of the other */
} UiClassWords;

typedef struct UiClassMatch {
  int rank;     /* as ui_class_rank's; a synonym's comes after a name that answers as well */
  gsize length; /* of the folded text that answers */
  /* the one that answers, where the name does not or by a slip only; the words own it */
  const char *synonym;
} UiClassMatch;

/* Of the class NAME with SYNONYMS, as in UiModel; to be cleared. */
UiClassWords ui_class_words (const char *name, const char *synonyms);
void ui_class_words_clear (UiClassWords *words);
/* QUERY is folded; NUMBER is the class's. */
UiClassMatch ui_class_words_match (const UiClassWords *words, const char *query, int number);

#endif
