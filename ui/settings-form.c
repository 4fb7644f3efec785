/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form. Its rows are laid out in form-rows.c; what a model cannot do is greyed with the reason
 * in update_reasons. */
#include "settings-form.h"

#include "class-chooser.h"
#include "fidelity.h"
#include "form-rows.h"
#include "i18n.h"
#include "presets.h"
#include "seed-box.h"
#include "widgets.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (UiSettingsForm, ui_settings_form, GTK_TYPE_GRID)

enum { CHANGED, LIVE_CHANGED, GENERATE, COMPARE, MODELS, N_SIGNALS };
static guint signals[N_SIGNALS];

const UiModel *
ui_settings_form_model (UiSettingsForm *self)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->model));

  return id ? ui_catalog_find (self->backend->catalog (self->backend->user), id) : NULL;
}

/* ---- what can act ---------------------------------------------------------------------------- */

/* Why the fidelity slider has no effect now, or NULL. */
static const char *
no_fidelity (UiSettingsForm *self, const UiModel *model)
{
  if (!model) {
    return _ ("There is no model");
  }
  if (!model->has_guidance) {
    return _ ("This model has no classifier, which fidelity needs; the model page (⚙) says which "
              "file it is");
  }
  return *ui_class_chooser_get (UI_CLASS_CHOOSER (self->classes))
             ? NULL
             : _ ("Fidelity steers towards a class: choose one first");
}

static gboolean
model_works (UiSettingsForm *self, const UiModel *model)
{
  return model && (self->upsample_only ? model->upsampled_size > 0 : model->can_generate);
}

static void
update_reasons (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);
  const char *why = self->upsample_only ? NULL : no_fidelity (self, model);
  gboolean works = model_works (self, model);
  g_autofree char *missing
      = model && model->missing
            ? g_strdup_printf (_ ("This model is not complete: %s"), model->missing)
            : g_strdup (model ? _ ("This model has no upsampler; choose another one or see the "
                                   "model page (⚙)")
                              : _ ("No model was found; the model page (⚙) says where to put one"));

  ui_set_available (self->generate, works,
                    self->upsample_only ? _ ("Upsample with these settings (Enter)")
                                        : _ ("Make pictures with these settings (Enter)"),
                    missing);
  ui_set_available (self->model, gtk_combo_box_get_active (GTK_COMBO_BOX (self->model)) >= 0, NULL,
                    missing);
  if (self->upsample_only) {
    return;
  }
  ui_fidelity_set_reason (UI_FIDELITY (self->fidelity), why);
  ui_set_available (self->compare, works && !why,
                    _ ("The same seed at five scales, side by side: 0, 1, 2, 5 and 10"),
                    why ? why : missing);
  ui_set_available (self->upsample, model && model->upsampled_size,
                    _ ("Enlarge each picture with the model's upsampler"), missing);

  g_autofree char *label = model && model->upsampled_size
                               ? g_strdup_printf (_ ("_Upsample to %d px"), model->upsampled_size)
                               : g_strdup (_ ("_Upsample"));

  gtk_button_set_label (GTK_BUTTON (self->upsample), label);
}

/* ---- reading and showing --------------------------------------------------------------------- */

UiSettings *
ui_settings_form_get (UiSettingsForm *self)
{
  UiSettings *settings = ui_settings_new ();

  ui_settings_set_model (settings, gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->model)));
  ui_settings_set_class (settings, ui_class_chooser_get (UI_CLASS_CHOOSER (self->classes)));
  ui_settings_set_sampler (settings, gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->sampler)));
  settings->steps = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->steps));
  settings->seed = ui_seed_box_get (UI_SEED_BOX (self->seed));
  if (self->upsample_only) {
    settings->scale = 0.0;
    settings->upsample = TRUE;
    settings->tiles = gtk_combo_box_get_active (GTK_COMBO_BOX (self->tiles)) == 1;
  } else {
    settings->scale = ui_fidelity_get (UI_FIDELITY (self->fidelity));
    settings->count = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->count));
    settings->upsample = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->upsample));
  }
  return settings;
}

