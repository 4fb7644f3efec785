/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What networks of grey pictures, or of colours and transparency, can do of what the canvas can. */
#ifndef ADM_CANVAS_CHECK_H
#define ADM_CANVAS_CHECK_H

#include <glib.h>

#include "adm.h"
#include "ui/settings.h"

/* Whether MODEL, whatever its pictures' channels are, can do TASK, a generating one with its
 * canvas, made from SETTINGS: such networks make pictures of their own size alone, unguided but by
 * a classifier. Guidance by the network itself is taken back, in TASK and in SETTINGS, as it is
 * where a model knows none; all else is refused, with ERROR set, before anything is loaded. */
gboolean canvas_check (const adm_model *model, UiSettings *settings, adm_task *task,
                       GError **error);

#endif
