/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two halves of the window share: generate-panel.c, where the artist acts, and
 * panel-news.c, where the runner and the backend tell. */
#ifndef UI_PANEL_PRIVATE_H
#define UI_PANEL_PRIVATE_H

#include "generate-panel.h"
#include "history.h"
#include "runner.h"
#include "store.h"
#include "window-keys.h"

/* What the message's button does. */
typedef enum Offer { OFFERS_NOTHING, OFFERS_NEW_IMAGE, OFFERS_QUESTIONS } Offer;

struct _UiGeneratePanel {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiPanelMode mode;
  UiStore *store;
  UiRunner *runner;
  UiHistory *history; /* the pane's */
  GtkWidget *message, *pages, *main_page, *model_page, *pane, *form;
  GtkWidget *actions;
  UiWindowKeys *keys;
  Offer offer;
  gboolean tells_weights; /* the message is about weights read ahead of time */
  char *warmed; /* id of the model whose weights are in memory or on their way; NULL: none */
};

/* Says TEXT at the top. LABEL: of the button that does what OFFER says; NULL: no button. */
void ui_panel_say_and_offer (UiGeneratePanel *self, GtkMessageType type, const char *text,
                             const char *label, Offer offer);
void ui_panel_say (UiGeneratePanel *self, GtkMessageType type, const char *text);
/* What went wrong with keeping settings, if anything did. */
void ui_panel_say_store_error (UiGeneratePanel *self);
/* The name of the model ID as shown, or ID. */
const char *ui_panel_model_name (UiGeneratePanel *self, const char *id);
void ui_panel_update_estimate (UiGeneratePanel *self);
/* Add and its menu, by what is ticked or shown. */
void ui_panel_update_add (UiGeneratePanel *self);
/* Whether MODEL (NULL: none) can do what this window does. */
gboolean ui_panel_model_works (UiGeneratePanel *self, const UiModel *model);
/* Has the weights of the model chosen be read while the artist looks at the settings. */
void ui_panel_warm (UiGeneratePanel *self);
/* Asks once for what a file leaves open; on the model page the questions stay until they are
 * answered. */
void ui_panel_ask_open (UiGeneratePanel *self);

/* The runner's news, for ui_runner_new, and the backend's, for listen; both with the panel. */
extern const UiRunnerFuncs ui_panel_runner_funcs;
void ui_panel_on_event (const UiEvent *event, gpointer panel);

#endif
