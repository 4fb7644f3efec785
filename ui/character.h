/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Character: the gradient scale of guidance in plain words, from varied to typical. */
#ifndef UI_CHARACTER_H
#define UI_CHARACTER_H

#include <gtk/gtk.h>

#define UI_TYPE_CHARACTER (ui_character_get_type ())
G_DECLARE_FINAL_TYPE (UiCharacter, ui_character, UI, CHARACTER, GtkBox)

/* Emits "changed" when the artist moves the slider or types the number, not when it is set. */
GtkWidget *ui_character_new (void);
/* The scale, exactly as it was set or typed. */
double ui_character_get (UiCharacter *character);
void ui_character_set (UiCharacter *character, double scale);
/* WHY_NOT: why it has no effect now; NULL: it has. */
void ui_character_set_reason (UiCharacter *character, const char *why_not);
GtkWidget *ui_character_slider (UiCharacter *character);
/* The same scale as a number, to be put elsewhere; the character's until then. */
GtkWidget *ui_character_number (UiCharacter *character);

#endif
