/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Classes by name: see class_name.h. Texts are folded to code points: lower case, accents stripped,
 * what is between words one blank. Slips are counted as optimal string alignment does. */
#include "catalog/class_name.h"

#include "base/error.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 128, MOST_WORDS = 16, NAMED = 3 };

/* ---- folding --------------------------------------------------------------------------------- */

typedef struct folded {
  uint32_t c[LONGEST + 1]; /* ends in 0; what is longer is cut */
  int length;
} folded;

/* The code point at *TEXT, which moves on; a byte that is no UTF-8 stands for itself. */
static uint32_t
decode (const char **text)
{
  const unsigned char *t = (const unsigned char *) *text;
  int more = t[0] < 0xc2 ? 0 : t[0] < 0xe0 ? 1 : t[0] < 0xf0 ? 2 : t[0] < 0xf5 ? 3 : 0;
  uint32_t c = more ? t[0] & (0x3fu >> more) : t[0];
  for (int i = 1; i <= more; i++) {
    if ((t[i] & 0xc0) != 0x80) {
      ++*text;
      return t[0];
    }
    c = c << 6 | (t[i] & 0x3f);
  }
  *text += more + 1;
  return c;
}

/* C in lower case without its accents: Latin, Greek and Cyrillic; 0: a mark, ' ': no letter or
 * digit. */
