/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the picture starts from. */
#include "start-row.h"

#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

#include <math.h>

struct _UiStartRow {
  GtkBox parent_instance;
  GtkWidget *start, *label, *change, *percent, *mend;
  gboolean can_mend, layer, picture; /* LAYER, PICTURE: there is one */
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiStartRow, ui_start_row, GTK_TYPE_BOX)

enum { CHANGED, MEND, N_SIGNALS };
static guint signals[N_SIGNALS];

static UiStart
chosen (UiStartRow *self)
{
  return (UiStart) MAX (0, gtk_combo_box_get_active (GTK_COMBO_BOX (self->start)));
}

static gboolean
is_there (UiStartRow *self, UiStart start)
{
  return start == UI_START_LAYER ? self->layer : start == UI_START_PICTURE ? self->picture : TRUE;
}

static const char *
why_not (UiStartRow *self)
{
  UiStart start = chosen (self);

  return is_there (self, start)    ? NULL
         : start == UI_START_LAYER ? _ ("Nothing lies there yet, so this starts from nothing")
                                   : _ ("Choose a picture in the history to start from");
}

static void
show (UiStartRow *self)
{
  gboolean starts = chosen (self) != UI_START_NOTHING;
  const char *reason = why_not (self);
  int change = (int) round (100.0 * gtk_range_get_value (GTK_RANGE (self->change)));
  /* Translators: a share; the two percent signs become one. */
  g_autofree char *percent = g_strdup_printf (_ ("%d %%"), change);

  gtk_label_set_text (GTK_LABEL (self->percent), percent);
  gtk_widget_set_visible (self->label, starts);
  gtk_widget_set_visible (self->change, starts);
  gtk_widget_set_visible (self->percent, starts);
  gtk_widget_set_visible (self->mend, self->can_mend && chosen (self) == UI_START_LAYER);
  ui_set_available (self->change, !reason,
                    _ ("Left: it stays as it is. Right: nothing of it is kept."), reason);
  ui_set_available (self->mend, !reason,
                    _ ("Make the layer seamless: only a band along its edges is made anew"),
                    reason);
}

static void
on_changed (UiStartRow *self)
{
  show (self);
  if (!self->silent) {
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_mend (UiStartRow *self)
{
  g_signal_emit (self, signals[MEND], 0);
}

static void
ui_start_row_class_init (UiStartRowClass *klass G_GNUC_UNUSED)
{
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_START_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[MEND] = g_signal_new ("mend", UI_TYPE_START_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
ui_start_row_init (UiStartRow *self)
{
  const char *const names[] = { _ ("Nothing"), _ ("What lies there"), _ ("Chosen picture") };

  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
  self->start = gtk_combo_box_text_new ();
  ui_combo_shrink (self->start);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (self->start), names[i]);
  }
  gtk_combo_box_set_active (GTK_COMBO_BOX (self->start), UI_START_NOTHING);
  gtk_widget_set_tooltip_text (self->start, _ ("What the picture is made from"));
  self->change = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.0, 1.0, 0.05);
  gtk_scale_set_draw_value (GTK_SCALE (self->change), FALSE);
  gtk_range_set_value (GTK_RANGE (self->change), 0.6);
  gtk_widget_set_size_request (self->change, 70, -1);
  self->label = ui_label_for (_ ("Cha_nge"), self->change);
  self->percent = ui_dim_label (NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->percent), 5);
  self->mend = ui_button (_ ("Ma_ke Seamless"), NULL);
  gtk_widget_set_halign (self->mend, GTK_ALIGN_END);
  ui_help_set (self->mend, UI_HELP_MEND_SEAMS);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->mend), "adm-small");
  gtk_box_pack_start (GTK_BOX (line), self->start, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), self->label, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), self->change, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), self->percent, FALSE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (self), line);
  gtk_container_add (GTK_CONTAINER (self), self->mend);
  gtk_widget_show_all (GTK_WIDGET (self));
  GtkWidget *hidden[] = { self->label, self->change, self->percent, self->mend };
  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++) {
    gtk_widget_set_no_show_all (hidden[i], TRUE);
  }
  g_signal_connect_swapped (self->start, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->change, "value-changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->mend, "clicked", G_CALLBACK (on_mend), self);
  ui_help_set (GTK_WIDGET (self), UI_HELP_START_FROM);
}

GtkWidget *
ui_start_row_new (gboolean can_mend)
{
  UiStartRow *self = g_object_new (UI_TYPE_START_ROW, NULL);

  self->can_mend = can_mend;
  show (self);
  return GTK_WIDGET (self);
}

void
ui_start_row_set_there (UiStartRow *self, gboolean layer, gboolean picture)
{
  self->layer = layer;
  self->picture = picture;
  show (self);
}

void
ui_start_row_set (UiStartRow *self, const UiSettings *settings)
{
  self->silent = TRUE;
  gtk_combo_box_set_active (GTK_COMBO_BOX (self->start), (int) settings->start);
  gtk_range_set_value (GTK_RANGE (self->change), settings->change);
  self->silent = FALSE;
}

void
ui_start_row_get (UiStartRow *self, UiSettings *settings)
{
  UiStart start = chosen (self);

  settings->start = is_there (self, start) ? start : UI_START_NOTHING;
  settings->change = round (100.0 * gtk_range_get_value (GTK_RANGE (self->change))) / 100.0;
}

GtkWidget *
ui_start_row_part (UiStartRow *self, const char *name)
{
  return g_str_equal (name, "start")    ? self->start
         : g_str_equal (name, "change") ? self->change
         : g_str_equal (name, "mend")   ? self->mend
                                        : NULL;
}
