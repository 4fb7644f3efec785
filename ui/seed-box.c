/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The seed. Rolled seeds have at most six digits: enough to never meet again, short enough to read
 * and to note down. An entry, not a spin button: its numbers are exact to the last of 63 bits. */
#include "seed-box.h"

#include "help-section.h"
#include "i18n.h"
#include "settings.h"
#include "widgets.h"

enum { ROLLED = 1000000, DICE = 16 };

struct _UiSeedBox {
  GtkBox parent_instance;
  GtkWidget *number, *lock, *lock_icon, *dice;
  gint64 seed;
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
show (UiSeedBox *self, const char *text)
{
  if (!g_str_equal (text, gtk_entry_get_text (GTK_ENTRY (self->number)))) {
    self->silent = TRUE;
    gtk_entry_set_text (GTK_ENTRY (self->number), text);
    self->silent = FALSE;
  }
}

/* What was typed counts at once; a number past the largest is the largest. */
static void
on_number (UiSeedBox *self)
{
  const char *text = gtk_entry_get_text (GTK_ENTRY (self->number));

  if (self->silent) {
    return;
  }
  if (*text) {
    self->seed = g_ascii_strtoll (text, NULL, 10); /* digits alone come in */
  } else {
    self->seed = roll ();
  }
  ui_seed_box_set_locked (self, *text != '\0');
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Lets digits alone in, also from what is pasted. */
static void
on_insert (UiSeedBox *self, char *text, int length, int *position)
{
  g_autofree char *typed = length < 0 ? g_strdup (text) : g_strndup (text, (gsize) length);
  g_autoptr (GString) digits = g_string_new (NULL);

  for (const char *c = typed; *c; c++) {
    if (g_ascii_isdigit (*c)) {
      g_string_append_c (digits, *c);
    }
  }
  if (!g_str_equal (digits->str, typed)) {
    g_signal_stop_emission_by_name (self->number, "insert-text");
    if (digits->len) {
      gtk_editable_insert_text (GTK_EDITABLE (self->number), digits->str, -1, position);
    } else {
      gtk_widget_error_bell (self->number);
    }
  }
}

static gboolean
on_left (UiSeedBox *self)
{
  if (*gtk_entry_get_text (GTK_ENTRY (self->number))) {
    ui_seed_box_show_used (self); /* as it counts: without zeros in front */
  }
  return FALSE;
}

static void
on_dice (UiSeedBox *self)
{
  ui_seed_box_set (self, roll ());
  ui_seed_box_set_locked (self, TRUE);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_key (UiSeedBox *self, GdkEventKey *event)
{
  int by = event->keyval == GDK_KEY_Up ? 1 : event->keyval == GDK_KEY_Down ? -1 : 0;

  if (!by || (by < 0 && self->seed == 0) || (by > 0 && self->seed == UI_SEED_MAX)) {
    return FALSE;
  }
  ui_seed_box_set (self, self->seed + by);
  ui_seed_box_set_locked (self, TRUE);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

static void
on_lock (UiSeedBox *self)
{
  gboolean locked = ui_seed_box_get_locked (self);

  if (locked) {
    ui_seed_box_show_used (self);
  } else {
    show (self, "");
  }
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
make_number (UiSeedBox *self)
{
  self->number = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->number), _ ("new each time"));
  gtk_entry_set_width_chars (GTK_ENTRY (self->number), 8);
  gtk_entry_set_max_width_chars (GTK_ENTRY (self->number), 19);
  gtk_entry_set_input_purpose (GTK_ENTRY (self->number), GTK_INPUT_PURPOSE_DIGITS);
  gtk_entry_set_activates_default (GTK_ENTRY (self->number), TRUE);
  gtk_widget_set_tooltip_text (
      self->number,
      _ ("The same seed and settings make the same picture; picture i of several has seed + i"));
  gtk_widget_set_hexpand (self->number, TRUE);
  g_signal_connect_swapped (self->number, "changed", G_CALLBACK (on_number), self);
  g_signal_connect_swapped (self->number, "insert-text", G_CALLBACK (on_insert), self);
  g_signal_connect_swapped (self->number, "focus-out-event", G_CALLBACK (on_left), self);
  g_signal_connect_swapped (self->number, "key-press-event", G_CALLBACK (on_key), self);
}

static void
ui_seed_box_init (UiSeedBox *self)
{
  GtkWidget *die = gtk_drawing_area_new ();

  gtk_box_set_spacing (GTK_BOX (self), 6);
  make_number (self);
  self->lock = gtk_toggle_button_new ();
  self->lock_icon = gtk_image_new ();
  gtk_container_add (GTK_CONTAINER (self->lock), self->lock_icon);
  atk_object_set_name (gtk_widget_get_accessible (self->lock), _ ("Keep the seed"));
  g_signal_connect_swapped (self->lock, "toggled", G_CALLBACK (on_lock), self);

  self->dice = gtk_button_new ();
  gtk_widget_set_size_request (die, DICE, DICE);
  g_signal_connect (die, "draw", G_CALLBACK (draw_dice), NULL);
  gtk_container_add (GTK_CONTAINER (self->dice), die);
  gtk_widget_set_tooltip_text (self->dice, _ ("Another seed, to be kept"));
  atk_object_set_name (gtk_widget_get_accessible (self->dice), _ ("Another seed, to be kept"));
  g_signal_connect_swapped (self->dice, "clicked", G_CALLBACK (on_dice), self);

  gtk_container_add (GTK_CONTAINER (self), self->number);
  gtk_container_add (GTK_CONTAINER (self), self->lock);
  gtk_container_add (GTK_CONTAINER (self), self->dice);
  gtk_widget_show_all (GTK_WIDGET (self));
  self->seed = roll ();
  on_lock (self);
  ui_help_set (GTK_WIDGET (self), UI_HELP_SETTINGS);
}

GtkWidget *
ui_seed_box_new (void)
{
  return g_object_new (UI_TYPE_SEED_BOX, NULL);
}

gint64
ui_seed_box_get (UiSeedBox *self)
{
  return self->seed;
}

void
ui_seed_box_show_used (UiSeedBox *self)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, self->seed);

  show (self, text);
}

void
ui_seed_box_set (UiSeedBox *self, gint64 seed)
{
  gboolean hidden = !*gtk_entry_get_text (GTK_ENTRY (self->number)) && seed == self->seed;

  self->seed = seed;
  if (!hidden || ui_seed_box_get_locked (self)) {
    ui_seed_box_show_used (self);
  }
}

gboolean
ui_seed_box_get_locked (UiSeedBox *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->lock));
}

void
ui_seed_box_set_locked (UiSeedBox *self, gboolean locked)
{
  if (locked == ui_seed_box_get_locked (self)) {
    on_lock (self); /* shown as it should be, all the same */
  }
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->lock), locked);
}

void
ui_seed_box_next (UiSeedBox *self)
{
  if (!ui_seed_box_get_locked (self)) {
    self->seed = roll ();
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
