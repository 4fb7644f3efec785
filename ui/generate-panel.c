/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole window as one container: its parts, and what the artist does with them. What it is told
 * stands in panel-news.c. */
#include "panel-private.h"

#include "action-row.h"
#include "drop.h"
#include "i18n.h"
#include "message-bar.h"
#include "model-page.h"
#include "picture-pane.h"
#include "settings-form.h"
#include "widgets.h"

G_DEFINE_FINAL_TYPE (UiGeneratePanel, ui_generate_panel, GTK_TYPE_BOX)

static const char *
window_name (UiGeneratePanel *self)
{
  return self->mode == UI_PANEL_UPSAMPLE ? "upsample" : "generate";
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
remember (UiGeneratePanel *self)
{
  g_autoptr (UiSettings) settings = ui_settings_form_get (UI_SETTINGS_FORM (self->form));

  ui_store_set_last (self->store, window_name (self), settings,
                     ui_settings_form_get_locked (UI_SETTINGS_FORM (self->form)),
                     ui_settings_form_get_live (UI_SETTINGS_FORM (self->form)));
}

/* Before any run: the settings as they can act. The run reads the weights it needs. */
static UiSettings *
prepare (UiGeneratePanel *self)
{
  UiSettings *settings = ui_settings_form_effective (UI_SETTINGS_FORM (self->form));

  ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  ui_picture_pane_follow (UI_PICTURE_PANE (self->pane));
  ui_panel_update_add (self);
  g_free (self->warmed);
  self->warmed = g_strdup (settings->model);
  return settings;
}

static void
note_class (UiGeneratePanel *self, const UiSettings *settings)
{
  if (*settings->class_name) {
    ui_store_add_recent (self->store, settings->model, settings->class_name);
    ui_settings_form_update_classes (UI_SETTINGS_FORM (self->form));
  }
}

static void
on_generate (UiGeneratePanel *self)
{
  ui_settings_form_next_seed (UI_SETTINGS_FORM (self->form));

  g_autoptr (UiSettings) settings = prepare (self);

  note_class (self, settings);
  remember (self);
  ui_runner_generate (self->runner, settings);
}

static void
on_compare (UiGeneratePanel *self)
{
  g_autoptr (UiSettings) settings = prepare (self);

  note_class (self, settings);
  ui_runner_compare (self->runner, settings);
}

static void
run_live (UiGeneratePanel *self)
{
  const UiResult *shown = ui_history_selected (self->history);
  const UiModel *model = ui_settings_form_model (UI_SETTINGS_FORM (self->form));
  g_autoptr (UiSettings) settings = NULL;

  if (!ui_settings_form_get_live (UI_SETTINGS_FORM (self->form))
      || !ui_panel_model_works (self, model)) {
    return;
  }
  settings = ui_settings_form_effective (UI_SETTINGS_FORM (self->form));
  if (shown && !ui_runner_is_running (self->runner)
      && ui_settings_same_picture (shown->settings, settings)) {
    return; /* another number of pictures makes no other picture */
  }
  ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  ui_picture_pane_follow (UI_PICTURE_PANE (self->pane));
  ui_panel_update_add (self);
  ui_runner_live (self->runner, settings);
}

static void
on_changed (UiGeneratePanel *self)
{
  ui_panel_update_estimate (self);
  ui_panel_warm (self);
  run_live (self);
}

static void
on_stop (UiGeneratePanel *self)
{
  ui_picture_pane_set_caption (UI_PICTURE_PANE (self->pane), _ ("Stopped"));
  ui_announce (self->pane, _ ("Stopped"), FALSE);
  ui_runner_stop (self->runner);
}

/* A thumbnail was chosen: large, and all its settings back; how many pictures to make is not of the
 * picture. */
static void
on_chosen (UiGeneratePanel *self)
{
  const UiResult *result = ui_history_selected (self->history);
  g_autoptr (UiSettings) now = ui_settings_form_get (UI_SETTINGS_FORM (self->form));
  g_autoptr (UiSettings) settings = ui_settings_copy (result->settings);
  g_autofree char *left = NULL;

  settings->count = now->count;
  left = ui_settings_form_set (UI_SETTINGS_FORM (self->form), settings);
  ui_picture_pane_show_chosen (UI_PICTURE_PANE (self->pane));
  ui_panel_update_add (self);
  ui_panel_update_estimate (self);
  if (left) {
    ui_panel_say (self, GTK_MESSAGE_INFO, left);
  }
}

static void
add_layers (UiGeneratePanel *self, gboolean new_image)
{
  g_autoptr (GPtrArray) ticked = ui_history_ticked (self->history);
  const UiResult *shown = ui_history_selected (self->history);
  const UiResult *const *results = ticked->len ? (const UiResult *const *) ticked->pdata : &shown;
  gsize n = ticked->len ? ticked->len : 1;
  gboolean offer = FALSE;
  g_autofree char *message = NULL;

  if (!ticked->len && !shown) {
    return;
  }
  message = self->backend->add_layers (results, n, new_image, &offer, self->backend->user);
  if (message) {
    ui_panel_say_and_offer (self, GTK_MESSAGE_ERROR, message,
                            offer ? _ ("Add to a Ne_w Image") : NULL, OFFERS_NEW_IMAGE);
  } else {
    g_autofree char *done
        = g_strdup_printf (NN_ ("%d layer added", "%d layers added", (gulong) n), (int) n);

    ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
    ui_history_mark_added (self->history, ticked->len ? NULL : shown);
    ui_picture_pane_set_caption (UI_PICTURE_PANE (self->pane), done);
    remember (self);
  }
  ui_panel_update_add (self);
}

static void
on_add (UiGeneratePanel *self)
{
  add_layers (self, FALSE);
}

static void
on_add_to_new (UiGeneratePanel *self)
{
  add_layers (self, TRUE);
}

static void
on_models (UiGeneratePanel *self)
{
  if (self->offer == OFFERS_QUESTIONS) { /* there they are */
    ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  }
  gtk_stack_set_visible_child (GTK_STACK (self->pages), self->model_page);
  gtk_widget_child_focus (self->model_page, GTK_DIR_TAB_FORWARD);
}

static void
on_answered (UiGeneratePanel *self)
{
  if (self->offer == OFFERS_NEW_IMAGE) {
    add_layers (self, TRUE);
  } else if (self->offer == OFFERS_QUESTIONS) {
    on_models (self);
  }
}

static void
on_reuse (UiGeneratePanel *self)
{
  g_autoptr (UiSettings) settings = ui_settings_form_get (UI_SETTINGS_FORM (self->form));
  int count = settings->count;
  g_autofree char *message = self->backend->reuse_settings (settings, self->backend->user);

  if (message) {
    ui_panel_say (self, GTK_MESSAGE_WARNING, message);
    return;
  }
  settings->count = count;
  message = ui_settings_form_set (UI_SETTINGS_FORM (self->form), settings);
  /* or Generate would throw the seed away */
  ui_settings_form_set_locked (UI_SETTINGS_FORM (self->form), TRUE);
  ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  if (message) {
    ui_panel_say (self, GTK_MESSAGE_INFO, message);
  }
  on_changed (self);
}

static void
on_reset (UiGeneratePanel *self)
{
  ui_settings_form_reset (UI_SETTINGS_FORM (self->form));
  ui_settings_form_set_locked (UI_SETTINGS_FORM (self->form), FALSE);
  on_changed (self);
}

static void
on_help (gpointer data)
{
  UiGeneratePanel *self = data;

  self->backend->help (self->backend->user);
}

static void
on_close (UiGeneratePanel *self)
{
  ui_generate_panel_shut (self);
  self->backend->close (self->backend->user);
}

static void
on_back (UiGeneratePanel *self)
{
  gtk_stack_set_visible_child (GTK_STACK (self->pages), self->main_page);
  gtk_widget_grab_focus (ui_settings_form_part (UI_SETTINGS_FORM (self->form), "models"));
  ui_panel_warm (self);
}

static void
on_page_failed (UiGeneratePanel *self, const char *message)
{
  ui_panel_say (self, GTK_MESSAGE_ERROR, message);
}

static void
on_memory (UiGeneratePanel *self, gboolean half, guint64 limit)
{
  ui_store_set_memory (self->store, half, limit);
  ui_panel_say_store_error (self);
  g_clear_pointer (&self->warmed, g_free);
  self->backend->set_memory (half, limit, self->backend->user);
}

static void
on_dropped (const char *path, gboolean is_folder, gpointer data)
{
  UiGeneratePanel *self = data;

  if (!path) {
    ui_panel_say (
        self, GTK_MESSAGE_ERROR,
        _ ("What was dropped is not on this machine. Fetch it first, then drop the file."));
    return;
  }
  on_models (self);
  if (is_folder) {
    self->backend->add_folder (path, self->backend->user);
  } else {
    self->backend->import_checkpoint (path, self->backend->user);
  }
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Stops first; then one step back: from the model page, out of a search, out of the window. */
static void
on_escape (gpointer data)
{
  UiGeneratePanel *self = data;
  GtkWidget *entry = ui_settings_form_part (UI_SETTINGS_FORM (self->form), "class-entry");

  if (ui_runner_is_running (self->runner)) {
    on_stop (self);
  } else if (gtk_stack_get_visible_child (GTK_STACK (self->pages)) == self->model_page) {
    on_back (self);
  } else if (gtk_widget_has_focus (entry) && *gtk_entry_get_text (GTK_ENTRY (entry))) {
    gtk_entry_set_text (GTK_ENTRY (entry), "");
  } else {
    on_close (self);
  }
}

static void
on_map (UiGeneratePanel *self)
{
  GtkWidget *generate = ui_settings_form_part (UI_SETTINGS_FORM (self->form), "generate");

  gtk_widget_grab_default (generate);
  gtk_widget_grab_focus (generate);
  ui_panel_warm (self);
  ui_panel_ask_open (self);
}

/* ---- making ---------------------------------------------------------------------------------- */

void
ui_generate_panel_shut (UiGeneratePanel *self)
{
  if (self->runner) {
    ui_runner_stop (self->runner);
    remember (self);
  }
}

static void
ui_generate_panel_destroy (GtkWidget *widget)
{
  UiGeneratePanel *self = UI_GENERATE_PANEL (widget);

  ui_generate_panel_shut (self);
  g_clear_pointer (&self->keys, ui_window_keys_free);
  if (self->runner) {
    self->backend->listen (NULL, NULL, self->backend->user);
    g_clear_pointer (&self->runner, ui_runner_free);
  }
  GTK_WIDGET_CLASS (ui_generate_panel_parent_class)->destroy (widget);
}

static void
ui_generate_panel_finalize (GObject *object)
{
  ui_store_free (UI_GENERATE_PANEL (object)->store);
  g_free (UI_GENERATE_PANEL (object)->warmed);
  G_OBJECT_CLASS (ui_generate_panel_parent_class)->finalize (object);
}

static void
ui_generate_panel_class_init (UiGeneratePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_generate_panel_finalize;
  GTK_WIDGET_CLASS (klass)->destroy = ui_generate_panel_destroy;
}

static void
ui_generate_panel_init (UiGeneratePanel *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_container_set_border_width (GTK_CONTAINER (self), 12);
  ui_style_ensure ();
}

static void
make_main_page (UiGeneratePanel *self)
{
  gboolean upsample = self->mode == UI_PANEL_UPSAMPLE;

  self->pane = ui_picture_pane_new (upsample);
  self->history = ui_picture_pane_history (UI_PICTURE_PANE (self->pane));
  self->form = ui_settings_form_new (self->backend, self->store, upsample);

  self->main_page = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_box_pack_start (GTK_BOX (self->main_page), self->pane, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self->main_page), self->form, FALSE, TRUE, 0);
  gtk_widget_show_all (self->main_page);
}

static void
connect_parts (UiGeneratePanel *self)
{
  const struct {
    gpointer object;
    const char *signal;
    GCallback func;
  } links[] = {
    { self->form, "generate", G_CALLBACK (on_generate) },
    { self->form, "compare", G_CALLBACK (on_compare) },
    { self->form, "changed", G_CALLBACK (on_changed) },
    { self->form, "live-changed", G_CALLBACK (run_live) },
    { self->form, "models", G_CALLBACK (on_models) },
    { ui_picture_pane_progress (UI_PICTURE_PANE (self->pane)), "stop", G_CALLBACK (on_stop) },
    { self->history, "chosen", G_CALLBACK (on_chosen) },
    { self->history, "follow", G_CALLBACK (ui_panel_update_add) },
    { self->history, "ticks-changed", G_CALLBACK (ui_panel_update_add) },
    { self->model_page, "back", G_CALLBACK (on_back) },
    { self->model_page, "failed", G_CALLBACK (on_page_failed) },
    { self->model_page, "memory-changed", G_CALLBACK (on_memory) },
    { self->message, "answered", G_CALLBACK (on_answered) },
    { self->actions, "help", G_CALLBACK (on_help) },
    { self->actions, "reset", G_CALLBACK (on_reset) },
    { self->actions, "reuse", G_CALLBACK (on_reuse) },
    { self->actions, "close", G_CALLBACK (on_close) },
    { self->actions, "add-layers", G_CALLBACK (on_add) },
    { self->actions, "add-to-new-image", G_CALLBACK (on_add_to_new) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    g_signal_connect_swapped (links[i].object, links[i].signal, links[i].func, self);
  }
  self->keys = ui_window_keys_new (GTK_WIDGET (self), on_escape, on_help, self);
  g_signal_connect_after (self, "map", G_CALLBACK (on_map), NULL);
  ui_drop_accept (GTK_WIDGET (self), on_dropped, self);
}

/* Last values, or the first class as the model recommends: the first click should make something to
 * look at. */
static void
show_first (UiGeneratePanel *self)
{
  UiSettingsForm *form = UI_SETTINGS_FORM (self->form);
  g_autoptr (UiSettings) settings = ui_settings_form_get (form);
  const UiModel *model = ui_settings_form_model (form);
  gboolean locked = FALSE, live = FALSE;
  g_autofree char *left = NULL;

  if (!ui_store_get_last (self->store, window_name (self), settings, &locked, &live) && model
      && model->n_classes && self->mode == UI_PANEL_GENERATE) {
    ui_settings_set_class (settings, model->class_names[0]);
  }
  left = ui_settings_form_set (form, settings); /* what is no longer here was no choice of today */
  ui_settings_form_set_locked (form, locked);
  ui_settings_form_set_live (form, live);
  if (self->mode == UI_PANEL_UPSAMPLE) {
    g_autoptr (GdkPixbuf) source = self->backend->source (self->backend->user);

    ui_picture_pane_show_other (UI_PICTURE_PANE (self->pane), source,
                                source ? _ ("The layer, as the network will see it") : NULL);
  }
}

GtkWidget *
ui_generate_panel_new (const UiBackend *backend, UiPanelMode mode)
{
  UiGeneratePanel *self = g_object_new (UI_TYPE_GENERATE_PANEL, NULL);
  gboolean half;
  guint64 limit;

  self->backend = backend;
  self->mode = mode;
  self->store = ui_store_new (backend->state_file);
  self->runner = ui_runner_new (backend, self->store, mode == UI_PANEL_UPSAMPLE,
                                &ui_panel_runner_funcs, self);
  self->message = ui_message_bar_new ();
  make_main_page (self);
  self->model_page = ui_model_page_new (backend);
  self->pages = gtk_stack_new ();
  gtk_stack_set_transition_type (GTK_STACK (self->pages), GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  gtk_container_add (GTK_CONTAINER (self->pages), self->main_page);
  gtk_container_add (GTK_CONTAINER (self->pages), self->model_page);
  gtk_widget_show (self->pages);
  self->actions = ui_action_row_new ();
  gtk_box_pack_start (GTK_BOX (self), self->message, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->pages, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->actions, FALSE, TRUE, 0);
  show_first (self);
  connect_parts (self);
  backend->listen (ui_panel_on_event, self, backend->user);
  ui_store_get_memory (self->store, &half, &limit);
  if (half || limit) {
    backend->set_memory (half, limit, backend->user);
  }
  ui_panel_update_add (self);
  ui_panel_update_estimate (self);
  gtk_widget_show (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

/* ---- doors ----------------------------------------------------------------------------------- */

UiSettings *
ui_generate_panel_get_settings (UiGeneratePanel *self)
{
  return ui_settings_form_get (UI_SETTINGS_FORM (self->form));
}

void
ui_generate_panel_set_settings (UiGeneratePanel *self, const UiSettings *settings)
{
  g_autofree char *left = ui_settings_form_set (UI_SETTINGS_FORM (self->form), settings);

  ui_panel_update_estimate (self);
  if (left) {
    ui_panel_say (self, GTK_MESSAGE_INFO, left);
  }
}

gboolean
ui_generate_panel_is_running (UiGeneratePanel *self)
{
  return ui_runner_is_running (self->runner);
}

void
ui_generate_panel_recover (UiGeneratePanel *self, GdkPixbuf *pixels, const UiSettings *settings)
{
  ui_history_append (self->history, pixels, settings, ui_panel_model_name (self, settings->model),
                     FALSE);
  ui_panel_say (self, GTK_MESSAGE_INFO,
                _ ("Pictures that were finished last time and not added are in the history."));
  ui_panel_update_add (self);
}

void
ui_generate_panel_show_message (UiGeneratePanel *self, GtkMessageType type, const char *text)
{
  ui_panel_say (self, type, text);
}

GtkWidget *
ui_generate_panel_part (UiGeneratePanel *self, const char *name)
{
  UiPicturePane *pane = UI_PICTURE_PANE (self->pane);
  const struct {
    const char *name;
    GtkWidget *widget;
  } parts[] = {
    { "preview", GTK_WIDGET (ui_picture_pane_preview (pane)) },
    { "progress", GTK_WIDGET (ui_picture_pane_progress (pane)) },
    { "stop", ui_progress_row_stop_button (ui_picture_pane_progress (pane)) },
    { "history", GTK_WIDGET (self->history) },
    { "message", self->message },
    { "pages", self->pages },
    { "model-page", self->model_page },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (g_str_equal (parts[i].name, name)) {
      return parts[i].widget;
    }
  }

  GtkWidget *button = ui_action_row_button (UI_ACTION_ROW (self->actions), name);

  return button ? button : ui_settings_form_part (UI_SETTINGS_FORM (self->form), name);
}
