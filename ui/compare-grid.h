/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of a comparison, large and side by side; a press chooses one. */
#ifndef UI_COMPARE_GRID_H
#define UI_COMPARE_GRID_H

#include <gtk/gtk.h>

#define UI_TYPE_COMPARE_GRID (ui_compare_grid_get_type ())
G_DECLARE_FINAL_TYPE (UiCompareGrid, ui_compare_grid, UI, COMPARE_GRID, GtkGrid)

/* Emits "picked" (GdkPixbuf *pixels). */
GtkWidget *ui_compare_grid_new (void);
void ui_compare_grid_clear (UiCompareGrid *grid);
/* One more, with WORDS under it. */
void ui_compare_grid_append (UiCompareGrid *grid, GdkPixbuf *pixels, const char *words);
guint ui_compare_grid_count (UiCompareGrid *grid);
GtkWidget *ui_compare_grid_nth (UiCompareGrid *grid, guint n); /* a button */

#endif
