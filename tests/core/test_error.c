/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages are one line of UTF-8, whatever strangers' names hold. */
#include "base/error.h"
#include "check.h"

#include <errno.h>

static const char *
said (const char *text)
{
  static adm_error error;
  adm_fail (&error, ADM_ERROR_FORMAT, "%s", text);
  return error.message;
}

int
main (void)
{
  CHECK_STR (said ("größe 大 😀 plain"), "größe 大 😀 plain");
  CHECK_STR (said ("a\nb\tc\x7f"), "a?b?c?");
  CHECK_STR (said ("a\xc2\x85\xe2\x80\xa8z"), "a?????z"); /* next line, line separator */
  CHECK_STR (said ("\xff\xc3(\xe2\x82"), "?\?(??");       /* no character, cut short */
  /* too long, surrogate, too large */
  CHECK_STR (said ("\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\xf4\x90\x80\x80"), "????????????");

  /* Cut where the room ends, within a character. */
  char name[2100];
  for (int lead = 0; lead < 3; lead++) {
    adm_error error;
    memset (name, 'a', 3);
    for (int i = lead; i + 3 < (int) sizeof name; i += 3)
      memcpy (name + i, "大", 4);
    CHECK (adm_fail (&error, ADM_ERROR_IO, "%s: cannot be opened", name) == ADM_ERROR_IO
           && error.status == ADM_ERROR_IO);
    CHECK (strlen (error.message) == sizeof error.message - 1);
    int cut = (1023 - lead) % 3;
    for (int i = 0; i < cut; i++)
      CHECK (error.message[1022 - i] == '?');
    CHECK ((unsigned char) error.message[1022 - cut] == 0xa7);
  }

  /* Files: what, where, why, and what to do. */
  adm_error error;
  CHECK (adm_fail_file (&error, "a/b.pt", "opened", ENOENT) == ADM_ERROR_IO);
  CHECK_STR (
      error.message,
      "a/b.pt: cannot be opened: No such file or directory; put it back, or correct its name");
  adm_fail_file (&error, "b.npy", "written", EACCES);
  CHECK_STR (error.message, "b.npy: cannot be written: Permission denied; correct the folder's "
                            "permissions, or choose another");
  adm_fail_file (&error, "b.npy", "written", ENOSPC);
  CHECK_CONTAINS (error.message, "; make room on the disk");
  const int codes[] = { ENOENT, ENOTDIR, EACCES, EROFS, ENOSPC, EISDIR, EMFILE, EIO, EINTR, 0 };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    adm_fail_file (&error, "x", i % 2 ? "read" : "written", codes[i]);
    const char *last = strrchr (error.message, ';');
    CHECK (last && strlen (last) > 8);
  }
  return check_summary ();
}
