/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Presets. Those that come with the window follow the model: Balanced is what its description
 * recommends. */
#include "presets.h"

#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

#include <string.h>

#define CUSTOM "custom"
#define OWN "own "

enum { DRAFT_STEPS = 10, BEST_FACTOR = 4 };

struct _UiPresets {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiStore *store;
  UiTask task;
  UiSettings *now;
  GtkWidget *combo, *save, *popover, *name, *confirm, *remove;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiPresets, ui_presets, GTK_TYPE_BOX)

static guint chosen_signal;

static const char *const built_in[] = { "draft", "balanced", "best" };

/* SETTINGS as preset ID would have them; FALSE when there is no such preset. */
static gboolean
apply (UiPresets *self, const char *id, UiSettings *settings)
{
  const UiModel *model
      = ui_catalog_find (self->backend->catalog (self->backend->user), settings->model);

  if (g_str_has_prefix (id, OWN)) {
    gboolean found = ui_store_get_preset (self->store, id + strlen (OWN), settings);

    settings->upsample = settings->upsample && model && model->upsampled_size;
    return found;
  }
  if (!model
      || !g_strv_contains ((const char *const[]) { "draft", "balanced", "best", NULL }, id)) {
    return FALSE;
  }

  int steps = self->task == UI_TASK_UPSAMPLE ? model->upsample_steps : model->default_steps;

  ui_settings_set_sampler (settings, self->task == UI_TASK_UPSAMPLE ? model->upsample_sampler
                                                                    : model->default_sampler);
  settings->steps = steps;
  if (g_str_equal (id, "draft")) {
    settings->steps = MIN (DRAFT_STEPS, steps);
    settings->upsample = self->task == UI_TASK_UPSAMPLE;
  } else if (g_str_equal (id, "best")) {
    settings->steps = MIN (BEST_FACTOR * steps, UI_STEPS_MAX);
    settings->upsample = model->upsampled_size > 0;
  }
  return TRUE;
}

static const char *
fitting (UiPresets *self, GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++) {
    g_autoptr (UiSettings) settings = ui_settings_copy (self->now);

    if (apply (self, ids->pdata[i], settings) && ui_settings_equal (settings, self->now)) {
      return ids->pdata[i];
    }
  }
  return CUSTOM;
}

static GPtrArray *
all_ids (UiPresets *self)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) own = ui_store_presets (self->store);

  for (char **name = own; *name; name++) {
    g_ptr_array_add (ids, g_strconcat (OWN, *name, NULL));
  }
  /* Balanced before its neighbours: they may coincide when a model recommends few steps. */
  for (guint i = 0; i < G_N_ELEMENTS (built_in); i++) {
    g_ptr_array_add (ids, g_strdup (built_in[(i + 1) % G_N_ELEMENTS (built_in)]));
  }
  return ids;
}

static void
show_current (UiPresets *self)
{
  g_autoptr (GPtrArray) ids = all_ids (self);
  const char *before = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->combo));
  g_autofree char *kept = g_strdup (before);
  g_autoptr (UiSettings) same = ui_settings_copy (self->now);
  gboolean still = kept && !g_str_equal (kept, CUSTOM) && apply (self, kept, same)
                   && ui_settings_equal (same, self->now);

  self->silent = TRUE;
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->combo), still ? kept : fitting (self, ids));
  self->silent = FALSE;
}

static void
fill (UiPresets *self)
{
  g_auto (GStrv) own = ui_store_presets (self->store);
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (self->combo);

  self->silent = TRUE;
  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append (combo, built_in[0], C_ ("preset", "Draft"));
  gtk_combo_box_text_append (combo, built_in[1], C_ ("preset", "Balanced"));
  gtk_combo_box_text_append (combo, built_in[2], C_ ("preset", "Best"));
  for (char **name = own; *name; name++) {
    g_autofree char *id = g_strconcat (OWN, *name, NULL);

    gtk_combo_box_text_append (combo, id, *name);
  }
  gtk_combo_box_text_append (combo, CUSTOM, C_ ("preset", "Custom"));
  self->silent = FALSE;
  show_current (self);
}

gboolean
ui_presets_choose (UiPresets *self, const char *id)
{
  g_autoptr (UiSettings) settings = ui_settings_copy (self->now);

  if (!apply (self, id, settings)) {
    return FALSE;
  }
  self->silent = TRUE;
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->combo), id);
  self->silent = FALSE;
  g_signal_emit (self, chosen_signal, 0, settings);
  return TRUE;
}

static void
on_combo (UiPresets *self)
{
  g_autofree char *id = g_strdup (gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->combo)));

  if (!self->silent && id && !ui_presets_choose (self, id)) {
    show_current (self); /* "Custom" is a state, not a choice */
  }
}

