/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures as GIMP's patterns. */
#ifndef ADM_PATTERN_H
#define ADM_PATTERN_H

#include <gdk-pixbuf/gdk-pixbuf.h>

/* Saves PIXELS, 8-bit RGB, under NAME in the user's folder of patterns and makes it the active one.
 * FALSE with ERROR set. */
gboolean pattern_add (const GdkPixbuf *pixels, const char *name, GError **error);

#endif
