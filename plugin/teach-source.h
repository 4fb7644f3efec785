/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a texture is taken from: the selection, the active layer, files.
 */
#ifndef ADM_PLUGIN_TEACH_SOURCE_H
#define ADM_PLUGIN_TEACH_SOURCE_H

#include "ui/teacher.h"
#include "window-targets.h"

/* What would be taken: NULL and *WHAT, to be freed, or why nothing can, to be freed. */
char *teach_source_words (const WindowTargets *targets, UiTeachFrom from, char **what);

/* The paths of LESSON's pictures; what an image has is written to the lesson in FOLDER first. NULL
 * with ERROR set. */
char **teach_source_gather (const WindowTargets *targets, const UiLesson *lesson,
                            const char *folder, GError **error);

#endif
