/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole window as one container: its making. What the artist does with it stands in
 * panel-actions.c, what is run in panel-runs.c, what it is told in panel-news.c. */
#include "panel-private.h"

#include "action-row.h"
#include "drop.h"
#include "help-section.h"
#include "i18n.h"
#include "message-bar.h"
#include "model-page.h"
#include "settings-form.h"
#include "widgets.h"

G_DEFINE_FINAL_TYPE (UiGeneratePanel, ui_generate_panel, GTK_TYPE_BOX)

/* From this many times the upsampler's input on, a part is upsampled in tiles unless the artist
 * says otherwise. */
enum { LARGE_PART = 4 };

static void
on_map (UiGeneratePanel *self)
{
  GtkWidget *entry = ui_settings_form_part (UI_SETTINGS_FORM (self->form), "class-entry");

  gtk_widget_grab_default (ui_action_row_part (UI_ACTION_ROW (self->actions), "generate"));
  gtk_widget_grab_focus (entry);
  ui_panel_warm (self);
  ui_panel_ask_open (self);
  ui_panel_offer_reuse (self);
  ui_panel_look_around (self);
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
  g_signal_emit_by_name (self->form, "models");
  if (is_folder) {
    self->backend->add_folder (path, self->backend->user);
  } else {
    self->backend->import_checkpoint (path, self->backend->user);
  }
}

/* ---- the window's size ----------------------------------------------------------------------- */

/* As large as last time, once the panel is in a window that is not shown yet. */
static void
on_window (UiGeneratePanel *self)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));
  int width, height;

  if (GTK_IS_WINDOW (top) && !gtk_widget_get_visible (top)) {
    ui_store_get_size (self->store, ui_panel_window_name (self), &width, &height);
    if (width > 0 && height > 0) {
      gtk_window_set_default_size (GTK_WINDOW (top), width, height);
    }
  }
}

static void
on_allocated (UiGeneratePanel *self)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (top) && gtk_widget_get_mapped (top)
      && !gtk_window_is_maximized (GTK_WINDOW (top))) {
    gtk_window_get_size (GTK_WINDOW (top), &self->width, &self->height);
  }
}

/* ---- making ---------------------------------------------------------------------------------- */

void
ui_generate_panel_shut (UiGeneratePanel *self)
{
  if (self->runner) {
    ui_runner_stop (self->runner);
    ui_panel_remember (self);
    if (self->width > 0) {
      ui_store_set_size (self->store, ui_panel_window_name (self), self->width, self->height);
    }
  }
}

static void
ui_generate_panel_destroy (GtkWidget *widget)
{
  UiGeneratePanel *self = UI_GENERATE_PANEL (widget);

  ui_generate_panel_shut (self);
  g_clear_pointer (&self->keys, ui_window_keys_free);
  if (self->around) {
    g_source_remove (self->around);
    self->around = 0;
  }
  if (self->runner) {
    self->backend->listen (NULL, NULL, self->backend->user);
    g_clear_pointer (&self->runner, ui_runner_free);
  }
  GTK_WIDGET_CLASS (ui_generate_panel_parent_class)->destroy (widget);
}

static void
ui_generate_panel_finalize (GObject *object)
{
  UiGeneratePanel *self = UI_GENERATE_PANEL (object);

  ui_store_free (self->store);
  g_free (self->warmed);
  g_free (self->reusable);
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

/* The form scrolls where the screen is low: the buttons stay in sight. */
static GtkWidget *
make_form (UiGeneratePanel *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  self->form = ui_settings_form_new (self->backend, self->store, self->task);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (scrolled), FALSE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_widget_set_margin_end (self->form, 6);
  gtk_container_add (GTK_CONTAINER (scrolled), self->form);
  gtk_container_set_focus_vadjustment (
      GTK_CONTAINER (self->form),
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)));
  return scrolled;
}

static void
make_main_page (UiGeneratePanel *self)
{
  self->pane = ui_picture_pane_new (self->backend, self->store, self->task);
  self->history = ui_picture_pane_history (UI_PICTURE_PANE (self->pane));
  self->main_page = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  gtk_box_pack_start (GTK_BOX (self->main_page), self->pane, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self->main_page), make_form (self), FALSE, TRUE, 0);
  gtk_widget_show_all (self->main_page);
}

