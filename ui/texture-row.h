/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a texture lies: how large its pattern is, where it goes on at the other edge, and whether it
 * goes on from what surrounds it. */
#ifndef UI_TEXTURE_ROW_H
#define UI_TEXTURE_ROW_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_TEXTURE_ROW (ui_texture_row_get_type ())
G_DECLARE_FINAL_TYPE (UiTextureRow, ui_texture_row, UI, TEXTURE_ROW, GtkBox)

/* ABILITIES: UiAbilities; what is not among them is not there. Emits "changed" by the artist's
 * hand. */
GtkWidget *ui_texture_row_new (guint abilities);
/* There is something around the target that edges can match. */
void ui_texture_row_set_surrounded (UiTextureRow *row, gboolean surrounded);
/* Texture size, seamless and match edges: out of SETTINGS without a signal, into them. */
void ui_texture_row_set (UiTextureRow *row, const UiSettings *settings);
void ui_texture_row_get (UiTextureRow *row, UiSettings *settings);
/* "texture-size", "seamless-x", "seamless-y", "match-edges"; NULL: no such part. */
GtkWidget *ui_texture_row_part (UiTextureRow *row, const char *name);

#endif
