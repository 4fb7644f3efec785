/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form's values: settings out of its rows and into them. */
#include "character.h"
#include "class-chooser.h"
#include "form-rows.h"
#include "i18n.h"
#include "more-box.h"
#include "presets.h"
#include "seed-box.h"
#include "start-row.h"
#include "texture-row.h"
#include "where-row.h"
#include "widgets.h"

UiSettings *
ui_settings_form_get (UiSettingsForm *self)
{
  UiSettings *settings = ui_settings_new ();

  settings->task = self->task;
  ui_settings_set_model (settings, gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->model)));
  ui_settings_set_class (settings, ui_class_chooser_get (UI_CLASS_CHOOSER (self->classes)));
  ui_more_box_get (UI_MORE_BOX (self->more), settings);
  settings->seed = ui_seed_box_get (UI_SEED_BOX (self->seed));
  if (self->task == UI_TASK_UPSAMPLE) {
    settings->scale = 0.0;
    settings->upsample = TRUE;
    settings->tiles = gtk_combo_box_get_active (GTK_COMBO_BOX (self->tiles)) == 1;
    return settings;
  }
  ui_class_chooser_get_second (UI_CLASS_CHOOSER (self->classes), settings);
  settings->scale = ui_character_get (UI_CHARACTER (self->character));
  settings->count = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->count));
  if (self->where) {
    ui_where_row_get (UI_WHERE_ROW (self->where), settings);
  }
  if (self->start) {
    ui_start_row_get (UI_START_ROW (self->start), settings);
  }
  if (self->texture) {
    ui_texture_row_get (UI_TEXTURE_ROW (self->texture), settings);
  }
  return settings;
}

UiSettings *
ui_settings_form_effective (UiSettingsForm *self)
{
  UiSettings *settings = ui_settings_form_get (self);
  const UiModel *model = ui_settings_form_model (self);
  const UiTarget *target = ui_settings_form_target (self);

  if (self->task == UI_TASK_UPSAMPLE) {
    return settings;
  }
  if (ui_settings_form_no_scale (self)) {
    settings->scale = 0.0;
  }
  settings->upsample = settings->upsample && model && model->upsampled_size;
  settings->where = target ? target->where : UI_WHERE_NEW_IMAGE;
  if (settings->natural_size) {
    settings->width = settings->height = 0;
  }
  if (ui_form_on_map (self)) {
    ui_settings_set_class (settings, "");
    ui_settings_set_second_class (settings, "");
  }
  if (!*settings->class_name) {
    ui_settings_set_second_class (settings, ""); /* there is nothing to blend with */
  }
  if (!model || !model->is_texture) {
    settings->texture_size = 1.0;
    settings->seamless_x = settings->seamless_y = settings->match_edges = FALSE;
  }
  settings->match_edges
      = settings->match_edges && ui_form_surrounded (self) && !settings->natural_size;
  return settings;
}

void
ui_form_sync_presets (UiSettingsForm *self)
{
  g_autoptr (UiSettings) settings = ui_settings_form_get (self);

  ui_presets_sync (UI_PRESETS (self->presets), settings);
}

/* What each of the two ways makes of the part at hand, in figures. */
static void
show_sizes (UiSettingsForm *self, const UiModel *model)
{
  int w = self->backend->region_width, h = self->backend->region_height;
  int side = model ? model->upsample_input : 0, longest = MAX (w, h);
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (self->tiles);
  int active = gtk_combo_box_get_active (GTK_COMBO_BOX (combo));
  gboolean silent = self->silent;

  if (w <= 0 || side <= 0) {
    return;
  }
  int factor = MAX (1, model->upsampled_size / side);
  /* a part narrower than a tile is enlarged until it is as wide */
  double grow = MAX (1.0, (double) side / MIN (w, h));
  /* one larger than the network's output is reduced by its factor alone, and comes back as large */
  gboolean large = longest > model->upsampled_size;
  int fit_w = large ? (w + factor - 1) / factor : side,
      fit_h = large ? (h + factor - 1) / factor : side;
  g_autofree char *fit
      = longest > side
            ? g_strdup_printf (_ ("Fit: reduces %d × %d to %d × %d first"), w, h, fit_w, fit_h)
            : g_strdup (_ ("Fit: the whole part at once"));
  g_autofree char *tiles = g_strdup_printf (_ ("Tiles: %d × %d, piece by piece"),
                                            factor * MAX (side, (int) (w * grow + 0.5)),
                                            factor * MAX (side, (int) (h * grow + 0.5)));

  self->silent = TRUE;
  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append_text (combo, fit);
  gtk_combo_box_text_append_text (combo, tiles);
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), active);
  self->silent = silent;
}

/* What depends on the model alone. */
void
ui_form_show_model (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);

  ui_class_chooser_set_model (UI_CLASS_CHOOSER (self->classes), model);
  ui_more_box_set_model (UI_MORE_BOX (self->more), model);
  if (self->tiles) {
    show_sizes (self, model);
  }
}

