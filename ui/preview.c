/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live picture: a drawing area that keeps the picture as a cairo surface. */
#include "preview.h"

#include "i18n.h"
#include "widgets.h"

#include <math.h>

enum { SMALLEST = 200, NATURAL = 400, INSET = 8, SQUARE = 16 };

struct _UiPreview {
  GtkDrawingArea parent_instance;
  GdkPixbuf *pixels;
  /* the picture, reduced to the place where it is larger; NULL: to be made */
  cairo_surface_t *fitted;
  int fitted_side; /* for a place of this side, device pixels */
  char *hint;
  gboolean natural_size;
};

G_DEFINE_FINAL_TYPE (UiPreview, ui_preview, GTK_TYPE_DRAWING_AREA)

static void
draw_empty (UiPreview *self, cairo_t *cr, int width, int height)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int side = (MIN (width, height) - 2 * INSET) / SQUARE * SQUARE;
  int left = (width - side) / 2, top = (height - side) / 2;
  GdkRGBA ink;

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &ink);
  cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.045);
  for (int y = 0; y < side / SQUARE; y++) {
    for (int x = y % 2; x < side / SQUARE; x += 2) {
      cairo_rectangle (cr, left + x * SQUARE, top + y * SQUARE, SQUARE, SQUARE);
    }
  }
  cairo_fill (cr);

  if (self->hint) {
    g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, self->hint);
    int text_height = 0;

    pango_layout_set_width (layout, (int) (0.7 * width) * PANGO_SCALE);
    pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
    pango_layout_get_pixel_size (layout, NULL, &text_height);
    cairo_move_to (cr, 0.15 * width, (height - text_height) / 2);
    cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.75);
    pango_cairo_show_layout (cr, layout);
  }
}

/* The middle of the picture, as much as there is place for: pixel for pixel. */
static cairo_surface_t *
cut_natural (UiPreview *self, int place_w, int place_h)
{
  int w = gdk_pixbuf_get_width (self->pixels), h = gdk_pixbuf_get_height (self->pixels);
  int part_w = MIN (w, place_w), part_h = MIN (h, place_h);
  g_autoptr (GdkPixbuf) part
      = gdk_pixbuf_new_subpixbuf (self->pixels, (w - part_w) / 2, (h - part_h) / 2, part_w, part_h);

  return gdk_cairo_surface_create_from_pixbuf (part, 1, NULL);
}

/* The whole picture, no larger than the place: the cairo of every frame has little to do then. */
static cairo_surface_t *
fit (UiPreview *self, int place_w, int place_h)
{
  int w = gdk_pixbuf_get_width (self->pixels), h = gdk_pixbuf_get_height (self->pixels);
  double factor = MIN (1.0, MIN ((double) place_w / w, (double) place_h / h));
  int side = MAX (1, (int) (factor * MAX (w, h)));

  if (self->fitted && self->fitted_side != side) {
    g_clear_pointer (&self->fitted, cairo_surface_destroy);
  }
  if (!self->fitted) {
    g_autoptr (GdkPixbuf) small = ui_reduce_picture (self->pixels, side);

    self->fitted = small ? gdk_cairo_surface_create_from_pixbuf (small, 1, NULL) : NULL;
    self->fitted_side = side;
  }
  return self->fitted ? cairo_surface_reference (self->fitted) : NULL;
}

