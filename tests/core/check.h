/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a core test needs: counted checks that say where they failed, and an exit status that
 * follows from them. Every program ends with `return check_summary ();`. */
#ifndef ADM_TESTS_CHECK_H
#define ADM_TESTS_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_count, check_failures;

static inline bool
check_report (bool passed, const char *file, int line, const char *what)
{
  check_count++;
  if (!passed) {
    check_failures++;
    printf ("%s:%d: failed: %s\n", file, line, what);
  }
  return passed;
}

static inline bool
check_near (double value, double expected, double tolerance, const char *file, int line,
            const char *what)
{
  bool passed = fabs (value - expected) <= tolerance; /* false for NaN */
  if (!check_report (passed, file, line, what))
    printf ("  found %.9g, expected %.9g within %.3g\n", value, expected, tolerance);
  return passed;
}

static inline bool
check_text (const char *text, const char *expected, bool whole, const char *file, int line,
            const char *what)
{
  bool passed = text && (whole ? strcmp (text, expected) == 0 : strstr (text, expected) != NULL);
  if (!check_report (passed, file, line, what))
    printf ("  found \"%s\", expected %s\"%s\"\n", text ? text : "(null)",
            whole ? "" : "it to contain ", expected);
  return passed;
}

/* Each gives true when it passed. */
#define CHECK(condition) check_report ((condition), __FILE__, __LINE__, #condition)
#define CHECK_NEAR(value, expected, tolerance)                                                     \
  check_near ((value), (expected), (tolerance), __FILE__, __LINE__, #value)
#define CHECK_STR(text, expected) check_text ((text), (expected), true, __FILE__, __LINE__, #text)
#define CHECK_CONTAINS(text, part) check_text ((text), (part), false, __FILE__, __LINE__, #text)

static inline int
check_summary (void)
{
  printf ("%d checks, %d failed\n", check_count, check_failures);
  return check_count == 0 || check_failures > 0;
}

#endif
