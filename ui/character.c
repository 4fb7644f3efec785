/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The character slider. Slider and number share one adjustment; what they show is rounded, so the
 * scale that was set is kept beside it. */
#include "character.h"

#include "help-section.h"
#include "i18n.h"
#include "settings.h"
#include "widgets.h"

#include <math.h>

/* Digits shown, and half of their last one. */
enum { DIGITS = 2 };
#define HALF_DIGIT 0.00501

struct _UiCharacter {
  GtkBox parent_instance;
  GtkAdjustment *adjustment; /* owned by slider and number */
  GtkWidget *slider, *number, *low, *high;
  double exact; /* as set; counts while the adjustment shows it */
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiCharacter, ui_character, GTK_TYPE_BOX)

static guint changed_signal;

static void
show_tooltip (UiCharacter *self)
{
  g_autofree char *number = ui_settings_scale_text (ui_character_get (self));
  g_autofree char *tooltip
      = g_strdup_printf (_ ("How strongly each step is steered towards the class: gradient scale "
                            "%s. Left: more varied pictures. Right: more typical ones."),
                         number);

  if (gtk_widget_get_sensitive (self->slider)) {
    gtk_widget_set_tooltip_text (self->slider, tooltip);
  }
}

static void
on_changed (UiCharacter *self)
{
  show_tooltip (self);
  if (!self->silent) {
    g_signal_emit (self, changed_signal, 0);
  }
}

static void
ui_character_finalize (GObject *object)
{
  g_object_unref (UI_CHARACTER (object)->number);
  G_OBJECT_CLASS (ui_character_parent_class)->finalize (object);
}

static void
ui_character_class_init (UiCharacterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_character_finalize;
  changed_signal = g_signal_new ("changed", UI_TYPE_CHARACTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ui_character_init (UiCharacter *self)
{
  self->adjustment = gtk_adjustment_new (1.0, 0.0, UI_SCALE_MAX, 0.1, 1.0, 0.0);
  self->exact = 1.0;
  self->slider = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->adjustment);
  gtk_scale_set_draw_value (GTK_SCALE (self->slider), FALSE);
  gtk_scale_set_digits (GTK_SCALE (self->slider), 1);
  atk_object_set_name (gtk_widget_get_accessible (self->slider), _ ("Character"));

  self->number = g_object_ref_sink (ui_spin (0.0, UI_SCALE_MAX, 0.1, DIGITS, 4, NULL));
  gtk_spin_button_set_adjustment (GTK_SPIN_BUTTON (self->number), self->adjustment);

  self->low = ui_dim_label (_ ("varied"));
  self->high = ui_dim_label (_ ("typical"));
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_box_pack_start (GTK_BOX (self), self->low, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->slider, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->high, FALSE, TRUE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));

  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (on_changed), self);
  ui_character_set_reason (self, NULL);
  ui_help_set (GTK_WIDGET (self), UI_HELP_CHARACTER);
}

GtkWidget *
ui_character_new (void)
{
  return g_object_new (UI_TYPE_CHARACTER, NULL);
}

double
ui_character_get (UiCharacter *self)
{
  double shown = gtk_adjustment_get_value (self->adjustment);

  return fabs (shown - self->exact) < HALF_DIGIT ? self->exact : round (shown * 100.0) / 100.0;
}

void
ui_character_set (UiCharacter *self, double scale)
{
  self->silent = TRUE;
  self->exact = scale;
  gtk_adjustment_set_value (self->adjustment, scale);
  self->exact = MIN (scale, UI_SCALE_MAX);
  self->silent = FALSE;
}

GtkWidget *
ui_character_slider (UiCharacter *self)
{
  return self->slider;
}

GtkWidget *
ui_character_number (UiCharacter *self)
{
  return self->number;
}

void
ui_character_set_reason (UiCharacter *self, const char *why_not)
{
  GtkWidget *parts[] = { self->slider, self->number, self->low, self->high };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    ui_set_available (parts[i], !why_not, NULL, why_not);
  }
  show_tooltip (self);
}
