/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The left half of the window. */
#include "picture-pane.h"

#include "i18n.h"
#include "view-row.h"
#include "widgets.h"

/* Most pixels on a side that surroundings are asked for. */
enum { AROUND = 768 };

struct _UiPicturePane {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiPreview *preview;
  GtkWidget *stack, *views;
  UiCompareGrid *grid;
  UiProgressRow *progress;
  UiHistory *history;
  gboolean following; /* the picture shown is the one being made */
  UiRunKind kind;
  GdkPixbuf *good; /* the last finished picture that was shown; NULL: none */
  char *good_caption;
  gboolean unfinished; /* what is shown is not finished, or no longer wanted */
  UiStart start;
  GdkPixbuf *under, *picture; /* what lies under the target; what the history was asked for */
};

G_DEFINE_FINAL_TYPE (UiPicturePane, ui_picture_pane, GTK_TYPE_BOX)

static void
on_follow (UiPicturePane *self)
{
  self->following = TRUE;
}

static void
on_picked (UiPicturePane *self, GdkPixbuf *pixels)
{
  if (ui_history_select_pixels (self->history, pixels)) {
    g_signal_emit_by_name (self->history, "chosen");
  }
}

static void
ui_picture_pane_finalize (GObject *object)
{
  UiPicturePane *self = UI_PICTURE_PANE (object);

  g_clear_object (&self->good);
  g_clear_object (&self->under);
  g_clear_object (&self->picture);
  g_free (self->good_caption);
  G_OBJECT_CLASS (ui_picture_pane_parent_class)->finalize (object);
}

static void
ui_picture_pane_class_init (UiPicturePaneClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_picture_pane_finalize;
}

static void
ui_picture_pane_init (UiPicturePane *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->following = TRUE;
}

GtkWidget *
ui_picture_pane_new (const UiBackend *backend, UiStore *store, UiTask task)
{
  UiPicturePane *self = g_object_new (UI_TYPE_PICTURE_PANE, "visible", TRUE, NULL);

  self->backend = backend;
  self->preview = UI_PREVIEW (ui_preview_new ());
  ui_preview_set_hint (self->preview,
                       task == UI_TASK_UPSAMPLE
                           ? _ ("Press Upsample to see the result grow here.")
                           : _ ("Choose a class and press Generate: the picture grows here."));
  self->grid = UI_COMPARE_GRID (ui_compare_grid_new ());
  self->stack = gtk_stack_new ();
  gtk_container_add (GTK_CONTAINER (self->stack), GTK_WIDGET (self->preview));
  gtk_container_add (GTK_CONTAINER (self->stack), GTK_WIDGET (self->grid));
  gtk_widget_show (self->stack);
  self->progress = UI_PROGRESS_ROW (ui_progress_row_new ());
  self->history = UI_HISTORY (ui_history_new (backend, store, task));
  g_signal_connect_swapped (self->history, "follow", G_CALLBACK (on_follow), self);
  g_signal_connect_swapped (self->grid, "picked", G_CALLBACK (on_picked), self);
  gtk_box_pack_start (GTK_BOX (self), self->stack, TRUE, TRUE, 0);
  if (task == UI_TASK_GENERATE) {
    self->views = ui_view_row_new (self->preview);
    gtk_box_pack_start (GTK_BOX (self), self->views, FALSE, TRUE, 0);
  }
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->progress), FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), ui_history_head (self->history), FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), GTK_WIDGET (self->history), FALSE, TRUE, 0);
  return GTK_WIDGET (self);
}

/* ---- which picture is shown ------------------------------------------------------------------ */

static void
show_finished (UiPicturePane *self, GdkPixbuf *pixels, const char *caption)
{
  g_set_object (&self->good, pixels);
  g_free (self->good_caption);
  self->good_caption = g_strdup (caption);
  self->unfinished = FALSE;
  ui_preview_set_dimmed (self->preview, FALSE);
  ui_picture_pane_show_other (self, pixels, caption);
}

static void
show_result (UiPicturePane *self, const UiResult *result)
{
  g_autofree char *caption = ui_settings_caption (result->settings);

  show_finished (self, result->pixels, caption);
}

void
ui_picture_pane_follow (UiPicturePane *self, UiRunKind kind)
{
  gboolean compare = kind == UI_RUN_COMPARE;

  self->following = TRUE;
  self->kind = kind;
  ui_compare_grid_clear (self->grid);
  gtk_stack_set_visible_child (GTK_STACK (self->stack),
                               compare ? GTK_WIDGET (self->grid) : GTK_WIDGET (self->preview));
  ui_history_unselect (self->history); /* what Add would take is no longer what is shown */
  if (kind == UI_RUN_LIVE && self->good) {
    self->unfinished = TRUE;
    ui_preview_set_dimmed (self->preview, TRUE);
  }
}

