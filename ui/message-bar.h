/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What went wrong and what to do, at the top of the window; it stays until closed, answered or
 * replaced. */
#ifndef UI_MESSAGE_BAR_H
#define UI_MESSAGE_BAR_H

#include <gtk/gtk.h>

#define UI_TYPE_MESSAGE_BAR (ui_message_bar_get_type ())
G_DECLARE_FINAL_TYPE (UiMessageBar, ui_message_bar, UI, MESSAGE_BAR, GtkBox)

/* Signal "answered" when the offered button is pressed (the bar is hidden by then). */
GtkWidget *ui_message_bar_new (void);
/* OFFER is a button's label with mnemonic, or NULL. */
void ui_message_bar_show (UiMessageBar *bar, GtkMessageType type, const char *text,
                          const char *offer);
void ui_message_bar_hide (UiMessageBar *bar);
/* GTK_MESSAGE_OTHER when none is shown. */
GtkMessageType ui_message_bar_type (UiMessageBar *bar);
const char *ui_message_bar_text (UiMessageBar *bar); /* NULL when hidden */

#endif