static uint32_t
fold_one (uint32_t c)
{
  /* U+00C0 and U+0100 onwards; '-': a letter that has no accent to strip. */
  static const char latin[]
      = "aaaaaa-ceeeeiiii-nooooo -uuuuy--aaaaaa-ceeeeiiii-nooooo -uuuuy-y"
        "aaaaaaccccccccdd--eeeeeeeeeegggggggghh--iiiiiiiii---jjkk-llllllll--nnnnnnn--oooooo--"
        "rrrrrrsssssssstttt--uuuuuuuuuuuuwwyyyzzzzzzs";
  if (c < 0x80)
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c
           : c >= 'A' && c <= 'Z'                           ? c + 32
                                                            : ' ';
  if (c < 0xc0 || (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f)
      || (c >= 0xff00 && c <= 0xff0f))
    return ' ';
  if (c < 0x180 && latin[c - 0xc0] != '-')
    return (unsigned char) latin[c - 0xc0];
  if (c <= 0xde || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
    return c + 32;
  if (c >= 0x400 && c <= 0x40f)
    return c + 80;
  if (c >= 0x100 && c < 0x180)
    return c == 0x141 ? 0x142 : c == 0x138 || c == 0x142 ? c : c | 1;
  return c >= 0x300 && c <= 0x36f ? 0 : c;
}

static void
append (folded *out, uint32_t c)
{
  bool twice = c == ' ' && (out->length == 0 || out->c[out->length - 1] == ' ');
  if (c && !twice && out->length < LONGEST)
    out->c[out->length++] = c;
}

/* The LENGTH bytes at TEXT, after the words that are in OUT already. */
static void
fold_more (folded *out, const char *text, size_t length)
{
  append (out, ' ');
  for (const char *end = text + length; text < end;) {
    uint32_t c = decode (&text);
    if (c == 0xdf) /* sharp s */
      append (out, 's');
    append (out, c == 0xdf ? 's' : fold_one (c));
  }
  if (out->length && out->c[out->length - 1] == ' ')
    out->length--;
  out->c[out->length] = 0;
}

static folded
fold (const char *text, size_t length)
{
  folded out = { .length = 0 };
  fold_more (&out, text, length);
  return out;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static int
least (int a, int b)
{
  return a < b ? a : b;
}

/* Slips from A [NA] to B [NB]; with PREFIX to the nearest of B's beginnings. */
static int
distance (const uint32_t *a, int na, const uint32_t *b, int nb, bool prefix)
{
  int row[3][LONGEST + 1] = { { 0 } }, best;
  for (int j = 0; j <= nb; j++)
    row[0][j] = j;
  for (int i = 1; i <= na; i++) {
    int *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];
    now[0] = i;
    for (int j = 1; j <= nb; j++) {
      now[j] = least (least (now[j - 1], before[j]) + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = least (now[j], two[j - 2] + 1);
    }
  }
  best = row[na % 3][nb];
  for (int j = 0; prefix && j < nb; j++)
    best = least (best, row[na % 3][j]);
  return best;
}

static int
allowed (int letters)
{
  return letters >= 7 ? 2 : letters >= 4 ? 1 : 0;
}

/* Where the LENGTH letters at PART stand in NAME: 0 at its start, 1 at a word's, 2 inside one, -1
 * nowhere. */
static int
place (const folded *name, const uint32_t *part, int length)
{
  int found = -1;
  for (int i = 0; i + length <= name->length; i++)
    if (memcmp (name->c + i, part, (size_t) length * sizeof *part) == 0) {
      int here = i == 0 ? 0 : name->c[i - 1] == ' ' ? 1 : 2;
      found = found < 0 ? here : least (found, here);
    }
  return found;
}

typedef struct words {
  const uint32_t *at[MOST_WORDS];
  int length[MOST_WORDS], count;
} words;

static words
split (const folded *text)
{
  words out = { .count = 0 };
  for (int i = 0; i < text->length && out.count < MOST_WORDS; i++) {
    int start = i;
    while (i < text->length && text->c[i] != ' ')
      i++;
    out.at[out.count] = text->c + start;
    out.length[out.count++] = i - start;
  }
  return out;
}

/* Slips in all words of TYPED, each against the nearest word of NAME; with FORGIVING any number of
 * them, else -1 when a word holds more than it may. */
static int
word_slips (const words *typed, const words *name, bool forgiving)
{
  int sum = 0;
  for (int i = 0; i < typed->count; i++) {
    int best = INT_MAX;
    for (int k = 0; k < name->count; k++)
      best = least (best, distance (typed->at[i], typed->length[i], name->at[k], name->length[k],
                                    !forgiving));
    if (name->count == 0 || (!forgiving && best > allowed (typed->length[i])))
      return -1;
    sum += best;
  }
  return sum;
}

/* ---- the steps of the rule ------------------------------------------------------------------- */

enum step { NAME, SYNONYM, PART, WORDS, SLIP, NEAREST };

/* How well NAME, a synonym or a whole line, answers QUERY in this STEP: 0 best, -1 not at all. */
static int
score (enum step step, const folded *query, const words *typed, const folded *name)
{
  words parts = split (name);
  int whole = 0, slips;
  switch (step) {
  case NAME:
  case SYNONYM:
    return name->length == query->length && place (name, query->c, query->length) == 0 ? 0 : -1;
  case PART:
    return place (name, query->c, query->length);
  case WORDS:
    for (int i = 0; i < typed->count; i++)
      if (place (name, typed->at[i], typed->length[i]) < 0)
        return -1;
    return typed->count ? 0 : -1;
  case SLIP:
    whole = distance (query->c, query->length, name->c, name->length, false);
    slips = word_slips (typed, &parts, false);
    return whole <= allowed (query->length) ? 2 * whole : slips >= 0 ? 2 * slips + 1 : -1;
  default: /* suggestions: at least half of the letters must be right */
    whole = distance (query->c, query->length, name->c, name->length, false);
    slips = word_slips (typed, &parts, true);
    whole = slips >= 0 ? least (whole, slips) : whole;
    return 2 * whole <= query->length ? whole : -1;
  }
}

/* The classes that answer, the best first. */
typedef struct matches {
  struct {
    int label, score, length;
  } best[NAMED];
  int count; /* of all */
  int equal; /* of those as good as the best */
} matches;

static void
keep (matches *m, int label, int value, int length)
{
  int at = m->count < NAMED ? m->count : NAMED;
  m->equal = m->count == 0 || value < m->best[0].score ? 1 : m->equal + (value == m->best[0].score);
  m->count++;
  while (at > 0
         && (value < m->best[at - 1].score
             || (value == m->best[at - 1].score && length < m->best[at - 1].length))) {
    if (at < NAMED)
      m->best[at] = m->best[at - 1];
    at--;
  }
  if (at < NAMED) {
    m->best[at].label = label;
    m->best[at].score = value;
    m->best[at].length = length;
  }
}

typedef struct answer {
  int score, length; /* of the best text so far, and how long it is; score -1: none answers */
} answer;

/* TEXT answers too; with LATER after another that is as good. */
static void
consider (answer *best, enum step step, const folded *query, const words *typed, const folded *text,
          bool later)
{
  int value = score (step, query, typed, text);
  if (value >= 0 && (best->score < 0 || 2 * value + later < best->score))
    *best = (answer) { 2 * value + later, text->length };
}

/* The best that a class gives: its NAME, then each of its SYNONYMS and the whole line. */
static answer
score_class (enum step step, const folded *query, const words *typed, const char *name,
             const char *synonyms)
{
  folded own = fold (name, strlen (name)), line = own;
  answer best = { -1, 0 };
  fold_more (&line, synonyms, strlen (synonyms));
  if (step == PART || step == WORDS) {
    consider (&best, step, query, typed, &line, false);
    return best;
  }
  consider (&best, step, query, typed, &own, false);
  if (step == NAME || *synonyms == '\0')
    return best;
  consider (&best, step, query, typed, &line, true);
  while (*synonyms) {
    size_t n = strcspn (synonyms, ",");
    folded one = fold (synonyms, n);
    consider (&best, step, query, typed, &one, true);
    synonyms += n + (synonyms[n] == ',');
  }
  return best;
}

static matches
search (enum step step, const folded *query, char *const *names, char *const *synonyms, int count)
{
  matches m = { .count = 0 };
  words typed = split (query);
  for (int i = 0; i < count; i++) {
    answer best = score_class (step, query, &typed, names[i], synonyms[i]);
    if (best.score >= 0)
      keep (&m, i, best.score, best.length);
  }
  return m;
}

/* ---- messages -------------------------------------------------------------------------------- */

/* "tench (0), goldfish (1) or 3 others", OTHERS of them not named. */
static const char *
list (const matches *m, char *const *names, int others, char *text, size_t size)
{
  int shown = m->count < NAMED ? m->count : NAMED;
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < shown && used < size; i++) {
    const char *before = i == 0 ? "" : i == shown - 1 && others == 0 ? " or " : ", ";
    used += (size_t) snprintf (text + used, size - used, "%s%.80s (%d)", before,
                               names[m->best[i].label], m->best[i].label);
  }
  if (others > 0 && used < size)
    snprintf (text + used, size - used, " or %d other%s", others, others > 1 ? "s" : "");
  return text;
}

adm_status
adm_class_find (const char *model, char *const *names, char *const *synonyms, int count,
                const char *text, int *label, adm_error *error)
{
  char found[512];
  folded query = fold (text, strlen (text));
  int same = 0, exact = -1;
  for (int i = 0; i < count; i++)
    if (strcmp (names[i], text) == 0) {
      exact = exact < 0 ? i : exact;
      same++;
    }
  if (same == 1) {
    *label = exact;
    return ADM_OK;
  }
  if (count == 0)
    return ADM_FAIL (error, CLASS_NUMBER, model, text);
  for (enum step step = NAME; query.length > 0 && step < NEAREST; step++) {
    matches m = search (step, &query, names, synonyms, count);
    bool one = m.count == 1 || (step == SLIP && m.equal == 1);
    if (m.count == 0)
      continue;
    if (one) {
      *label = m.best[0].label;
      return ADM_OK;
    }
    list (&m, names, m.count > NAMED ? m.count - NAMED : 0, found, sizeof found);
    return step <= SYNONYM ? ADM_FAIL (error, CLASS_TWINS, text, found, model)
                           : ADM_FAIL (error, CLASS_AMBIGUOUS, text, found, model);
  }
  matches near = query.length > 0 ? search (NEAREST, &query, names, synonyms, count)
                                  : (matches) { .count = 0 };
  if (near.count > 0)
    return ADM_FAIL (error, CLASS_NEAR, model, text, list (&near, names, 0, found, sizeof found));
  return ADM_FAIL (error, CLASS_UNKNOWN, model, text);
}
