/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the window runs, and with which settings. */
#include "panel-private.h"

#include "i18n.h"
#include "message-bar.h"
#include "settings-form.h"
#include "widgets.h"

enum { NEIGHBOURS = 4, SEEDS = 1000000 };

static UiSettingsForm *
form (UiGeneratePanel *self)
{
  return UI_SETTINGS_FORM (self->form);
}

const char *
ui_panel_window_name (UiGeneratePanel *self)
{
  return self->task == UI_TASK_UPSAMPLE ? "upsample" : "generate";
}

void
ui_panel_remember (UiGeneratePanel *self)
{
  g_autoptr (UiSettings) settings = ui_settings_form_get (form (self));

  ui_store_set_last (self->store, ui_panel_window_name (self), settings,
                     ui_settings_form_get_locked (form (self)),
                     ui_settings_form_get_live (form (self)));
}

static guint
target_id (UiGeneratePanel *self)
{
  const UiTarget *target = ui_settings_form_target (form (self));

  return target ? target->id : 0;
}

/* Before any run: the settings as they can act, and the picture they start from. */
static UiWork
prepare (UiGeneratePanel *self)
{
  UiSettings *settings = ui_settings_form_effective (form (self));
  const UiResult *chosen = ui_history_selected (self->history);
  gboolean start = settings->start == UI_START_PICTURE && chosen;

  if (settings->start == UI_START_PICTURE && !chosen) {
    settings->start = UI_START_NOTHING;
  }
  return (UiWork) { settings, target_id (self), start ? g_object_ref (chosen->pixels) : NULL };
}

static void
work_clear (UiWork *work)
{
  ui_settings_free ((UiSettings *) work->settings);
  g_clear_object (&work->picture);
}

/* The window turns to what is about to run; the run reads the weights it needs. */
static void
turn_to_run (UiGeneratePanel *self, UiRunKind kind, const char *model)
{
  ui_message_bar_hide (UI_MESSAGE_BAR (self->message));
  self->tells_added = FALSE;
  ui_settings_form_show_seed (form (self));
  ui_picture_pane_follow (UI_PICTURE_PANE (self->pane), kind);
  ui_panel_update_add (self);
  g_free (self->warmed);
  self->warmed = g_strdup (model);
}

static void
note_class (UiGeneratePanel *self, const UiSettings *settings)
{
  if (*settings->class_name) {
    ui_store_add_recent (self->store, settings->model, settings->class_name);
    ui_settings_form_update_classes (form (self));
  }
}

void
ui_panel_generate (UiGeneratePanel *self)
{
  if (!ui_settings_form_take (form (self))) {
    return;
  }
  ui_settings_form_next_seed (form (self));

  UiWork work = prepare (self);

  note_class (self, work.settings);
  ui_panel_remember (self);
  turn_to_run (self, UI_RUN_ORDINARY, work.settings->model);
  ui_runner_run (self->runner, &work, 1);
  work_clear (&work);
}

void
ui_panel_compare (UiGeneratePanel *self)
{
  if (!ui_settings_form_take (form (self))) {
    return;
  }

  UiWork work = prepare (self);

  note_class (self, work.settings);
  turn_to_run (self, UI_RUN_COMPARE, work.settings->model);
  ui_runner_compare (self->runner, &work);
  work_clear (&work);
}

/* The layer as it is, but for a band along its edges. */
void
ui_panel_mend (UiGeneratePanel *self)
{
  if (!ui_settings_form_take (form (self))) {
    return;
  }

  UiWork work = prepare (self);
  UiSettings *settings = (UiSettings *) work.settings;

  settings->start = UI_START_LAYER;
  settings->mend_seams = TRUE;
  settings->seamless_x = settings->seamless_y = TRUE;
  settings->match_edges = FALSE;
  settings->count = 1;
  turn_to_run (self, UI_RUN_ORDINARY, settings->model);
  ui_runner_run (self->runner, &work, 1);
  work_clear (&work);
}

/* Four neighbours of the chosen picture: its noise, a little towards four other ones. */
void
ui_panel_vary (UiGeneratePanel *self, double amount)
{
  const UiResult *chosen = ui_history_selected (self->history);
  g_autoptr (GRand) dice = NULL;
  UiWork works[NEIGHBOURS];

  if (!chosen) {
    return;
  }
  dice = g_rand_new_with_seed ((guint32) chosen->settings->seed);
  for (int i = 0; i < NEIGHBOURS; i++) {
    UiSettings *settings = ui_settings_copy (chosen->settings);

    settings->vary_seed = g_rand_int_range (dice, 0, SEEDS);
    settings->vary = amount;
    works[i] = (UiWork) { settings, target_id (self), NULL };
  }
  turn_to_run (self, UI_RUN_ORDINARY, chosen->settings->model);
  ui_runner_run (self->runner, works, NEIGHBOURS);
  for (int i = 0; i < NEIGHBOURS; i++) {
    work_clear (&works[i]);
  }
}

/* The ticked ones again, with the upsampler; what its first stage made is there already. */
void
ui_panel_upsample_ticked (UiGeneratePanel *self)
{
  g_autoptr (GPtrArray) ticked = ui_history_ticked (self->history);
  g_autoptr (GArray) works = g_array_new (FALSE, FALSE, sizeof (UiWork));
  const UiCatalog *catalog = self->backend->catalog (self->backend->user);

  for (guint i = 0; i < ticked->len; i++) {
    const UiResult *result = ticked->pdata[i];
    const UiModel *model = ui_catalog_find (catalog, result->settings->model);

    if (model && model->upsampled_size && !result->settings->upsample) {
      UiWork work
          = { ui_settings_copy (result->settings), result->target, g_object_ref (result->pixels) };

      ((UiSettings *) work.settings)->upsample = TRUE;
      g_array_append_val (works, work);
    }
  }
  if (!works->len) {
    ui_panel_say (self, GTK_MESSAGE_INFO,
                  _ ("The ticked pictures are upsampled already, or their model has no "
                     "upsampler."));
    return;
  }
  turn_to_run (self, UI_RUN_ORDINARY, g_array_index (works, UiWork, 0).settings->model);
  ui_runner_run (self->runner, (const UiWork *) (gpointer) works->data, works->len);
  for (guint i = 0; i < works->len; i++) {
    work_clear (&g_array_index (works, UiWork, i));
  }
}

void
ui_panel_run_live (UiGeneratePanel *self)
{
  const UiResult *shown = ui_history_selected (self->history);
  UiWork work;

  if (!ui_settings_form_get_live (form (self))
      || !ui_panel_model_works (self, ui_settings_form_model (form (self)))) {
    return;
  }
  work = prepare (self);
  /* another number of pictures makes no other picture */
  if (!shown || ui_runner_is_running (self->runner)
      || !ui_settings_same_picture (shown->settings, work.settings)) {
    turn_to_run (self, UI_RUN_LIVE, work.settings->model);
    ui_runner_live (self->runner, &work);
  }
  work_clear (&work);
}

void
ui_panel_stop (UiGeneratePanel *self)
{
  ui_runner_stop (self->runner);
  ui_picture_pane_restore (UI_PICTURE_PANE (self->pane), _ ("Stopped"));
  ui_announce (self->pane, _ ("Stopped"), FALSE);
  ui_panel_update_add (self);
}
