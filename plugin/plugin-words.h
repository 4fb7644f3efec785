/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The core's errors as the window and GIMP show them: each code has a sentence of its own here,
 * with the remedies of a window, and is translated.
 */
#ifndef ADM_PLUGIN_WORDS_H
#define ADM_PLUGIN_WORDS_H

#include <glib.h>

#include "adm.h"

/* ERROR in the artist's language: what, where, what to do; free with g_free. */
char *plugin_words (const adm_error *error);

/* The English sentence of CODE; %1 … stand for its facts. */
const char *plugin_words_sentence (adm_error_code code);

/* WORD in the artist's language. */
const char *plugin_phrase (adm_word word);

#endif
