/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the commands print: one JSON object a line, collected as text until it is certain that it
 * may be printed. */
#ifndef ADM_CLI_JSON_LINE_H
#define ADM_CLI_JSON_LINE_H

#include "adm.h"

#include <yyjson.h>

/* Text that grows. Starts as { NULL, 0 }; freed by the caller with free (). */
typedef struct text_lines {
  char *text; /* NUL-terminated, or NULL: nothing yet */
  size_t length;
} text_lines;

/* A string value, or null for NULL. What is not UTF-8 in it (a file's name may hold any bytes)
 * becomes U+FFFD. */
yyjson_mut_val *json_text (yyjson_mut_doc *doc, const char *text);
/* VALUE rounded to DIGITS after the point. */
yyjson_mut_val *json_rounded (yyjson_mut_doc *doc, double value, int digits);

/* Adds the object OBJECT of DOC to LINES as one line. Without memory it gives false and leaves
 * LINES as they were. */
bool json_add_line (text_lines *lines, yyjson_mut_doc *doc, yyjson_mut_val *object);

#endif