/* And the size that its pictures have. */
void
ui_form_show_own_size (UiSettingsForm *self)
{
  GtkWidget *upsample = ui_more_box_part (UI_MORE_BOX (self->more), "upsample");

  if (self->where) {
    ui_where_row_set_model (UI_WHERE_ROW (self->where), ui_settings_form_model (self),
                            gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (upsample)));
  }
}

/* Adds a sentence to what the artist is told. */
static void G_GNUC_PRINTF (2, 3) note (GString *text, const char *format, ...)
{
  va_list arguments;

  if (text->len) {
    g_string_append_c (text, ' ');
  }
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

static gboolean
knows_sampler (UiSettingsForm *self, const char *id)
{
  for (gsize i = 0; i < self->backend->n_samplers; i++) {
    if (g_str_equal (self->backend->samplers[i].id, id)) {
      return TRUE;
    }
  }
  return FALSE;
}

/* The rows of UI_TASK_GENERATE. */
static void
set_generating (UiSettingsForm *self, const UiSettings *settings)
{
  ui_class_chooser_set_second (UI_CLASS_CHOOSER (self->classes), settings);
  ui_character_set (UI_CHARACTER (self->character), settings->scale);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->count), settings->count);
  ui_form_show_own_size (self);
  if (self->where) {
    ui_where_row_set (UI_WHERE_ROW (self->where), settings);
  }
  if (self->start) {
    ui_start_row_set (UI_START_ROW (self->start), settings);
  }
  if (self->texture) {
    ui_texture_row_set (UI_TEXTURE_ROW (self->texture), settings);
  }
}

/* What of SETTINGS is not here, as sentences. */
static void
note_left (UiSettingsForm *self, const UiSettings *settings, GString *left)
{
  GtkWidget *steps = ui_more_box_part (UI_MORE_BOX (self->more), "steps");

  if (!knows_sampler (self, settings->sampler)) {
    note (left, _ ("There is no sampler “%s”."), settings->sampler);
  }
  if (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (steps)) != settings->steps) {
    note (left,
          NN_ ("%d step is more than the model takes.", "%d steps are more than the model takes.",
               (gulong) settings->steps),
          settings->steps);
  }
  if (self->character && settings->scale > UI_SCALE_MAX) {
    g_autofree char *asked = ui_settings_scale_text (settings->scale);
    g_autofree char *most = ui_settings_scale_text (UI_SCALE_MAX);

    note (left, _ ("Gradient scale %s is more than the slider's %s."), asked, most);
  }
}

char *
ui_settings_form_set (UiSettingsForm *self, const UiSettings *settings)
{
  const UiCatalog *catalog = self->backend->catalog (self->backend->user);
  g_autoptr (GString) left = g_string_new (NULL);
  g_autoptr (UiSettings) known = ui_settings_copy (settings);

  self->silent = TRUE;
  if (ui_catalog_find (catalog, settings->model)) {
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->model), settings->model);
  } else if (*settings->model) {
    note (left, _ ("The model “%s” is not here."), settings->model);
  }
  ui_form_show_model (self);
  if (!ui_class_chooser_set (UI_CLASS_CHOOSER (self->classes), settings->class_name)
      && *settings->class_name) {
    note (left, _ ("The model has no class “%s”."), settings->class_name);
  }
  if (!knows_sampler (self, settings->sampler)) {
    GtkWidget *sampler = ui_more_box_part (UI_MORE_BOX (self->more), "sampler");

    ui_settings_set_sampler (known, gtk_combo_box_get_active_id (GTK_COMBO_BOX (sampler)));
  }
  ui_more_box_set (UI_MORE_BOX (self->more), known);
  ui_seed_box_set (UI_SEED_BOX (self->seed), settings->seed);
  if (self->task == UI_TASK_UPSAMPLE) {
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->tiles), settings->tiles ? 1 : 0);
  } else {
    set_generating (self, settings);
  }
  note_left (self, settings, left);
  self->silent = FALSE;
  ui_form_update_reasons (self);
  ui_form_sync_presets (self);
  return left->len ? g_strdup (left->str) : NULL;
}

/* What a model recommends; the class, the seed and where are not of that. */
void
ui_settings_form_reset (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);
  g_autoptr (UiSettings) now = ui_settings_form_get (self);
  g_autoptr (UiSettings) settings = ui_settings_new ();
  g_autofree char *left = NULL;
  gboolean upsampling = self->task == UI_TASK_UPSAMPLE;

  if (model) {
    settings->task = self->task;
    ui_settings_set_model (settings, model->id);
    ui_settings_set_class (settings, now->class_name);
    ui_settings_set_sampler (settings,
                             upsampling ? model->upsample_sampler : model->default_sampler);
    settings->scale = model->default_scale;
    settings->steps = upsampling ? model->upsample_steps : model->default_steps;
    settings->seed = now->seed;
    settings->where = now->where;
    settings->width = now->width;
    settings->height = now->height;
    left = ui_settings_form_set (self, settings);
  }
}
