/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One error form: a status and one line of text, owned by the caller. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

adm_status
adm_fail (adm_error *error, adm_status status, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (error->message, sizeof error->message, format, args);
  va_end (args);
  /* File names and tensor names come from strangers: keep the promise of one line. */
  for (char *c = error->message; *c; c++)
    if ((unsigned char) *c < 0x20 || *c == 0x7f)
      *c = '?';
  error->status = status;
  return status;
}
