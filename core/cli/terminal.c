/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress: see terminal.h. */
#include "cli/terminal.h"

#include "cli/program.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

double
terminal_seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

void
terminal_show (terminal *line, const char *text)
{
  if (isatty (STDERR_FILENO)) {
    fprintf (stderr, "\r\033[K%s", text);
    fflush (stderr);
    line->shown = true;
    line->updated = terminal_seconds ();
  }
}

void
terminal_clear (terminal *line)
{
  if (line->shown) {
    fputs ("\r\033[K", stderr);
    fflush (stderr);
  }
  line->shown = false;
}

bool
terminal_progress (const adm_progress *progress, void *user)
{
  terminal *line = user;
  if (!line->shown || terminal_seconds () - line->updated >= 0.1) {
    char text[128];
    int percent = (int) (100 * progress->fraction);
    if (progress->stage == ADM_STAGE_LOAD)
      snprintf (text, sizeof text, "loading: %d %%", percent);
    else
      snprintf (text, sizeof text, "%s image %d of %d: step %d of %d, %d %%",
                progress->stage == ADM_STAGE_SAMPLE ? "sampling" : "upscaling", progress->image + 1,
                progress->images, progress->step, progress->steps, percent);
    terminal_show (line, text);
  }
  return !interrupt_requested ();
}
