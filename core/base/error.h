/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way the core reports failure: a code of adm_codes.h and its facts.
 *   return ADM_FAIL (error, FILE_OPEN, path, errno);
 * The compiler holds the facts to the code's list: their number, and of each whether it is a text
 * (a string or an adm_slice), a real or a whole number (of any width). */
#ifndef ADM_BASE_ERROR_H
#define ADM_BASE_ERROR_H

#include "adm_error.h"

/* A text of LENGTH bytes that no NUL need follow. */
typedef struct adm_slice {
  const char *text;
  size_t length;
} adm_slice;

/* A fact on its way into an error. KIND: of the C type, TEXT, REAL or WHOLE. */
typedef struct adm_given {
  adm_fact_kind kind;
  union {
    int64_t whole;
    uint64_t count;
    double real;
    adm_slice slice;
  };
} adm_given;

static inline adm_slice
adm_slice_of (const char *text, size_t length)
{
  return (adm_slice) { text, length };
}

adm_given adm_give_text (const char *text); /* NULL: "" */
adm_given adm_give_slice (adm_slice text);
adm_given adm_give_whole (int64_t number);
adm_given adm_give_count (uint64_t number); /* beyond int64_t's: that */
adm_given adm_give_real (double number);
adm_given adm_give_none (const void *nothing);

/* Fills ERROR and returns CODE's status. Texts are copied, sanitised and made to fit. */
adm_status adm_fail_given (adm_error *error, adm_error_code code,
                           const adm_given given[ADM_MOST_FACTS]);

/* The kinds of facts as a number, three bits each, the first the lowest. */
#define ADM_KINDS(...)                                                                             \
  ADM_KINDS_8 (__VA_ARGS__, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
#define ADM_KINDS_8(a, b, c, d, e, f, g, h, ...)                                                   \
  (ADM_FACT_##a | ADM_FACT_##b << 3 | ADM_FACT_##c << 6 | ADM_FACT_##d << 9 | ADM_FACT_##e << 12   \
   | ADM_FACT_##f << 15 | ADM_FACT_##g << 18 | ADM_FACT_##h << 21)

/* ADM_KINDS_OF_NAME of each code, as C types: ERRNO, MIB and WORD are whole numbers, too. */
enum {
#define ADM_CODE(name, status, facts, sentence) ADM_KINDS_OF_##name = ADM_KINDS facts,
  ADM_ERROR_CODES (ADM_CODE)
#undef ADM_CODE
};
#define ADM_WHOLES(kinds) ((kinds) & 044444444)
#define ADM_C_KINDS(kinds) ((kinds) & ~(ADM_WHOLES (kinds) >> 1 | ADM_WHOLES (kinds) >> 2))

#define ADM_C_KIND(x)                                                                              \
  _Generic ((x),                                                                                   \
      char *: ADM_FACT_TEXT,                                                                       \
      const char *: ADM_FACT_TEXT,                                                                 \
      adm_slice: ADM_FACT_TEXT,                                                                    \
      float: ADM_FACT_REAL,                                                                        \
      double: ADM_FACT_REAL,                                                                       \
      const void *: ADM_FACT_NONE,                                                                 \
      default: ADM_FACT_WHOLE)
#define ADM_GIVE(x)                                                                                \
  _Generic ((x),                                                                                   \
      char *: adm_give_text,                                                                       \
      const char *: adm_give_text,                                                                 \
      adm_slice: adm_give_slice,                                                                   \
      float: adm_give_real,                                                                        \
      double: adm_give_real,                                                                       \
      unsigned long: adm_give_count,                                                               \
      unsigned long long: adm_give_count,                                                          \
      const void *: adm_give_none,                                                                 \
      default: adm_give_whole) (x)

#define ADM_NOTHING ((const void *) 0)
#define ADM_FAIL(error, ...)                                                                       \
  ADM_FAIL_8 (error, __VA_ARGS__, ADM_NOTHING, ADM_NOTHING, ADM_NOTHING, ADM_NOTHING, ADM_NOTHING, \
              ADM_NOTHING, ADM_NOTHING, ADM_NOTHING, ADM_NOTHING)
#define ADM_FAIL_8(error, code, a, b, c, d, e, f, g, h, ...)                                       \
  ((void) sizeof (struct {                                                                         \
     _Static_assert ((ADM_C_KIND (a) | ADM_C_KIND (b) << 3 | ADM_C_KIND (c) << 6                   \
                      | ADM_C_KIND (d) << 9 | ADM_C_KIND (e) << 12 | ADM_C_KIND (f) << 15          \
                      | ADM_C_KIND (g) << 18 | ADM_C_KIND (h) << 21)                               \
                         == ADM_C_KINDS (ADM_KINDS_OF_##code),                                     \
                     "facts are not those of " #code);                                             \
     int unused;                                                                                   \
   }),                                                                                             \
   adm_fail_given (error, ADM_CODE_##code,                                                         \
                   (const adm_given[ADM_MOST_FACTS]) { ADM_GIVE (a), ADM_GIVE (b), ADM_GIVE (c),   \
                                                       ADM_GIVE (d), ADM_GIVE (e), ADM_GIVE (f),   \
                                                       ADM_GIVE (g), ADM_GIVE (h) }))

/* Bridges for code that does not tell codes yet: STATUS and a formatted line, the fact of the code
 * TEXT, which nobody can translate; and the code of a file that cannot be DONE ("opened", "read",
 * "written") for errno's REASON. */
adm_status adm_fail (adm_error *error, adm_status status, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
adm_status adm_fail_file (adm_error *error, const char *path, const char *done, int reason);

#endif
