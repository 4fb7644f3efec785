/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names and paths, whatever the locale. */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *
adm_path_join (const char *folder, const char *name)
{
  size_t length = strlen (folder), size = length + strlen (name) + 2;
  if (name[0] == '/' || length == 0)
    return strdup (name);
  char *path = malloc (size);
  if (path)
    snprintf (path, size, "%s%s%s", folder, folder[length - 1] == '/' ? "" : "/", name);
  return path;
}

char *
adm_path_folder (const char *path)
{
  const char *slash = strrchr (path, '/');
  if (!slash)
    return strdup ("");
  return strndup (path, slash == path ? 1 : (size_t) (slash - path));
}

/* Well-formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool
adm_text_is_utf8 (const char *text)
{
  const unsigned char *c = (const unsigned char *) text;
  while (*c) {
    int more = *c < 0x80                  ? 0
               : *c >= 0xc2 && *c <= 0xdf ? 1
               : (*c & 0xf0) == 0xe0      ? 2
               : *c >= 0xf0 && *c <= 0xf4 ? 3
                                          : -1;
    if (more < 0)
      return false;
    unsigned char first = *c++;
    unsigned char low = first == 0xe0   ? 0xa0
                        : first == 0xf0 ? 0x90
                                        : 0x80,
                  high = first == 0xed   ? 0x9f
                         : first == 0xf4 ? 0x8f
                                         : 0xbf;
    for (; more > 0; more--, c++, low = 0x80, high = 0xbf)
      if (*c < low || *c > high)
        return false;
  }
  return true;
}

static int
lower (char c)
{
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool
adm_text_same (const char *a, const char *b)
{
  while (*a && lower (*a) == lower (*b)) {
    a++;
    b++;
  }
  return lower (*a) == lower (*b);
}

bool
adm_text_ends (const char *text, const char *end)
{
  size_t length = strlen (text), ending = strlen (end);
  return length > ending && adm_text_same (text + length - ending, end);
}
