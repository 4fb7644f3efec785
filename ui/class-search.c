/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ranking of classes for a query. A slip costs one edit (insertion, deletion, substitution, or two
 * neighbours swapped: optimal string alignment); words of four letters may hold one, of seven
 * two. */
#include "class-search.h"

#include "class-names.h"

#include <string.h>

/* Even, so that a synonym comes right after a name that answers as well. */
enum {
  RANK_WHOLE = 0,
  RANK_START = 2,
  RANK_WORD = 4,
  RANK_PART = 6,
  RANK_WORDS = 8,
  RANK_SLIP = 10
};
enum { LONGEST = 48 };

char *
ui_class_fold (const char *text)
{
  g_autofree char *apart = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = apart ? g_utf8_casefold (apart, -1) : g_strdup ("");
  GString *out = g_string_new (NULL);

  for (const char *p = folded; *p; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (g_unichar_ismark (c)) {
      continue;
    }
    if (g_unichar_isalnum (c)) {
      g_string_append_unichar (out, c);
    } else if (out->len && out->str[out->len - 1] != ' ') {
      g_string_append_c (out, ' ');
    }
  }
  if (out->len && out->str[out->len - 1] == ' ') {
    g_string_truncate (out, out->len - 1);
  }
  return g_string_free (out, FALSE);
}

/* Distance of A to the nearest prefix of B not shorter than A by more than the slips allowed: the
 * artist may still be typing. */
static int
distance (const gunichar *a, glong na, const gunichar *b, glong nb)
{
  int row[3][LONGEST + 1];
  int best = (int) na;

  for (glong j = 0; j <= nb; j++) {
    row[0][j] = (int) j;
  }
  for (glong i = 1; i <= na; i++) {
    int *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];

    now[0] = (int) i;
    for (glong j = 1; j <= nb; j++) {
      int cost = a[i - 1] == b[j - 1] ? 0 : 1;

      now[j] = MIN (MIN (now[j - 1], before[j]) + 1, before[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = MIN (now[j], two[j - 2] + 1);
      }
    }
  }
  for (glong j = 0; j <= nb; j++) {
    best = MIN (best, row[na % 3][j]);
  }
  return best;
}

/* Whether WORD is close to a word of NAME. */
static gboolean
slip (const char *word, char **name_words)
{
  glong n = 0;
  g_autofree gunichar *typed = g_utf8_to_ucs4_fast (word, -1, &n);
  int allowed = n >= 7 ? 2 : n >= 4 ? 1 : 0;

  if (n > LONGEST) {
    return FALSE;
  }
  for (char **w = name_words; *w; w++) {
    glong m = 0;
    g_autofree gunichar *known = g_utf8_to_ucs4_fast (*w, -1, &m);

    if (m <= LONGEST && distance (typed, n, known, m) <= allowed) {
      return TRUE;
    }
  }
  return FALSE;
}

int
ui_class_rank (const char *query, const char *name, int number)
{
  if (!*query || g_str_equal (query, name)) {
    return RANK_WHOLE;
  }
  if (number >= 0 && strspn (query, "0123456789") == strlen (query)) {
    g_autofree char *digits = g_strdup_printf ("%d", number);

    if (g_str_equal (query, digits)) {
      return RANK_WHOLE;
    }
    if (g_str_has_prefix (digits, query)) {
      return RANK_WORD;
    }
  }
  if (g_str_has_prefix (name, query)) {
    return RANK_START;
  }

  const char *found = strstr (name, query);

  while (found) {
    if (found[-1] == ' ') { /* FOUND is past the start: a prefix was answered above */
      return RANK_WORD;
    }
    found = strstr (found + 1, query);
  }
  if (strstr (name, query)) {
    return RANK_PART;
  }

  g_auto (GStrv) typed = g_strsplit (query, " ", -1);
  g_auto (GStrv) words = g_strsplit (name, " ", -1);
  gboolean parts = TRUE;

  for (char **word = typed; *word; word++) {
    if (!strstr (name, *word)) {
      parts = FALSE;
      if (!slip (*word, words)) {
        return -1;
      }
    }
  }
  return parts ? RANK_WORDS : RANK_SLIP;
}

/* ---- the words of a class -------------------------------------------------------------------- */

/* Adds what commas separate in SYNONYMS. */
static void
add_synonyms (const char *synonyms, GStrvBuilder *shown, GStrvBuilder *folded)
{
  g_auto (GStrv) parts = g_strsplit (synonyms, ",", -1);

  for (char **part = parts; *part; part++) {
    g_autofree char *words = ui_class_fold (g_strstrip (*part));

    if (*words) {
      g_strv_builder_add (shown, *part);
      g_strv_builder_add (folded, words);
    }
  }
}

UiClassWords
ui_class_words (const char *name, const char *synonyms)
{
  g_autoptr (GStrvBuilder) shown = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) folded = g_strv_builder_new ();
  const char *translated = ui_class_display_synonyms (synonyms),
             *own = ui_class_display_name (name);
  UiClassWords words = { .name = g_strdup (own),
                         .folded = ui_class_fold (own),
                         .folded_own = ui_class_fold (name) };

  /* first: of two that answer equally, the artist's language is told */
  add_synonyms (translated, shown, folded);
  if (translated != synonyms) {
    add_synonyms (synonyms, shown, folded);
  }
  words.synonyms = g_strv_builder_end (shown);
  words.folded_synonyms = g_strv_builder_end (folded);
  return words;
}

void
ui_class_words_clear (UiClassWords *words)
{
  g_free (words->name);
  g_free (words->folded);
  g_free (words->folded_own);
  g_strfreev (words->synonyms);
  g_strfreev (words->folded_synonyms);
}

UiClassMatch
ui_class_words_match (const UiClassWords *words, const char *query, int number)
{
  int shown = ui_class_rank (query, words->folded, number),
      own = ui_class_rank (query, words->folded_own, number);
  int name = shown < 0 || (own >= 0 && own < shown) ? own : shown;
  UiClassMatch match = { name, strlen (words->folded), NULL };

  for (gsize i = 0; match.rank != RANK_WHOLE && words->synonyms[i]; i++) {
    int rank = ui_class_rank (query, words->folded_synonyms[i], -1);

    if (rank >= 0 && (match.rank < 0 || rank + 1 < match.rank)) {
      match = (UiClassMatch) { rank + 1, strlen (words->folded_synonyms[i]),
                               name < 0 || name == RANK_SLIP ? words->synonyms[i] : NULL };
    }
  }
  return match;
}
