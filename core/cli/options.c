/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Command lines: see options.h. */
#include "cli/options.h"

#include "cli/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- numbers --------------------------------------------------------------------------------- */

bool
options_int (const char *text, double min, double max, int *out)
{
  size_t digits = strspn (text + (*text == '-'), "0123456789");
  if (digits == 0 || text[digits + (*text == '-')] != '\0')
    return false;
  errno = 0;
  long long value = strtoll (text, NULL, 10);
  if (errno || (double) value < min || (double) value > max)
    return false;
  *out = (int) value;
  return true;
}

bool
options_seed (const char *text, uint64_t *out)
{
  size_t digits = strspn (text, "0123456789");
  if (digits == 0 || text[digits] != '\0')
    return false;
  errno = 0;
  unsigned long long value = strtoull (text, NULL, 10);
  if (errno)
    return false;
  *out = value;
  return true;
}

bool
options_real (const char *text, double min, double max, double *out)
{
  char *end;
  if (*text == '\0' || text[strspn (text, "0123456789+-.eE")] != '\0')
    return false;
  double value = strtod (text, &end);
  if (end == text || *end != '\0' || !(value >= min && value <= max))
    return false;
  *out = value;
  return true;
}

bool
options_size (const char *text, uint64_t *out)
{
  static const struct {
    const char *unit;
    double bytes;
  } units[] = { { "", 1 },         { "K", 0x1p10 }, { "KiB", 0x1p10 }, { "M", 0x1p20 },
                { "MiB", 0x1p20 }, { "G", 0x1p30 }, { "GiB", 0x1p30 } };
  char number[32];
  size_t digits = strspn (text, "0123456789.");
  double value;
  if (digits == 0 || digits >= sizeof number)
    return false;
  memcpy (number, text, digits);
  number[digits] = '\0';
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcasecmp (text + digits, units[i].unit) == 0 && options_real (number, 0, 1e18, &value)
        && value * units[i].bytes >= 1 && value * units[i].bytes <= 0x1p62) {
      *out = (uint64_t) (value * units[i].bytes);
      return true;
    }
  return false;
}

adm_status
options_list (const char *name, const char *text, int max, int **out, size_t *count,
              adm_error *error)
{
  size_t entries = 1, length = strlen (text);
  for (size_t i = 0; i < length; i++)
    entries += text[i] == ',';
  int *list = malloc (entries * sizeof *list);
  char *copy = malloc (length + 1);
  adm_status status
      = list && copy ? ADM_OK
                     : program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for the list", name);
  char *entry = copy;
  if (copy)
    memcpy (copy, text, length + 1);
  for (size_t i = 0; i < entries && !status; i++) {
    char *comma = strchr (entry, ',');
    if (comma)
      *comma = '\0';
    if (!options_int (entry, 0, max, &list[i]))
      status = program_fail (
          error, ADM_ERROR_USAGE,
          "%s: '%s' is not possible; give whole numbers from 0 to %d, separated by commas", name,
          entry, max);
    else if (comma)
      entry = comma + 1;
  }
  free (copy);
  if (status) {
    free (list);
    return status;
  }
  *out = list;
  *count = entries;
  return ADM_OK;
}

/* ---- the command line ------------------------------------------------------------------------ */

static adm_status
set_value (const option_spec *spec, const char *text, adm_error *error)
{
  bool ok = true;
  switch (spec->type) {
  case OPTION_FLAG:
    *(bool *) spec->value = true;
    break;
  case OPTION_TEXT:
    if (*text == '\0')
      return program_fail (error, ADM_ERROR_USAGE, "%s: its value is empty; give one", spec->name);
    *(const char **) spec->value = text;
    break;
  case OPTION_INT:
    ok = options_int (text, spec->min, spec->max, spec->value);
    break;
  case OPTION_SEED:
    if (!options_seed (text, spec->value))
      return program_fail (
          error, ADM_ERROR_USAGE,
          "%s: '%s' is not possible; give a whole number from 0 to 18446744073709551615",
          spec->name, text);
    break;
  case OPTION_SIZE:
    if (!options_size (text, spec->value))
      return program_fail (error, ADM_ERROR_USAGE,
                           "%s: '%s' is not possible; give a size such as 6GiB or 1500MiB",
                           spec->name, text);
    break;
  case OPTION_REAL:
    ok = options_real (text, spec->min, spec->max, spec->value);
    break;
  }
  if (!ok)
    return program_fail (
        error, ADM_ERROR_USAGE, "%s: '%s' is not possible; give a %snumber from %.15g to %.15g",
        spec->name, text, spec->type == OPTION_INT ? "whole " : "", spec->min, spec->max);
  if (spec->given)
    *spec->given = true;
  return ADM_OK;
}

/* Takes the option at ARGV[*I], and the value after it, if there is one. */
static adm_status
take_option (int argc, char **argv, const option_spec *specs, size_t count, int *i,
             adm_error *error)
{
  char *argument = argv[*i];
  size_t length = strcspn (argument, "=");
  const char *value = argument[length] == '=' ? argument + length + 1 : NULL;
  static const option_spec json = { .name = "--json", .type = OPTION_FLAG }; /* with a value */
  const option_spec *spec = length == 6 && memcmp (argument, json.name, 6) == 0 ? &json : NULL;
  for (size_t k = 0; k < count && !spec; k++)
    if (strlen (specs[k].name) == length && memcmp (specs[k].name, argument, length) == 0)
      spec = &specs[k];
  if (!spec)
    return program_fail (error, ADM_ERROR_USAGE, "%.*s: no such option; see --help",
                         (int) (length < 200 ? length : 200), argument);
  if (spec->type == OPTION_FLAG && value)
    return program_fail (error, ADM_ERROR_USAGE, "%s takes no value; leave '=%s' out", spec->name,
                         value);
  if (spec->type != OPTION_FLAG && !value) {
    if (*i + 1 == argc)
      return program_fail (error, ADM_ERROR_USAGE, "%s: its value is missing; give one after it",
                           spec->name);
    value = argv[++*i];
  }
  return set_value (spec, value, error);
}

adm_status
options_parse (int argc, char **argv, const option_spec *specs, size_t count, int *rest,
               adm_error *error)
{
  int left = 0;
  bool ended = false;
  for (int i = 0; i < argc; i++) {
    char *argument = argv[i];
    if (ended || argument[0] != '-' || argument[1] == '\0')
      argv[left++] = argument;
    else if (strcmp (argument, "--") == 0)
      ended = true;
    else if (strcmp (argument, "--json") == 0)
      program_set_json (true);
    else {
      adm_status status = take_option (argc, argv, specs, count, &i, error);
      if (status) {
        if (program_asks_json (argc - i, argv + i))
          program_set_json (true);
        return status;
      }
    }
  }
  *rest = left;
  return ADM_OK;
}
