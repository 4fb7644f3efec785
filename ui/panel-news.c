/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window shows of what it is told: by the runner about its jobs, by the backend about
 * models. */
#include "panel-private.h"

#include "action-row.h"
#include "i18n.h"
#include "message-bar.h"
#include "model-page.h"
#include "settings-form.h"
#include "widgets.h"

void
ui_panel_say_and_offer (UiGeneratePanel *self, GtkMessageType type, const char *text,
                        const char *label, Offer offer)
{
  self->offer = label ? offer : OFFERS_NOTHING;
  self->tells_weights = FALSE;
  ui_message_bar_show (UI_MESSAGE_BAR (self->message), type, text, label);
}

void
ui_panel_say (UiGeneratePanel *self, GtkMessageType type, const char *text)
{
  ui_panel_say_and_offer (self, type, text, NULL, OFFERS_NOTHING);
}

void
ui_panel_say_store_error (UiGeneratePanel *self)
{
  g_autofree char *error = ui_store_take_error (self->store);

  if (error) {
    ui_panel_say (self, GTK_MESSAGE_WARNING, error);
  }
}

/* ---- what is shown --------------------------------------------------------------------------- */

void
ui_panel_update_estimate (UiGeneratePanel *self)
{
  UiSettingsForm *form = UI_SETTINGS_FORM (self->form);
  g_autoptr (UiSettings) settings = ui_settings_form_effective (form);
  const UiTarget *target = ui_settings_form_target (form);

  ui_settings_form_set_estimate (
      form, ui_runner_estimate (self->runner, settings, target ? target->id : 0));
}

void
ui_panel_update_add (UiGeneratePanel *self)
{
  UiSettingsForm *form = UI_SETTINGS_FORM (self->form);
  const UiTarget *target = ui_settings_form_target (form);
  /* before any picture is read for it: whether one is chosen */
  gboolean shown = ui_history_selected (self->history) != NULL;
  UiAddState state = { .ticks = ui_history_ticks (self->history),
                       .shown = shown,
                       .any = ui_history_count (self->history) > 0,
                       .into = target ? target->image : NULL,
                       .fresh = target && !target->image };

  ui_action_row_set_add (UI_ACTION_ROW (self->actions), &state);
  ui_settings_form_set_picture (form, shown);
}

void
ui_panel_update_runs (UiGeneratePanel *self)
{
  UiSettingsForm *form = UI_SETTINGS_FORM (self->form);
  UiActionRow *row = UI_ACTION_ROW (self->actions);
  g_autofree char *why_not = ui_settings_form_why_not (form);
  g_autoptr (UiSettings) settings = ui_settings_form_effective (form);
  const UiTarget *target = ui_settings_form_target (form);
  const UiResult *chosen = ui_history_selected (self->history);

  ui_action_row_set_generate (row, why_not);
  if (self->task == UI_TASK_GENERATE) {
    ui_action_row_set_compare (row, why_not ? why_not : ui_settings_form_no_scale (form));
    ui_action_row_set_paint (row, why_not ? why_not
                                  : target && target->image
                                      ? NULL
                                      : _ ("Open an image to paint on first"));
    ui_picture_pane_set_start (UI_PICTURE_PANE (self->pane), settings->start,
                               chosen ? chosen->pixels : NULL);
  }
}

static gboolean
look_around (gpointer data)
{
  UiGeneratePanel *self = data;
  const UiTarget *target = ui_settings_form_target (UI_SETTINGS_FORM (self->form));

  self->around = 0;
  ui_picture_pane_set_target (UI_PICTURE_PANE (self->pane), target ? target->id : 0);
  return G_SOURCE_REMOVE;
}

void
ui_panel_look_around (UiGeneratePanel *self)
{
  if (!self->around && !ui_runner_is_running (self->runner) && self->backend->surroundings) {
    self->around = g_idle_add (look_around, self);
  }
}

