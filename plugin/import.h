/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bringing weights files into the artist's models folder: one after the other, looked at first,
 * copied in the background under another name until they are whole, with the description beside
 * them when there is one.
 */
#ifndef ADM_IMPORT_H
#define ADM_IMPORT_H

#include <glib.h>

typedef struct Import Import;

/* All on the main thread. FRACTION of the file that is being copied, 0 … 1. */
typedef struct {
  void (*moved) (double fraction, gpointer user);
  /* MESSAGE: NULL, or why the file is not here, and what to do. */
  void (*done) (const char *message, gpointer user);
} ImportFuncs;

/* FOLDER is where files go; made when missing. FUNCS outlive the import. */
Import *import_new (const char *folder, const ImportFuncs *funcs, gpointer user);
/* What is under way is given up and leaves nothing behind; no call comes afterwards. */
void import_free (Import *import);
void import_add (Import *import, const char *path);

#endif
