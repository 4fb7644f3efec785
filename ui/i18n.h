/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Translation of the window's words: everything the artist reads goes through these macros, in the
 * plug-in's own catalogue. The program that shows the window binds the domain to its folder. */
#ifndef UI_I18N_H
#define UI_I18N_H

#include <glib.h>

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "plug-in-adm"
#endif

#define _(text) g_dgettext (GETTEXT_PACKAGE, text)
#define C_(context, text) g_dpgettext2 (GETTEXT_PACKAGE, context, text)
#define NC_(context, text) text
#define N_(text) text
#define NN_(singular, plural, n) g_dngettext (GETTEXT_PACKAGE, singular, plural, n)

#endif
