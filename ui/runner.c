/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs, and what comes next. */
#include "runner.h"

const double ui_compare_scales[UI_COMPARE_COUNT] = { 0.0, 1.0, 2.0, 5.0, 10.0 };

enum { DRAFT_PART = 4, DRAFT_STEPS_MIN = 5, DRAFT_STEPS_MAX = 10 };

/* A job to come, its own. */
typedef struct Work {
  UiSettings *settings;
  guint target;
  GdkPixbuf *picture;
} Work;

struct UiRunner {
  const UiBackend *backend;
  UiStore *store;
  const UiRunnerFuncs *funcs;
  gpointer user;

  guint last_id;
  guint current;  /* id of the running job; 0: none */
  guint stopping; /* id of the job that was stopped and has not said so yet; 0: none */
  Work *work;     /* the running job's, or the last one's; NULL: there was none */
  gboolean draft;
  Work *refine;   /* to follow the draft; NULL: nothing */
  GQueue waiting; /* Work: further jobs of this run */
  Work *changed;
  guint delay; /* source that waits for the slider to rest */

  UiProgress progress;
  int pictures_before; /* of finished jobs of this run */
  double amount[2];    /* of the running job's pictures, each: units of sampling, of upsampling */
  gboolean counted;    /* they are; else they are steps, which no unit is measured by */
  double seconds[3];   /* of a unit, measured by this job, by UiCost; 0: not yet */
};

static Work *
work_copy (const UiWork *from)
{
  Work *work = g_new (Work, 1);

  *work = (Work) { ui_settings_copy (from->settings), from->target,
                   from->picture ? g_object_ref (from->picture) : NULL };
  return work;
}

static UiWork
work_view (const Work *work)
{
  return (UiWork) { work->settings, work->target, work->picture };
}

static void
work_free (gpointer data)
{
  Work *work = data;

  ui_settings_free (work->settings);
  g_clear_object (&work->picture);
  g_free (work);
}

UiRunner *
ui_runner_new (const UiBackend *backend, UiStore *store, const UiRunnerFuncs *funcs, gpointer user)
{
  UiRunner *self = g_new0 (UiRunner, 1);

  self->backend = backend;
  self->store = store;
  self->funcs = funcs;
  self->user = user;
  g_queue_init (&self->waiting);
  self->progress.seconds_left = -1.0;
  return self;
}

/* ---- times ----------------------------------------------------------------------------------- */

static UiCost
cost_of (const UiSettings *settings, gboolean upsampling)
{
  return upsampling || settings->task == UI_TASK_UPSAMPLE ? UI_COST_UPSAMPLE
         : settings->scale > 0.0                          ? UI_COST_GUIDED
                                                          : UI_COST_PLAIN;
}

/* Seconds of a unit of work, 0 unknown: what the running job measures counts more than what is
 * remembered. */
static double
unit_seconds (UiRunner *self, const UiSettings *settings, gboolean upsampling)
{
  UiCost cost = cost_of (settings, upsampling);
  gboolean same = self->current && g_str_equal (self->work->settings->model, settings->model);

  return same && self->seconds[cost] > 0.0 ? self->seconds[cost]
                                           : ui_store_seconds (self->store, settings->model, cost);
}

/* Steps of the stage after sampling; 0: there is none. */
static int
upsample_steps (UiRunner *self, const UiSettings *settings)
{
  const UiModel *model
      = ui_catalog_find (self->backend->catalog (self->backend->user), settings->model);

  return settings->task == UI_TASK_GENERATE && settings->upsample && model
             ? settings->upsample_steps ? settings->upsample_steps : model->upsample_steps
             : 0;
}

/* How much there is to do for one picture, in the backend's units or in steps. FALSE: not known. */
static gboolean
amount_of (UiRunner *self, const UiSettings *settings, guint target, double amount[2])
{
  if (self->backend->amount) {
    return self->backend->amount (settings, target, amount, self->backend->user);
  }
  amount[0] = settings->steps;
  amount[1] = upsample_steps (self, settings);
  return TRUE;
}

double
ui_runner_estimate (UiRunner *self, const UiSettings *settings, guint target)
{
  double sampling = unit_seconds (self, settings, FALSE),
         upsampling = unit_seconds (self, settings, TRUE), amount[2];

  if (sampling <= 0.0 || !amount_of (self, settings, target, amount)
      || (amount[1] > 0.0 && upsampling <= 0.0)) {
    return -1.0;
  }
  return settings->count * (amount[0] * sampling + amount[1] * upsampling);
}

static void
note_times (UiRunner *self)
{
  for (UiCost cost = UI_COST_PLAIN; cost <= UI_COST_UPSAMPLE; cost++) {
    if (self->seconds[cost] > 0.0) {
      ui_store_note_seconds (self->store, self->work->settings->model, cost, self->seconds[cost]);
      self->seconds[cost] = 0.0;
    }
  }
}

