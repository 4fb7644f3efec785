/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What must hold of every widget in every state: what is greyed says why, what takes the focus has
 * a name, and no two mnemonics of a page are the same. */
#ifndef AUDIT_H
#define AUDIT_H

#include <gtk/gtk.h>

/* Prints each finding to standard output; returns their number. */
int audit (GtkWidget *root);
/* Whether the artist can get to WIDGET by keys. */
gboolean audit_takes_focus (GtkWidget *widget);
/* "role: name", as assistive technology is told. To be freed. */
char *audit_spoken (GtkWidget *widget);

#endif