void
ui_panel_offer_reuse (UiGeneratePanel *self)
{
  const UiTargets *targets
      = self->backend->targets ? self->backend->targets (self->backend->user) : NULL;
  const char *layer = targets ? targets->reusable : NULL;
  gboolean other = g_strcmp0 (layer, self->reusable) != 0;

  if (!other) {
    return;
  }
  g_free (self->reusable);
  self->reusable = g_strdup (layer);
  if (self->offer == OFFERS_REUSE && !layer) {
    ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  }
  if (layer && ui_message_bar_type (UI_MESSAGE_BAR (self->message)) != GTK_MESSAGE_ERROR) {
    g_autofree char *text
        = g_strdup_printf (_ ("The layer “%s” carries the settings it was made with."), layer);

    ui_panel_say_and_offer (self, GTK_MESSAGE_INFO, text, _ ("Reuse _Settings"), OFFERS_REUSE);
  }
}

gboolean
ui_panel_model_works (UiGeneratePanel *self, const UiModel *model)
{
  return model
         && (self->task == UI_TASK_UPSAMPLE ? model->upsampled_size > 0 : model->can_generate);
}

void
ui_panel_warm (UiGeneratePanel *self)
{
  const UiModel *model = ui_settings_form_model (UI_SETTINGS_FORM (self->form));

  if (ui_panel_model_works (self, model) && !ui_runner_is_running (self->runner)
      && g_strcmp0 (self->warmed, model->id) != 0
      && gtk_stack_get_visible_child (GTK_STACK (self->pages)) == self->main_page
      && gtk_widget_get_mapped (GTK_WIDGET (self))) {
    if (self->tells_weights) { /* of another model */
      ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
      self->tells_weights = FALSE;
    }
    g_free (self->warmed);
    self->warmed = g_strdup (model->id);
    self->backend->warm (self->task, model->id, self->backend->user);
  }
}

void
ui_panel_ask_open (UiGeneratePanel *self)
{
  const UiCatalog *catalog = self->backend->catalog (self->backend->user);
  const char *unasked = NULL;

  for (gsize i = 0; i < catalog->n_open_files; i++) {
    if (ui_store_ask (self->store, catalog->open_files[i].path)) {
      unasked = catalog->open_files[i].path;
    }
  }
  if (unasked && ui_message_bar_type (UI_MESSAGE_BAR (self->message)) != GTK_MESSAGE_ERROR) {
    g_autofree char *base = g_path_get_basename (unasked);
    g_autofree char *name = g_filename_display_name (base);
    g_autofree char *text = g_strdup_printf (
        _ ("“%s” does not tell everything about its network. A few answers complete it."), name);

    ui_panel_say_and_offer (self, GTK_MESSAGE_QUESTION, text, _ ("Ans_wer…"), OFFERS_QUESTIONS);
  }
}

/* ---- the runner's news ----------------------------------------------------------------------- */

static void
on_progress (gpointer data)
{
  UiGeneratePanel *self = data;
  UiProgress progress = ui_runner_progress (self->runner);

  ui_picture_pane_set_progress (UI_PICTURE_PANE (self->pane), &progress);
  if (progress.phase == UI_PHASE_IDLE) {
    ui_panel_update_add (self);
    ui_panel_update_estimate (self);
    ui_panel_warm (self); /* the model may have been changed meanwhile */
    ui_panel_look_around (self);
  }
}

static void
on_picture (GdkPixbuf *pixels, gpointer data)
{
  UiGeneratePanel *self = data;
  UiProgress progress = ui_runner_progress (self->runner);

  ui_picture_pane_show_step (UI_PICTURE_PANE (self->pane), pixels, &progress);
  ui_panel_update_add (self);
}

static void
on_result (GdkPixbuf *pixels, const UiSettings *settings, gboolean draft, gpointer data)
{
  UiGeneratePanel *self = data;

  if (draft) {
    ui_picture_pane_show_draft (UI_PICTURE_PANE (self->pane), pixels);
  } else {
    g_autoptr (UiSettings) own = ui_settings_copy (settings);

    ui_picture_pane_take (UI_PICTURE_PANE (self->pane),
                          &(UiResult) { pixels, own, ui_runner_target (self->runner) });
  }
  ui_panel_update_add (self);
}

