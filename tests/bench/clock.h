/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Seconds, for yardsticks. */
#ifndef ADM_TESTS_CLOCK_H
#define ADM_TESTS_CLOCK_H

#include <time.h>

static inline double
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

#endif
