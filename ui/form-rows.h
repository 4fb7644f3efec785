/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What settings-form.c works on: the form's widgets, and the rows they stand in. */
#ifndef UI_FORM_ROWS_H
#define UI_FORM_ROWS_H

#include "settings-form.h"

struct _UiSettingsForm {
  GtkGrid parent_instance;
  const UiBackend *backend;
  UiStore *store;
  gboolean upsample_only;
  GtkWidget *model, *models, *classes, *fidelity, *live, *compare, *steps, *sampler, *seed, *count,
      *upsample, *tiles, *presets, *estimate, *generate;
  gboolean silent;
};

/* The widgets, as BACKEND, STORE and UPSAMPLE_ONLY ask for them. */
void ui_form_make_parts (UiSettingsForm *self);
/* The rows, of widgets that are there. */
void ui_form_make_rows (UiSettingsForm *self);

#endif
