/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs, and what comes next. */
#include "runner.h"

const double ui_compare_scales[UI_COMPARE_COUNT] = { 0.0, 1.0, 2.0, 5.0, 10.0 };

enum { DRAFT_PART = 4, DRAFT_STEPS_MIN = 5, DRAFT_STEPS_MAX = 10 };

struct UiRunner {
  const UiBackend *backend;
  UiStore *store;
  gboolean upsample_only;
  const UiRunnerFuncs *funcs;
  gpointer user;

  guint last_id;
  guint current;        /* id of the running job; 0: none */
  guint stopping;       /* id of the job that was stopped and has not said so yet; 0: none */
  UiSettings *settings; /* of the running job */
  gboolean draft;
  UiSettings *refine; /* to follow the draft; NULL: nothing */
  GQueue waiting;     /* UiSettings: further jobs of a comparison */
  UiSettings *changed;
  guint delay; /* source that waits for the slider to rest */

  UiProgress progress;
  int pictures_before; /* of finished jobs of this run */
  double seconds[3];   /* measured by this job, by UiCost; 0: not yet */
};

UiRunner *
ui_runner_new (const UiBackend *backend, UiStore *store, gboolean upsample_only,
               const UiRunnerFuncs *funcs, gpointer user)
{
  UiRunner *self = g_new0 (UiRunner, 1);

  self->backend = backend;
  self->store = store;
  self->upsample_only = upsample_only;
  self->funcs = funcs;
  self->user = user;
  g_queue_init (&self->waiting);
  self->progress.seconds_left = -1.0;
  return self;
}

/* ---- times ----------------------------------------------------------------------------------- */

static UiCost
cost_of (UiRunner *self, const UiSettings *settings, gboolean upsampling)
{
  return upsampling || self->upsample_only ? UI_COST_UPSAMPLE
         : settings->scale > 0.0           ? UI_COST_GUIDED
                                           : UI_COST_PLAIN;
}

/* Seconds of a step, 0 unknown: what the running job measures counts more than what is
 * remembered. */
static double
step_seconds (UiRunner *self, const UiSettings *settings, gboolean upsampling)
{
  UiCost cost = cost_of (self, settings, upsampling);
  gboolean same = self->current && g_str_equal (self->settings->model, settings->model);

  return same && self->seconds[cost] > 0.0 ? self->seconds[cost]
                                           : ui_store_seconds (self->store, settings->model, cost);
}

/* Steps of the stage after sampling; 0: there is none. */
static int
upsample_steps (UiRunner *self, const UiSettings *settings)
{
  const UiModel *model
      = ui_catalog_find (self->backend->catalog (self->backend->user), settings->model);

  return settings->upsample && !self->upsample_only && model ? model->upsample_steps : 0;
}

double
ui_runner_estimate (UiRunner *self, const UiSettings *settings)
{
  double sampling = step_seconds (self, settings, FALSE),
         upsampling = step_seconds (self, settings, TRUE);
  int more = upsample_steps (self, settings);

  if (sampling <= 0.0 || (more && upsampling <= 0.0)) {
    return -1.0;
  }
  return settings->count * (settings->steps * sampling + more * upsampling);
}

static void
note_times (UiRunner *self)
{
  for (UiCost cost = UI_COST_PLAIN; cost <= UI_COST_UPSAMPLE; cost++) {
    if (self->seconds[cost] > 0.0) {
      ui_store_note_seconds (self->store, self->settings->model, cost, self->seconds[cost]);
      self->seconds[cost] = 0.0;
    }
  }
}

