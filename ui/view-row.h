/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the picture is looked at: in place, alone, three by three; and, while a button is held, what
 * there was before. */
#ifndef UI_VIEW_ROW_H
#define UI_VIEW_ROW_H

#include "preview.h"

#define UI_TYPE_VIEW_ROW (ui_view_row_get_type ())
G_DECLARE_FINAL_TYPE (UiViewRow, ui_view_row, UI, VIEW_ROW, GtkBox)

/* PREVIEW outlives the row, which sets its view. */
GtkWidget *ui_view_row_new (UiPreview *preview);
/* Whether there are surroundings, and a picture to hold against another. The artist's own choice of
 * a view comes back when it can. */
void ui_view_row_set_there (UiViewRow *row, gboolean surroundings, gboolean before);
/* "in-place", "alone", "tiled", "before"; NULL: no such part. */
GtkWidget *ui_view_row_part (UiViewRow *row, const char *name);

#endif