static void
on_finished (gpointer data)
{
  UiGeneratePanel *self = data;

  ui_panel_update_runs (self);
  ui_panel_say_store_error (self);
}

static void
on_failed (const char *message, gpointer data)
{
  UiGeneratePanel *self = data;

  ui_picture_pane_restore (UI_PICTURE_PANE (self->pane), _ ("It did not work"));
  ui_panel_update_add (self);
  ui_panel_say (self, GTK_MESSAGE_ERROR, message);
}

const UiRunnerFuncs ui_panel_runner_funcs
    = { on_progress, on_picture, on_result, on_finished, on_failed };

/* The artist works elsewhere: on another layer, selection or image. */
static void
on_target (UiGeneratePanel *self)
{
  ui_settings_form_update_targets (UI_SETTINGS_FORM (self->form));
  ui_panel_update_add (self);
  ui_panel_update_runs (self);
  ui_panel_update_estimate (self);
  ui_panel_look_around (self);
  ui_panel_offer_reuse (self);
}

static void
on_catalog (UiGeneratePanel *self)
{
  ui_settings_form_update_models (UI_SETTINGS_FORM (self->form));
  ui_model_page_update (UI_MODEL_PAGE (self->model_page));
  ui_panel_update_runs (self);
  ui_panel_update_estimate (self);
  ui_panel_warm (self);
  ui_panel_ask_open (self);
}

/* A layer of ours has gone, or come back: what was said of it is no longer true. */
static void
on_layer (UiGeneratePanel *self, const UiEvent *event)
{
  if (ui_history_layer_gone (self->history, event->layer, event->gone) && event->gone
      && self->tells_added) {
    self->tells_added = FALSE;
    ui_picture_pane_set_caption (UI_PICTURE_PANE (self->pane), NULL);
  }
}

static void
on_imported (UiGeneratePanel *self, const char *message)
{
  ui_model_page_set_import (UI_MODEL_PAGE (self->model_page), -1.0);
  if (message) {
    ui_panel_say (self, GTK_MESSAGE_ERROR, message);
  } else if (ui_message_bar_type (UI_MESSAGE_BAR (self->message))
             != GTK_MESSAGE_ERROR) { /* of several, one may have failed */
    ui_panel_say (self, GTK_MESSAGE_INFO, _ ("The checkpoint is here now."));
  }
}

void
ui_panel_on_event (const UiEvent *event, gpointer data)
{
  UiGeneratePanel *self = data;

  switch (event->kind) {
  case UI_EVENT_CATALOG:
    on_catalog (self);
    break;
  case UI_EVENT_TARGET:
    on_target (self);
    break;
  case UI_EVENT_LAYER:
    on_layer (self, event);
    break;
  case UI_EVENT_SWATCH:
    ui_settings_form_event (UI_SETTINGS_FORM (self->form), event);
    break;
  case UI_EVENT_NOTICE:
    ui_panel_say (self, GTK_MESSAGE_INFO, event->message);
    break;
  case UI_EVENT_ANSWERED:
    ui_panel_say (self, event->message ? GTK_MESSAGE_ERROR : GTK_MESSAGE_INFO,
                  event->message ? event->message
                                 : _ ("The answers are remembered beside the file."));
    break;
  case UI_EVENT_LOADED:
    ui_progress_row_set_ahead (ui_picture_pane_progress (UI_PICTURE_PANE (self->pane)), -1.0);
    if (event->message) {
      ui_panel_say (self, GTK_MESSAGE_WARNING, event->message);
      self->tells_weights = TRUE;
    }
    break;
  case UI_EVENT_IMPORTING:
    ui_model_page_set_import (UI_MODEL_PAGE (self->model_page), event->fraction);
    break;
  case UI_EVENT_IMPORTED:
    on_imported (self, event->message);
    break;
  default:
    if (event->kind == UI_EVENT_LOADING && event->job == 0) {
      ui_progress_row_set_ahead (ui_picture_pane_progress (UI_PICTURE_PANE (self->pane)),
                                 event->fraction);
    }
    ui_runner_event (self->runner, event);
    break;
  }
}
