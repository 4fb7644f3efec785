/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Results: see result.h. */
#include "cli/result.h"

#include "cli/json_line.h"
#include "cli/program.h"
#include "cli/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

result
result_new (void)
{
  result made = { .doc = yyjson_mut_doc_new (NULL) };
  made.object = made.doc ? yyjson_mut_obj (made.doc) : NULL;
  made.bad = !made.object;
  return made;
}

void
result_add (result *made, const char *key, yyjson_mut_val *value)
{
  made->bad = made->bad || !value || !yyjson_mut_obj_add_val (made->doc, made->object, key, value);
}

void
result_add_text (result *made, const char *key, const char *text)
{
  if (!made->bad)
    result_add (made, key, json_text (made->doc, text));
}

void
result_add_whole (result *made, const char *key, int64_t value)
{
  if (!made->bad)
    result_add (made, key, yyjson_mut_sint (made->doc, value));
}

void
result_add_flag (result *made, const char *key, bool value)
{
  if (!made->bad)
    result_add (made, key, yyjson_mut_bool (made->doc, value));
}

void
result_add_real (result *made, const char *key, double value)
{
  if (!made->bad)
    result_add (made, key,
                isfinite (value) ? json_rounded (made->doc, value, 3)
                                 : yyjson_mut_null (made->doc));
}

void
result_add_known (result *made, const char *key, int64_t value)
{
  if (!made->bad)
    result_add (made, key,
                value < 0 ? yyjson_mut_null (made->doc) : yyjson_mut_sint (made->doc, value));
}

/* WORDS without what a file's name may hold of control characters, and its line's end. */
static void
one_line (const char *words, char *line, size_t size)
{
  adm_error clean;
  adm_error_set (&clean, ADM_OK, words);
  words_of (&clean, line, size - 1);
  line[strlen (line) + 1] = '\0';
  line[strlen (line)] = '\n';
}

adm_status
result_print (result *made, adm_error *error, const char *format, ...)
{
  text_lines lines = { NULL, 0 };
  char line[WORDS_LINE] = "", words[WORDS_LINE];
  if (program_json ()) {
    made->bad = made->bad || !json_add_line (&lines, made->doc, made->object);
  } else {
    va_list args;
    va_start (args, format);
    vsnprintf (words, sizeof words, format, args);
    va_end (args);
    one_line (words, line, sizeof line);
  }
  yyjson_mut_doc_free (made->doc);
  *made = (result) { .bad = made->bad };
  adm_status status = ADM_OK;
  if (program_json () && made->bad)
    status = program_fail (error, ADM_ERROR_MEMORY,
                           "no memory to tell what was made, which is there; close other programs");
  else
    status = program_write (lines.text ? lines.text : line, error);
  free (lines.text);
  return status;
}

adm_status
result_print_object (yyjson_mut_doc *doc, yyjson_mut_val *object, bool ok, const char *command,
                     adm_error *error)
{
  text_lines lines = { NULL, 0 };
  ok = ok && json_add_line (&lines, doc, object);
  yyjson_mut_doc_free (doc);
  adm_status status
      = ok ? program_write (lines.text, error)
           : program_fail (error, ADM_ERROR_MEMORY,
                           "%s: no memory for the results; close other programs", command);
  free (lines.text);
  return status;
}
