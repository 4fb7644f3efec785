/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a command has made, told on standard output: with --json one JSON object, else one line of
 * words. */
#ifndef ADM_CLI_RESULT_H
#define ADM_CLI_RESULT_H

#include "adm.h"

#include <yyjson.h>

/* An object that grows. Memory that cannot be had is found out by result_print. KEY is a static
 * string. */
typedef struct result {
  yyjson_mut_doc *doc;
  yyjson_mut_val *object;
  bool bad;
} result;

result result_new (void);
void result_add (result *made, const char *key, yyjson_mut_val *value);
void result_add_text (result *made, const char *key, const char *text); /* NULL: null */
void result_add_whole (result *made, const char *key, int64_t value);
void result_add_flag (result *made, const char *key, bool value);
/* VALUE to three digits after the point; NaN: null. */
void result_add_real (result *made, const char *key, double value);
/* A number that may be unknown: below 0 is null. */
void result_add_known (result *made, const char *key, int64_t value);

/* Frees MADE and prints it, or without --json the line that FORMAT makes. */
adm_status result_print (result *made, adm_error *error, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Prints OBJECT of DOC, which is freed, as COMMAND's result; not OK: memory was short for it. */
adm_status result_print_object (yyjson_mut_doc *doc, yyjson_mut_val *object, bool ok,
                                const char *command, adm_error *error);

#endif
