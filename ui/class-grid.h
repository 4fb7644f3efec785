/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A grid of small squares with names beside them: classes with their swatches, or the colours of a
 * map. One is highlighted. */
#ifndef UI_CLASS_GRID_H
#define UI_CLASS_GRID_H

#include <gtk/gtk.h>

/* Side of a square, pixels. */
enum { UI_SQUARE = 28 };

#define UI_TYPE_CLASS_GRID (ui_class_grid_get_type ())
G_DECLARE_FINAL_TYPE (UiClassGrid, ui_class_grid, UI, CLASS_GRID, GtkScrolledWindow)

typedef struct UiClassSquare {
  int index;          /* whatever the caller tells squares apart by */
  const char *markup; /* beside the square */
  const char *spoken; /* what a screen reader says of it, before its place among the others */
  GdkPixbuf *pixels;  /* UI_SQUARE wide, or NULL: an empty one */
} UiClassSquare;

/* SQUARES: whether there are any, or names alone. Signals: "picked" (int index) when the artist
 * highlights another one, "activated" (int index) on Enter or a double click, "scrolled" when
 * others have come into sight. */
GtkWidget *ui_class_grid_new (gboolean squares);
/* Shows N squares instead, none highlighted; without a signal. */
void ui_class_grid_fill (UiClassGrid *grid, const UiClassSquare *squares, gsize n);
void ui_class_grid_set_spoken (UiClassGrid *grid, int index, const char *spoken);
void ui_class_grid_set_markup (UiClassGrid *grid, int index, const char *markup);
void ui_class_grid_set_pixels (UiClassGrid *grid, int index, GdkPixbuf *pixels);
/* Highlights the square of INDEX, without a signal, and scrolls to it; FALSE: there is none, and
 * none is highlighted. */
gboolean ui_class_grid_highlight (UiClassGrid *grid, int index);
/* Whether one is highlighted, and which. */
gboolean ui_class_grid_highlighted (UiClassGrid *grid, int *index);
/* Positions of the first and the last square in sight; FALSE: none is. */
gboolean ui_class_grid_in_sight (UiClassGrid *grid, int *first, int *last);
int ui_class_grid_nth (UiClassGrid *grid, int position); /* its index */
GtkWidget *ui_class_grid_view (UiClassGrid *grid);       /* a GtkIconView, which takes the focus */

#endif