static gboolean
something_selected (UiGeneratePanel *self)
{
  const UiTargets *targets
      = self->backend->targets ? self->backend->targets (self->backend->user) : NULL;

  return targets && targets->n && targets->targets[0].where == UI_WHERE_SELECTION;
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

  if (!ui_store_get_last (self->store, ui_panel_window_name (self), settings, &locked, &live)
      && model && model->n_classes && self->task == UI_TASK_GENERATE) {
    ui_settings_set_class (settings, model->class_names[0]);
  }
  settings->task = self->task;
  if (model
      && MAX (self->backend->region_width, self->backend->region_height)
             > LARGE_PART * model->upsample_input) {
    settings->tiles = TRUE; /* fitting would lose most of it */
  }
  if (something_selected (self)) {
    settings->where = UI_WHERE_SELECTION;
  }
  left = ui_settings_form_set (form, settings); /* what is no longer here was no choice of today */
  ui_settings_form_set_locked (form, locked);
  ui_settings_form_set_live (form, live);
  if (self->task == UI_TASK_UPSAMPLE) {
    g_autoptr (GdkPixbuf) source = self->backend->source (self->backend->user);

    ui_picture_pane_show_other (UI_PICTURE_PANE (self->pane), source,
                                source ? _ ("The layer, as the network will see it") : NULL);
  }
}

static void
make_pages (UiGeneratePanel *self)
{
  self->message = ui_message_bar_new ();
  make_main_page (self);
  self->model_page = ui_model_page_new (self->backend);
  self->pages = gtk_stack_new ();
  gtk_stack_set_transition_type (GTK_STACK (self->pages), GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  gtk_container_add (GTK_CONTAINER (self->pages), self->main_page);
  gtk_container_add (GTK_CONTAINER (self->pages), self->model_page);
  gtk_widget_show (self->pages);
  self->actions = ui_action_row_new (self->backend, self->task);
  gtk_box_pack_start (GTK_BOX (self), self->message, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->pages, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->actions, FALSE, TRUE, 0);
}

GtkWidget *
ui_generate_panel_new (const UiBackend *backend, UiTask task)
{
  UiGeneratePanel *self = g_object_new (UI_TYPE_GENERATE_PANEL, NULL);
  gboolean half;
  guint64 limit;

  self->backend = backend;
  self->task = task;
  if (task == UI_TASK_UPSAMPLE) {
    ui_help_set (GTK_WIDGET (self), UI_HELP_UPSAMPLING);
  }
  self->store = ui_store_new (backend->state_file);
  self->runner = ui_runner_new (backend, self->store, &ui_panel_runner_funcs, self);
  make_pages (self);
  show_first (self);
  ui_panel_connect_actions (self);
  self->keys = ui_window_keys_new (GTK_WIDGET (self), ui_panel_escape, ui_panel_help_here, self);
  g_signal_connect_after (self, "map", G_CALLBACK (on_map), NULL);
  g_signal_connect (self, "hierarchy-changed", G_CALLBACK (on_window), NULL);
  g_signal_connect (self, "size-allocate", G_CALLBACK (on_allocated), NULL);
  ui_drop_accept (GTK_WIDGET (self), on_dropped, self);
  backend->listen (ui_panel_on_event, self, backend->user);
  ui_store_get_memory (self->store, &half, &limit);
  if (half || limit) {
    backend->set_memory (half, limit, backend->user);
  }
  ui_panel_update_add (self);
  ui_panel_update_runs (self);
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

  ui_panel_update_runs (self);
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
ui_generate_panel_show_message (UiGeneratePanel *self, GtkMessageType type, const char *text)
{
  ui_panel_say (self, type, text);
}

GtkWidget *
ui_generate_panel_part (UiGeneratePanel *self, const char *name)
{
  const struct {
    const char *name;
    GtkWidget *widget;
  } parts[] = {
    { "message", self->message },
    { "pages", self->pages },
    { "model-page", self->model_page },
  };
  GtkWidget *part = ui_picture_pane_part (UI_PICTURE_PANE (self->pane), name);

  for (gsize i = 0; i < G_N_ELEMENTS (parts) && !part; i++) {
    part = g_str_equal (parts[i].name, name) ? parts[i].widget : NULL;
  }
  part = part ? part : ui_action_row_part (UI_ACTION_ROW (self->actions), name);
  return part ? part : ui_settings_form_part (UI_SETTINGS_FORM (self->form), name);
}
