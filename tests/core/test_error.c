/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errors keep their facts: texts are one line of UTF-8, whatever strangers' names hold, and share
 * the room fairly. */
#include "base/error.h"
#include "check.h"
#include "said.h"

#include <errno.h>
#include <math.h>

static adm_error error;

static const char *
kept (const char *text)
{
  CHECK (ADM_FAIL (&error, NO_MEMORY_READ, text) == ADM_ERROR_MEMORY);
  return adm_error_fact (&error, 0);
}

static void
test_texts (void)
{
  CHECK_STR (kept ("größe 大 😀 plain"), "größe 大 😀 plain");
  CHECK_STR (kept ("a\nb\tc\x7f"), "a?b?c?");
  CHECK_STR (kept ("a\xc2\x85\xe2\x80\xa8z"), "a?????z"); /* next line, line separator */
  CHECK_STR (kept ("\xff\xc3(\xe2\x82"), "?\?(??");       /* no character, cut short */
  /* too long, surrogate, too large */
  CHECK_STR (kept ("\xc0\xaf\xe0\x80\xaf\xed\xa0\x80\xf4\x90\x80\x80"), "????????????");
  CHECK_STR (kept (""), "");
  CHECK_STR (kept (NULL), "");
}

/* Where the room ends a text is cut, not within a character, and says so. */
static void
test_room (void)
{
  char name[2100], other[2100];
  for (int lead = 0; lead < 3; lead++) {
    memset (name, 'a', 3);
    for (int i = lead; i + 3 < (int) sizeof name; i += 3)
      memcpy (name + i, "大", 4);
    const char *fact = kept (name);
    size_t length = strlen (fact);
    CHECK (length > ADM_ERROR_ROOM - 6 && length < ADM_ERROR_ROOM);
    CHECK_STR (fact + length - 6, "大…");
    CHECK (strncmp (fact, name, length - 3) == 0);
  }
  /* A long name takes nothing from a short one; two long ones share. */
  ADM_FAIL (&error, TENSOR_SHAPE, name, "out.2.weight", "6,32,3,3", "3,32,3,3");
  CHECK_CONTAINS (said (&error),
                  "…: tensor out.2.weight has shape [6,32,3,3], expected [3,32,3,3]");
  memset (other, 'b', sizeof other - 1);
  other[sizeof other - 1] = '\0';
  ADM_FAIL (&error, PUBLISHED_TWICE, name, "64x64_diffusion", other);
  size_t first = strlen (adm_error_fact (&error, 0)), third = strlen (adm_error_fact (&error, 2));
  CHECK_STR (adm_error_fact (&error, 1), "64x64_diffusion");
  CHECK (first > 490 && third > 490 && first + third + 18 <= ADM_ERROR_ROOM);
  CHECK (adm_error_fact (&error, 3) == NULL && adm_error_fact (&error, -1) == NULL
         && adm_error_fact (&error, 99) == NULL);

  /* However short the line is, it ends between characters. */
  char line[64];
  ADM_FAIL (&error, NO_MEMORY_READ, "大大大");
  for (size_t size = 1; size <= sizeof line; size++) {
    memset (line, 'x', sizeof line);
    adm_error_text (&error, line, size);
    size_t length = strlen (line);
    CHECK (length < size && (length > 8 || length % 3 == 0));
  }
}

static void
test_facts (void)
{
  const char unended[] = { 'a', 'b', 'c' };
  CHECK (ADM_FAIL (&error, HEADER_LENGTH, adm_slice_of (unended, 2), UINT64_MAX)
         == ADM_ERROR_FORMAT);
  CHECK_CONTAINS (said (&error), "ab: its header would be 9223372036854775807 bytes long; ");
  ADM_FAIL (&error, CANVAS_WEIGHT, -0.25f);
  CHECK_STR (said (&error), "weight -0.25 of a class cannot be; give a number above 0");
  ADM_FAIL (&error, VALUE_OUTSIDE, ADM_WORD_V_SCALE, NAN, 0.0, 1e6);
  CHECK_CONTAINS (said (&error), "scale: nan is not within 0 … 1000000");
  ADM_FAIL (&error, NETWORK_MEMORY, "a.pt", (uint64_t) 5 << 30, (uint64_t) 3 << 30,
            (uint64_t) 2 << 30, (uint64_t) 1 << 20, ADM_WORD_FREE);
  CHECK_STR (said (&error), "a.pt: needs 5120 MiB (3072 of weights, 2048 to work in), 1 MiB are "
                            "free; keep its weights in 16 bits (--half) or use a smaller model");
  /* A fact may be another error's text, even in the same place; percent signs are no facts. */
  ADM_FAIL (&error, NO_MEMORY_READ, "100%1 %2");
  ADM_FAIL (&error, FILE_SHORT, adm_error_fact (&error, 0));
  CHECK_STR (said (&error), "100%1 %2: cannot be read: it ends early; use another copy");
  char text[64];
  CHECK_STR (adm_error_fill (&error, "50%% of %1%", NULL, text, sizeof text), "50% of 100%1 %2%");
  /* The caller's own. */
  CHECK (adm_error_set (&error, ADM_ERROR_IO, "the disk\nis full") == ADM_ERROR_IO
         && error.status == ADM_ERROR_IO && error.code == ADM_CODE_TEXT);
  CHECK_STR (adm_error_text (&error, text, sizeof text), "the disk?is full");
  CHECK (adm_fail (&error, ADM_ERROR_SHAPE, "%d px", 7) == ADM_ERROR_SHAPE);
  CHECK_STR (said (&error), "7 px");
  CHECK_STR (said (&(adm_error) { 0 }), "");
}

/* Files: what, where, why, and what to do. */
static void
test_files (void)
{
  CHECK (ADM_FAIL (&error, FILE_OPEN, "a/b.pt", ENOENT) == ADM_ERROR_IO);
  CHECK_STR (
      said (&error),
      "a/b.pt: cannot be opened: No such file or directory; put it back, or correct its name");
  CHECK (adm_fail_file (&error, "b.npy", "written", EACCES) == ADM_ERROR_IO);
  CHECK_STR (said (&error), "b.npy: cannot be written: Permission denied; correct the folder's "
                            "permissions, or choose another");
  ADM_FAIL (&error, FILE_WRITE, "b.npy", ENOSPC);
  CHECK_CONTAINS (said (&error), "; make room on the disk");
  const int codes[] = { ENOENT, ENOTDIR, EACCES, EROFS, ENOSPC, EISDIR, EMFILE, EIO, EINTR, 0 };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    adm_fail_file (&error, "x", i % 2 ? "read" : "written", codes[i]);
    const char *last = strrchr (said (&error), ';');
    CHECK (last && strlen (last) > 8);
  }
}

int
main (void)
{
  CHECK (sizeof (adm_error) < 1536);
  test_texts ();
  test_room ();
  test_facts ();
  test_files ();
  return check_summary ();
}
