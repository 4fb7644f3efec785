/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files in memory, and what every failure must look like. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *
fuzz_file (int slot, const uint8_t *data, size_t size)
{
  static char path[4][64];
  static int file[4];
  if (!file[slot]) {
    file[slot] = memfd_create ("fuzz", MFD_CLOEXEC);
    fuzz_require (file[slot] > 0, "a file in memory");
    snprintf (path[slot], sizeof path[slot], "/proc/self/fd/%d", file[slot]);
  }
  fuzz_require (ftruncate (file[slot], 0) == 0
                    && pwrite (file[slot], data, size, 0) == (ssize_t) size,
                "its contents");
  return path[slot];
}

static bool
is_utf8_line (const char *text)
{
  for (const unsigned char *c = (const unsigned char *) text; *c;) {
    int more = *c < 0x80                 ? 0
               : *c >= 0xc2 && *c < 0xe0 ? 1
               : *c >= 0xe0 && *c < 0xf0 ? 2
               : *c >= 0xf0 && *c < 0xf5 ? 3
                                         : -1;
    if (more < 0 || *c < 0x20 || *c == 0x7f)
      return false;
    for (c++; more > 0; more--, c++)
      if ((*c & 0xc0) != 0x80)
        return false;
  }
  return true;
}

void
fuzz_check (adm_status status, const adm_error *error)
{
  if (status == ADM_OK)
    return;
  fuzz_require (status == error->status, "the status within the error");
  char line[3 * ADM_ERROR_ROOM];
  fuzz_require (error->code > ADM_CODE_TEXT && error->code < ADM_CODES, "a code");
  for (int i = 0; i < ADM_MOST_FACTS; i++) {
    const char *fact = adm_error_fact (error, i);
    fuzz_require (!fact
                      || (fact >= error->text && fact < error->text + sizeof error->text
                          && memchr (fact, 0, (size_t) (error->text + sizeof error->text - fact))),
                  "facts within the error");
  }
  adm_error_text (error, line, sizeof line);
  fuzz_require (line[0] != '\0', "a sentence");
  fuzz_require (is_utf8_line (line), "one line of UTF-8");
}

void
fuzz_require (bool it, const char *what)
{
  if (it)
    return;
  fprintf (stderr, "not kept: %s\n", what);
  abort ();
}
