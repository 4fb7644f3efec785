/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The right half of the window: every setting. */
#ifndef UI_SETTINGS_FORM_H
#define UI_SETTINGS_FORM_H

#include "backend.h"
#include "store.h"

#include <gtk/gtk.h>

#define UI_TYPE_SETTINGS_FORM (ui_settings_form_get_type ())
G_DECLARE_FINAL_TYPE (UiSettingsForm, ui_settings_form, UI, SETTINGS_FORM, GtkGrid)

/* Signals: "changed" (what makes the picture has changed by the artist's hand), "target-changed"
 * (what is to be covered has, by the artist's hand), "live-changed", "activated" (Enter in the
 * search: it is to run), "mend", "models" (the ⚙ button). BACKEND and STORE outlive the form. */
GtkWidget *ui_settings_form_new (const UiBackend *backend, UiStore *store, UiTask task);

/* As the artist set it; freed by the caller. */
UiSettings *ui_settings_form_get (UiSettingsForm *form);
/* As it can act: scale 0 where nothing steers, no upsampling without upsampler, no class on a map,
 * seamless and edges where there are any. */
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

/* Takes what is highlighted and what is being typed. FALSE: it cannot run so; the artist has been
 * told why by a tooltip or the bell. */
gboolean ui_settings_form_take (UiSettingsForm *form);
/* Why it cannot run, or NULL. To be freed. */
char *ui_settings_form_why_not (UiSettingsForm *form);
/* Why comparing scales would show nothing, or NULL. */
const char *ui_settings_form_no_scale (UiSettingsForm *form);

/* The backend's targets have changed. */
void ui_settings_form_update_targets (UiSettingsForm *form);
const UiTarget *ui_settings_form_target (UiSettingsForm *form); /* NULL: there is none */
void ui_settings_form_choose_where (UiSettingsForm *form, UiWhere where);
/* A picture of the history is chosen, so it can be started from. */
void ui_settings_form_set_picture (UiSettingsForm *form, gboolean there);
void ui_settings_form_event (UiSettingsForm *form, const UiEvent *event); /* UI_EVENT_SWATCH */

gboolean ui_settings_form_get_locked (UiSettingsForm *form);
void ui_settings_form_set_locked (UiSettingsForm *form, gboolean locked);
void ui_settings_form_next_seed (UiSettingsForm *form); /* another one, unless locked */
void ui_settings_form_show_seed (UiSettingsForm *form); /* a run uses it */
gboolean ui_settings_form_get_live (UiSettingsForm *form);
void ui_settings_form_set_live (UiSettingsForm *form, gboolean live);

/* Parts, by name: "model", "models", "character" (the slider), "live", "seed", "dice", "count",
 * "tiles", "preset", "estimate", "more", and those of its rows. NULL: no such part in this
 * window. */
GtkWidget *ui_settings_form_part (UiSettingsForm *form, const char *name);

#endif
