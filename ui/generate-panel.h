/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole window as one container, to be put into a dialog: picture, progress and history at the
 * left, settings at the right, the model page behind ⚙, messages at the top, buttons at the bottom.
 *
 * The dialog's part: when its title bar asks to close, call ui_generate_panel_shut and destroy it.
 * Escape, Enter and F1 are handled here, before the dialog sees them. While the panel lives, the
 * backend's events go to it. */
#ifndef UI_GENERATE_PANEL_H
#define UI_GENERATE_PANEL_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_GENERATE_PANEL (ui_generate_panel_get_type ())
G_DECLARE_FINAL_TYPE (UiGeneratePanel, ui_generate_panel, UI, GENERATE_PANEL, GtkBox)

/* BACKEND outlives the panel. Last values are shown, or what the first working model recommends. */
GtkWidget *ui_generate_panel_new (const UiBackend *backend, UiTask task);

UiSettings *ui_generate_panel_get_settings (UiGeneratePanel *panel); /* freed by the caller */
void ui_generate_panel_set_settings (UiGeneratePanel *panel, const UiSettings *settings);
gboolean ui_generate_panel_is_running (UiGeneratePanel *panel);
void ui_generate_panel_show_message (UiGeneratePanel *panel, GtkMessageType type, const char *text);
/* Stops what runs and remembers the settings; also done when the panel is destroyed. */
void ui_generate_panel_shut (UiGeneratePanel *panel);

/* Parts, by name: "message", "pages", "model-page", those of ui_picture_pane_part,
 * ui_action_row_part and ui_settings_form_part. NULL: no such part in this window. */
GtkWidget *ui_generate_panel_part (UiGeneratePanel *panel, const char *name);

#endif
