/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the artist does in the window, but for runs. */
#include "panel-private.h"

#include "action-row.h"
#include "help-section.h"
#include "i18n.h"
#include "message-bar.h"
#include "model-page.h"
#include "settings-form.h"
#include "widgets.h"

static UiSettingsForm *
form (UiGeneratePanel *self)
{
  return UI_SETTINGS_FORM (self->form);
}

/* ---- settings -------------------------------------------------------------------------------- */

void
ui_panel_changed (UiGeneratePanel *self)
{
  ui_panel_update_runs (self);
  ui_panel_update_estimate (self);
  ui_panel_warm (self);
  ui_panel_run_live (self);
}

static void
on_target_changed (UiGeneratePanel *self)
{
  ui_panel_update_add (self);
  ui_panel_look_around (self);
}

/* A thumbnail was chosen: large, and all its settings back; how many pictures to make, where, and
 * from what is not of the picture. */
static void
on_chosen (UiGeneratePanel *self)
{
  const UiResult *result = ui_history_selected (self->history);
  g_autoptr (UiSettings) now = ui_settings_form_get (form (self));
  g_autoptr (UiSettings) settings = NULL;
  g_autofree char *left = NULL;

  if (!result) {
    ui_panel_say (self, GTK_MESSAGE_WARNING, _ ("This picture is no longer on the disk."));
    return;
  }
  settings = ui_settings_copy (result->settings);
  settings->count = now->count;
  settings->where = now->where;
  settings->width = now->width;
  settings->height = now->height;
  settings->start = now->start;
  settings->change = now->change;
  ui_settings_form_set_picture (form (self), TRUE);
  left = ui_settings_form_set (form (self), settings);
  ui_picture_pane_show_chosen (UI_PICTURE_PANE (self->pane));
  ui_panel_update_add (self);
  ui_panel_update_runs (self);
  ui_panel_update_estimate (self);
  if (left) {
    ui_panel_say (self, GTK_MESSAGE_INFO, left);
  }
}

/* What was taken over, in words. To be freed. */
static char *
words_taken (UiGeneratePanel *self, const UiSettings *settings)
{
  const UiModel *model
      = ui_catalog_find (self->backend->catalog (self->backend->user), settings->model);
  g_autofree char *caption = ui_settings_caption (settings);

  return g_strdup_printf (_ ("Taken from the layer: %s, model %s. Its seed is kept."), caption,
                          model ? model->name : settings->model);
}

static void
on_reuse (UiGeneratePanel *self)
{
  g_autoptr (UiSettings) settings = ui_settings_form_get (form (self));
  g_autoptr (UiSettings) now = ui_settings_copy (settings);
  g_autofree char *message = self->backend->reuse_settings (settings, self->backend->user);
  g_autofree char *taken = NULL;
  g_autofree char *left = NULL;
  g_autofree char *both = NULL;

  if (message) {
    ui_panel_say (self, GTK_MESSAGE_WARNING, message);
    return;
  }
  settings->count = now->count;
  settings->where = now->where;
  settings->width = now->width;
  settings->height = now->height;
  taken = words_taken (self, settings);
  left = ui_settings_form_set (form (self), settings);
  /* or Generate would throw the seed away */
  ui_settings_form_set_locked (form (self), TRUE);
  both = left ? g_strconcat (taken, " ", left, NULL) : g_strdup (taken);
  ui_panel_changed (self);
  ui_panel_say (self, GTK_MESSAGE_INFO, both);
}

static void
on_reset (UiGeneratePanel *self)
{
  ui_settings_form_reset (form (self));
  ui_settings_form_set_locked (form (self), FALSE);
  ui_panel_changed (self);
}

static void
on_teach (UiGeneratePanel *self)
{
  const UiModel *model = ui_settings_form_model (form (self));

  if (model) {
    self->backend->teach (model->id, self->backend->user);
  }
}

static void
on_paint_map (UiGeneratePanel *self)
{
  const UiModel *model = ui_settings_form_model (form (self));
  const UiTarget *target = ui_settings_form_target (form (self));
  g_autofree char *message = NULL;

  if (!model) {
    return;
  }
  message = self->backend->paint_map (model->id, target ? target->id : 0, self->backend->user);
  if (message) {
    ui_panel_say (self, GTK_MESSAGE_ERROR, message);
    return;
  }
  ui_settings_form_choose_where (form (self), UI_WHERE_MAP);
  on_target_changed (self);
  ui_panel_say (self, GTK_MESSAGE_INFO,
                _ ("Choose a class to paint with its color, paint on the map in the image, then "
                   "press Generate."));
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* Where the artist wants the file, or NULL. To be freed. */
static char *
ask_path (UiGeneratePanel *self, const UiResult *first)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
      _ ("Save as a File"), GTK_IS_WINDOW (top) ? GTK_WINDOW (top) : NULL,
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autofree char *words = ui_settings_class_text (first->settings);
  g_autofree char *name = g_strconcat (words, ".png", NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  return gtk_native_dialog_run (GTK_NATIVE_DIALOG (chooser)) == GTK_RESPONSE_ACCEPT
             ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser))
             : NULL;
}

