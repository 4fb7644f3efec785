/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs, and what comes next: the window's state machine, without widgets.
 *
 *   run       one job after the other
 *   compare   the same seed at the scales of ui_compare_scales, one job each, in order
 *   live      300 ms after the last change: the running job is dropped, a draft of few steps starts
 *             with the same seed, and when it is done and nothing has changed meanwhile, the full
 *             number of steps follows
 *   stop      at once idle; pictures the stopped job had finished are still taken
 *
 * Events of jobs that were replaced are ignored. Times of steps are measured per model and
 * remembered.
 */
#ifndef UI_RUNNER_H
#define UI_RUNNER_H

#include "backend.h"
#include "store.h"

#define UI_LIVE_DELAY_MS 300
#define UI_COMPARE_COUNT 5
extern const double ui_compare_scales[UI_COMPARE_COUNT];

/* Reloading: weights are read in the middle of the work, where memory does not hold all networks at
 * once. */
typedef enum UiPhase {
  UI_PHASE_IDLE,
  UI_PHASE_STARTING,
  UI_PHASE_LOADING,
  UI_PHASE_SAMPLING,
  UI_PHASE_RELOADING,
  UI_PHASE_UPSAMPLING
} UiPhase;

typedef struct UiProgress {
  UiPhase phase;
  gboolean draft;
  int picture, pictures; /* of the whole run, from 0 */
  int step, steps;       /* of this picture and stage; 0 steps done: the first is under way */
  double fraction;       /* of the whole run, 0 … 1; of the reading while loading */
  double seconds_left;   /* negative: not known */
} UiProgress;

typedef struct UiRunnerFuncs {
  void (*progress) (gpointer user); /* ask ui_runner_progress again */
  void (*picture) (GdkPixbuf *pixels, gpointer user);
  void (*result) (GdkPixbuf *pixels, const UiSettings *settings, gboolean draft, gpointer user);
  void (*finished) (gpointer user); /* all is done; not called after stop or failure */
  void (*failed) (const char *message, gpointer user);
} UiRunnerFuncs;

typedef struct UiRunner UiRunner;

/* BACKEND, STORE and FUNCS outlive the runner. */
UiRunner *ui_runner_new (const UiBackend *backend, UiStore *store, const UiRunnerFuncs *funcs,
                         gpointer user);
void ui_runner_free (UiRunner *runner); /* stops; NULL is fine */

/* What a job needs, as in UiJob; copied. */
typedef struct UiWork {
  const UiSettings *settings;
  guint target;
  GdkPixbuf *picture;
} UiWork;

void ui_runner_run (UiRunner *runner, const UiWork *works, gsize n);
void ui_runner_compare (UiRunner *runner, const UiWork *work);
/* the settings have changed to these */
void ui_runner_live (UiRunner *runner, const UiWork *work);
void ui_runner_stop (UiRunner *runner);
gboolean ui_runner_is_running (UiRunner *runner);
UiProgress ui_runner_progress (UiRunner *runner);
/* What the job covers that runs, or ran last; 0: nothing. */
guint ui_runner_target (UiRunner *runner);
/* Seconds that a job takes: as the backend reckons, else by the steps that were measured; negative
 * when something was never measured. */
double ui_runner_estimate (UiRunner *runner, const UiSettings *settings, guint target);

/* Events with a job number; the others are not the runner's. */
void ui_runner_event (UiRunner *runner, const UiEvent *event);

#endif
