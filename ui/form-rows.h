/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What settings-form.c and form-values.c work on: the form's widgets, and the rows they stand
 * in. */
#ifndef UI_FORM_ROWS_H
#define UI_FORM_ROWS_H

#include "settings-form.h"

struct _UiSettingsForm {
  GtkGrid parent_instance;
  const UiBackend *backend;
  UiStore *store;
  UiTask task;
  /* NULL: the task or the backend has no such thing */
  GtkWidget *where, *model, *models, *classes, *character, *live, *start, *texture, *seed, *count,
      *tiles, *presets, *estimate, *more;
  GtkWidget *start_label, *texture_label;
  int rows;
  gboolean has_picture; /* one of the history can be started from */
  gboolean silent;
};

/* Whether a map stands for the class; whether something lies under the target, and round it. */
gboolean ui_form_on_map (UiSettingsForm *self);
gboolean ui_form_surrounded (UiSettingsForm *self);
/* What cannot act now says why. */
void ui_form_update_reasons (UiSettingsForm *self);
/* The preset that says the same as what is set is shown. */
void ui_form_sync_presets (UiSettingsForm *self);
/* What depends on the model alone, and the size that its pictures have. */
void ui_form_show_model (UiSettingsForm *self);
void ui_form_show_own_size (UiSettingsForm *self);

/* The widgets, as BACKEND, STORE and TASK ask for them. */
void ui_form_make_parts (UiSettingsForm *self);
/* The rows, of widgets that are there. */
void ui_form_make_rows (UiSettingsForm *self);

#endif
