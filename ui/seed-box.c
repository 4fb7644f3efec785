/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seed. Rolled seeds have at most six digits: enough to never meet again, short enough to read
 * and to note down. */
#include "seed-box.h"

#include "i18n.h"
#include "settings.h"
#include "widgets.h"

enum { ROLLED = 1000000, DICE = 16 };

struct _UiSeedBox {
  GtkBox parent_instance;
  GtkWidget *number, *lock, *lock_icon, *dice;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiSeedBox, ui_seed_box, GTK_TYPE_BOX)

enum { CHANGED, LOCK_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static gint64
roll (void)
{
  return g_random_int_range (0, ROLLED);
}

static void
on_number (UiSeedBox *self)
{
  if (!self->silent) {
    ui_seed_box_set_locked (self, TRUE);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_dice (UiSeedBox *self)
{
  ui_seed_box_set (self, roll ());
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_lock (UiSeedBox *self)
{
  gboolean locked = ui_seed_box_get_locked (self);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->lock_icon),
                                locked ? "changes-prevent-symbolic" : "changes-allow-symbolic",
                                GTK_ICON_SIZE_BUTTON);
  gtk_widget_set_tooltip_text (
      self->lock, locked ? _ ("The seed is kept; press for a new one at each Generate")
                         : _ ("Each Generate takes a new seed; press to keep this one"));
  g_signal_emit (self, signals[LOCK_CHANGED], 0);
}

/* A die showing five, in the button's own ink. */
static gboolean
draw_dice (GtkWidget *area, cairo_t *cr)
{
  static const double eyes[][2]
      = { { 4.75, 4.75 }, { 11.25, 4.75 }, { 8, 8 }, { 4.75, 11.25 }, { 11.25, 11.25 } };
  GtkStyleContext *style = gtk_widget_get_style_context (area);
  double left = (gtk_widget_get_allocated_width (area) - DICE) / 2,
         top = (gtk_widget_get_allocated_height (area) - DICE) / 2;
  const double corner = 3.5, low = 1.0, high = DICE - 1.0;
  GdkRGBA ink;

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &ink);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_translate (cr, left, top);
  cairo_arc (cr, high - corner, low + corner, corner, -G_PI_2, 0);
  cairo_arc (cr, high - corner, high - corner, corner, 0, G_PI_2);
  cairo_arc (cr, low + corner, high - corner, corner, G_PI_2, G_PI);
  cairo_arc (cr, low + corner, low + corner, corner, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
  cairo_set_line_width (cr, 1.6);
  cairo_stroke (cr);
  for (guint i = 0; i < G_N_ELEMENTS (eyes); i++) {
    cairo_arc (cr, eyes[i][0], eyes[i][1], 1.25, 0, 2 * G_PI);
    cairo_fill (cr);
  }
  return FALSE;
}

static void
ui_seed_box_class_init (UiSeedBoxClass *klass G_GNUC_UNUSED)
{
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_SEED_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[LOCK_CHANGED] = g_signal_new ("lock-changed", UI_TYPE_SEED_BOX, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_seed_box_init (UiSeedBox *self)
{
  GtkWidget *die = gtk_drawing_area_new ();

  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->number = ui_spin (
      0, UI_SEED_MAX, 1, 0, 6,
      _ ("The same seed and settings make the same picture; picture i of several has seed + i"));
  gtk_entry_set_max_width_chars (GTK_ENTRY (self->number), 10);
  gtk_widget_set_hexpand (self->number, TRUE);
  g_signal_connect_swapped (self->number, "value-changed", G_CALLBACK (on_number), self);

  self->lock = gtk_toggle_button_new ();
  self->lock_icon = gtk_image_new ();
  gtk_container_add (GTK_CONTAINER (self->lock), self->lock_icon);
  atk_object_set_name (gtk_widget_get_accessible (self->lock), _ ("Keep the seed"));
  g_signal_connect_swapped (self->lock, "toggled", G_CALLBACK (on_lock), self);

  self->dice = gtk_button_new ();
  gtk_widget_set_size_request (die, DICE, DICE);
  g_signal_connect (die, "draw", G_CALLBACK (draw_dice), NULL);
  gtk_container_add (GTK_CONTAINER (self->dice), die);
  gtk_widget_set_tooltip_text (self->dice, _ ("Another seed"));
  atk_object_set_name (gtk_widget_get_accessible (self->dice), _ ("Another seed"));
  g_signal_connect_swapped (self->dice, "clicked", G_CALLBACK (on_dice), self);

  gtk_container_add (GTK_CONTAINER (self), self->number);
  gtk_container_add (GTK_CONTAINER (self), self->lock);
  gtk_container_add (GTK_CONTAINER (self), self->dice);
  gtk_widget_show_all (GTK_WIDGET (self));
  ui_seed_box_set (self, roll ());
  on_lock (self);
}

GtkWidget *
ui_seed_box_new (void)
{
  return g_object_new (UI_TYPE_SEED_BOX, NULL);
}

gint64
ui_seed_box_get (UiSeedBox *self)
{
  return (gint64) gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->number));
}

void
ui_seed_box_set (UiSeedBox *self, gint64 seed)
{
  self->silent = TRUE;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->number), (double) seed);
  self->silent = FALSE;
}

gboolean
ui_seed_box_get_locked (UiSeedBox *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->lock));
}

void
ui_seed_box_set_locked (UiSeedBox *self, gboolean locked)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->lock), locked);
}

void
ui_seed_box_next (UiSeedBox *self)
{
  if (!ui_seed_box_get_locked (self)) {
    ui_seed_box_set (self, roll ());
  }
}

GtkWidget *
ui_seed_box_number (UiSeedBox *self)
{
  return self->number;
}

GtkWidget *
ui_seed_box_dice (UiSeedBox *self)
{
  return self->dice;
}
