/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "and…": a second class to blend with the first, and the balance between them. */
#ifndef UI_CLASS_SECOND_H
#define UI_CLASS_SECOND_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_CLASS_SECOND (ui_class_second_get_type ())
G_DECLARE_FINAL_TYPE (UiClassSecond, ui_class_second, UI, CLASS_SECOND, GtkBox)

/* Emits "changed" by the artist's hand. */
GtkWidget *ui_class_second_new (void);
/* The classes to choose from, of UiClassEntry, as long as they are those of one model; shared. */
void ui_class_second_set_entries (UiClassSecond *second, GArray *entries);
/* Second class and balance: out of SETTINGS without a signal, into them. */
void ui_class_second_set (UiClassSecond *second, const UiSettings *settings);
void ui_class_second_get (UiClassSecond *second, UiSettings *settings);
GtkWidget *ui_class_second_entry (UiClassSecond *second);
GtkWidget *ui_class_second_balance (UiClassSecond *second);

#endif
