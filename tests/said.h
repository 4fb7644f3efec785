/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An error as the program words it: what tests look for, and print. */
#ifndef ADM_TESTS_SAID_H
#define ADM_TESTS_SAID_H

#include "cli/words.h"

/* Good until the fourth next call. */
static inline const char *
said (const adm_error *error)
{
  static char lines[4][WORDS_LINE];
  static int turn;
  turn = (turn + 1) % 4;
  return words_of (error, lines[turn], sizeof lines[turn]);
}

#endif
