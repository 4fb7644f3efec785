/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the window share: generate-panel.c, its making; panel-actions.c, where the
 * artist acts; panel-runs.c, what is run; panel-news.c, where the runner and the backend tell. */
#ifndef UI_PANEL_PRIVATE_H
#define UI_PANEL_PRIVATE_H

#include "generate-panel.h"
#include "history.h"
#include "picture-pane.h"
#include "runner.h"
#include "store.h"
#include "window-keys.h"

/* What the message's button does. */
typedef enum Offer {
  OFFERS_NOTHING,
  OFFERS_NEW_IMAGE,
  OFFERS_QUESTIONS,
  OFFERS_REUSE,
  OFFERS_UNDELETE,
  OFFERS_CLOSE
} Offer;

struct _UiGeneratePanel {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiTask task;
  UiStore *store;
  UiRunner *runner;
  UiHistory *history; /* the pane's */
  GtkWidget *message, *pages, *main_page, *model_page, *pane, *form;
  GtkWidget *actions;
  UiWindowKeys *keys;
  Offer offer;
  gboolean tells_weights; /* the message is about weights read ahead of time */
  gboolean tells_added;   /* the caption is about layers that were added */
  char *warmed;      /* id of the model whose weights are in memory or on their way; NULL: none */
  char *reusable;    /* name of the layer whose settings were offered last; NULL: none */
  guint around;      /* pending look at what surrounds the target */
  int width, height; /* of the window, as last seen; 0: not yet */
};

/* panel-news.c */

/* Says TEXT at the top. LABEL: of the button that does what OFFER says; NULL: no button. */
void ui_panel_say_and_offer (UiGeneratePanel *self, GtkMessageType type, const char *text,
                             const char *label, Offer offer);
void ui_panel_say (UiGeneratePanel *self, GtkMessageType type, const char *text);
/* What went wrong with keeping settings, if anything did. */
void ui_panel_say_store_error (UiGeneratePanel *self);
void ui_panel_update_estimate (UiGeneratePanel *self);
/* Add and its menu, by what is ticked or shown. */
void ui_panel_update_add (UiGeneratePanel *self);
/* What can be started, and from what. */
void ui_panel_update_runs (UiGeneratePanel *self);
/* What surrounds the target is asked for, soon and not while a job runs. */
void ui_panel_look_around (UiGeneratePanel *self);
/* Whether MODEL (NULL: none) can do what this window does. */
gboolean ui_panel_model_works (UiGeneratePanel *self, const UiModel *model);
/* Has the weights of the model chosen be read while the artist looks at the settings. */
void ui_panel_warm (UiGeneratePanel *self);
/* Asks once for what a file leaves open; on the model page the questions stay until they are
 * answered. */
void ui_panel_ask_open (UiGeneratePanel *self);
/* Offers the settings of the active layer, once for each. */
void ui_panel_offer_reuse (UiGeneratePanel *self);

/* The runner's news, for ui_runner_new, and the backend's, for listen; both with the panel. */
extern const UiRunnerFuncs ui_panel_runner_funcs;
void ui_panel_on_event (const UiEvent *event, gpointer panel);

/* panel-runs.c */

void ui_panel_generate (UiGeneratePanel *self);
void ui_panel_compare (UiGeneratePanel *self);
void ui_panel_mend (UiGeneratePanel *self);
void ui_panel_vary (UiGeneratePanel *self, double amount);
void ui_panel_upsample_ticked (UiGeneratePanel *self);
void ui_panel_run_live (UiGeneratePanel *self);
void ui_panel_stop (UiGeneratePanel *self);
/* The settings as they are, for the next window. */
void ui_panel_remember (UiGeneratePanel *self);
const char *ui_panel_window_name (UiGeneratePanel *self);

/* panel-actions.c */

void ui_panel_connect_actions (UiGeneratePanel *self);
void ui_panel_add (UiGeneratePanel *self, UiAddAs as);
void ui_panel_changed (UiGeneratePanel *self);
void ui_panel_back (UiGeneratePanel *self);
void ui_panel_help (gpointer panel);      /* from its beginning */
void ui_panel_help_here (gpointer panel); /* about what has the focus */
/* Escape: stops a run; leaves the model page or a search; closes the window only when nothing in it
 * waits to be added. */
void ui_panel_escape (gpointer panel);

#endif
