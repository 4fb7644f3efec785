/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of progress on standard error, only when that is a terminal. */
#ifndef ADM_CLI_TERMINAL_H
#define ADM_CLI_TERMINAL_H

#include "adm.h"

typedef struct terminal {
  bool shown;     /* something stands in the line now */
  double updated; /* seconds, of the monotonic clock */
} terminal;

/* An adm_callback whose USER is a terminal: shows progress, at most ten times a second, and cancels
 * once a signal came. */
bool terminal_progress (const adm_progress *progress, void *user);

/* Shows TEXT in the line. */
void terminal_show (terminal *line, const char *text);
/* Clears the line: before anything else is printed, and at the end. */
void terminal_clear (terminal *line);

/* Seconds of the monotonic clock. */
double terminal_seconds (void);

#endif