static char *
words_done (UiAddAs as, gulong n)
{
  int count = (int) n;

  switch (as) {
  case UI_ADD_PATTERN:
    return g_strdup_printf (NN_ ("%d pattern added", "%d patterns added", n), count);
  case UI_ADD_FILE:
    return g_strdup_printf (NN_ ("%d file saved", "%d files saved", n), count);
  default:
    return g_strdup_printf (NN_ ("%d layer added", "%d layers added", n), count);
  }
}

void
ui_panel_add (UiGeneratePanel *self, UiAddAs as)
{
  g_autoptr (GPtrArray) ticked = ui_history_ticked (self->history);
  const UiResult *shown = ui_history_selected (self->history);
  const UiTarget *target = ui_settings_form_target (form (self));
  gboolean offer = FALSE;
  g_autofree guint *layers = NULL;
  g_autofree char *message = NULL;
  g_autofree char *path = NULL;

  if (!ticked->len && shown) {
    g_ptr_array_add (ticked, (gpointer) shown);
  }
  if (!ticked->len || (as == UI_ADD_FILE && !(path = ask_path (self, ticked->pdata[0])))) {
    return;
  }
  if (as == UI_ADD_LAYER && target && target->where == UI_WHERE_NEW_IMAGE) {
    as = UI_ADD_NEW_IMAGE;
  }

  const UiAdd how = { as, as == UI_ADD_LAYER && target ? target->id : 0, path };

  layers = g_new0 (guint, ticked->len);
  message = self->backend->add ((const UiResult *const *) ticked->pdata, ticked->len, &how, layers,
                                &offer, self->backend->user);
  if (message) {
    ui_panel_say_and_offer (self, GTK_MESSAGE_ERROR, message,
                            offer ? _ ("Add to a Ne_w Image") : NULL, OFFERS_NEW_IMAGE);
  } else {
    g_autofree char *done = words_done (as, ticked->len);

    ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
    for (guint i = 0; i < ticked->len; i++) {
      ui_history_mark_added (self->history, ticked->pdata[i], layers[i]);
    }
    ui_picture_pane_set_caption (UI_PICTURE_PANE (self->pane), done);
    ui_announce (self->pane, done, FALSE);
    self->tells_added = TRUE;
    ui_panel_remember (self);
  }
  ui_panel_update_add (self);
}

static void
on_add (UiGeneratePanel *self, int as)
{
  ui_panel_add (self, (UiAddAs) as);
}

/* ---- the history ----------------------------------------------------------------------------- */

static void
on_deleted (UiGeneratePanel *self)
{
  ui_picture_pane_show_other (UI_PICTURE_PANE (self->pane), NULL, _ ("Deleted"));
  ui_panel_update_runs (self);
  ui_panel_say_and_offer (self, GTK_MESSAGE_INFO, _ ("The picture has been deleted."),
                          _ ("Re_store"), OFFERS_UNDELETE);
}

static void
on_history_failed (UiGeneratePanel *self, const char *message)
{
  ui_panel_say (self, GTK_MESSAGE_WARNING, message);
}

static void
on_history_full (UiGeneratePanel *self)
{
  if (ui_store_ask (self->store, "history is full")) {
    g_autofree char *most
        = g_format_size_full (ui_store_history_limit (self->store), G_FORMAT_SIZE_DEFAULT);
    g_autofree char *text = g_strdup_printf (
        _ ("The history keeps %s: the oldest pictures make room for new ones. Pin those that are "
           "to stay."),
        most);

    ui_panel_say (self, GTK_MESSAGE_INFO, text);
  }
}

/* ---- pages and the end ----------------------------------------------------------------------- */

static void
show_page (UiGeneratePanel *self, GtkWidget *page)
{
  gtk_stack_set_visible_child (GTK_STACK (self->pages), page);
  gtk_widget_set_visible (ui_action_row_part (UI_ACTION_ROW (self->actions), "generate"),
                          page == self->main_page);
}

static void
on_models (UiGeneratePanel *self)
{
  if (self->offer == OFFERS_QUESTIONS) { /* there they are */
    ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  }
  show_page (self, self->model_page);
  gtk_widget_child_focus (self->model_page, GTK_DIR_TAB_FORWARD);
}

void
ui_panel_back (UiGeneratePanel *self)
{
  show_page (self, self->main_page);
  gtk_widget_grab_default (ui_action_row_part (UI_ACTION_ROW (self->actions), "generate"));
  gtk_widget_grab_focus (ui_settings_form_part (form (self), "models"));
  ui_panel_warm (self);
}

void
ui_panel_help (gpointer data)
{
  UiGeneratePanel *self = data;

  self->backend->help (NULL, self->backend->user);
}