UiSettings *
ui_settings_form_effective (UiSettingsForm *self)
{
  UiSettings *settings = ui_settings_form_get (self);
  const UiModel *model = ui_settings_form_model (self);

  if (!self->upsample_only) {
    if (no_fidelity (self, model)) {
      settings->scale = 0.0;
    }
    settings->upsample = settings->upsample && model && model->upsampled_size;
  }
  return settings;
}

static void
sync_presets (UiSettingsForm *self)
{
  g_autoptr (UiSettings) settings = ui_settings_form_get (self);

  ui_presets_sync (UI_PRESETS (self->presets), settings);
}

/* A network has been trained on so many steps, and takes no more. */
static void
update_range (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);
  int most = !model ? 0 : self->upsample_only ? model->most_upsample_steps : model->most_steps;

  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->steps), UI_STEPS_MIN,
                             most >= UI_STEPS_MIN ? MIN (most, UI_STEPS_MAX) : UI_STEPS_MAX);
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

char *
ui_settings_form_set (UiSettingsForm *self, const UiSettings *settings)
{
  const UiCatalog *catalog = self->backend->catalog (self->backend->user);
  g_autoptr (GString) left = g_string_new (NULL);

  self->silent = TRUE;
  if (ui_catalog_find (catalog, settings->model)) {
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->model), settings->model);
  } else if (*settings->model) {
    note (left, _ ("The model “%s” is not here."), settings->model);
  }
  ui_class_chooser_set_model (UI_CLASS_CHOOSER (self->classes), ui_settings_form_model (self));
  if (!ui_class_chooser_set (UI_CLASS_CHOOSER (self->classes), settings->class_name)
      && *settings->class_name) {
    note (left, _ ("The model has no class “%s”."), settings->class_name);
  }
  if (!gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->sampler), settings->sampler)) {
    note (left, _ ("There is no sampler “%s”."), settings->sampler);
  }
  update_range (self);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->steps), settings->steps);
  ui_seed_box_set (UI_SEED_BOX (self->seed), settings->seed);
  if (self->upsample_only) {
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->tiles), settings->tiles ? 1 : 0);
  } else {
    ui_fidelity_set (UI_FIDELITY (self->fidelity), settings->scale);
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->count), settings->count);
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->upsample), settings->upsample);
  }
  if (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->steps)) != settings->steps) {
    note (left,
          NN_ ("%d step is more than the model takes.", "%d steps are more than the model takes.",
               (gulong) settings->steps),
          settings->steps);
  }
  if (!self->upsample_only && settings->scale > UI_SCALE_MAX) {
    g_autofree char *asked = ui_settings_scale_text (settings->scale);
    g_autofree char *most = ui_settings_scale_text (UI_SCALE_MAX);

    note (left, _ ("Fidelity %s is more than the slider's %s."), asked, most);
  }
  self->silent = FALSE;
  update_reasons (self);
  sync_presets (self);
  return left->len ? g_strdup (left->str) : NULL;
}

