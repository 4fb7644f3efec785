/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form's widgets are made in ui_form_make_parts and laid out in ui_form_make_rows. */
#include "form-rows.h"

#include "class-chooser.h"
#include "fidelity.h"
#include "i18n.h"
#include "presets.h"
#include "seed-box.h"
#include "widgets.h"

/* WIDE takes the room that is left. */
static GtkWidget *
row_of (GtkWidget *first, GtkWidget *second, GtkWidget *third, GtkWidget *wide)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_pack_start (GTK_BOX (row), first, first == wide, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), second, second == wide, TRUE, 0);
  if (third) {
    gtk_box_pack_start (GTK_BOX (row), third, third == wide, TRUE, 0);
  }
  gtk_widget_show (row);
  return row;
}

static void
attach (UiSettingsForm *self, int row, GtkWidget *label, GtkWidget *widget)
{
  if (label) {
    gtk_grid_attach (GTK_GRID (self), label, 0, row, 1, 1);
  }
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_grid_attach (GTK_GRID (self), widget, 1, row, 1, 1);
}

void
ui_form_make_parts (UiSettingsForm *self)
{
  self->model = gtk_combo_box_text_new ();
  ui_combo_shrink (self->model);
  self->models = ui_icon_button (
      "applications-system-symbolic emblem-system-symbolic preferences-system-symbolic",
      _ ("Models: what is here, and bringing in more"));
  self->classes = ui_class_chooser_new (self->store);
  self->steps = ui_spin (UI_STEPS_MIN, UI_STEPS_MAX, 1, 0, 4,
                         _ ("More steps take longer and give finer pictures"));
  self->sampler = gtk_combo_box_text_new ();
  ui_combo_shrink (self->sampler);
  gtk_widget_set_tooltip_text (
      self->sampler,
      _ ("DPM-Solver++ and DDIM give good pictures in few steps; DDPM wants many and varies more"));
  for (gsize i = 0; i < self->backend->n_samplers; i++) {
    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->sampler), self->backend->samplers[i].id,
                               self->backend->samplers[i].name);
  }
  gtk_combo_box_set_active (GTK_COMBO_BOX (self->sampler), 0);
  self->seed = ui_seed_box_new ();
  self->presets = ui_presets_new (self->backend, self->store, self->upsample_only);
  self->live = gtk_check_button_new_with_mnemonic (_ ("_Live"));
  gtk_widget_set_tooltip_text (self->live,
                               _ ("Run again with the same seed when a setting changes: a quick "
                                  "draft, then the full number of steps"));
  self->estimate = ui_dim_label (NULL);
  gtk_widget_set_tooltip_text (self->estimate,
                               _ ("As measured on this machine; shown once this model has run"));
  gtk_label_set_xalign (GTK_LABEL (self->estimate), 1.0F);
  self->generate = ui_button (self->upsample_only ? _ ("_Upsample") : _ ("_Generate"), NULL);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->generate),
                               GTK_STYLE_CLASS_SUGGESTED_ACTION);
  gtk_widget_set_can_default (self->generate, TRUE);
  if (self->upsample_only) {
    self->tiles = gtk_combo_box_text_new ();
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (self->tiles),
                                    _ ("Fit: the whole part, reduced first"));
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (self->tiles),
                                    _ ("Tiles: a larger result, piece by piece"));
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->tiles), 0);
    ui_combo_shrink (self->tiles);
  } else {
    self->fidelity = ui_fidelity_new ();
    self->compare = ui_button (_ ("C_ompare"), NULL);
    self->count = ui_spin (1, UI_COUNT_MAX, 1, 0, 2, _ ("How many pictures Generate makes"));
    self->upsample = gtk_check_button_new_with_mnemonic (_ ("_Upsample"));
  }
}

void
ui_form_make_rows (UiSettingsForm *self)
{
  GtkWidget *class_label
      = ui_label_for (_ ("Cl_ass"), ui_class_chooser_entry (UI_CLASS_CHOOSER (self->classes)));
  GtkWidget *end = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  int row = 0;

  gtk_widget_set_valign (class_label, GTK_ALIGN_START);
  gtk_widget_set_margin_top (class_label, 8);
  attach (self, row++, ui_label_for (_ ("_Model"), self->model),
          row_of (self->model, self->models, NULL, self->model));
  attach (self, row++, class_label, self->classes);
  if (self->upsample_only) {
    attach (self, row++, ui_label_for (_ ("S_ize"), self->tiles), self->tiles);
    attach (self, row++, NULL, self->live);
  } else {
    GtkWidget *fidelity_label
        = ui_label_for (_ ("_Fidelity"), ui_fidelity_slider (UI_FIDELITY (self->fidelity)));

    gtk_widget_set_valign (fidelity_label, GTK_ALIGN_START);
    gtk_widget_set_margin_top (fidelity_label, 6);
    attach (self, row++, fidelity_label, self->fidelity);
    attach (self, row++, NULL, row_of (self->live, self->compare, NULL, self->live));
  }
  attach (self, row++, ui_label_for (_ ("_Steps"), self->steps),
          row_of (self->steps, ui_label_for (_ ("Sampl_er"), self->sampler), self->sampler,
                  self->sampler));
  if (self->upsample_only) {
    attach (self, row++, ui_label_for (_ ("See_d"), ui_seed_box_number (UI_SEED_BOX (self->seed))),
            self->seed);
    attach (self, row++, NULL, self->estimate);
  } else {
    attach (
        self, row++, ui_label_for (_ ("See_d"), ui_seed_box_number (UI_SEED_BOX (self->seed))),
        row_of (self->seed, ui_label_for (_ ("_Images"), self->count), self->count, self->seed));
    attach (self, row++, NULL, row_of (self->upsample, self->estimate, NULL, self->upsample));
  }
  gtk_box_pack_start (GTK_BOX (end), self->presets, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (end), self->generate, TRUE, TRUE, 0);
  gtk_box_set_homogeneous (GTK_BOX (end), TRUE);
  attach (self, row++, ui_label_for (_ ("_Preset"), ui_presets_combo (UI_PRESETS (self->presets))),
          end);
  gtk_widget_show_all (GTK_WIDGET (self));
}
