/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures on disk, for the next window: KEY.png and, once that is whole, KEY.ini with its
 * settings. A thread of its own reads and writes, so that nobody waits; what has been handed over
 * is written even if the window closes at once. When there is more than the limit, the oldest that
 * are not pinned go. */
#ifndef UI_HISTORY_STORE_H
#define UI_HISTORY_STORE_H

#include "settings.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* A picture of an earlier window. */
typedef struct UiKept {
  const char *key; /* sorts by age */
  const UiSettings *settings;
  int width, height;
  gboolean pinned, added;
  GdkPixbuf *small; /* reduced */
} UiKept;

/* Called on the main thread. */
typedef struct UiHistoryStoreFuncs {
  void (*found) (const UiKept *kept, gpointer user); /* newest first */
  void (*gone) (const char *key, gpointer user);     /* it made room for newer ones */
  void (*failed) (const char *message, gpointer user);
} UiHistoryStoreFuncs;

typedef struct UiHistoryStore UiHistoryStore;

/* Reads what FOLDER holds, reduced to SIDE pixels, while others go on (SIDE 0: reads nothing);
 * LIMIT in bytes. FUNCS and USER outlive the store. */
UiHistoryStore *ui_history_store_new (const char *folder, guint64 limit, int side,
                                      const UiHistoryStoreFuncs *funcs, gpointer user);
/* Returns when all that was asked for has been done; what there is to tell is told by the main
 * loop. */
void ui_history_store_wait (UiHistoryStore *store);
/* Returns when all has been written; nothing is called any more. NULL is fine. */
void ui_history_store_free (UiHistoryStore *store);
/* Keeps the picture from now on. Its key, to be freed. */
char *ui_history_store_save (UiHistoryStore *store, GdkPixbuf *pixels, const UiSettings *settings);
void ui_history_store_mark (UiHistoryStore *store, const char *key, gboolean pinned,
                            gboolean added);
void ui_history_store_remove (UiHistoryStore *store, const char *key);
/* The whole picture, read now; NULL when it is gone. To be unreferenced. */
GdkPixbuf *ui_history_store_load (UiHistoryStore *store, const char *key);

#endif
