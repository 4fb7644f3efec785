/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lesson on disk: what a texture is taught from and how, in the folder "lesson" beside the taught
 * classes, for as long as it is not done.
 */
#ifndef ADM_PLUGIN_TEACH_LESSON_H
#define ADM_PLUGIN_TEACH_LESSON_H

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

typedef struct Lesson {
  char *name, *model, *output; /* of the class; id of the model; the file it becomes */
  char **pictures;             /* paths, ends in NULL */
  gboolean tiles, turns;
  double minutes;
  double first_loss; /* 0: not known yet */
  double done;       /* share of its time */
} Lesson;

void lesson_free (Lesson *lesson);
/* The one that is kept in FOLDER, or NULL. */
Lesson *lesson_read (const char *folder);
/* FALSE with ERROR set when it cannot be kept. */
gboolean lesson_write (const char *folder, const Lesson *lesson, GError **error);
/* PIXELS as the lesson's picture in FOLDER; its path, or NULL with ERROR set. */
char *lesson_keep_picture (const char *folder, GdkPixbuf *pixels, GError **error);
/* Where the core keeps what the class of the file OUTPUT needs to go on. */
char *lesson_checkpoint (const char *output);
/* Removes the lesson of FOLDER, and the checkpoint of its class. */
void lesson_forget (const char *folder, const char *output);

/* A file in FOLDER for a class called NAME that is not there yet. */
char *lesson_new_file (const char *folder, const char *name);

#endif
