/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A weights file that leaves something open, in the artist's words.
 */
#ifndef ADM_OPEN_FILE_H
#define ADM_OPEN_FILE_H

#include "adm.h"
#include "ui/backend.h"

typedef struct OpenFile OpenFile;

/* What file PATH leaves open; NULL: nothing, or it cannot be read. Any thread. */
OpenFile *open_file_new (const char *path);
void open_file_free (OpenFile *file);
/* Valid until FILE is freed. */
UiOpenFile open_file_view (const OpenFile *file);
/* The CHOSEN answer of each question, as the core takes them (static strings), into ANSWERS
 * (ADM_MAX_QUESTIONS); how many. */
int open_file_answers (const OpenFile *file, const int *chosen, adm_answer *answers);

#endif
