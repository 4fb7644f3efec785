/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which weights made a picture, so that it can be told whether the same would be made again. */
#ifndef ADM_WEIGHTS_MARK_H
#define ADM_WEIGHTS_MARK_H

#include <glib.h>

#include "adm.h"

/* "diffusion=0123456789abcdef classifier=…", of MODEL's networks for a task of KIND, its upsampler
 * alone for one that only enlarges; a network that cannot be read is left out. Reads files. Freed
 * with g_free. */
char *weights_mark (const adm_model *model, adm_task_kind kind);

/* What to tell an artist when MARK, of a picture, says other than what MODEL has now: one sentence,
 * freed with g_free; NULL when it does not, or MARK says nothing. */
char *weights_mark_differs (const char *mark, const adm_model *model, adm_task_kind kind);

#endif
