/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One error form: a status and one line of text, owned by the caller. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Bytes of the UTF-8 character at C, or 0 when there is none that may stand in a line. */
static int
character (const unsigned char *c)
{
  if (c[0] < 0x80)
    return c[0] >= 0x20 && c[0] != 0x7f;
  int length = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
  unsigned int code = c[0] & (0x7fu >> length);
  if (c[0] < 0xc2 || c[0] > 0xf4)
    return 0;
  for (int i = 1; i < length; i++) {
    if ((c[i] & 0xc0) != 0x80) /* the NUL at the end among them */
      return 0;
    code = code << 6 | (c[i] & 0x3fu);
  }
  bool longer_than_needed = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  bool control = code < 0xa0 || code == 0x2028 || code == 0x2029;
  return longer_than_needed || control || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff
             ? 0
             : length;
}

adm_status
adm_fail (adm_error *error, adm_status status, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  vsnprintf (error->message, sizeof error->message, format, args);
  va_end (args);
  /* File names and tensor names come from strangers, and may be cut within a character: keep the
   * promise of one line of UTF-8. */
  for (char *c = error->message; *c;) {
    int length = character ((unsigned char *) c);
    if (length == 0)
      *c = '?';
    c += length ? length : 1;
  }
  error->status = status;
  return status;
}

static const char *
remedy (const char *done, int code)
{
  switch (code) {
  case ENOENT:
  case ENOTDIR:
    return strcmp (done, "written") ? "put it back, or correct its name"
                                    : "make its folder first, or choose another";
  case EACCES:
  case EPERM:
  case EROFS:
    return strcmp (done, "written") ? "correct its permissions"
                                    : "correct the folder's permissions, or choose another";
  case ENOSPC:
  case EDQUOT:
    return "make room on the disk";
  case EISDIR:
    return "name a file, not a folder";
  case EMFILE:
  case ENFILE:
  case ENOMEM:
    return "close other programs";
  default:
    return "check the disk, or use another copy";
  }
}

adm_status
adm_fail_file (adm_error *error, const char *path, const char *done, int code)
{
  return adm_fail (error, ADM_ERROR_IO, "%s: cannot be %s: %s; %s", path, done, strerror (code),
                   remedy (done, code));
}
