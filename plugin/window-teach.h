/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Teaching a texture from the window: the lesson runs on a thread of low priority, is kept in a
 * folder beside the artist's models so that it can go on after a restart, and becomes a class of
 * its model.
 */
#ifndef ADM_WINDOW_TEACH_H
#define ADM_WINDOW_TEACH_H

#include <gtk/gtk.h>

#include "window-models.h"
#include "window-targets.h"

typedef struct Teach Teach;

/* CHANGED: files of classes have come, gone or been renamed; the folders are to be read again.
 * FOLDER of the artist's models; TARGETS: where pictures are taken from. A lesson that was paused
 * there waits to be resumed. */
Teach *teach_new (const char *folder, WindowModels *models, WindowTargets *targets,
                  void (*changed) (gpointer user), gpointer user);
/* Pauses what is being taught. */
void teach_free (Teach *teach);

/* Shows the dialog for MODEL, an id, over PARENT. */
void teach_open (Teach *teach, const char *model, GtkWindow *parent);
/* The artist comes back, or the models have been read again: the dialog looks again. */
void teach_look (Teach *teach);
/* Bytes that teaching may take, as for the worker; 0: what there is. */
void teach_set_limit (Teach *teach, guint64 limit);

#endif
