/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture of the history: small, with its scale, its seed, and a tick that says it will be
 * added. */
#ifndef UI_THUMBNAIL_H
#define UI_THUMBNAIL_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_THUMBNAIL (ui_thumbnail_get_type ())
G_DECLARE_FINAL_TYPE (UiThumbnail, ui_thumbnail, UI, THUMBNAIL, GtkFlowBoxChild)

/* Emits "ticked" when the tick changes. Takes a reference to PIXELS and copies SETTINGS; MODEL_NAME
 * is for the tooltip; UPSAMPLE_ONLY: of Upsample Layer, so no scale is shown. */
GtkWidget *ui_thumbnail_new (GdkPixbuf *pixels, const UiSettings *settings, const char *model_name,
                             gboolean upsample_only);
/* The picture still being made: no tick, no result. */
GtkWidget *ui_thumbnail_new_live (void);
void ui_thumbnail_set_live (UiThumbnail *thumbnail, GdkPixbuf *pixels);

gboolean ui_thumbnail_is_live (UiThumbnail *thumbnail);
const UiResult *ui_thumbnail_result (UiThumbnail *thumbnail); /* borrowed; NULL when live */
gboolean ui_thumbnail_get_tick (UiThumbnail *thumbnail);
void ui_thumbnail_set_tick (UiThumbnail *thumbnail, gboolean tick);
/* Says in the tooltip and on the picture that it has been added. */
void ui_thumbnail_set_added (UiThumbnail *thumbnail);

#endif
