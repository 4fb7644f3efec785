/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the picture goes: the target by kind and name, its size, and the size of a new image. It
 * follows the image that the artist works in: the kind that was chosen stays, the thing changes. */
#ifndef UI_WHERE_ROW_H
#define UI_WHERE_ROW_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_WHERE_ROW (ui_where_row_get_type ())
G_DECLARE_FINAL_TYPE (UiWhereRow, ui_where_row, UI, WHERE_ROW, GtkBox)

/* BACKEND outlives the row and has targets. Emits "changed" when the artist takes another target or
 * size. */
GtkWidget *ui_where_row_new (const UiBackend *backend);
/* The targets have changed: the chosen kind's first one is taken, else the first of all. */
void ui_where_row_update (UiWhereRow *row);
/* MODEL's own size is offered and warned of leaving; NULL: there is none. */
void ui_where_row_set_model (UiWhereRow *row, const UiModel *model, gboolean upsample);
const UiTarget *ui_where_row_target (UiWhereRow *row); /* NULL: there is none */
/* Where, width and height: out of SETTINGS without a signal, into them. */
void ui_where_row_set (UiWhereRow *row, const UiSettings *settings);
void ui_where_row_get (UiWhereRow *row, UiSettings *settings);
/* Takes the first target of this kind, if there is one, without a signal. */
void ui_where_row_choose (UiWhereRow *row, UiWhere where);
/* "where", "size", "width", "height", "caution"; NULL: no such part. */
GtkWidget *ui_where_row_part (UiWhereRow *row, const char *name);

#endif
