/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors in words: a sentence in which facts are put. */
#include "base/error.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name, *sentence;
  int kinds;
} codes[ADM_CODES] = {
#define ADM_CODE(name, status, facts, sentence) { #name, sentence, ADM_KINDS_OF_##name },
  ADM_ERROR_CODES (ADM_CODE)
#undef ADM_CODE
};

static const char *const words[ADM_WORDS] = {
#define ADM_WORD(name, english) english,
  ADM_ERROR_WORDS (ADM_WORD)
#undef ADM_WORD
};

const char *
adm_code_name (adm_error_code code)
{
  return codes[code].name;
}

const char *
adm_code_sentence (adm_error_code code)
{
  return codes[code].sentence;
}

adm_fact_kind
adm_code_fact (adm_error_code code, int i)
{
  return i >= 0 && i < ADM_MOST_FACTS ? (adm_fact_kind) (codes[code].kinds >> (3 * i) & 7)
                                      : ADM_FACT_NONE;
}

const char *
adm_word_english (adm_word word)
{
  return words[word];
}

const char *
adm_error_fact (const adm_error *error, int i)
{
  return adm_code_fact (error->code, i) == ADM_FACT_TEXT ? error->text + error->fact[i].whole
                                                         : NULL;
}

/* Fact I of ERROR in words: NUMBER [64] where it is a number. */
static const char *
fact_words (const adm_error *error, int i, const char *(*word) (adm_word), char number[64])
{
  double real = error->fact[i].real;
  number[0] = '\0';
  switch (adm_code_fact (error->code, i)) {
  case ADM_FACT_NONE:
    break;
  case ADM_FACT_TEXT:
    return error->text + error->fact[i].whole;
  case ADM_FACT_REAL: /* a million is no 1e+06 */
    snprintf (number, 64, real == floor (real) && fabs (real) < 1e9 ? "%.0f" : "%g", real);
    break;
  case ADM_FACT_WHOLE:
    snprintf (number, 64, "%lld", (long long) error->fact[i].whole);
    break;
  case ADM_FACT_ERRNO:
    return strerror ((int) error->fact[i].whole);
  case ADM_FACT_MIB:
    snprintf (number, 64, "%.0f", (double) error->fact[i].count / 0x1p20);
    break;
  case ADM_FACT_WORD:
    return (word ? word : adm_word_english) ((adm_word) error->fact[i].whole);
  }
  return number;
}

const char *
adm_error_fill (const adm_error *error, const char *sentence, const char *(*word) (adm_word),
                char *text, size_t size)
{
  size_t used = 0;
  char number[64];
  bool whole = true; /* nothing has been cut off yet */
  for (const char *c = sentence; *c && whole && used + 1 < size; c++) {
    const char *put = c;
    size_t length = 1;
    if (c[0] == '%' && c[1] >= '1' && c[1] <= '0' + ADM_MOST_FACTS) {
      put = fact_words (error, *++c - '1', word, number);
      length = strlen (put);
    } else if (c[0] == '%' && c[1] == '%')
      c++;
    else
      for (; ((unsigned char) c[1] & 0xc0) == 0x80; c++)
        length++; /* the rest of a character */
    whole = length <= size - 1 - used;
    if (!whole) {
      length = size - 1 - used;
      while (length > 0 && ((unsigned char) put[length] & 0xc0) == 0x80)
        length--; /* not within a character */
    }
    memcpy (text + used, put, length);
    used += length;
  }
  if (size)
    text[used] = '\0';
  return text;
}

const char *
adm_error_text (const adm_error *error, char *text, size_t size)
{
  return adm_error_fill (error, codes[error->code].sentence, NULL, text, size);
}
