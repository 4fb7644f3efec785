/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the open window's pictures can cover, followed while the artist works: GIMP tells plug-ins
 * neither which image is in front nor when one changes, so all open images are looked at, and the
 * one in which something changed last (selection, active layer, size, name) counts as the one that
 * is worked in. */
#ifndef ADM_WINDOW_TARGETS_H
#define ADM_WINDOW_TARGETS_H

#include "target.h"
#include "ui/backend.h"

typedef struct WindowTargets WindowTargets;

/* FIRST: the image the window was opened for, or NULL. */
WindowTargets *window_targets_new (GimpImage *first);
void window_targets_free (WindowTargets *targets);

/* Looks again; TRUE when something is no longer as window_targets_list tells. Asks GIMP. */
gboolean window_targets_refresh (WindowTargets *targets);
/* Valid until the next refresh. */
const UiTargets *window_targets_list (const WindowTargets *targets);

/* What ID means, also when that is no longer there; NULL for an id that never was. */
const Target *window_targets_get (const WindowTargets *targets, guint id);

/* The selection as it was when a job for ID began, [height][width]; NULL: there was none. MASK is
 * copied. */
void window_targets_keep_mask (WindowTargets *targets, guint id, const float *mask);
const float *window_targets_mask (const WindowTargets *targets, guint id);

/* See UiBackend. */
gboolean window_targets_surroundings (const WindowTargets *targets, guint id, int most,
                                      UiSurroundings *out);

#endif
