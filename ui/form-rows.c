/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form's widgets are made in ui_form_make_parts and laid out in ui_form_make_rows. */
#include "form-rows.h"

#include "character.h"
#include "class-chooser.h"
#include "i18n.h"
#include "more-box.h"
#include "presets.h"
#include "seed-box.h"
#include "start-row.h"
#include "texture-row.h"
#include "where-row.h"
#include "widgets.h"

/* Of the form at least, pixels: names and numbers are seen whole. */
enum { WIDTH = 470 };

#define TEXTURE_ABILITIES (UI_CAN_TEXTURE_SIZE | UI_CAN_SEAMLESS | UI_CAN_MATCH_EDGES)

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

/* TOP: the label stands beside the first line of what is higher. */
static GtkWidget *
attach (UiSettingsForm *self, const char *words, GtkWidget *target, GtkWidget *widget, gboolean top)
{
  GtkWidget *label = words ? ui_label_for (words, target) : NULL;

  if (label) {
    if (top) {
      gtk_widget_set_valign (label, GTK_ALIGN_START);
      gtk_widget_set_margin_top (label, 8);
    }
    gtk_grid_attach (GTK_GRID (self), label, 0, self->rows, 1, 1);
  }
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_grid_attach (GTK_GRID (self), widget, 1, self->rows, 1, 1);
  self->rows++;
  return label;
}

/* What pictures of a class alone have. */
static void
make_generating (UiSettingsForm *self)
{
  guint abilities = self->backend->abilities;

  self->character = ui_character_new ();
  self->count = ui_spin (1, UI_COUNT_MAX, 1, 0, 2, _ ("How many pictures Generate makes"));
  if (self->backend->targets) {
    self->where = ui_where_row_new (self->backend);
  }
  if (abilities & UI_CAN_START) {
    self->start = ui_start_row_new ((abilities & UI_CAN_MEND_SEAMS) != 0);
  }
  if (abilities & TEXTURE_ABILITIES) {
    self->texture = ui_texture_row_new (abilities);
  }
}

static void
make_upsampling (UiSettingsForm *self)
{
  self->tiles = gtk_combo_box_text_new ();
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (self->tiles),
                                  _ ("Fit: the whole part, reduced first"));
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (self->tiles),
                                  _ ("Tiles: a larger result, piece by piece"));
  gtk_combo_box_set_active (GTK_COMBO_BOX (self->tiles), 0);
  ui_combo_shrink (self->tiles);
}

void
ui_form_make_parts (UiSettingsForm *self)
{
  self->model = gtk_combo_box_text_new ();
  ui_combo_shrink (self->model);
  self->models = ui_icon_button (
      "applications-system-symbolic emblem-system-symbolic preferences-system-symbolic",
      _ ("Models: what is here, and bringing in more"));
  self->classes = ui_class_chooser_new (self->backend, self->store, self->task);
  if (self->task == UI_TASK_GENERATE) {
    make_generating (self);
  } else {
    make_upsampling (self);
  }
  self->more = ui_more_box_new (
      self->backend, self->task,
      self->character ? ui_character_number (UI_CHARACTER (self->character)) : NULL);
  gtk_expander_set_expanded (GTK_EXPANDER (self->more), ui_store_get_more (self->store));
  self->seed = ui_seed_box_new ();
  self->presets = ui_presets_new (self->backend, self->store, self->task);
  self->live = gtk_check_button_new_with_mnemonic (_ ("Li_ve"));
  gtk_widget_set_tooltip_text (self->live,
                               _ ("Run again with the same seed when a setting changes: a quick "
                                  "draft, then the full number of steps"));
  self->estimate = ui_dim_label (NULL);
  gtk_widget_set_tooltip_text (self->estimate,
                               _ ("As measured on this machine; shown once this model has run"));
  gtk_label_set_xalign (GTK_LABEL (self->estimate), 1.0F);
  gtk_label_set_width_chars (GTK_LABEL (self->estimate), 10);
}

void
ui_form_make_rows (UiSettingsForm *self)
{
  GtkWidget *number = ui_seed_box_number (UI_SEED_BOX (self->seed));
  GtkWidget *seed = self->seed;

  if (self->where) {
    attach (self, _ ("Where"), ui_where_row_part (UI_WHERE_ROW (self->where), "where"), self->where,
            TRUE);
  }
  attach (self, _ ("_Model"), self->model, row_of (self->model, self->models, NULL, self->model),
          FALSE);
  attach (self, _ ("Cl_ass"),
          ui_class_chooser_part (UI_CLASS_CHOOSER (self->classes), "class-entry"), self->classes,
          TRUE);
  if (self->task == UI_TASK_GENERATE) {
    attach (self, _ ("C_haracter"), ui_character_slider (UI_CHARACTER (self->character)),
            row_of (self->character, self->live, NULL, self->character), FALSE);
    seed
        = row_of (self->seed, ui_label_for (_ ("_Pictures"), self->count), self->count, self->seed);
  } else {
    attach (self, _ ("S_ize"), self->tiles, self->tiles, FALSE);
    attach (self, NULL, NULL, self->live, FALSE);
  }
  if (self->start) {
    self->start_label
        = attach (self, _ ("Start _from"), ui_start_row_part (UI_START_ROW (self->start), "start"),
                  self->start, TRUE);
  }
  if (self->texture) {
    self->texture_label = attach (
        self, _ ("Texture"), ui_texture_row_part (UI_TEXTURE_ROW (self->texture), "texture-size"),
        self->texture, FALSE);
  }
  attach (self, _ ("Se_ed"), number, seed, FALSE);
  attach (self, _ ("_Quality"), ui_presets_combo (UI_PRESETS (self->presets)),
          row_of (self->presets, self->estimate, NULL, self->presets), FALSE);
  gtk_grid_attach (GTK_GRID (self), self->more, 0, self->rows++, 2, 1);
  gtk_widget_set_size_request (GTK_WIDGET (self), WIDTH, -1);
  gtk_widget_show_all (GTK_WIDGET (self));
}
