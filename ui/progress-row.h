/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Under the picture: what is happening, how far, how long still, and Stop. When nothing runs, what
 * the picture is. */
#ifndef UI_PROGRESS_ROW_H
#define UI_PROGRESS_ROW_H

#include "runner.h"

#include <gtk/gtk.h>

#define UI_TYPE_PROGRESS_ROW (ui_progress_row_get_type ())
G_DECLARE_FINAL_TYPE (UiProgressRow, ui_progress_row, UI, PROGRESS_ROW, GtkBox)

/* Signal "stop". */
GtkWidget *ui_progress_row_new (void);
void ui_progress_row_set (UiProgressRow *row, const UiProgress *progress);
/* 0 … 1 while weights are read ahead of time, which is shown while nothing runs; negative: they are
 * not. */
void ui_progress_row_set_ahead (UiProgressRow *row, double fraction);
/* Shown while nothing runs: the picture's caption, or a short note. */
void ui_progress_row_set_caption (UiProgressRow *row, const char *caption);
const char *ui_progress_row_text (UiProgressRow *row); /* what it says now */
GtkWidget *ui_progress_row_stop_button (UiProgressRow *row);

#endif
