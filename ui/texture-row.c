/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a texture lies. The size slider is even in octaves: twice and half lie equally far from
 * one. */
#include "texture-row.h"

#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

#include <math.h>

struct _UiTextureRow {
  GtkBox parent_instance;
  GtkWidget *size, *times, *x, *y, *match;
  double exact; /* size as set; counts while the slider shows it */
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiTextureRow, ui_texture_row, GTK_TYPE_BOX)

static guint changed_signal;

static double
size_now (UiTextureRow *self)
{
  double octaves = gtk_range_get_value (GTK_RANGE (self->size));

  return fabs (octaves - log2 (self->exact)) < 1e-6 ? self->exact : exp2 (octaves);
}

static void
on_changed (UiTextureRow *self)
{
  g_autofree char *size = g_strdup_printf ("%.2g", size_now (self));
  g_autofree char *times = g_strdup_printf ("× %s", size);

  gtk_label_set_text (GTK_LABEL (self->times), times);
  if (!self->silent) {
    g_signal_emit (self, changed_signal, 0);
  }
}

static void
ui_texture_row_class_init (UiTextureRowClass *klass G_GNUC_UNUSED)
{
  changed_signal = g_signal_new ("changed", UI_TYPE_TEXTURE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
arrow_toggle (UiTextureRow *self, const char *arrow, const char *name)
{
  GtkWidget *toggle = gtk_toggle_button_new (), *label = gtk_label_new (arrow);

  gtk_container_add (GTK_CONTAINER (toggle), label);
  gtk_widget_set_tooltip_text (toggle, name);
  atk_object_set_name (gtk_widget_get_accessible (toggle), name);
  g_signal_connect_swapped (toggle, "toggled", G_CALLBACK (on_changed), self);
  return toggle;
}

static void
ui_texture_row_init (UiTextureRow *self)
{
  GtkWidget *toggles = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->exact = 1.0;
  self->size = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, log2 (UI_TEXTURE_SIZE_MIN),
                                         log2 (UI_TEXTURE_SIZE_MAX), 0.25);
  gtk_scale_set_draw_value (GTK_SCALE (self->size), FALSE);
  gtk_widget_set_size_request (self->size, 70, -1);
  gtk_widget_set_tooltip_text (self->size,
                               _ ("How large the pattern is: × 2 makes everything twice as large"));
  gtk_scale_add_mark (GTK_SCALE (self->size), 0.0, GTK_POS_BOTTOM, NULL);
  gtk_range_set_value (GTK_RANGE (self->size), 0.0);
  self->times = ui_dim_label (NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->times), 5);
  self->x = arrow_toggle (self, "↔", _ ("Seamless from left to right"));
  self->y = arrow_toggle (self, "↕", _ ("Seamless from top to bottom"));
  self->match = gtk_check_button_new_with_mnemonic (_ ("Ma_tch edges"));
  gtk_style_context_add_class (gtk_widget_get_style_context (toggles), GTK_STYLE_CLASS_LINKED);
  gtk_container_add (GTK_CONTAINER (toggles), self->x);
  gtk_container_add (GTK_CONTAINER (toggles), self->y);
  gtk_box_pack_start (GTK_BOX (self), self->size, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->times, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), toggles, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->match, FALSE, TRUE, 0);
  g_signal_connect_swapped (self->size, "value-changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->match, "toggled", G_CALLBACK (on_changed), self);
  gtk_widget_show_all (GTK_WIDGET (self));
  on_changed (self);
  ui_texture_row_set_surrounded (self, TRUE);
  ui_help_set (GTK_WIDGET (self), UI_HELP_SEAMLESS);
  ui_help_set (self->match, UI_HELP_MATCH_EDGES);
}

static void
keep_if (GtkWidget *widget, gboolean there)
{
  gtk_widget_set_visible (widget, there);
  gtk_widget_set_no_show_all (widget, !there);
}

GtkWidget *
ui_texture_row_new (guint abilities)
{
  UiTextureRow *self = g_object_new (UI_TYPE_TEXTURE_ROW, NULL);

  keep_if (self->size, (abilities & UI_CAN_TEXTURE_SIZE) != 0);
  keep_if (self->times, (abilities & UI_CAN_TEXTURE_SIZE) != 0);
  keep_if (gtk_widget_get_parent (self->x), (abilities & UI_CAN_SEAMLESS) != 0);
  keep_if (self->match, (abilities & UI_CAN_MATCH_EDGES) != 0);
  return GTK_WIDGET (self);
}

void
ui_texture_row_set_surrounded (UiTextureRow *self, gboolean surrounded)
{
  ui_set_available (self->match, surrounded,
                    _ ("Go on from what surrounds the picture, so that no edge shows"),
                    _ ("Nothing surrounds the picture there"));
}

void
ui_texture_row_set (UiTextureRow *self, const UiSettings *settings)
{
  self->silent = TRUE;
  self->exact = settings->texture_size;
  gtk_range_set_value (GTK_RANGE (self->size), log2 (settings->texture_size));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->x), settings->seamless_x);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->y), settings->seamless_y);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->match), settings->match_edges);
  on_changed (self);
  self->silent = FALSE;
}

void
ui_texture_row_get (UiTextureRow *self, UiSettings *settings)
{
  settings->texture_size = size_now (self);
  settings->seamless_x = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->x));
  settings->seamless_y = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->y));
  settings->match_edges = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->match));
}

GtkWidget *
ui_texture_row_part (UiTextureRow *self, const char *name)
{
  return g_str_equal (name, "texture-size")  ? self->size
         : g_str_equal (name, "seamless-x")  ? self->x
         : g_str_equal (name, "seamless-y")  ? self->y
         : g_str_equal (name, "match-edges") ? self->match
                                             : NULL;
}
