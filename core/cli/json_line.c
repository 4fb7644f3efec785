/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON lines: see json_line.h. */
#include "cli/json_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 sequence at S, or 0 when there is none (overlong forms and surrogates are
 * none). */
static size_t
sequence_length (const unsigned char *s)
{
  size_t length = *s < 0x80                 ? 1
                  : *s >= 0xc2 && *s < 0xe0 ? 2
                  : *s >= 0xe0 && *s < 0xf0 ? 3
                  : *s >= 0xf0 && *s < 0xf5 ? 4
                                            : 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) || (*s == 0xf0 && s[1] < 0x90)
      || (*s == 0xf4 && s[1] > 0x8f))
    return 0;
  return length;
}

yyjson_mut_val *
json_text (yyjson_mut_doc *doc, const char *text)
{
  if (!text)
    return yyjson_mut_null (doc);
  size_t out = 0;
  char *clean = malloc (3 * strlen (text) + 1);
  if (!clean)
    return NULL;
  for (const unsigned char *s = (const unsigned char *) text; *s;) {
    size_t length = sequence_length (s);
    if (length)
      memcpy (clean + out, s, length);
    else
      memcpy (clean + out, "\xef\xbf\xbd", 3);
    out += length ? length : 3;
    s += length ? length : 1;
  }
  yyjson_mut_val *value = yyjson_mut_strncpy (doc, clean, out);
  free (clean);
  return value;
}

yyjson_mut_val *
json_rounded (yyjson_mut_doc *doc, double value, int digits)
{
  double scale = pow (10, digits);
  return yyjson_mut_real (doc, round (value * scale) / scale);
}

bool
json_add_line (text_lines *lines, yyjson_mut_doc *doc, yyjson_mut_val *object)
{
  size_t length;
  yyjson_mut_doc_set_root (doc, object);
  char *line = yyjson_mut_write (doc, YYJSON_WRITE_NOFLAG, &length);
  char *text = line ? realloc (lines->text, lines->length + length + 2) : NULL;
  if (text) {
    memcpy (text + lines->length, line, length);
    lines->text = text;
    lines->length += length + 1;
    text[lines->length - 1] = '\n';
    text[lines->length] = '\0';
  }
  free (line);
  return text != NULL;
}
