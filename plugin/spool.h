/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finished pictures on disk until the artist closes the window: GIMP ends its plug-ins without
 * asking when it quits, and the next window offers what was left. One PNG a picture in the user's
 * cache folder, with its settings inside. */
#ifndef ADM_SPOOL_H
#define ADM_SPOOL_H

#include "ui/settings.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

typedef struct Spool Spool;

typedef void (*SpoolFunc) (GdkPixbuf *pixels, const UiSettings *settings, gpointer user);

Spool *spool_new (void);
/* Removes this spool's pictures, those it recovered included. A process that ends without it leaves
 * them. */
void spool_free (Spool *spool);

/* Writes a picture. Any thread, one at a time. A full disk loses only this safety, so it is no
 * error. */
void spool_keep (Spool *spool, GdkPixbuf *pixels, const UiSettings *settings);

/* Calls FUNC for the pictures that processes now dead have left, the oldest first, at most the
 * newest hundred; they are this spool's from now on. What is broken is removed, what cannot be read
 * stays for the next time. */
void spool_recover (Spool *spool, SpoolFunc func, gpointer user);

#endif
