/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The left half of the window: the picture, how it is looked at, the row under it and the history,
 * and which picture is the one shown. While the pane follows, that is the one being made; once the
 * artist chooses another, that one stays until the next run or until the thumbnail of the one being
 * made is clicked.
 *
 * A finished picture is never lost for an unfinished one: live runs keep it, dimmed, until the new
 * one is better than a draft, and a run that is stopped or fails brings it back. */
#ifndef UI_PICTURE_PANE_H
#define UI_PICTURE_PANE_H

#include "compare-grid.h"
#include "history.h"
#include "preview.h"
#include "progress-row.h"

#define UI_TYPE_PICTURE_PANE (ui_picture_pane_get_type ())
G_DECLARE_FINAL_TYPE (UiPicturePane, ui_picture_pane, UI, PICTURE_PANE, GtkBox)

typedef enum UiRunKind { UI_RUN_ORDINARY, UI_RUN_LIVE, UI_RUN_COMPARE } UiRunKind;

/* BACKEND and STORE outlive the pane. */
GtkWidget *ui_picture_pane_new (const UiBackend *backend, UiStore *store, UiTask task);

/* A run begins: what is made will be shown, and nothing finished is. */
void ui_picture_pane_follow (UiPicturePane *pane, UiRunKind kind);
void ui_picture_pane_set_progress (UiPicturePane *pane, const UiProgress *progress);
/* A step's picture (as far as PROGRESS says), a finished draft, a finished picture. */
void ui_picture_pane_show_step (UiPicturePane *pane, GdkPixbuf *pixels, const UiProgress *progress);
void ui_picture_pane_show_draft (UiPicturePane *pane, GdkPixbuf *pixels);
void ui_picture_pane_take (UiPicturePane *pane, const UiResult *result);
/* The run ends without another picture: the last finished one is shown again, with CAPTION. */
void ui_picture_pane_restore (UiPicturePane *pane, const char *caption);
/* Shows what is selected in the history from now on. */
void ui_picture_pane_show_chosen (UiPicturePane *pane);
/* Shows a picture that is no result; NULL: the empty state. */
void ui_picture_pane_show_other (UiPicturePane *pane, GdkPixbuf *pixels, const char *caption);
/* The note under the picture while nothing runs. */
void ui_picture_pane_set_caption (UiPicturePane *pane, const char *caption);
/* What the picture covers (0: nothing), and what it is made from (NULL: nothing, or what lies
 * there): asks the backend for the surroundings. */
void ui_picture_pane_set_target (UiPicturePane *pane, guint target);
void ui_picture_pane_set_start (UiPicturePane *pane, UiStart start, GdkPixbuf *picture);

UiProgressRow *ui_picture_pane_progress (UiPicturePane *pane);
UiHistory *ui_picture_pane_history (UiPicturePane *pane);
/* "preview", "progress", "stop", "history", "compare-grid", those of ui_view_row_part and
 * ui_history_part; NULL: no such part. */
GtkWidget *ui_picture_pane_part (UiPicturePane *pane, const char *name);

#endif
