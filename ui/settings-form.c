/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form. Its rows are laid out in form-rows.c; what a model cannot do is greyed with the reason
 * in update_reasons. */
#include "settings-form.h"

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

#include <string.h>

G_DEFINE_FINAL_TYPE (UiSettingsForm, ui_settings_form, GTK_TYPE_GRID)

enum { CHANGED, TARGET_CHANGED, LIVE_CHANGED, ACTIVATED, MEND, MODELS, N_SIGNALS };
static guint signals[N_SIGNALS];

const UiModel *
ui_settings_form_model (UiSettingsForm *self)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->model));

  return id ? ui_catalog_find (self->backend->catalog (self->backend->user), id) : NULL;
}

const UiTarget *
ui_settings_form_target (UiSettingsForm *self)
{
  return self->where ? ui_where_row_target (UI_WHERE_ROW (self->where)) : NULL;
}

gboolean
ui_form_on_map (UiSettingsForm *self)
{
  const UiTarget *target = ui_settings_form_target (self);

  return target && target->where == UI_WHERE_MAP;
}

/* Whether something lies under the target, and round it. */
gboolean
ui_form_surrounded (UiSettingsForm *self)
{
  const UiTarget *target = ui_settings_form_target (self);

  return target && target->where != UI_WHERE_NEW_IMAGE;
}

/* ---- what can act ---------------------------------------------------------------------------- */

const char *
ui_settings_form_no_scale (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);

  if (!model) {
    return _ ("There is no model");
  }
  if (!model->has_guidance && !model->has_free_guidance) {
    return _ ("This model has no classifier, which the character needs; the model page (⚙) says "
              "which file it is");
  }
  return ui_form_on_map (self) || *ui_class_chooser_get (UI_CLASS_CHOOSER (self->classes))
             ? NULL
             : _ ("The character steers towards a class: choose one first");
}

static gboolean
model_works (UiSettingsForm *self, const UiModel *model)
{
  return model
         && (self->task == UI_TASK_UPSAMPLE ? model->upsampled_size > 0 : model->can_generate);
}

char *
ui_settings_form_why_not (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);

  if (model_works (self, model)) {
    return NULL;
  }
  return model && model->missing
             ? g_strdup_printf (_ ("This model is not complete: %s"), model->missing)
             : g_strdup (model
                             ? _ ("This model has no upsampler; choose another one or see the "
                                  "model page (⚙)")
                             : _ ("No model was found; the model page (⚙) says where to put one"));
}

static void
show_texture (UiSettingsForm *self, gboolean there)
{
  gtk_widget_set_visible (self->texture, there);
  gtk_widget_set_visible (self->texture_label, there);
}

void
ui_form_update_reasons (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);
  g_autofree char *why_not = ui_settings_form_why_not (self);

  ui_set_available (self->model, gtk_combo_box_get_active (GTK_COMBO_BOX (self->model)) >= 0, NULL,
                    why_not);
  if (self->character) {
    ui_character_set_reason (UI_CHARACTER (self->character), ui_settings_form_no_scale (self));
  }
  if (self->start) {
    ui_start_row_set_there (UI_START_ROW (self->start), ui_form_surrounded (self),
                            self->has_picture);
  }
  if (self->texture) {
    show_texture (self, model && model->is_texture);
    ui_texture_row_set_surrounded (UI_TEXTURE_ROW (self->texture), ui_form_surrounded (self));
  }
  ui_class_chooser_set_map (UI_CLASS_CHOOSER (self->classes),
                            ui_form_on_map (self) && self->backend->legend);
}

void
ui_settings_form_update_models (UiSettingsForm *self)
{
  const UiCatalog *catalog = self->backend->catalog (self->backend->user);
  g_autofree char *id = g_strdup (gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->model)));

  self->silent = TRUE;
  gtk_combo_box_text_remove_all (GTK_COMBO_BOX_TEXT (self->model));
  for (gsize i = 0; i < catalog->n_models; i++) {
    const UiModel *model = &catalog->models[i];
    g_autofree char *name = model_works (self, model)
                                ? g_strdup (model->name)
                                : g_strdup_printf (_ ("%s (not complete)"), model->name);

    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->model), model->id, name);
  }
  if (!id || !gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->model), id)) {
    gsize first = 0;

    while (first < catalog->n_models && !model_works (self, &catalog->models[first])) {
      first++;
    }
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->model), first < catalog->n_models ? (int) first
                                                           : catalog->n_models       ? 0
                                                                                     : -1);
  }
  ui_form_show_model (self);
  ui_form_show_own_size (self);
  self->silent = FALSE;
  ui_form_update_reasons (self);
  ui_form_sync_presets (self);
}

