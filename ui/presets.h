/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Named ways of working: Draft, Balanced and Best come with the window, the artist's own can be
 * saved and removed. */
#ifndef UI_PRESETS_H
#define UI_PRESETS_H

#include "backend.h"
#include "store.h"

#include <gtk/gtk.h>

#define UI_TYPE_PRESETS (ui_presets_get_type ())
G_DECLARE_FINAL_TYPE (UiPresets, ui_presets, UI, PRESETS, GtkBox)

/* Signal "chosen" (UiSettings *settings): how to work from now on; model, class, seed and tiles are
 * as they were in ui_presets_sync. BACKEND and STORE outlive the widget. */
GtkWidget *ui_presets_new (const UiBackend *backend, UiStore *store, UiTask task);
/* Tells what is set now; the preset that says the same is shown, or "Custom". */
void ui_presets_sync (UiPresets *presets, const UiSettings *settings);
/* By id: "draft", "balanced", "best", or "own NAME". FALSE when there is none. As if chosen. */
gboolean ui_presets_choose (UiPresets *presets, const char *id);
const char *ui_presets_current (UiPresets *presets); /* "custom" when none fits */
/* Saves what was last synced under NAME. */
void ui_presets_save (UiPresets *presets, const char *name);
GtkWidget *ui_presets_combo (UiPresets *presets);

#endif
