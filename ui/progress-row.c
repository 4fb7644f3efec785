/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row under the picture. */
#include "progress-row.h"

#include "i18n.h"
#include "widgets.h"

struct _UiProgressRow {
  GtkBox parent_instance;
  GtkWidget *text, *bar, *left, *stop;
  char *caption;
  UiProgress progress; /* as last set */
  double ahead;        /* of the weights that are read ahead of time; negative: none are */
};

G_DEFINE_FINAL_TYPE (UiProgressRow, ui_progress_row, GTK_TYPE_BOX)

static guint stop_signal;

static void
on_stop (UiProgressRow *self)
{
  g_signal_emit (self, stop_signal, 0);
}

static void
ui_progress_row_finalize (GObject *object)
{
  g_free (UI_PROGRESS_ROW (object)->caption);
  G_OBJECT_CLASS (ui_progress_row_parent_class)->finalize (object);
}

static void
ui_progress_row_class_init (UiProgressRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_progress_row_finalize;
  stop_signal = g_signal_new ("stop", UI_TYPE_PROGRESS_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 0);
}

static void
ui_progress_row_init (UiProgressRow *self)
{
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6),
            *words = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  gtk_box_set_spacing (GTK_BOX (self), 12);
  self->text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->text), 0.0F);
  gtk_label_set_ellipsize (GTK_LABEL (self->text), PANGO_ELLIPSIZE_END);
  /* with large fonts rather than the time */
  gtk_label_set_width_chars (GTK_LABEL (self->text), 24);

  self->bar = gtk_progress_bar_new ();
  atk_object_set_name (gtk_widget_get_accessible (self->bar), _ ("Progress"));

  self->left = ui_dim_label (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->left), PANGO_ELLIPSIZE_END);
  self->stop = ui_button (_ ("St_op"), NULL);
  g_signal_connect_swapped (self->stop, "clicked", G_CALLBACK (on_stop), self);

  gtk_box_pack_start (GTK_BOX (words), self->text, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (words), self->left, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (lines), words, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (lines), self->bar, FALSE, TRUE, 0);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_pack_start (GTK_BOX (self), lines, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self), self->stop, FALSE, TRUE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->bar, TRUE);
  gtk_widget_set_no_show_all (self->left, TRUE);
  self->ahead = -1.0;
  ui_progress_row_set (self, &(UiProgress) { .phase = UI_PHASE_IDLE, .seconds_left = -1.0 });
}

GtkWidget *
ui_progress_row_new (void)
{
  return g_object_new (UI_TYPE_PROGRESS_ROW, NULL);
}

static char *
words_for (const UiProgress *progress)
{
  switch (progress->phase) {
  case UI_PHASE_STARTING:
    return g_strdup (progress->draft ? _ ("Starting a draft") : _ ("Starting"));
  case UI_PHASE_LOADING:
  case UI_PHASE_RELOADING:
    return g_strdup (_ ("Reading the model"));
  case UI_PHASE_UPSAMPLING:
    return g_strdup_printf (_ ("Upsampling %d of %d"), MAX (progress->step, 1), progress->steps);
  default:
    return g_strdup_printf (progress->draft ? _ ("Draft %d of %d") : _ ("Step %d of %d"),
                            MAX (progress->step, 1), progress->steps);
  }
}

static void
show (UiProgressRow *self)
{
  const UiProgress *progress = &self->progress;
  gboolean running = progress->phase != UI_PHASE_IDLE, ahead = !running && self->ahead >= 0.0;
  g_autofree char *what = running ? words_for (progress)
                                  : g_strdup (ahead           ? _ ("Reading the model")
                                              : self->caption ? self->caption
                                                              : "");
  g_autofree char *time = running ? ui_duration_text (progress->seconds_left) : g_strdup ("");
  g_autofree char *left = *time ? g_strdup_printf (_ ("%s left"), time) : g_strdup ("");

  if (running && progress->pictures > 1) {
    /* Translators: which picture, of how many, and what happens to it. */
    char *both = g_strdup_printf (_ ("Picture %d of %d · %s"), progress->picture + 1,
                                  progress->pictures, what);

    g_free (what);
    what = both;
  }
  gtk_label_set_text (GTK_LABEL (self->text), what);
  gtk_widget_set_tooltip_text (self->text, what);
  gtk_label_set_text (GTK_LABEL (self->left), left);
  gtk_widget_set_tooltip_text (self->left, left);
  gtk_widget_set_visible (self->left, *left);
  gtk_widget_set_visible (self->bar, running || ahead);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                 CLAMP (ahead ? self->ahead : progress->fraction, 0.0, 1.0));
  ui_set_available (self->stop, running, _ ("Stop now and keep what is finished (Escape)"),
                    _ ("Nothing is running"));
}

void
ui_progress_row_set (UiProgressRow *self, const UiProgress *progress)
{
  self->progress = *progress;
  show (self);
}

void
ui_progress_row_set_ahead (UiProgressRow *self, double fraction)
{
  self->ahead = fraction;
  show (self);
}

void
ui_progress_row_set_caption (UiProgressRow *self, const char *caption)
{
  g_free (self->caption);
  self->caption = g_strdup (caption);
  show (self);
}

const char *
ui_progress_row_text (UiProgressRow *self)
{
  return gtk_label_get_text (GTK_LABEL (self->text));
}

GtkWidget *
ui_progress_row_stop_button (UiProgressRow *self)
{
  return self->stop;
}