/* Where the run is, after a step. */
static void
measure (UiRunner *self, const UiEvent *event)
{
  UiProgress *progress = &self->progress;
  double sampling = unit_seconds (self, self->work->settings, FALSE),
         upsampling = unit_seconds (self, self->work->settings, TRUE);
  gboolean second = event->upsampling && self->work->settings->task == UI_TASK_GENERATE;
  gboolean known = self->counted && sampling > 0.0 && (self->amount[1] <= 0.0 || upsampling > 0.0);
  double first_work = self->amount[0] * (known ? sampling : 1.0),
         second_work = self->amount[1] * (known ? upsampling : 4.0);
  double part = CLAMP (event->fraction, 0.0, 1.0);
  double done = second ? first_work + part * second_work : part * first_work;
  double of_picture = done / (first_work + second_work);
  double left
      = known ? (first_work + second_work) * (self->work->settings->count - event->image) - done
              : -1.0;

  progress->phase = second ? UI_PHASE_UPSAMPLING : UI_PHASE_SAMPLING;
  progress->step = event->step;
  progress->steps = event->steps;
  progress->picture = self->pictures_before + event->image;
  progress->fraction = (progress->picture + of_picture) / MAX (1, progress->pictures);
  for (GList *next = self->waiting.head; next && left >= 0.0; next = next->next) {
    const Work *work = next->data;
    double one = ui_runner_estimate (self, work->settings, work->target);

    left = one < 0.0 ? -1.0 : left + one;
  }
  progress->seconds_left = left;
}

/* ---- starting and stopping ------------------------------------------------------------------- */

/* WORK becomes the runner's. */
static void
start (UiRunner *self, Work *work, gboolean draft)
{
  UiJob job;

  if (self->current) {
    note_times (self);
  }
  g_clear_pointer (&self->work, work_free);
  self->work = work;
  self->draft = draft;
  self->stopping = 0;
  self->current = ++self->last_id;
  self->counted = amount_of (self, work->settings, work->target, self->amount);
  if (!self->counted) {
    self->amount[0] = work->settings->steps; /* the backend is about to say why it cannot be */
    self->amount[1] = 0.0;
  }
  self->progress.phase = UI_PHASE_STARTING;
  self->progress.draft = draft;
  self->progress.step = 0;
  self->progress.steps = work->settings->steps;
  self->progress.seconds_left = -1.0;
  job = (UiJob) { .id = self->current,
                  .settings = work->settings,
                  .draft = draft,
                  .target = work->target,
                  .picture = work->picture };
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
  g_clear_pointer (&self->changed, work_free);
  g_clear_pointer (&self->refine, work_free);
  g_queue_clear_full (&self->waiting, work_free);
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
ui_runner_run (UiRunner *self, const UiWork *works, gsize n)
{
  int pictures = 0;

  forget (self);
  for (gsize i = 0; i < n; i++) {
    g_queue_push_tail (&self->waiting, work_copy (&works[i]));
    pictures += works[i].settings->count;
  }
  begin_run (self, pictures);
  if (n) {
    start (self, g_queue_pop_head (&self->waiting), FALSE);
  }
}

void
ui_runner_compare (UiRunner *self, const UiWork *work)
{
  UiWork works[UI_COMPARE_COUNT];
  UiSettings *settings[UI_COMPARE_COUNT];

  for (int i = 0; i < UI_COMPARE_COUNT; i++) {
    settings[i] = ui_settings_copy (work->settings);
    settings[i]->count = 1;
    settings[i]->scale = ui_compare_scales[i];
    works[i] = (UiWork) { settings[i], work->target, work->picture };
  }
  ui_runner_run (self, works, UI_COMPARE_COUNT);
  for (int i = 0; i < UI_COMPARE_COUNT; i++) {
    ui_settings_free (settings[i]);
  }
}

static gboolean
on_rest (gpointer data)
{
  UiRunner *self = data;
  Work *work = g_steal_pointer (&self->changed);
  int few = CLAMP (work->settings->steps / DRAFT_PART, DRAFT_STEPS_MIN, DRAFT_STEPS_MAX);

  self->delay = 0;
  forget (self);
  begin_run (self, 1);
  if (2 * few <= work->settings->steps) {
    UiWork view = work_view (work);
    Work *draft = work_copy (&view);

    draft->settings->steps = few;
    /* a first look has the size of the network */
    draft->settings->upsample = draft->settings->task == UI_TASK_UPSAMPLE;
    self->refine = work;
    start (self, draft, TRUE);
  } else {
    start (self, work, FALSE);
  }
  return G_SOURCE_REMOVE;
}

void
ui_runner_live (UiRunner *self, const UiWork *work)
{
  if (self->delay) {
    g_source_remove (self->delay);
  }
  g_clear_pointer (&self->changed, work_free);
  self->changed = work_copy (work);
  self->changed->settings->count = 1;
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
  g_clear_pointer (&self->work, work_free);
  g_free (self);
}

gboolean
ui_runner_is_running (UiRunner *self)
{
  return self->current != 0;
}

guint
ui_runner_target (UiRunner *self)
{
  return self->work ? self->work->target : 0;
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
    Work *work = g_steal_pointer (&self->refine);

    if (self->delay) {
      work_free (work);
      become_idle (self); /* it has changed again: a new draft is about to start */
      self->funcs->progress (self->user);
    } else {
      start (self, work, FALSE);
    }
    return;
  }
  self->pictures_before += self->work->settings->count;

  Work *next = g_queue_pop_head (&self->waiting);

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

/* What a step took, by the unit. */
static void
note_step (UiRunner *self, const UiEvent *event)
{
  gboolean second = event->upsampling && self->work->settings->task == UI_TASK_GENERATE;
  double amount = self->amount[second];

  if (self->counted && amount > 0.0) {
    self->seconds[cost_of (self->work->settings, event->upsampling)]
        = event->seconds_per_step * event->steps / amount;
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
      note_step (self, event);
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