void
ui_picture_pane_set_progress (UiPicturePane *self, const UiProgress *progress)
{
  ui_progress_row_set (self->progress, progress);
  if (progress->phase == UI_PHASE_IDLE) {
    ui_history_set_live (self->history, NULL, FALSE);
  }
}

/* Whether what is being made is worth more than the finished picture that is there: of a live run
 * the second half of the full number of steps, or what comes after. */
static gboolean
better_than_draft (UiPicturePane *self, const UiProgress *progress)
{
  return self->kind != UI_RUN_LIVE || !self->good
         || (!progress->draft
             && (progress->phase == UI_PHASE_UPSAMPLING || 2 * progress->step >= progress->steps));
}

void
ui_picture_pane_show_step (UiPicturePane *self, GdkPixbuf *pixels, const UiProgress *progress)
{
  if (self->following && better_than_draft (self, progress)) {
    self->unfinished = TRUE;
    ui_preview_set_dimmed (self->preview, FALSE);
    ui_preview_set_picture (self->preview, pixels, _ ("The picture being made"));
  }
  if (!progress->draft) {
    ui_history_set_live (self->history, pixels, self->following);
  }
}

void
ui_picture_pane_show_draft (UiPicturePane *self, GdkPixbuf *pixels)
{
  if (self->following) {
    self->unfinished = TRUE;
    ui_preview_set_dimmed (self->preview, FALSE);
    ui_preview_set_picture (self->preview, pixels, _ ("Draft"));
  }
}

void
ui_picture_pane_take (UiPicturePane *self, const UiResult *result)
{
  g_autofree char *caption = ui_settings_caption (result->settings);
  const UiResult *own;

  ui_history_set_live (self->history, NULL, FALSE);
  own = ui_history_append (self->history, result, self->following);
  if (self->following) {
    show_result (self, own);
  }
  if (self->kind == UI_RUN_COMPARE) {
    g_autofree char *scale = ui_settings_scale_text (own->settings->scale);
    g_autofree char *words = g_strdup_printf (_ ("Gradient scale %s"), scale);

    ui_compare_grid_append (self->grid, own->pixels, words);
  }
  ui_announce (GTK_WIDGET (self), caption, FALSE);
}

void
ui_picture_pane_restore (UiPicturePane *self, const char *caption)
{
  if (self->unfinished) {
    self->unfinished = FALSE;
    ui_preview_set_dimmed (self->preview, FALSE);
    ui_preview_set_picture (self->preview, self->good, self->good_caption);
    if (self->good) {
      ui_history_select_pixels (self->history, self->good);
    }
  }
  if (!ui_compare_grid_count (self->grid)) { /* nothing to compare has come */
    gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (self->preview));
  }
  ui_picture_pane_set_caption (self, caption);
}

void
ui_picture_pane_show_chosen (UiPicturePane *self)
{
  const UiResult *result = ui_history_selected (self->history);

  if (result) {
    self->following = FALSE;
    gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (self->preview));
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

/* ---- where it lies --------------------------------------------------------------------------- */

static void
show_before (UiPicturePane *self)
{
  GdkPixbuf *before = self->start == UI_START_PICTURE ? self->picture : self->under;

  ui_preview_set_before (self->preview, before);
  if (self->views) {
    ui_view_row_set_there (UI_VIEW_ROW (self->views), self->under != NULL,
                           ui_preview_has_before (self->preview));
  }
}

void
ui_picture_pane_set_target (UiPicturePane *self, guint target)
{
  UiSurroundings around = { 0 };
  gboolean there = target && self->backend->surroundings
                   && self->backend->surroundings (target, AROUND, &around, self->backend->user);

  g_clear_object (&self->under);
  if (there) {
    self->under
        = gdk_pixbuf_new_subpixbuf (around.around, around.x, around.y, around.width, around.height);
  }
  ui_preview_set_surroundings (self->preview, there ? &around : NULL);
  g_clear_object (&around.around);
  g_clear_object (&around.mask);
  show_before (self);
}

void
ui_picture_pane_set_start (UiPicturePane *self, UiStart start, GdkPixbuf *picture)
{
  self->start = start;
  g_set_object (&self->picture, picture);
  show_before (self);
}

/* ---- doors ----------------------------------------------------------------------------------- */

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

GtkWidget *
ui_picture_pane_part (UiPicturePane *self, const char *name)
{
  GtkWidget *part = ui_history_part (self->history, name);

  if (!part && self->views) {
    part = ui_view_row_part (UI_VIEW_ROW (self->views), name);
  }
  return part                                 ? part
         : g_str_equal (name, "preview")      ? GTK_WIDGET (self->preview)
         : g_str_equal (name, "progress")     ? GTK_WIDGET (self->progress)
         : g_str_equal (name, "stop")         ? ui_progress_row_stop_button (self->progress)
         : g_str_equal (name, "history")      ? GTK_WIDGET (self->history)
         : g_str_equal (name, "compare-grid") ? GTK_WIDGET (self->grid)
                                              : NULL;
}
