/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names and paths, whatever the locale. */
#ifndef ADM_BASE_TEXT_H
#define ADM_BASE_TEXT_H

#include <stdbool.h>

/* NAME in FOLDER (NAME itself if it is absolute, or FOLDER ""), malloc'ed; NULL: no memory. */
char *adm_path_join (const char *folder, const char *name);

/* The part of PATH before its last '/', malloc'ed ("" without one, "/" for the root); NULL: no
 * memory. */
char *adm_path_folder (const char *path);

bool adm_text_is_utf8 (const char *text);

/* Equal but for the case of ASCII letters. */
bool adm_text_same (const char *a, const char *b);

/* Whether TEXT ends in END, but for the case of ASCII letters, and has something before it. */
bool adm_text_ends (const char *text, const char *end);

#endif
