/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The history's pictures: which there are, what is kept of them, what has been done with them. */
#include "history-private.h"

#include "i18n.h"

#include <string.h>

static gboolean
same_pixels (const GdkPixbuf *a, const GdkPixbuf *b)
{
  int width = gdk_pixbuf_get_width (a), height = gdk_pixbuf_get_height (a),
      channels = gdk_pixbuf_get_n_channels (a);

  if (width != gdk_pixbuf_get_width (b) || height != gdk_pixbuf_get_height (b)
      || channels != gdk_pixbuf_get_n_channels (b)) {
    return FALSE;
  }
  for (int y = 0; y < height; y++) {
    if (memcmp (gdk_pixbuf_read_pixels (a) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (a),
                gdk_pixbuf_read_pixels (b) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (b),
                (gsize) (width * channels))
        != 0) {
      return FALSE;
    }
  }
  return TRUE;
}

static UiThumbnail *
find_equal (UiHistory *self, GdkPixbuf *pixels, const UiSettings *settings)
{
  for (guint i = 0; i < self->thumbnails->len; i++) {
    UiThumbnail *thumbnail = self->thumbnails->pdata[i];
    if (ui_settings_same_picture (ui_thumbnail_settings (thumbnail), settings)) {
      const UiResult *result = ui_thumbnail_result (thumbnail);

      if (result && same_pixels (result->pixels, pixels)) {
        return thumbnail;
      }
    }
  }
  return NULL;
}

static const char *
model_name (UiHistory *self, const char *id)
{
  const UiModel *model = ui_catalog_find (self->backend->catalog (self->backend->user), id);

  return model ? model->name : id;
}