/* Where the run is, after a step. */
static void
measure (UiRunner *self, const UiEvent *event)
{
  UiProgress *progress = &self->progress;
  double sampling = step_seconds (self, self->settings, FALSE),
         upsampling = step_seconds (self, self->settings, TRUE);
  int more = upsample_steps (self, self->settings);
  gboolean second = event->upsampling && !self->upsample_only;
  gboolean known = sampling > 0.0 && (!more || upsampling > 0.0);
  double first_work = self->settings->steps * (known ? sampling : 1.0),
         second_work = more * (known ? upsampling : 4.0);
  double part = CLAMP (event->fraction, 0.0, 1.0);
  double done = second ? first_work + part * second_work : part * first_work;
  double of_picture = done / (first_work + second_work);
  double left
      = known ? (first_work + second_work) * (self->settings->count - event->image) - done : -1.0;

  progress->phase = second ? UI_PHASE_UPSAMPLING : UI_PHASE_SAMPLING;
  progress->step = event->step;
  progress->steps = event->steps;
  progress->picture = self->pictures_before + event->image;
  progress->fraction = (progress->picture + of_picture) / MAX (1, progress->pictures);
  for (GList *next = self->waiting.head; next && left >= 0.0; next = next->next) {
    double one = ui_runner_estimate (self, next->data);

    left = one < 0.0 ? -1.0 : left + one;
  }
  progress->seconds_left = left;
}

/* ---- starting and stopping ------------------------------------------------------------------- */

static void
start (UiRunner *self, const UiSettings *settings, gboolean draft)
{
  UiJob job;

  if (self->settings && self->current) {
    note_times (self);
  }
  ui_settings_free (self->settings);
  self->settings = ui_settings_copy (settings);
  self->draft = draft;
  self->stopping = 0;
  self->current = ++self->last_id;
  self->progress.phase = UI_PHASE_STARTING;
  self->progress.draft = draft;
  self->progress.step = 0;
  self->progress.steps = settings->steps;
  self->progress.seconds_left = -1.0;
  job = (UiJob) { self->current, self->settings, draft };
  self->backend->start (&job, self->backend->user);
  self->funcs->progress (self->user);
}

/* Forgets what was to follow, not the running job. */
static void
forget (UiRunner *self)
{
  if (self->delay) {
    g_source_remove (self->delay);
    self->delay = 0;
  }
  g_clear_pointer (&self->changed, ui_settings_free);
  g_clear_pointer (&self->refine, ui_settings_free);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) ui_settings_free);
}

static void
begin_run (UiRunner *self, int pictures)
{
  self->pictures_before = 0;
  self->progress.picture = 0;
  self->progress.pictures = pictures;
  self->progress.fraction = 0.0;
}

void
ui_runner_generate (UiRunner *self, const UiSettings *settings)
{
  forget (self);
  begin_run (self, settings->count);
  start (self, settings, FALSE);
}

void
ui_runner_compare (UiRunner *self, const UiSettings *settings)
{
  g_autoptr (UiSettings) first = ui_settings_copy (settings);

  forget (self);
  first->count = 1;
  first->scale = ui_compare_scales[0];
  for (int i = 1; i < UI_COMPARE_COUNT; i++) {
    UiSettings *next = ui_settings_copy (first);

    next->scale = ui_compare_scales[i];
    g_queue_push_tail (&self->waiting, next);
  }
  begin_run (self, UI_COMPARE_COUNT);
  start (self, first, FALSE);
}

static gboolean
on_rest (gpointer data)
{
  UiRunner *self = data;
  g_autoptr (UiSettings) settings = g_steal_pointer (&self->changed);
  int few = CLAMP (settings->steps / DRAFT_PART, DRAFT_STEPS_MIN, DRAFT_STEPS_MAX);

  self->delay = 0;
  forget (self);
  begin_run (self, 1);
  if (2 * few <= settings->steps) {
    g_autoptr (UiSettings) draft = ui_settings_copy (settings);

    draft->steps = few;
    draft->upsample = self->upsample_only; /* a first look has the size of the network */
    self->refine = ui_settings_copy (settings);
    start (self, draft, TRUE);
  } else {
    start (self, settings, FALSE);
  }
  return G_SOURCE_REMOVE;
}

