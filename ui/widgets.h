/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small makers used all over the window. Widgets come back floating and shown. */
#ifndef UI_WIDGETS_H
#define UI_WIDGETS_H

#include <gtk/gtk.h>

/* A label before a widget: sentence case with a mnemonic, no colon. */
GtkWidget *ui_label_for (const char *text_with_mnemonic, GtkWidget *widget);
/* A quiet label. */
GtkWidget *ui_dim_label (const char *text);
/* Text that wraps and can be copied with the mouse: file names and addresses want to be. Tab passes
 * it by. */
GtkWidget *ui_text_line (const char *text);
/* TEXT as it is shown where its mnemonic does not act. To be freed. */
char *ui_without_mnemonic (const char *text_with_mnemonic);
GtkWidget *ui_button (const char *text_with_mnemonic, const char *tooltip);
/* ICON_NAMES: the first of these, separated by blanks, that the theme has. NAME is the tooltip and
 * the accessible name. */
GtkWidget *ui_icon_button (const char *icon_names, const char *name);
GtkWidget *ui_spin (double low, double high, double step, int digits, int width_chars,
                    const char *tooltip);
/* Lets the entries of a combo box shrink instead of widening the window. */
void ui_combo_shrink (GtkWidget *combo);

/* Nothing is greyed without a reason: TOOLTIP (may be NULL) when available, WHY_NOT otherwise. */
void ui_set_available (GtkWidget *widget, gboolean available, const char *tooltip,
                       const char *why_not);

/* Has a screen reader say TEXT, though WIDGET has not the focus: at once when URGENT, else when it
 * is done with what it says. */
void ui_announce (GtkWidget *widget, const char *text, gboolean urgent);

/* "3 of 20" for the one at POSITION, from 0, of N. To be freed. */
char *ui_place_text (int position, int n);

/* "about 4 s", "about 3 min"; "" when SECONDS is negative. To be freed. */
char *ui_duration_text (double seconds);

/* The few style rules of the window, for the screen, once. */
void ui_style_ensure (void);

/* PIXELS with no side above MOST: a new reference, quick however large the picture. NULL when
 * memory is short. */
GdkPixbuf *ui_reduce_picture (GdkPixbuf *pixels, int most);

#endif