const UiResult *
ui_history_append (UiHistory *self, const UiResult *result, gboolean select)
{
  UiThumbnail *thumbnail = find_equal (self, result->pixels, result->settings);

  if (!thumbnail) {
    g_autofree char *key
        = self->kept ? ui_history_store_save (self->kept, result->pixels, result->settings) : NULL;

    thumbnail = UI_THUMBNAIL (
        ui_thumbnail_new (result, model_name (self, result->settings->model), self->kept, key));
    ui_history_insert (self, thumbnail, (int) self->thumbnails->len, TRUE);
    g_ptr_array_add (self->thumbnails, thumbnail);
  }
  if (select) {
    ui_history_select_silently (self, thumbnail);
  }
  ui_history_show_actions (self);
  return ui_thumbnail_result (thumbnail);
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static void
on_found (const UiKept *kept, gpointer user)
{
  UiHistory *self = user;
  UiThumbnail *thumbnail = UI_THUMBNAIL (
      ui_thumbnail_new_kept (kept, model_name (self, kept->settings->model), self->kept));

  /* newest first, before those that this window has made meanwhile */
  ui_history_insert (self, thumbnail, 0, FALSE);
  g_ptr_array_insert (self->thumbnails, 0, thumbnail);
}

static void
on_gone (const char *key, gpointer user)
{
  UiHistory *self = user;

  for (guint i = 0; i < self->thumbnails->len; i++) {
    UiThumbnail *thumbnail = self->thumbnails->pdata[i];

    if (g_strcmp0 (ui_thumbnail_key (thumbnail), key) == 0
        && !ui_thumbnail_has_pixels (thumbnail)) { /* what is in memory lives on */
      ui_history_take_out (self, thumbnail);
      break;
    }
  }
  ui_history_tell (self, UI_HISTORY_FULL);
}

static void
on_failed (const char *message, gpointer user)
{
  g_signal_emit_by_name (user, "failed", message);
}

void
ui_history_open (UiHistory *self, UiStore *store)
{
  static const UiHistoryStoreFuncs funcs = { on_found, on_gone, on_failed };

  if (self->backend->history_folder) {
    self->kept
        = ui_history_store_new (self->backend->history_folder, ui_store_history_limit (store),
                                UI_THUMBNAIL_SIDE, &funcs, self);
  }
}

void
ui_history_shut (UiHistory *self)
{
  g_clear_pointer (&self->kept, ui_history_store_free);
  g_clear_object (&self->deleted.pixels);
  g_clear_pointer (&self->deleted.settings, ui_settings_free);
}

gboolean
ui_history_is_kept (UiHistory *self)
{
  return self->kept != NULL;
}

void
ui_history_turn_pin (UiHistory *self)
{
  UiThumbnail *thumbnail = ui_history_selected_thumbnail (self);

  if (thumbnail && !ui_thumbnail_is_live (thumbnail)) {
    ui_thumbnail_set_pinned (thumbnail, !ui_thumbnail_get_pinned (thumbnail));
  }
}

void
ui_history_delete (UiHistory *self)
{
  UiThumbnail *thumbnail = ui_history_selected_thumbnail (self);
  const UiResult *result = thumbnail ? ui_thumbnail_result (thumbnail) : NULL;

  if (!thumbnail || ui_thumbnail_is_live (thumbnail)) {
    return;
  }
  if (result) {
    g_set_object (&self->deleted.pixels, result->pixels);
    ui_settings_free (self->deleted.settings);
    self->deleted.settings = ui_settings_copy (result->settings);
    self->deleted.target = result->target;
  }
  if (ui_thumbnail_key (thumbnail)) {
    ui_history_store_remove (self->kept, ui_thumbnail_key (thumbnail));
  }
  ui_history_take_out (self, thumbnail);
  ui_history_show_actions (self);
  ui_history_tell (self, UI_HISTORY_TICKS_CHANGED);
  ui_history_tell (self, UI_HISTORY_DELETED);
}

gboolean
ui_history_undelete (UiHistory *self)
{
  g_autoptr (GdkPixbuf) pixels = g_steal_pointer (&self->deleted.pixels);
  g_autoptr (UiSettings) settings = g_steal_pointer (&self->deleted.settings);

  if (!pixels) {
    return FALSE;
  }
  ui_history_append (self, &(UiResult) { pixels, settings, self->deleted.target }, TRUE);
  ui_history_tell (self, UI_HISTORY_CHOSEN);
  return TRUE;
}

/* ---- one by one ------------------------------------------------------------------------------ */

guint
ui_history_count (UiHistory *self)
{
  return self->thumbnails->len;
}

const UiResult *
ui_history_nth (UiHistory *self, guint n)
{
  return n < self->thumbnails->len ? ui_thumbnail_result (self->thumbnails->pdata[n]) : NULL;
}

const UiResult *
ui_history_selected (UiHistory *self)
{
  UiThumbnail *thumbnail = ui_history_selected_thumbnail (self);

  return thumbnail ? ui_thumbnail_result (thumbnail) : NULL;
}

void
ui_history_choose (UiHistory *self, guint n)
{
  UiThumbnail *thumbnail = self->thumbnails->pdata[n];

  if (thumbnail == ui_history_selected_thumbnail (self)) {
    ui_history_tell (self, UI_HISTORY_CHOSEN); /* again: its settings come back */
  } else {
    gtk_flow_box_select_child (GTK_FLOW_BOX (self->flow), GTK_FLOW_BOX_CHILD (thumbnail));
  }
}

gboolean
ui_history_select_pixels (UiHistory *self, const GdkPixbuf *pixels)
{
  for (guint i = 0; i < self->thumbnails->len; i++) {
    UiThumbnail *thumbnail = self->thumbnails->pdata[i];

    if (ui_thumbnail_has_pixels (thumbnail) && ui_thumbnail_result (thumbnail)->pixels == pixels) {
      ui_history_select_silently (self, thumbnail);
      ui_history_show_actions (self);
      return TRUE;
    }
  }
  return FALSE;
}

void
ui_history_unselect (UiHistory *self)
{
  self->silent = TRUE;
  gtk_flow_box_unselect_all (GTK_FLOW_BOX (self->flow));
  self->silent = FALSE;
}

void
ui_history_set_live (UiHistory *self, GdkPixbuf *pixels, gboolean follow)
{
  if (!pixels) {
    if (self->live) {
      ui_history_take_out (self, g_steal_pointer (&self->live));
    }
    return;
  }
  if (!self->live) {
    self->live = UI_THUMBNAIL (ui_thumbnail_new_live ());
    ui_history_insert (self, self->live, -1, TRUE);
  }
  ui_thumbnail_set_live (self->live, pixels);
  if (follow && ui_history_selected_thumbnail (self) != self->live) {
    ui_history_select_silently (self, self->live);
  }
}

void
ui_history_set_tick (UiHistory *self, guint n, gboolean tick)
{
  ui_thumbnail_set_tick (self->thumbnails->pdata[n], tick);
}

GPtrArray *
ui_history_ticked (UiHistory *self)
{
  GPtrArray *ticked = g_ptr_array_new ();

  for (guint i = 0; i < self->thumbnails->len; i++) {
    if (ui_thumbnail_get_tick (self->thumbnails->pdata[i])) {
      gpointer result = (gpointer) ui_thumbnail_result (self->thumbnails->pdata[i]);

      if (result) {
        g_ptr_array_add (ticked, result);
      }
    }
  }
  return ticked;
}

guint
ui_history_ticks (UiHistory *self)
{
  guint n = 0;

  for (guint i = 0; i < self->thumbnails->len; i++) {
    n += ui_thumbnail_get_tick (self->thumbnails->pdata[i]) != FALSE;
  }
  return n;
}

void
ui_history_mark_added (UiHistory *self, const UiResult *result, guint layer)
{
  for (guint i = 0; i < self->thumbnails->len; i++) {
    UiThumbnail *thumbnail = self->thumbnails->pdata[i];

    if (ui_thumbnail_has_pixels (thumbnail) && ui_thumbnail_result (thumbnail) == result) {
      ui_thumbnail_set_added (thumbnail, TRUE, layer);
      ui_thumbnail_set_tick (thumbnail, FALSE);
    }
  }
}

gboolean
ui_history_layer_gone (UiHistory *self, guint layer, gboolean gone)
{
  for (guint i = 0; i < self->thumbnails->len; i++) {
    UiThumbnail *thumbnail = self->thumbnails->pdata[i];

    if (layer && ui_thumbnail_layer (thumbnail) == layer) {
      ui_thumbnail_set_added (thumbnail, !gone, layer);
      return TRUE;
    }
  }
  return FALSE;
}

guint
ui_history_unadded (UiHistory *self)
{
  guint n = 0;

  for (guint i = 0; i < self->thumbnails->len; i++) {
    UiThumbnail *thumbnail = self->thumbnails->pdata[i];

    n += ui_thumbnail_is_own (thumbnail) && !ui_thumbnail_get_added (thumbnail);
  }
  return n;
}
