/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture of the history: small, with its class and size, a tick that says it will be added,
 * and signs that it has been, or is pinned. */
#ifndef UI_THUMBNAIL_H
#define UI_THUMBNAIL_H

#include "backend.h"
#include "history-store.h"

#include <gtk/gtk.h>

/* Side of the small picture: five of them fit beside one another under the large one. */
enum { UI_THUMBNAIL_SIDE = 68 };

#define UI_TYPE_THUMBNAIL (ui_thumbnail_get_type ())
G_DECLARE_FINAL_TYPE (UiThumbnail, ui_thumbnail, UI, THUMBNAIL, GtkFlowBoxChild)

/* Emits "ticked" when the tick changes. RESULT is copied; MODEL_NAME is for the tooltip; KEY: by
 * which STORE keeps it, NULL: it does not. */
GtkWidget *ui_thumbnail_new (const UiResult *result, const char *model_name, UiHistoryStore *store,
                             const char *key);
/* A picture of an earlier window, whose pixels are read when they are wanted. */
GtkWidget *ui_thumbnail_new_kept (const UiKept *kept, const char *model_name,
                                  UiHistoryStore *store);
/* The picture still being made: no tick, no result. */
GtkWidget *ui_thumbnail_new_live (void);
void ui_thumbnail_set_live (UiThumbnail *thumbnail, GdkPixbuf *pixels);

/* Its place in the strip, from 0, of N: assistive technology is told. */
void ui_thumbnail_set_place (UiThumbnail *thumbnail, int position, int n);

gboolean ui_thumbnail_is_live (UiThumbnail *thumbnail);
/* Borrowed; NULL when live, or gone from the disk. */
const UiResult *ui_thumbnail_result (UiThumbnail *thumbnail);
const UiSettings *ui_thumbnail_settings (UiThumbnail *thumbnail); /* without reading; NULL: live */
const char *ui_thumbnail_key (UiThumbnail *thumbnail);            /* NULL: not kept on disk */
gboolean ui_thumbnail_has_pixels (UiThumbnail *thumbnail);
gboolean ui_thumbnail_is_own (UiThumbnail *thumbnail); /* this window made it */
gboolean ui_thumbnail_get_tick (UiThumbnail *thumbnail);
void ui_thumbnail_set_tick (UiThumbnail *thumbnail, gboolean tick);
/* LAYER: the id that it was added by (0: not told); it is an added one from now on. */
void ui_thumbnail_set_added (UiThumbnail *thumbnail, gboolean added, guint layer);
gboolean ui_thumbnail_get_added (UiThumbnail *thumbnail);
guint ui_thumbnail_layer (UiThumbnail *thumbnail); /* 0: none */
void ui_thumbnail_set_pinned (UiThumbnail *thumbnail, gboolean pinned);
gboolean ui_thumbnail_get_pinned (UiThumbnail *thumbnail);

#endif
