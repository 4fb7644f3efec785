/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the picture starts from, and how much of that is changed. */
#ifndef UI_START_ROW_H
#define UI_START_ROW_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_START_ROW (ui_start_row_get_type ())
G_DECLARE_FINAL_TYPE (UiStartRow, ui_start_row, UI, START_ROW, GtkBox)

/* Signals: "changed" by the artist's hand; "mend": the layer is to be made seamless, now. */
GtkWidget *ui_start_row_new (gboolean can_mend);
/* What there is to start from now: something under the target, a picture of the history. */
void ui_start_row_set_there (UiStartRow *row, gboolean layer, gboolean picture);
/* Start and change: out of SETTINGS without a signal, into them: only what is there. */
void ui_start_row_set (UiStartRow *row, const UiSettings *settings);
void ui_start_row_get (UiStartRow *row, UiSettings *settings);
/* "start", "change", "mend"; NULL: no such part. */
GtkWidget *ui_start_row_part (UiStartRow *row, const char *name);

#endif
