/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One error form: a code and its facts, owned by the caller. */
#include "base/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* ---- texts ----------------------------------------------------------------------------------- */

/* Bytes of the UTF-8 character at C, or 0 when there is none that may stand in a line. */
static int
character (const unsigned char *c)
{
  if (c[0] < 0x80)
    return c[0] >= 0x20 && c[0] != 0x7f;
  int length = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
  unsigned int code = c[0] & (0x7fu >> length);
  if (c[0] < 0xc2 || c[0] > 0xf4)
    return 0;
  for (int i = 1; i < length; i++) {
    if ((c[i] & 0xc0) != 0x80) /* the NUL at the end among them */
      return 0;
    code = code << 6 | (c[i] & 0x3fu);
  }
  bool longer_than_needed = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  bool control = code < 0xa0 || code == 0x2028 || code == 0x2029;
  return longer_than_needed || control || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff
             ? 0
             : length;
}

/* File names and tensor names come from strangers: keeps the promise of one line of UTF-8. */
static void
clean (char *text)
{
  for (char *c = text; *c;) {
    int length = character ((unsigned char *) c);
    if (length == 0)
      *c = '?';
    c += length ? length : 1;
  }
}

static const char more[] = "…";

/* The most bytes that each text may take, so that all fit: the short ones stay whole. */
static size_t
fair_share (const adm_given *given)
{
  size_t share = ADM_ERROR_ROOM, taken, texts;
  do {
    taken = texts = 0;
    for (int i = 0; i < ADM_MOST_FACTS; i++)
      if (given[i].kind == ADM_FACT_TEXT) {
        size_t length = given[i].slice.length;
        taken += (length < share ? length : share) + 1;
        texts += length >= share;
      }
    if (taken > ADM_ERROR_ROOM)
      share -= (taken - ADM_ERROR_ROOM + texts - 1) / texts;
  } while (taken > ADM_ERROR_ROOM);
  return share;
}

/* Copies TEXT to OUT, which has room for SHARE bytes and a NUL; returns the bytes written, the NUL
 * among them. */
static size_t
copy (adm_slice text, size_t share, char *out)
{
  size_t length = text.length;
  bool cut = length > share;
  if (cut) {
    length = share - (sizeof more - 1);
    while (length > 0 && ((unsigned char) text.text[length] & 0xc0) == 0x80)
      length--; /* not within a character */
  }
  memcpy (out, text.text, length);
  memcpy (out + length, cut ? more : "", cut ? sizeof more : 1);
  clean (out);
  return strlen (out) + 1;
}

/* ---- facts ----------------------------------------------------------------------------------- */

adm_given
adm_give_text (const char *text)
{
  return adm_give_slice ((adm_slice) { text ? text : "", text ? strlen (text) : 0 });
}

adm_given
adm_give_slice (adm_slice text)
{
  return (adm_given) { .kind = ADM_FACT_TEXT,
                       .slice = { text.text, strnlen (text.text, text.length) } };
}

adm_given
adm_give_whole (int64_t number)
{
  return (adm_given) { .kind = ADM_FACT_WHOLE, .whole = number };
}

adm_given
adm_give_count (uint64_t number)
{
  return adm_give_whole (number > INT64_MAX ? INT64_MAX : (int64_t) number);
}

adm_given
adm_give_real (double number)
{
  return (adm_given) { .kind = ADM_FACT_REAL, .real = number };
}

adm_given
adm_give_none (const void *nothing)
{
  (void) nothing;
  return (adm_given) { .kind = ADM_FACT_NONE };
}

static const adm_status statuses[ADM_CODES] = {
#define ADM_CODE(name, status, facts, sentence) ADM_ERROR_##status,
  ADM_ERROR_CODES (ADM_CODE)
#undef ADM_CODE
};

adm_status
adm_fail_given (adm_error *error, adm_error_code code, const adm_given given[ADM_MOST_FACTS])
{
  size_t share = fair_share (given), used = 0;
  /* apart, since facts may be another error's, in the same place */
  adm_error made = { .status = statuses[code], .code = code };
  for (int i = 0; i < ADM_MOST_FACTS; i++)
    switch (given[i].kind) {
    case ADM_FACT_NONE:
      break;
    case ADM_FACT_TEXT:
      made.fact[i].whole = (int64_t) used;
      used += copy (given[i].slice, share, made.text + used);
      break;
    case ADM_FACT_REAL:
      made.fact[i].real = given[i].real;
      break;
    default:
      made.fact[i].whole = given[i].whole;
      break;
    }
  *error = made;
  return error->status;
}

adm_status
adm_error_set (adm_error *error, adm_status status, const char *text)
{
  ADM_FAIL (error, TEXT, text);
  return error->status = status;
}

adm_status
adm_fail (adm_error *error, adm_status status, const char *format, ...)
{
  char text[2 * ADM_ERROR_ROOM];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  return adm_error_set (error, status, text);
}

adm_status
adm_fail_file (adm_error *error, const char *path, const char *done, int reason)
{
  return done[0] == 'o'   ? ADM_FAIL (error, FILE_OPEN, path, reason)
         : done[0] == 'r' ? ADM_FAIL (error, FILE_READ, path, reason)
                          : ADM_FAIL (error, FILE_WRITE, path, reason);
}
