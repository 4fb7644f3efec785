/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The left half of the window: the picture, the row under it and the history, and which picture is
 * the one shown. While the pane follows, that is the one being made; once the artist chooses
 * another, that one stays until the next run or until the thumbnail of the one being made is
 * clicked. */
#ifndef UI_PICTURE_PANE_H
#define UI_PICTURE_PANE_H

#include "history.h"
#include "preview.h"
#include "progress-row.h"

#define UI_TYPE_PICTURE_PANE (ui_picture_pane_get_type ())
G_DECLARE_FINAL_TYPE (UiPicturePane, ui_picture_pane, UI, PICTURE_PANE, GtkBox)

GtkWidget *ui_picture_pane_new (gboolean upsample_only);

/* A run begins: what is made will be shown, and nothing finished is. */
void ui_picture_pane_follow (UiPicturePane *pane);
void ui_picture_pane_set_progress (UiPicturePane *pane, const UiProgress *progress);
/* A step's picture, a finished draft, a finished picture. */
void ui_picture_pane_show_step (UiPicturePane *pane, GdkPixbuf *pixels, gboolean draft);
void ui_picture_pane_show_draft (UiPicturePane *pane, GdkPixbuf *pixels);
void ui_picture_pane_take (UiPicturePane *pane, GdkPixbuf *pixels, const UiSettings *settings,
                           const char *model_name);
/* Shows what is selected in the history from now on. */
void ui_picture_pane_show_chosen (UiPicturePane *pane);
/* Shows a picture that is no result; NULL: the empty state. */
void ui_picture_pane_show_other (UiPicturePane *pane, GdkPixbuf *pixels, const char *caption);
/* The note under the picture while nothing runs. */
void ui_picture_pane_set_caption (UiPicturePane *pane, const char *caption);

UiPreview *ui_picture_pane_preview (UiPicturePane *pane);
UiProgressRow *ui_picture_pane_progress (UiPicturePane *pane);
UiHistory *ui_picture_pane_history (UiPicturePane *pane);

#endif
