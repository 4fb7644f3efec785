/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Command lines: a command states its options in a table, and gets values or an error that names
 * the option. Options may stand anywhere, as `--name VALUE` or `--name=VALUE`; names are never
 * abbreviated, since what an abbreviation means would change with every new option; `--` ends them;
 * of one given twice the last counts. */
#ifndef ADM_CLI_OPTIONS_H
#define ADM_CLI_OPTIONS_H

#include "adm.h"

typedef enum option_type {
  OPTION_FLAG, /* bool: no value */
  OPTION_TEXT, /* const char *: any text but none */
  OPTION_INT,  /* int */
  OPTION_SEED, /* uint64_t: the whole range */
  OPTION_REAL, /* double */
  OPTION_SIZE, /* uint64_t: bytes, as "6GiB" or "1500MiB" */
} option_type;

typedef struct option_spec {
  const char *name; /* with its dashes */
  option_type type;
  void *value;     /* where the value goes; untouched when the option is not given */
  bool *given;     /* set when the option is given, or NULL */
  double min, max; /* of OPTION_INT and OPTION_REAL, both allowed */
} option_spec;

/* ARGV to values; --json, which every command takes, goes to program_set_json, wherever it stands
 * and whatever else fails. The arguments that are no options are left at ARGV's front, *REST of
 * them. ADM_ERROR_USAGE for an unknown option, a missing value, and a number that is garbled or out
 * of range. */
adm_status options_parse (int argc, char **argv, const option_spec *specs, size_t count, int *rest,
                          adm_error *error);

/* TEXT whole as a number: digits, sign, point and exponent only, whatever the locale. False if it
 * is none, or outside MIN … MAX. */
bool options_int (const char *text, double min, double max, int *out);
bool options_seed (const char *text, uint64_t *out);
/* Bytes: a number above 0 and KiB, MiB or GiB (K, M, G are the same; a plain number is bytes). */
bool options_size (const char *text, uint64_t *out);
bool options_real (const char *text, double min, double max, double *out);

/* The numbers of a list "3,742", each within 0 … MAX; *OUT is malloc'ed, freed by the caller. NAME
 * is the option's. */
adm_status options_list (const char *name, const char *text, int max, int **out, size_t *count,
                         adm_error *error);

#endif
