/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Long words on demand. */
#ifndef PSEUDO_LOCALE_H
#define PSEUDO_LOCALE_H

#include <glib.h>

/* From now on the window's texts are long ones. */
void pseudo_locale_set (gboolean longer);

#endif
