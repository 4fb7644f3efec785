/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the dialog "Teach a texture" asks of the program that shows it, as backend.h for the
 * window. Everything happens on the main thread and returns at once; sentences are in the artist's
 * language. A function that gives a text gives NULL where all is well; the text is to be freed. */
#ifndef UI_TEACHER_H
#define UI_TEACHER_H

#include <gdk-pixbuf/gdk-pixbuf.h>

/* Where a texture is taken from. */
typedef enum UiTeachFrom {
  UI_TEACH_SELECTION,
  UI_TEACH_LAYER,
  UI_TEACH_FILES,
  UI_TEACH_SOURCES
} UiTeachFrom;

typedef struct UiLesson {
  const char *name; /* of the class */
  UiTeachFrom from;
  const char *const *files; /* of FILES: absolute paths, ends in NULL */
  gboolean tiles, turns;    /* it goes on at its edges; it may be turned by quarters */
  double minutes;
} UiLesson;

typedef enum UiTeachState {
  UI_TEACH_IDLE,    /* nothing was begun */
  UI_TEACH_WORKING, /* it learns */
  UI_TEACH_PAUSED,  /* it can go on, also after a restart */
  UI_TEACH_DONE,    /* the class is among the model's */
  UI_TEACH_FAILED,  /* message says why */
} UiTeachState;

/* The teacher's, valid until it tells of the next. */
typedef struct UiTeachNews {
  UiTeachState state;
  const char *name;    /* of the class */
  double done;         /* share of its time, 0 … 1 */
  double seconds_left; /* < 0: not known */
  double mistakes;     /* as a share of the first ones; 0: not known */
  GdkPixbuf *picture;  /* the last test picture, or NULL */
  const char *message;
} UiTeachNews;

/* A class that was taught. */
typedef struct UiOwnClass {
  const char *id, *name;
  GdkPixbuf *picture; /* or NULL */
} UiOwnClass;

typedef struct UiTeacher {
  gpointer user; /* handed to every function */
  /* What would be taken from there: *WHAT ("Background of wall.xcf", to be freed), or the answer
   * says why nothing can. Not asked for FILES. */
  char *(*source) (UiTeachFrom from, char **what, gpointer user);
  /* N crops of LESSON as they will be seen, each a new reference. NULL: *MESSAGE says why. */
  GPtrArray *(*crops) (const UiLesson *lesson, guint n, char **message, gpointer user);
  char *(*start) (const UiLesson *lesson, gpointer user);
  void (*pause) (gpointer user);
  void (*stop) (gpointer user); /* what has been learned is kept */
  char *(*resume) (gpointer user);
  const UiTeachNews *(*news) (gpointer user);
  /* CHANGED is called with SINK when there are news or other classes; NULL: nobody is. */
  void (*listen) (void (*changed) (gpointer sink), gpointer sink, gpointer user);
  /* The classes taught so far, the teacher's until it tells of others. */
  const UiOwnClass *(*own) (gsize *n, gpointer user);
  char *(*rename) (const char *id, const char *name, gpointer user);
  char *(*export_to) (const char *id, const char *path, gpointer user);
  char *(*import_from) (const char *path, gpointer user);
  char *(*remove) (const char *id, gpointer user);
  char *(*help) (const char *section, gpointer user); /* opens it, as UiBackend's */
} UiTeacher;

#endif
