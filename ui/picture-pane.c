/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The left half of the window. */
#include "picture-pane.h"

#include "i18n.h"
#include "widgets.h"

struct _UiPicturePane {
  GtkBox parent_instance;
  UiPreview *preview;
  UiProgressRow *progress;
  UiHistory *history;
  gboolean upsample_only;
  gboolean following; /* the picture shown is the one being made */
};

G_DEFINE_FINAL_TYPE (UiPicturePane, ui_picture_pane, GTK_TYPE_BOX)

static void
on_follow (UiPicturePane *self)
{
  self->following = TRUE;
}

static void
ui_picture_pane_class_init (UiPicturePaneClass *klass G_GNUC_UNUSED)
{
}

static void
ui_picture_pane_init (UiPicturePane *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  self->following = TRUE;
}

GtkWidget *
ui_picture_pane_new (gboolean upsample_only)
{
  UiPicturePane *self = g_object_new (UI_TYPE_PICTURE_PANE, "visible", TRUE, NULL);

  self->upsample_only = upsample_only;
  self->preview = UI_PREVIEW (ui_preview_new ());
  ui_preview_set_hint (self->preview,
                       upsample_only
                           ? _ ("Press Upsample to see the result grow here.")
                           : _ ("Choose a class and press Generate: the picture grows here."));
  self->progress = UI_PROGRESS_ROW (ui_progress_row_new ());
  self->history = UI_HISTORY (ui_history_new (upsample_only));
  g_signal_connect_swapped (self->history, "follow", G_CALLBACK (on_follow), self);
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->preview), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->progress), FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->history), FALSE, TRUE, 0);
  return GTK_WIDGET (self);
}

static void
show_result (UiPicturePane *self, const UiResult *result)
{
  g_autofree char *caption = ui_settings_caption (result->settings, self->upsample_only);

  ui_picture_pane_show_other (self, result->pixels, caption);
}

void
ui_picture_pane_follow (UiPicturePane *self)
{
  self->following = TRUE;
  ui_history_unselect (self->history); /* what Add would take is no longer what is shown */
}

void
ui_picture_pane_set_progress (UiPicturePane *self, const UiProgress *progress)
{
  ui_progress_row_set (self->progress, progress);
  if (progress->phase == UI_PHASE_IDLE) {
    ui_history_set_live (self->history, NULL, FALSE);
  }
}

void
ui_picture_pane_show_step (UiPicturePane *self, GdkPixbuf *pixels, gboolean draft)
{
  if (self->following) {
    ui_preview_set_picture (self->preview, pixels, _ ("The picture being made"));
  }
  if (!draft) {
    ui_history_set_live (self->history, pixels, self->following);
  }
}

void
ui_picture_pane_show_draft (UiPicturePane *self, GdkPixbuf *pixels)
{
  if (self->following) {
    ui_preview_set_picture (self->preview, pixels, _ ("Draft"));
  }
}

void
ui_picture_pane_take (UiPicturePane *self, GdkPixbuf *pixels, const UiSettings *settings,
                      const char *model_name)
{
  g_autofree char *caption = ui_settings_caption (settings, self->upsample_only);
  const UiResult *result;

  ui_history_set_live (self->history, NULL, FALSE);
  result = ui_history_append (self->history, pixels, settings, model_name, self->following);
  if (self->following) {
    show_result (self, result);
  }
  ui_announce (GTK_WIDGET (self), caption, FALSE);
}

void
ui_picture_pane_show_chosen (UiPicturePane *self)
{
  const UiResult *result = ui_history_selected (self->history);

  if (result) {
    self->following = FALSE;
    show_result (self, result);
  }
}

void
ui_picture_pane_show_other (UiPicturePane *self, GdkPixbuf *pixels, const char *caption)
{
  ui_preview_set_picture (self->preview, pixels, caption);
  ui_progress_row_set_caption (self->progress, caption);
}

void
ui_picture_pane_set_caption (UiPicturePane *self, const char *caption)
{
  ui_progress_row_set_caption (self->progress, caption);
}

UiPreview *
ui_picture_pane_preview (UiPicturePane *self)
{
  return self->preview;
}

UiProgressRow *
ui_picture_pane_progress (UiPicturePane *self)
{
  return self->progress;
}

UiHistory *
ui_picture_pane_history (UiPicturePane *self)
{
  return self->history;
}