void
ui_settings_form_update_classes (UiSettingsForm *self)
{
  ui_class_chooser_refresh (UI_CLASS_CHOOSER (self->classes));
}

void
ui_settings_form_set_estimate (UiSettingsForm *self, double seconds)
{
  g_autofree char *text = ui_duration_text (seconds);

  gtk_label_set_text (GTK_LABEL (self->estimate), text);
}

void
ui_settings_form_update_targets (UiSettingsForm *self)
{
  if (self->where) {
    ui_where_row_update (UI_WHERE_ROW (self->where));
    ui_form_update_reasons (self);
  }
}

void
ui_settings_form_choose_where (UiSettingsForm *self, UiWhere where)
{
  if (self->where) {
    ui_where_row_choose (UI_WHERE_ROW (self->where), where);
    ui_form_update_reasons (self);
  }
}

void
ui_settings_form_set_picture (UiSettingsForm *self, gboolean there)
{
  self->has_picture = there;
  if (self->start) {
    ui_start_row_set_there (UI_START_ROW (self->start), ui_form_surrounded (self), there);
  }
}

void
ui_settings_form_event (UiSettingsForm *self, const UiEvent *event)
{
  ui_class_chooser_event (UI_CLASS_CHOOSER (self->classes), event);
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
on_changed (UiSettingsForm *self)
{
  if (!self->silent) {
    ui_form_update_reasons (self);
    ui_form_sync_presets (self);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_more (UiSettingsForm *self)
{
  if (!self->silent) {
    self->silent = TRUE;
    ui_form_show_own_size (self);
    self->silent = FALSE;
    on_changed (self);
  }
}

static void
on_where (UiSettingsForm *self)
{
  if (!self->silent) {
    ui_form_update_reasons (self);
    ui_form_sync_presets (self);
    g_signal_emit (self, signals[TARGET_CHANGED], 0);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_model (UiSettingsForm *self)
{
  if (!self->silent) {
    g_autofree char *preset = g_strdup (ui_presets_current (UI_PRESETS (self->presets)));

    self->silent = TRUE;
    ui_form_show_model (self);
    ui_form_show_own_size (self);
    self->silent = FALSE;
    ui_form_sync_presets (self);
    /* a preset means something else for each model */
    if (!ui_presets_choose (UI_PRESETS (self->presets), preset)) {
      on_changed (self);
    }
  }
}

static void
on_preset (UiSettingsForm *self, UiSettings *settings)
{
  g_autofree char *left = ui_settings_form_set (self, settings);

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_live (UiSettingsForm *self)
{
  g_signal_emit (self, signals[LIVE_CHANGED], 0);
}

static void
on_folded (UiSettingsForm *self)
{
  ui_store_set_more (self->store, gtk_expander_get_expanded (GTK_EXPANDER (self->more)));
}

/* A mnemonic leaves the focus where it is, so a number that is being typed counts from here on. */
static void
take_typed (UiSettingsForm *self)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));
  GtkWidget *focus = GTK_IS_WINDOW (top) ? gtk_window_get_focus (GTK_WINDOW (top)) : NULL;

  if (focus && GTK_IS_SPIN_BUTTON (focus)) {
    gtk_spin_button_update (GTK_SPIN_BUTTON (focus));
  }
}

gboolean
ui_settings_form_take (UiSettingsForm *self)
{
  take_typed (self);
  return model_works (self, ui_settings_form_model (self))
         && ui_class_chooser_take (UI_CLASS_CHOOSER (self->classes));
}

static void
on_activated (UiSettingsForm *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
on_mend (UiSettingsForm *self)
{
  g_signal_emit (self, signals[MEND], 0);
}

static void
on_models (UiSettingsForm *self)
{
  g_signal_emit (self, signals[MODELS], 0);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_settings_form_class_init (UiSettingsFormClass *klass G_GNUC_UNUSED)
{
  const char *names[]
      = { "changed", "target-changed", "live-changed", "activated", "mend", "models" };

  for (guint i = 0; i < N_SIGNALS; i++) {
    signals[i] = g_signal_new (names[i], UI_TYPE_SETTINGS_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  }
}

static void
ui_settings_form_init (UiSettingsForm *self)
{
  gtk_grid_set_row_spacing (GTK_GRID (self), 8);
  gtk_grid_set_column_spacing (GTK_GRID (self), 12);
}

static void
connect_parts (UiSettingsForm *self)
{
  const struct {
    GtkWidget *widget;
    const char *signal;
    GCallback func;
  } links[] = {
    { self->where, "changed", G_CALLBACK (on_where) },
    { self->model, "changed", G_CALLBACK (on_model) },
    { self->models, "clicked", G_CALLBACK (on_models) },
    { self->classes, "changed", G_CALLBACK (on_changed) },
    { self->classes, "activated", G_CALLBACK (on_activated) },
    { self->character, "changed", G_CALLBACK (on_changed) },
    { self->live, "toggled", G_CALLBACK (on_live) },
    { self->start, "changed", G_CALLBACK (on_changed) },
    { self->start, "mend", G_CALLBACK (on_mend) },
    { self->texture, "changed", G_CALLBACK (on_changed) },
    { self->seed, "changed", G_CALLBACK (on_changed) },
    { self->count, "value-changed", G_CALLBACK (on_changed) },
    { self->tiles, "changed", G_CALLBACK (on_changed) },
    { self->presets, "chosen", G_CALLBACK (on_preset) },
    { self->more, "changed", G_CALLBACK (on_more) },
    { self->more, "folded", G_CALLBACK (on_folded) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++) {
    if (links[i].widget) {
      g_signal_connect_swapped (links[i].widget, links[i].signal, links[i].func, self);
    }
  }
}

GtkWidget *
ui_settings_form_new (const UiBackend *backend, UiStore *store, UiTask task)
{
  UiSettingsForm *self = g_object_new (UI_TYPE_SETTINGS_FORM, NULL);

  self->backend = backend;
  self->store = store;
  self->task = task;
  ui_form_make_parts (self);
  ui_form_make_rows (self);
  connect_parts (self);
  ui_settings_form_update_models (self);
  ui_settings_form_reset (self);
  return GTK_WIDGET (self);
}

/* ---- small doors ----------------------------------------------------------------------------- */

gboolean
ui_settings_form_get_locked (UiSettingsForm *self)
{
  return ui_seed_box_get_locked (UI_SEED_BOX (self->seed));
}

void
ui_settings_form_set_locked (UiSettingsForm *self, gboolean locked)
{
  ui_seed_box_set_locked (UI_SEED_BOX (self->seed), locked);
}

void
ui_settings_form_next_seed (UiSettingsForm *self)
{
  ui_seed_box_next (UI_SEED_BOX (self->seed));
}

void
ui_settings_form_show_seed (UiSettingsForm *self)
{
  ui_seed_box_show_used (UI_SEED_BOX (self->seed));
}

gboolean
ui_settings_form_get_live (UiSettingsForm *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->live));
}

void
ui_settings_form_set_live (UiSettingsForm *self, gboolean live)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->live), live);
}

/* A part of one of the rows, or NULL. */
static GtkWidget *
row_part (UiSettingsForm *self, const char *name)
{
  GtkWidget *part = ui_class_chooser_part (UI_CLASS_CHOOSER (self->classes), name);

  part = part ? part : ui_more_box_part (UI_MORE_BOX (self->more), name);
  part = !part && self->where ? ui_where_row_part (UI_WHERE_ROW (self->where), name) : part;
  part = !part && self->start ? ui_start_row_part (UI_START_ROW (self->start), name) : part;
  return !part && self->texture ? ui_texture_row_part (UI_TEXTURE_ROW (self->texture), name) : part;
}

GtkWidget *
ui_settings_form_part (UiSettingsForm *self, const char *name)
{
  const struct {
    const char *name;
    GtkWidget *widget;
  } parts[] = {
    { "model", self->model },
    { "models", self->models },
    { "character", self->character ? ui_character_slider (UI_CHARACTER (self->character)) : NULL },
    { "scale", self->character ? ui_character_number (UI_CHARACTER (self->character)) : NULL },
    { "live", self->live },
    { "seed", ui_seed_box_number (UI_SEED_BOX (self->seed)) },
    { "dice", ui_seed_box_dice (UI_SEED_BOX (self->seed)) },
    { "count", self->count },
    { "tiles", self->tiles },
    { "preset", ui_presets_combo (UI_PRESETS (self->presets)) },
    { "estimate", self->estimate },
    { "more", self->more },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (g_str_equal (parts[i].name, name)) {
      return parts[i].widget;
    }
  }
  return row_part (self, name);
}
