/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Progress: see terminal.h. */
#include "cli/terminal.h"

#include "cli/program.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 512, BAR = 24 };

/* No time is told before so many seconds, and so much of the way, have gone by. */
#define SECONDS_BEFORE 0.5
#define WAY_BEFORE 0.01

double
terminal_seconds (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

/* Columns that a line may take without going on in the next. */
static int
columns (void)
{
  struct winsize size;
  int wide = ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  return wide - 1 < MOST - 1 ? wide - 1 : MOST - 1;
}

void
terminal_show (terminal *line, const char *text)
{
  if (isatty (STDERR_FILENO)) {
    int most = columns (), length = (int) strlen (text);
    if (length > most) { /* no character is cut */
      length = most;
      while (length > 0 && ((unsigned char) text[length] & 0xc0) == 0x80)
        length--;
    }
    fprintf (stderr, "\r\033[K%.*s", length, text);
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

const char *
terminal_clock (double seconds, char *text, size_t size)
{
  long long whole = seconds < 1e9 ? (long long) ceil (seconds) : 1000000000;
  if (whole >= 3600)
    snprintf (text, size, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  else
    snprintf (text, size, "%lld:%02lld", whole / 60, whole % 60);
  return text;
}

void
terminal_bar (terminal *line, const char *what, double done)
{
  double now = terminal_seconds ();
  if (line->began <= 0) {
    line->began = now;
    line->from = done;
  }
  if (!isatty (STDERR_FILENO) || (line->shown && now - line->updated < 0.1))
    return;
  char text[MOST], clock[32], left[64] = "", bar[BAR + 1];
  double gone = now - line->began, way = done - line->from;
  if (gone >= SECONDS_BEFORE && way >= WAY_BEFORE)
    snprintf (left, sizeof left, ", %s left",
              terminal_clock (gone * (1 - done) / way, clock, sizeof clock));
  /* the bar is what gives way in a narrow terminal */
  int room = columns () - (int) strlen (what) - (int) strlen (left) - 9,
      wide = room < BAR ? room : BAR, full;
  if (wide < 4)
    full = snprintf (text, sizeof text, "%s %3.0f %%%s", what, floor (100 * done), left);
  else {
    full = (int) (done * wide);
    memset (bar, '#', (size_t) full);
    memset (bar + full, '-', (size_t) (wide - full));
    bar[wide] = '\0';
    full = snprintf (text, sizeof text, "%s [%s] %3.0f %%%s", what, bar, floor (100 * done), left);
  }
  if (full > 0)
    terminal_show (line, text);
}

bool
terminal_progress (const adm_progress *progress, void *user)
{
  terminal *line = user;
  const int image = line->image + progress->image,
            images = line->images ? line->images : progress->images;
  char what[128];
  if (progress->stage == ADM_STAGE_LOAD) {
    if (!line->shown || terminal_seconds () - line->updated >= 0.1) {
      snprintf (what, sizeof what, "loading: %.0f %%", floor (100 * progress->fraction));
      terminal_show (line, what);
    }
    return !interrupt_requested ();
  }
  double done = progress->whole > 0 ? progress->whole
                                    : (progress->image + progress->fraction) / progress->images;
  if (line->images)
    done = (line->image + done * progress->images) / line->images;
  snprintf (what, sizeof what, "%s %d of %d, step %d of %d",
            progress->stage == ADM_STAGE_SAMPLE ? "sampling" : "upscaling", image + 1, images,
            progress->step, progress->steps);
  terminal_bar (line, what, done < 0 ? 0 : done > 1 ? 1 : done);
  return !interrupt_requested ();
}
