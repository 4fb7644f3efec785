/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass over the bytes; see json.h. */
#include "base/json.h"

bool
adm_json_within (const char *text, size_t n, size_t values, int depth)
{
  size_t found = 1;
  int open = 0;
  bool quoted = false;
  for (size_t i = 0; i < n; i++) {
    char c = text[i];
    if (quoted) {
      i += c == '\\';
      quoted = c != '"';
    } else if (c == '"')
      quoted = true;
    else if (c == '{' || c == '[') {
      found++;
      if (++open > depth)
        return false;
    } else if (c == '}' || c == ']')
      open--;
    else
      found += c == ',' || c == ':';
    if (found > values)
      return false;
  }
  return true;
}
