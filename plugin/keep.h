/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A script's pictures in the window's history. */
#ifndef ADM_KEEP_H
#define ADM_KEEP_H

#include "job.h"
#include "ui/settings.h"

/* Where the window keeps its history, and what it remembers. To be freed. */
char *keep_history_folder (void);
char *keep_state_file (void);

/* Keeps the pictures of RESULT, made with SETTINGS and added as layers, for the window's history;
 * returns once they are written. One that cannot be is told by a message, no more: its layer is
 * there. */
void keep_pictures (const AdmJobResult *result, const UiSettings *settings);

#endif