static void
draw_picture (UiPreview *self, cairo_t *cr, int width, int height)
{
  int device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int place_w = MAX (1, (width - 2 * INSET) * device),
      place_h = MAX (1, (height - 2 * INSET) * device);
  cairo_surface_t *surface
      = self->natural_size ? cut_natural (self, place_w, place_h) : fit (self, place_w, place_h);

  if (!surface) {
    return;
  }

  int w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);
  double factor = self->natural_size ? 1.0 : MIN ((double) place_w / w, (double) place_h / h);
  double left = floor ((width * device - w * factor) / 2),
         top = floor ((height * device - h * factor) / 2);

  cairo_save (cr);
  cairo_scale (cr, 1.0 / device, 1.0 / device);
  cairo_translate (cr, left, top);
  cairo_scale (cr, factor, factor);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            self->natural_size ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  /* no pale seam round a fitted picture */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, w, h);
  cairo_fill (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static gboolean
ui_preview_draw (GtkWidget *widget, cairo_t *cr)
{
  UiPreview *self = UI_PREVIEW (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_allocated_width (widget),
      height = gtk_widget_get_allocated_height (widget);

  gtk_render_background (style, cr, 0, 0, width, height);
  if (self->pixels) {
    draw_picture (self, cr, width, height);
  } else {
    draw_empty (self, cr, width, height);
  }
  gtk_render_frame (style, cr, 0, 0, width, height);
  if (gtk_widget_has_visible_focus (widget)) {
    gtk_render_focus (style, cr, 2, 2, width - 4, height - 4);
  }
  return FALSE;
}

static void
ui_preview_size (GtkWidget *widget G_GNUC_UNUSED, int *minimum, int *natural)
{
  *minimum = SMALLEST;
  *natural = NATURAL;
}

static void
toggle_size (UiPreview *self)
{
  self->natural_size = !self->natural_size;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
ui_preview_button_press (GtkWidget *widget, GdkEventButton *event)
{
  if (event->type != GDK_BUTTON_PRESS || event->button != GDK_BUTTON_PRIMARY) {
    return FALSE;
  }
  gtk_widget_grab_focus (widget);
  toggle_size (UI_PREVIEW (widget));
  return TRUE;
}

static gboolean
ui_preview_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_space || event->keyval == GDK_KEY_KP_Space) {
    toggle_size (UI_PREVIEW (widget));
    return TRUE;
  }
  return GTK_WIDGET_CLASS (ui_preview_parent_class)->key_press_event (widget, event);
}

static void
ui_preview_finalize (GObject *object)
{
  UiPreview *self = UI_PREVIEW (object);

  g_clear_object (&self->pixels);
  g_clear_pointer (&self->fitted, cairo_surface_destroy);
  g_free (self->hint);
  G_OBJECT_CLASS (ui_preview_parent_class)->finalize (object);
}

static void
ui_preview_class_init (UiPreviewClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_preview_finalize;
  widget->draw = ui_preview_draw;
  widget->get_preferred_width = ui_preview_size;
  widget->get_preferred_height = ui_preview_size;
  widget->button_press_event = ui_preview_button_press;
  widget->key_press_event = ui_preview_key_press;
}

static void
ui_preview_init (UiPreview *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  gtk_widget_set_can_focus (widget, TRUE);
  gtk_widget_add_events (widget,
                         GDK_BUTTON_PRESS_MASK | GDK_KEY_PRESS_MASK | GDK_FOCUS_CHANGE_MASK);
  gtk_style_context_add_class (gtk_widget_get_style_context (widget), GTK_STYLE_CLASS_FRAME);
  gtk_style_context_add_class (gtk_widget_get_style_context (widget), "adm-preview");
  atk_object_set_role (accessible, ATK_ROLE_IMAGE);
  atk_object_set_name (accessible, _ ("Picture"));
}

GtkWidget *
ui_preview_new (void)
{
  return g_object_new (UI_TYPE_PREVIEW, "visible", TRUE, NULL);
}

void
ui_preview_set_picture (UiPreview *self, GdkPixbuf *pixels, const char *description)
{
  if (pixels) {
    g_object_ref (pixels);
  }
  g_clear_object (&self->pixels);
  g_clear_pointer (&self->fitted, cairo_surface_destroy);
  self->pixels = pixels;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self),
                               pixels ? _ ("Click for natural size, and again to fit") : NULL);
  atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self)),
                              description ? description : "");
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

GdkPixbuf *
ui_preview_get_picture (UiPreview *self)
{
  return self->pixels;
}

void
ui_preview_set_hint (UiPreview *self, const char *hint)
{
  g_free (self->hint);
  self->hint = g_strdup (hint);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
