/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A teacher that learns by script, and classes that exist in memory alone. */
#ifndef FAKE_TEACHER_H
#define FAKE_TEACHER_H

#include "ui/teacher.h"

typedef struct FakeTeacher {
  UiTeacher api;
  /* script */
  gboolean no_selection;
  char *start_message; /* what start answers, or NULL */

  /* record */
  guint starts, pauses, stops, resumes, crops;
  char name[64], path[256]; /* of the last start, export or import */
  UiTeachFrom from;
  gboolean tiles, turns;
  double minutes;
  const char *section; /* of the help that was opened last */

  UiTeachNews news;
  UiOwnClass own[4];
  gsize n_own;
  void (*func) (gpointer sink);
  gpointer sink;
} FakeTeacher;

FakeTeacher *fake_teacher_new (void);
void fake_teacher_free (FakeTeacher *fake);
/* It has come to SHARE of its time, with a test picture. */
void fake_teacher_move (FakeTeacher *fake, double share);
/* A class called NAME is there. */
void fake_teacher_add (FakeTeacher *fake, const char *name);

#endif
