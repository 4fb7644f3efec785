/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two halves of the history share: history.c, the strip of thumbnails, and
 * history-pictures.c, the pictures in it. */
#ifndef UI_HISTORY_PRIVATE_H
#define UI_HISTORY_PRIVATE_H

#include "history-store.h"
#include "history.h"
#include "thumbnail.h"

enum {
  UI_HISTORY_CHOSEN,
  UI_HISTORY_FOLLOW,
  UI_HISTORY_TICKS_CHANGED,
  UI_HISTORY_VARY,
  UI_HISTORY_UPSAMPLE,
  UI_HISTORY_DELETED,
  UI_HISTORY_FAILED,
  UI_HISTORY_FULL,
  UI_HISTORY_SIGNALS
};

struct _UiHistory {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiHistoryStore *kept; /* NULL: pictures live as long as the window */
  UiResult deleted;     /* the last one; pixels NULL: none */
  GtkWidget *head, *actions;
  GtkWidget *scrolled, *flow, *stack, *empty, *bar;
  UiThumbnail *live;     /* owned by the flow box; NULL when nothing is being made */
  GPtrArray *thumbnails; /* UiThumbnail, owned by the flow box, oldest first */
  gboolean silent;
  guint new_source;   /* pending while a thumbnail is new */
  guint place_source; /* pending while thumbnails have not been told their places */
};

void ui_history_tell (UiHistory *self, int signal);           /* one without arguments */
UiThumbnail *ui_history_selected_thumbnail (UiHistory *self); /* may be the live one; or NULL */
void ui_history_select_silently (UiHistory *self, UiThumbnail *thumbnail);
/* Puts THUMBNAIL into the strip; what is shown moves to the end where it is new. */
void ui_history_insert (UiHistory *self, UiThumbnail *thumbnail, int position, gboolean is_new);
/* Takes THUMBNAIL out of it. */
void ui_history_take_out (UiHistory *self, UiThumbnail *thumbnail);
void ui_history_show_actions (UiHistory *self);
/* Opens what is kept, when the history is made, and shuts it. */
void ui_history_open (UiHistory *self, UiStore *store);
void ui_history_shut (UiHistory *self);
/* Deletes the chosen picture; turns its pin. */
void ui_history_delete (UiHistory *self);
void ui_history_turn_pin (UiHistory *self);

#endif