void
ui_settings_form_reset (UiSettingsForm *self)
{
  const UiModel *model = ui_settings_form_model (self);
  g_autoptr (UiSettings) settings = ui_settings_form_get (self);
  g_autofree char *left = NULL;

  if (model) {
    settings->scale = model->default_scale;
    settings->steps = self->upsample_only ? model->upsample_steps : model->default_steps;
    ui_settings_set_sampler (settings, self->upsample_only ? model->upsample_sampler
                                                           : model->default_sampler);
    settings->count = 1;
    settings->upsample = FALSE;
    settings->tiles = FALSE;
    left = ui_settings_form_set (self, settings);
  }
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
  ui_class_chooser_set_model (UI_CLASS_CHOOSER (self->classes), ui_settings_form_model (self));
  update_range (self);
  self->silent = FALSE;
  update_reasons (self);
  sync_presets (self);
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

/* ---- what the artist does -------------------------------------------------------------------- */

static void
on_changed (UiSettingsForm *self)
{
  if (!self->silent) {
    update_reasons (self);
    sync_presets (self);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_model (UiSettingsForm *self)
{
  if (!self->silent) {
    g_autofree char *preset = g_strdup (ui_presets_current (UI_PRESETS (self->presets)));

    self->silent = TRUE;
    ui_class_chooser_set_model (UI_CLASS_CHOOSER (self->classes), ui_settings_form_model (self));
    update_range (self);
    self->silent = FALSE;
    sync_presets (self);
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

static void
on_generate (UiSettingsForm *self)
{
  take_typed (self);
  if (gtk_widget_get_sensitive (self->generate)) {
    g_signal_emit (self, signals[GENERATE], 0);
  }
}

static void
on_compare (UiSettingsForm *self)
{
  take_typed (self);
  g_signal_emit (self, signals[COMPARE], 0);
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
  const char *names[] = { "changed", "live-changed", "generate", "compare", "models" };

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
  g_signal_connect_swapped (self->model, "changed", G_CALLBACK (on_model), self);
  g_signal_connect_swapped (self->models, "clicked", G_CALLBACK (on_models), self);
  g_signal_connect_swapped (self->classes, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->classes, "activated", G_CALLBACK (on_generate), self);
  g_signal_connect_swapped (self->steps, "value-changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->sampler, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->seed, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->presets, "chosen", G_CALLBACK (on_preset), self);
  g_signal_connect_swapped (self->live, "toggled", G_CALLBACK (on_live), self);
  g_signal_connect_swapped (self->generate, "clicked", G_CALLBACK (on_generate), self);
  if (self->upsample_only) {
    g_signal_connect_swapped (self->tiles, "changed", G_CALLBACK (on_changed), self);
  } else {
    g_signal_connect_swapped (self->fidelity, "changed", G_CALLBACK (on_changed), self);
    g_signal_connect_swapped (self->compare, "clicked", G_CALLBACK (on_compare), self);
    g_signal_connect_swapped (self->count, "value-changed", G_CALLBACK (on_changed), self);
    g_signal_connect_swapped (self->upsample, "toggled", G_CALLBACK (on_changed), self);
  }
}

GtkWidget *
ui_settings_form_new (const UiBackend *backend, UiStore *store, gboolean upsample_only)
{
  UiSettingsForm *self = g_object_new (UI_TYPE_SETTINGS_FORM, NULL);

  self->backend = backend;
  self->store = store;
  self->upsample_only = upsample_only;
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

GtkWidget *
ui_settings_form_part (UiSettingsForm *self, const char *name)
{
  const struct {
    const char *name;
    GtkWidget *widget;
  } parts[] = {
    { "model", self->model },
    { "models", self->models },
    { "class-entry", ui_class_chooser_entry (UI_CLASS_CHOOSER (self->classes)) },
    { "class-list", ui_class_chooser_list (UI_CLASS_CHOOSER (self->classes)) },
    { "fidelity", self->fidelity ? ui_fidelity_slider (UI_FIDELITY (self->fidelity)) : NULL },
    { "live", self->live },
    { "compare", self->compare },
    { "steps", self->steps },
    { "sampler", self->sampler },
    { "seed", ui_seed_box_number (UI_SEED_BOX (self->seed)) },
    { "dice", ui_seed_box_dice (UI_SEED_BOX (self->seed)) },
    { "count", self->count },
    { "upsample", self->upsample },
    { "tiles", self->tiles },
    { "preset", ui_presets_combo (UI_PRESETS (self->presets)) },
    { "estimate", self->estimate },
    { "generate", self->generate },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (g_str_equal (parts[i].name, name)) {
      return parts[i].widget;
    }
  }
  return NULL;
}