/* ---- saving ---------------------------------------------------------------------------------- */

static void
on_name (UiPresets *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->name))));
  g_autofree char *id = g_strconcat (OWN, name, NULL);
  g_autoptr (UiSettings) unused = ui_settings_copy (self->now);

  ui_set_available (self->confirm, *name, NULL, _ ("Type a name first"));
  ui_set_available (self->remove, *name && apply (self, id, unused),
                    _ ("Forget the preset of this name"), _ ("No preset of yours has this name"));
}

static void
on_save_clicked (UiPresets *self)
{
  const char *id = ui_presets_current (self);

  gtk_entry_set_text (GTK_ENTRY (self->name), g_str_has_prefix (id, OWN) ? id + strlen (OWN) : "");
  on_name (self);
  gtk_popover_popup (GTK_POPOVER (self->popover));
  gtk_widget_grab_focus (self->name);
}

void
ui_presets_save (UiPresets *self, const char *name)
{
  g_autofree char *id = g_strconcat (OWN, name, NULL);

  ui_store_set_preset (self->store, name, self->now);
  fill (self);
  self->silent = TRUE;
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->combo), id);
  self->silent = FALSE;
}

static void
on_confirm (UiPresets *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->name))));

  if (*name) {
    ui_presets_save (self, name);
    gtk_popover_popdown (GTK_POPOVER (self->popover));
  }
}

static void
on_remove (UiPresets *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (self->name))));

  ui_store_remove_preset (self->store, name);
  fill (self);
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
make_popover (UiPresets *self)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *label;

  self->popover = gtk_popover_new (self->save);
  self->name = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->name), 60);
  label = ui_label_for (_ ("Name"), self->name);
  self->confirm = ui_button (_ ("Save"), NULL);
  self->remove = ui_button (_ ("Forget"), NULL);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->confirm),
                               GTK_STYLE_CLASS_SUGGESTED_ACTION);
  g_signal_connect_swapped (self->name, "changed", G_CALLBACK (on_name), self);
  g_signal_connect_swapped (self->name, "activate", G_CALLBACK (on_confirm), self);
  g_signal_connect_swapped (self->confirm, "clicked", G_CALLBACK (on_confirm), self);
  g_signal_connect_swapped (self->remove, "clicked", G_CALLBACK (on_remove), self);

  gtk_container_set_border_width (GTK_CONTAINER (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_attach (GTK_GRID (grid), label, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), self->name, 1, 0, 2, 1);
  gtk_grid_attach (GTK_GRID (grid), self->remove, 1, 1, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), self->confirm, 2, 1, 1, 1);
  gtk_widget_show_all (grid);
  gtk_container_add (GTK_CONTAINER (self->popover), grid);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_presets_finalize (GObject *object)
{
  ui_settings_free (UI_PRESETS (object)->now);
  G_OBJECT_CLASS (ui_presets_parent_class)->finalize (object);
}

static void
ui_presets_class_init (UiPresetsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_presets_finalize;
  chosen_signal = g_signal_new ("chosen", UI_TYPE_PRESETS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ui_presets_init (UiPresets *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->now = ui_settings_new ();
  self->combo = gtk_combo_box_text_new ();
  ui_combo_shrink (self->combo);
  gtk_widget_set_tooltip_text (
      self->combo,
      _ ("Ready-made steps, sampler and upsampling; your own also keep fidelity and number"));
  gtk_widget_set_hexpand (self->combo, TRUE);
  g_signal_connect_swapped (self->combo, "changed", G_CALLBACK (on_combo), self);
  self->save = ui_icon_button ("document-save-symbolic", _ ("Save these settings as a preset"));
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save_clicked), self);
  make_popover (self);
  gtk_container_add (GTK_CONTAINER (self), self->combo);
  gtk_container_add (GTK_CONTAINER (self), self->save);
  gtk_widget_show_all (GTK_WIDGET (self));
  ui_help_set (GTK_WIDGET (self), UI_HELP_SETTINGS);
}

GtkWidget *
ui_presets_new (const UiBackend *backend, UiStore *store, UiTask task)
{
  UiPresets *self = g_object_new (UI_TYPE_PRESETS, NULL);

  self->backend = backend;
  self->store = store;
  self->task = task;
  fill (self);
  return GTK_WIDGET (self);
}

void
ui_presets_sync (UiPresets *self, const UiSettings *settings)
{
  ui_settings_assign (self->now, settings);
  show_current (self);
}

const char *
ui_presets_current (UiPresets *self)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->combo));

  return id ? id : CUSTOM;
}

GtkWidget *
ui_presets_combo (UiPresets *self)
{
  return self->combo;
}
