/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The buttons at the bottom: ≡ with what is seldom wanted, Close, Add with its menu, Generate. */
#ifndef UI_ACTION_ROW_H
#define UI_ACTION_ROW_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_ACTION_ROW (ui_action_row_get_type ())
G_DECLARE_FINAL_TYPE (UiActionRow, ui_action_row, UI, ACTION_ROW, GtkBox)

/* Signals: "help", "reset", "reuse", "compare", "paint-map", "teach-one", "close", "generate", and
 * "add-as" (int as, of UiAddAs). The menus hold what BACKEND can do. */
GtkWidget *ui_action_row_new (const UiBackend *backend, UiTask task);

/* What Add would do. */
typedef struct UiAddState {
  guint ticks;      /* pictures ticked */
  gboolean shown;   /* a finished picture is shown */
  gboolean any;     /* there is a finished picture at all */
  const char *into; /* name of the image that layers go to; NULL: none is known by name */
  gboolean fresh;   /* they go to a new image */
} UiAddState;

void ui_action_row_set_add (UiActionRow *row, const UiAddState *state);
/* WHY_NOT: why Generate, Compare or Paint Map cannot be pressed; NULL: they can. */
void ui_action_row_set_generate (UiActionRow *row, const char *why_not);
void ui_action_row_set_compare (UiActionRow *row, const char *why_not);
void ui_action_row_set_paint (UiActionRow *row, const char *why_not);

/* "menu", "help", "reset", "reuse", "compare", "paint-map", "teach-one", "close", "add",
 * "add-menu", "add-layer", "add-new", "add-pattern", "add-file", "generate"; NULL: no such part.
 * Those of menus are menu items. */
GtkWidget *ui_action_row_part (UiActionRow *row, const char *name);

#endif
