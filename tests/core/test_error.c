/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages are one line of UTF-8, whatever strangers' names hold. */
#include "base/error.h"
#include "check.h"

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
  CHECK_STR (said ("a\xc2\x85\xe2\x80\xa8z"), "a?????z");                                /* next line, line separator */
  CHECK_STR (said ("\xff\xc3(\xe2\x82"), "?\?(??");                                      /* no character, cut short */
  CHECK_STR (said ("\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\xf4\x90\x80\x80"), "????????????"); /* too long, surrogate, too large */

  /* Cut where the room ends, within a character. */
  char name[2100];
  for (int lead = 0; lead < 3; lead++) {
    adm_error error;
    memset (name, 'a', 3);
    for (int i = lead; i + 3 < (int) sizeof name; i += 3)
      memcpy (name + i, "大", 4);
    CHECK (adm_fail (&error, ADM_ERROR_IO, "%s: cannot be opened", name) == ADM_ERROR_IO && error.status == ADM_ERROR_IO);
    CHECK (strlen (error.message) == sizeof error.message - 1);
    int cut = (1023 - lead) % 3;
    for (int i = 0; i < cut; i++)
      CHECK (error.message[1022 - i] == '?');
    CHECK ((unsigned char) error.message[1022 - cut] == 0xa7);
  }
  return check_summary ();
}
