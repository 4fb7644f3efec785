/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fidelity slider. Slider and number share one adjustment. */
#include "fidelity.h"

#include "i18n.h"
#include "settings.h"
#include "widgets.h"

#include <math.h>

struct _UiFidelity {
  GtkGrid parent_instance;
  GtkAdjustment *adjustment; /* owned by slider and number */
  GtkWidget *slider, *number, *low, *high;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiFidelity, ui_fidelity, GTK_TYPE_GRID)

static guint changed_signal;

static void
on_changed (UiFidelity *self)
{
  if (!self->silent) {
    g_signal_emit (self, changed_signal, 0);
  }
}

static void
ui_fidelity_class_init (UiFidelityClass *klass G_GNUC_UNUSED)
{
  changed_signal = g_signal_new ("changed", UI_TYPE_FIDELITY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
end_label (const char *text, float align)
{
  GtkWidget *label = ui_dim_label (text);

  gtk_label_set_xalign (GTK_LABEL (label), align);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static void
ui_fidelity_init (UiFidelity *self)
{
  self->adjustment = gtk_adjustment_new (1.0, 0.0, UI_SCALE_MAX, 0.1, 1.0, 0.0);
  self->slider = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->adjustment);
  gtk_scale_set_draw_value (GTK_SCALE (self->slider), FALSE);
  gtk_scale_set_digits (GTK_SCALE (self->slider), 1);
  gtk_widget_set_hexpand (self->slider, TRUE);
  atk_object_set_name (gtk_widget_get_accessible (self->slider), _ ("Fidelity"));

  self->number = ui_spin (0.0, UI_SCALE_MAX, 0.1, 1, 4, NULL);
  gtk_spin_button_set_adjustment (GTK_SPIN_BUTTON (self->number), self->adjustment);
  gtk_widget_set_valign (self->number, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (self->number), _ ("Fidelity, as a number"));

  self->low = end_label (_ ("diversity"), 0.0F);
  self->high = end_label (_ ("fidelity"), 1.0F);

  gtk_grid_set_column_spacing (GTK_GRID (self), 6);
  gtk_grid_attach (GTK_GRID (self), self->slider, 0, 0, 2, 1);
  gtk_grid_attach (GTK_GRID (self), self->low, 0, 1, 1, 1);
  gtk_grid_attach (GTK_GRID (self), self->high, 1, 1, 1, 1);
  gtk_grid_attach (GTK_GRID (self), self->number, 2, 0, 1, 2);
  gtk_widget_show_all (GTK_WIDGET (self));

  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (on_changed), self);
  ui_fidelity_set_reason (self, NULL);
}

GtkWidget *
ui_fidelity_new (void)
{
  return g_object_new (UI_TYPE_FIDELITY, NULL);
}

double
ui_fidelity_get (UiFidelity *self)
{
  return round (gtk_adjustment_get_value (self->adjustment) * 10.0) / 10.0;
}

void
ui_fidelity_set (UiFidelity *self, double scale)
{
  self->silent = TRUE;
  gtk_adjustment_set_value (self->adjustment, scale);
  self->silent = FALSE;
}

GtkWidget *
ui_fidelity_slider (UiFidelity *self)
{
  return self->slider;
}

void
ui_fidelity_set_reason (UiFidelity *self, const char *why_not)
{
  const char *tooltip = _ ("How strongly the classifier steers each step. Left: more varied "
                           "pictures. Right: pictures truer to the class.");
  GtkWidget *parts[] = { self->slider, self->number, self->low, self->high };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    ui_set_available (parts[i], !why_not, tooltip, why_not);
  }
}