void
ui_panel_help_here (gpointer data)
{
  UiGeneratePanel *self = data;
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));

  self->backend->help (
      ui_help_of (GTK_IS_WINDOW (top) ? gtk_window_get_focus (GTK_WINDOW (top)) : NULL),
      self->backend->user);
}

static void
close_now (UiGeneratePanel *self)
{
  ui_generate_panel_shut (self);
  self->backend->close (self->backend->user);
}

/* Where pictures do not stay, those that wait to be added are asked about, once. */
static void
on_close (UiGeneratePanel *self)
{
  guint n = ui_history_unadded (self->history);
  gboolean asked
      = self->offer == OFFERS_CLOSE && ui_message_bar_text (UI_MESSAGE_BAR (self->message)) != NULL;

  if (n && !ui_history_is_kept (self->history) && !asked) {
    g_autofree char *text
        = g_strdup_printf (NN_ ("%d picture has not been added, and would be lost.",
                                "%d pictures have not been added, and would be lost.", n),
                           (int) n);

    ui_panel_say_and_offer (self, GTK_MESSAGE_QUESTION, text, _ ("Close Any_way"), OFFERS_CLOSE);
  } else {
    close_now (self);
  }
}

static void
on_answered (UiGeneratePanel *self)
{
  switch (self->offer) {
  case OFFERS_NEW_IMAGE:
    ui_panel_add (self, UI_ADD_NEW_IMAGE);
    break;
  case OFFERS_QUESTIONS:
    on_models (self);
    break;
  case OFFERS_REUSE:
    on_reuse (self);
    break;
  case OFFERS_UNDELETE:
    ui_history_undelete (self->history);
    break;
  case OFFERS_CLOSE:
    close_now (self);
    break;
  case OFFERS_NOTHING:
    break;
  }
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

void
ui_panel_escape (gpointer data)
{
  UiGeneratePanel *self = data;
  GtkWidget *entry = ui_settings_form_part (form (self), "class-entry");

  if (ui_runner_is_running (self->runner)) {
    ui_panel_stop (self);
  } else if (gtk_stack_get_visible_child (GTK_STACK (self->pages)) == self->model_page) {
    ui_panel_back (self);
  } else if (gtk_widget_has_focus (entry) && *gtk_entry_get_text (GTK_ENTRY (entry))) {
    gtk_entry_set_text (GTK_ENTRY (entry), "");
  } else if (!ui_history_unadded (self->history)) {
    close_now (self);
  }
}

void
ui_panel_connect_actions (UiGeneratePanel *self)
{
  const struct {
    gpointer object;
    const char *signal;
    GCallback func;
  } links[] = {
    { self->form, "changed", G_CALLBACK (ui_panel_changed) },
    { self->form, "target-changed", G_CALLBACK (on_target_changed) },
    { self->form, "live-changed", G_CALLBACK (ui_panel_run_live) },
    { self->form, "activated", G_CALLBACK (ui_panel_generate) },
    { self->form, "mend", G_CALLBACK (ui_panel_mend) },
    { self->form, "models", G_CALLBACK (on_models) },
    { ui_picture_pane_progress (UI_PICTURE_PANE (self->pane)), "stop", G_CALLBACK (ui_panel_stop) },
    { self->history, "chosen", G_CALLBACK (on_chosen) },
    { self->history, "follow", G_CALLBACK (ui_panel_update_add) },
    { self->history, "ticks-changed", G_CALLBACK (ui_panel_update_add) },
    { self->history, "vary", G_CALLBACK (ui_panel_vary) },
    { self->history, "upsample", G_CALLBACK (ui_panel_upsample_ticked) },
    { self->history, "deleted", G_CALLBACK (on_deleted) },
    { self->history, "failed", G_CALLBACK (on_history_failed) },
    { self->history, "full", G_CALLBACK (on_history_full) },
    { self->model_page, "back", G_CALLBACK (ui_panel_back) },
    { self->model_page, "failed", G_CALLBACK (on_page_failed) },
    { self->model_page, "memory-changed", G_CALLBACK (on_memory) },
    { self->message, "answered", G_CALLBACK (on_answered) },
    { self->actions, "help", G_CALLBACK (ui_panel_help) },
    { self->actions, "reset", G_CALLBACK (on_reset) },
    { self->actions, "reuse", G_CALLBACK (on_reuse) },
    { self->actions, "compare", G_CALLBACK (ui_panel_compare) },
    { self->actions, "paint-map", G_CALLBACK (on_paint_map) },
    { self->actions, "teach-one", G_CALLBACK (on_teach) },
    { self->actions, "close", G_CALLBACK (on_close) },
    { self->actions, "generate", G_CALLBACK (ui_panel_generate) },
    { self->actions, "add-as", G_CALLBACK (on_add) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    g_signal_connect_swapped (links[i].object, links[i].signal, links[i].func, self);
  }
}