void
ui_runner_live (UiRunner *self, const UiSettings *settings)
{
  if (self->delay) {
    g_source_remove (self->delay);
  }
  ui_settings_free (self->changed);
  self->changed = ui_settings_copy (settings);
  self->changed->count = 1;
  self->delay = g_timeout_add (UI_LIVE_DELAY_MS, on_rest, self);
}

static void
become_idle (UiRunner *self)
{
  self->current = 0;
  self->progress.phase = UI_PHASE_IDLE;
  self->progress.fraction = 0.0;
  self->progress.seconds_left = -1.0;
}

void
ui_runner_stop (UiRunner *self)
{
  forget (self);
  if (!self->current) {
    return;
  }
  note_times (self);
  self->stopping = self->current;
  become_idle (self);
  self->backend->stop (self->backend->user);
  self->funcs->progress (self->user);
}

void
ui_runner_free (UiRunner *self)
{
  if (!self) {
    return;
  }
  forget (self);
  if (self->current) {
    note_times (self);
    self->backend->stop (self->backend->user);
  }
  ui_settings_free (self->settings);
  g_free (self);
}

gboolean
ui_runner_is_running (UiRunner *self)
{
  return self->current != 0;
}

UiProgress
ui_runner_progress (UiRunner *self)
{
  return self->progress;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void
job_done (UiRunner *self)
{
  note_times (self);
  if (self->refine) {
    g_autoptr (UiSettings) settings = g_steal_pointer (&self->refine);

    if (self->delay) {
      become_idle (self); /* it has changed again: a new draft is about to start */
      self->funcs->progress (self->user);
    } else {
      start (self, settings, FALSE);
    }
    return;
  }
  self->pictures_before += self->settings->count;

  g_autoptr (UiSettings) next = g_queue_pop_head (&self->waiting);

  if (next) {
    start (self, next, FALSE);
    return;
  }
  become_idle (self);
  self->funcs->progress (self->user);
  self->funcs->finished (self->user);
}

/* Of the job that was stopped: only what it had finished is of interest. */
static void
stopped_event (UiRunner *self, const UiEvent *event)
{
  if (event->kind == UI_EVENT_IMAGE && !self->draft) {
    self->funcs->result (event->pixels, event->settings, FALSE, self->user);
  } else if (event->kind == UI_EVENT_DONE || event->kind == UI_EVENT_FAILED) {
    self->stopping = 0;
  }
}

void
ui_runner_event (UiRunner *self, const UiEvent *event)
{
  if (event->job == 0) {
    return;
  }
  if (event->job == self->stopping) {
    stopped_event (self, event);
    return;
  }
  if (event->job != self->current) {
    return;
  }
  switch (event->kind) {
  case UI_EVENT_LOADING:
    if (self->progress.phase == UI_PHASE_STARTING || self->progress.phase == UI_PHASE_LOADING) {
      self->progress.fraction = event->fraction;
      self->progress.phase = UI_PHASE_LOADING;
    } else {
      /* in the middle of the work: the bar goes on showing the whole */
      self->progress.phase = UI_PHASE_RELOADING;
    }
    self->funcs->progress (self->user);
    break;
  case UI_EVENT_STEP:
    if (event->seconds_per_step > 0.0) {
      self->seconds[cost_of (self, self->settings, event->upsampling)] = event->seconds_per_step;
    }
    measure (self, event);
    if (event->pixels) {
      self->funcs->picture (event->pixels, self->user);
    }
    self->funcs->progress (self->user);
    break;
  case UI_EVENT_IMAGE:
    self->funcs->result (event->pixels, event->settings, self->draft, self->user);
    break;
  case UI_EVENT_DONE:
    job_done (self);
    break;
  case UI_EVENT_FAILED:
    note_times (self);
    forget (self);
    become_idle (self);
    self->funcs->progress (self->user);
    self->funcs->failed (event->message, self->user);
    break;
  default:
    break;
  }
}
