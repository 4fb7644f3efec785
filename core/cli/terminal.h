/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of progress on standard error, only when that is a terminal. */
#ifndef ADM_CLI_TERMINAL_H
#define ADM_CLI_TERMINAL_H

#include "adm.h"

typedef struct terminal {
  bool shown;     /* something stands in the line now */
  double updated; /* seconds, of the monotonic clock */
  /* when the bar was first shown, and how far it was then; 0: not yet */
  double began, from;
  /* where there are several runs: which picture of how many is the first of this one; 0: a run
   * tells */
  int image, images;
} terminal;

/* An adm_callback whose USER is a terminal: shows progress, at most ten times a second, and cancels
 * once a signal came. */
bool terminal_progress (const adm_progress *progress, void *user);

/* Shows WHAT with a bar of DONE (0 … 1) and, as soon as that can be told, the time left. */
void terminal_bar (terminal *line, const char *what, double done);
/* Shows TEXT in the line, as much as the terminal is wide. */
void terminal_show (terminal *line, const char *text);
/* Clears the line: before anything else is printed, and at the end. */
void terminal_clear (terminal *line);

/* SECONDS as "0:07", "12:34" or "1:02:03" into TEXT [SIZE]. Returns TEXT. */
const char *terminal_clock (double seconds, char *text, size_t size);

/* Seconds of the monotonic clock. */
double terminal_seconds (void);

#endif
