/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The right half of the window: every setting, and Generate. */
#ifndef UI_SETTINGS_FORM_H
#define UI_SETTINGS_FORM_H

#include "backend.h"
#include "store.h"

#include <gtk/gtk.h>

#define UI_TYPE_SETTINGS_FORM (ui_settings_form_get_type ())
G_DECLARE_FINAL_TYPE (UiSettingsForm, ui_settings_form, UI, SETTINGS_FORM, GtkGrid)

/* Signals: "changed" (what makes the picture has changed by the artist's hand), "live-changed",
 * "generate", "compare", "models" (the ⚙ button). BACKEND and STORE outlive the form. */
GtkWidget *ui_settings_form_new (const UiBackend *backend, UiStore *store, gboolean upsample_only);

/* As the artist set it; freed by the caller. */
UiSettings *ui_settings_form_get (UiSettingsForm *form);
/* As it can act: scale 0 without classifier or class, no upsampling without upsampler. */
UiSettings *ui_settings_form_effective (UiSettingsForm *form);
/* Shows SETTINGS without "changed". What the models here do not have is left as it is; returns what
 * was left, as a sentence to be freed, or NULL. */
char *ui_settings_form_set (UiSettingsForm *form, const UiSettings *settings);
/* Everything as the model recommends; class and seed are kept. */
void ui_settings_form_reset (UiSettingsForm *form);

/* The catalog has changed. */
void ui_settings_form_update_models (UiSettingsForm *form);
/* Recents have changed. */
void ui_settings_form_update_classes (UiSettingsForm *form);
const UiModel *ui_settings_form_model (UiSettingsForm *form); /* NULL: there is none */
void ui_settings_form_set_estimate (UiSettingsForm *form, double seconds);

gboolean ui_settings_form_get_locked (UiSettingsForm *form);
void ui_settings_form_set_locked (UiSettingsForm *form, gboolean locked);
void ui_settings_form_next_seed (UiSettingsForm *form); /* another one, unless locked */
gboolean ui_settings_form_get_live (UiSettingsForm *form);
void ui_settings_form_set_live (UiSettingsForm *form, gboolean live);

/* Parts, by name: "model", "models", "class-entry", "class-list", "fidelity", "live", "compare",
 * "steps", "sampler", "seed", "dice", "count", "upsample", "tiles", "preset", "estimate",
 * "generate". NULL: no such part in this window. */
GtkWidget *ui_settings_form_part (UiSettingsForm *form, const char *name);

#endif
