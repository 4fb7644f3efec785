/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live picture: a drawing area that keeps the picture as a cairo surface no larger than its
 * place, so that drawing it again and again costs little. */
#include "preview.h"

#include "i18n.h"
#include "preview-draw.h"
#include "widgets.h"

#include <math.h>

enum { SMALLEST = 160, NATURAL = 380, INSET = 8, CLICK = 4 };
#define KEY_SHIFT (1.0 / 16.0)
#define DIM 0.55

struct _UiPreview {
  GtkDrawingArea parent_instance;
  GdkPixbuf *pixels, *before;
  UiSurroundings around; /* AROUND NULL: there are none */
  cairo_surface_t *ground, *mask;
  /* the picture, reduced to the place where it is larger; NULL: to be made */
  cairo_surface_t *fitted;
  const GdkPixbuf *fitted_of;
  int fitted_side; /* for a place of this side, device pixels */
  char *hint;
  UiView view;
  gboolean natural_size, dimmed, hold;
  double shift_x, shift_y; /* of the picture, three by three */
  gboolean pressed, dragged;
  double press_x, press_y, from_x, from_y; /* pointer and shift when it was pressed */
};

G_DEFINE_FINAL_TYPE (UiPreview, ui_preview, GTK_TYPE_DRAWING_AREA)

/* ---- drawing --------------------------------------------------------------------------------- */

static gboolean
in_place (UiPreview *self)
{
  return self->view == UI_VIEW_IN_PLACE && self->around.around;
}

/* What is to be seen, or NULL: in its place nothing covers what lies there before. */
static GdkPixbuf *
seen (UiPreview *self)
{
  return self->pixels && !(self->hold && ui_preview_has_before (self)) ? self->pixels
                                                                       : self->before;
}

/* The middle of the picture, as much as there is place for: pixel for pixel. */
static cairo_surface_t *
cut_natural (GdkPixbuf *pixels, int place_w, int place_h)
{
  int w = gdk_pixbuf_get_width (pixels), h = gdk_pixbuf_get_height (pixels);
  int part_w = MIN (w, place_w), part_h = MIN (h, place_h);
  g_autoptr (GdkPixbuf) part
      = gdk_pixbuf_new_subpixbuf (pixels, (w - part_w) / 2, (h - part_h) / 2, part_w, part_h);

  return gdk_cairo_surface_create_from_pixbuf (part, 1, NULL);
}

/* The whole picture, no larger than the place; borrowed, or NULL when memory is short. */
static cairo_surface_t *
fit (UiPreview *self, GdkPixbuf *pixels, UiPlace place)
{
  int w = gdk_pixbuf_get_width (pixels), h = gdk_pixbuf_get_height (pixels);
  double factor = MIN (1.0, MIN (place.width / w, place.height / h));
  int side = MAX (1, (int) (factor * MAX (w, h)));

  if (self->fitted && (self->fitted_side != side || self->fitted_of != pixels)) {
    g_clear_pointer (&self->fitted, cairo_surface_destroy);
  }
  if (!self->fitted) {
    g_autoptr (GdkPixbuf) small = ui_reduce_picture (pixels, side);

    self->fitted = small ? gdk_cairo_surface_create_from_pixbuf (small, 1, NULL) : NULL;
    self->fitted_side = side;
    self->fitted_of = pixels;
  }
  return self->fitted;
}

static void
draw_in_place (UiPreview *self, cairo_t *cr, UiPlace place)
{
  int w = cairo_image_surface_get_width (self->ground),
      h = cairo_image_surface_get_height (self->ground);
  UiPlace all = ui_place_fit (place, w, h);
  double scale = all.width / w;
  UiPlace target = { all.x + self->around.x * scale, all.y + self->around.y * scale,
                     self->around.width * scale, self->around.height * scale };
  GdkPixbuf *pixels = seen (self);
  cairo_surface_t *surface = pixels ? fit (self, pixels, target) : NULL;

  ui_draw_surface (cr, self->ground, NULL, all);
  if (surface) {
    ui_draw_surface (cr, surface, self->mask, target);
  }
  if (!self->pixels) { /* what lies there already shows no edge */
    ui_draw_outline (cr, target);
  }
}

static void
draw_alone (UiPreview *self, cairo_t *cr, UiPlace place, GdkPixbuf *pixels)
{
  gboolean checks = gdk_pixbuf_get_has_alpha (pixels);
  cairo_surface_t *surface;

  if (self->natural_size) {
    surface = cut_natural (pixels, (int) place.width, (int) place.height);

    int w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);
    double left = floor (place.x + (place.width - w) / 2),
           top = floor (place.y + (place.height - h) / 2);

    if (checks) {
      ui_draw_checks (cr, (UiPlace) { left, top, w, h });
    }
    cairo_set_source_surface (cr, surface, left, top);
    cairo_paint (cr);
    cairo_surface_destroy (surface);
  } else if ((surface = fit (self, pixels, place))) {
    UiPlace all
        = ui_place_fit (place, gdk_pixbuf_get_width (pixels), gdk_pixbuf_get_height (pixels));

    if (checks) {
      ui_draw_checks (cr, all);
    }
    ui_draw_surface (cr, surface, NULL, all);
  }
}

/* In device pixels. */
static void
draw_content (UiPreview *self, cairo_t *cr, UiPlace place)
{
  GdkPixbuf *pixels = seen (self);

  if (in_place (self)) {
    draw_in_place (self, cr, place);
  } else if (!pixels) {
    ui_draw_empty (GTK_WIDGET (self), cr, place, self->hint);
  } else if (self->view == UI_VIEW_TILED) {
    cairo_surface_t *surface = fit (self, pixels, place);

    if (surface && gdk_pixbuf_get_has_alpha (pixels)) {
      ui_draw_checks (
          cr, ui_place_fit (place, gdk_pixbuf_get_width (pixels), gdk_pixbuf_get_height (pixels)));
    }
    if (surface) {
      ui_draw_tiled (cr, surface, place, self->shift_x, self->shift_y);
    }
  } else {
    draw_alone (self, cr, place, pixels);
  }
}

static gboolean
ui_preview_draw (GtkWidget *widget, cairo_t *cr)
{
  UiPreview *self = UI_PREVIEW (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int width = gtk_widget_get_allocated_width (widget),
      height = gtk_widget_get_allocated_height (widget);
  int device = seen (self) || in_place (self) ? gtk_widget_get_scale_factor (widget) : 1;
  UiPlace place = { INSET * device, INSET * device, MAX (1, (width - 2 * INSET) * device),
                    MAX (1, (height - 2 * INSET) * device) };

  gtk_render_background (style, cr, 0, 0, width, height);
  cairo_save (cr);
  cairo_scale (cr, 1.0 / device, 1.0 / device);
  if (self->dimmed) {
    cairo_push_group (cr);
  }
  draw_content (self, cr, place);
  if (self->dimmed) {
    cairo_pop_group_to_source (cr);
    cairo_paint_with_alpha (cr, DIM);
  }
  cairo_restore (cr);
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

/* ---- what the artist does -------------------------------------------------------------------- */

static void
shift_to (UiPreview *self, double x, double y)
{
  self->shift_x = x - floor (x);
  self->shift_y = y - floor (y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
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
  UiPreview *self = UI_PREVIEW (widget);

  if (event->type != GDK_BUTTON_PRESS || event->button != GDK_BUTTON_PRIMARY) {
    return FALSE;
  }
  gtk_widget_grab_focus (widget);
  self->pressed = TRUE;
  self->dragged = FALSE;
  self->press_x = event->x;
  self->press_y = event->y;
  self->from_x = self->shift_x;
  self->from_y = self->shift_y;
  return TRUE;
}

static gboolean
ui_preview_motion (GtkWidget *widget, GdkEventMotion *event)
{
  UiPreview *self = UI_PREVIEW (widget);
  double x = event->x - self->press_x, y = event->y - self->press_y;
  double tile = MAX (1, MIN (gtk_widget_get_allocated_width (widget),
                             gtk_widget_get_allocated_height (widget)))
                / 3.0;

  if (!self->pressed || (!self->dragged && fabs (x) < CLICK && fabs (y) < CLICK)) {
    return FALSE;
  }
  self->dragged = TRUE;
  if (self->view == UI_VIEW_TILED) {
    shift_to (self, self->from_x + x / tile, self->from_y + y / tile);
  }
  return TRUE;
}

static gboolean
ui_preview_button_release (GtkWidget *widget, GdkEventButton *event)
{
  UiPreview *self = UI_PREVIEW (widget);
  gboolean click = self->pressed && !self->dragged && event->button == GDK_BUTTON_PRIMARY;

  self->pressed = FALSE;
  if (click && self->view == UI_VIEW_ALONE) {
    toggle_size (self);
  }
  return click;
}

static gboolean
ui_preview_key_press (GtkWidget *widget, GdkEventKey *event)
{
  UiPreview *self = UI_PREVIEW (widget);
  gboolean tiled = self->view == UI_VIEW_TILED;

  if (event->state & gtk_accelerator_get_default_mod_mask ()) {
    return GTK_WIDGET_CLASS (ui_preview_parent_class)->key_press_event (widget, event);
  }
  switch (event->keyval) {
  case GDK_KEY_space:
  case GDK_KEY_KP_Space:
    toggle_size (self);
    return TRUE;
  case GDK_KEY_b:
  case GDK_KEY_B:
    ui_preview_hold_before (self, TRUE);
    return TRUE;
  case GDK_KEY_Left:
  case GDK_KEY_Right:
    if (tiled) {
      shift_to (self, self->shift_x + (event->keyval == GDK_KEY_Left ? -KEY_SHIFT : KEY_SHIFT),
                self->shift_y);
      return TRUE;
    }
    break;
  case GDK_KEY_Up:
  case GDK_KEY_Down:
    if (tiled) {
      shift_to (self, self->shift_x,
                self->shift_y + (event->keyval == GDK_KEY_Up ? -KEY_SHIFT : KEY_SHIFT));
      return TRUE;
    }
    break;
  default:
    break;
  }
  return GTK_WIDGET_CLASS (ui_preview_parent_class)->key_press_event (widget, event);
}

static gboolean
ui_preview_key_release (GtkWidget *widget, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_b || event->keyval == GDK_KEY_B) {
    ui_preview_hold_before (UI_PREVIEW (widget), FALSE);
    return TRUE;
  }
  return FALSE;
}

static gboolean
ui_preview_focus_out (GtkWidget *widget, GdkEventFocus *event)
{
  ui_preview_hold_before (UI_PREVIEW (widget), FALSE);
  return GTK_WIDGET_CLASS (ui_preview_parent_class)->focus_out_event (widget, event);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
forget_surroundings (UiPreview *self)
{
  g_clear_object (&self->around.around);
  g_clear_object (&self->around.mask);
  g_clear_pointer (&self->ground, cairo_surface_destroy);
  g_clear_pointer (&self->mask, cairo_surface_destroy);
}

static void
ui_preview_finalize (GObject *object)
{
  UiPreview *self = UI_PREVIEW (object);

  g_clear_object (&self->pixels);
  g_clear_object (&self->before);
  g_clear_pointer (&self->fitted, cairo_surface_destroy);
  forget_surroundings (self);
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
  widget->button_release_event = ui_preview_button_release;
  widget->motion_notify_event = ui_preview_motion;
  widget->key_press_event = ui_preview_key_press;
  widget->key_release_event = ui_preview_key_release;
  widget->focus_out_event = ui_preview_focus_out;
}

static void
ui_preview_init (UiPreview *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  self->view = UI_VIEW_ALONE;
  gtk_widget_set_can_focus (widget, TRUE);
  gtk_widget_add_events (widget, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK
                                     | GDK_BUTTON1_MOTION_MASK | GDK_KEY_PRESS_MASK
                                     | GDK_KEY_RELEASE_MASK | GDK_FOCUS_CHANGE_MASK);
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

/* ---- doors ----------------------------------------------------------------------------------- */

static void
show_tooltip (UiPreview *self)
{
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self), !self->pixels                 ? NULL
                         : self->view == UI_VIEW_TILED ? _ ("Drag to shift it across the seam")
                         : self->view == UI_VIEW_IN_PLACE
                             ? NULL
                             : _ ("Click for natural size, and again to fit"));
}

void
ui_preview_set_picture (UiPreview *self, GdkPixbuf *pixels, const char *description)
{
  g_set_object (&self->pixels, pixels);
  g_clear_pointer (&self->fitted, cairo_surface_destroy);
  show_tooltip (self);
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

void
ui_preview_set_dimmed (UiPreview *self, gboolean dimmed)
{
  self->dimmed = dimmed && self->pixels;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ui_preview_get_dimmed (UiPreview *self)
{
  return self->dimmed;
}

void
ui_preview_set_view (UiPreview *self, UiView view)
{
  self->view = view;
  show_tooltip (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_preview_set_surroundings (UiPreview *self, const UiSurroundings *surroundings)
{
  forget_surroundings (self);
  if (surroundings) {
    self->around = *surroundings;
    g_object_ref (self->around.around);
    self->ground = gdk_cairo_surface_create_from_pixbuf (self->around.around, 1, NULL);
    if (self->around.mask) {
      g_object_ref (self->around.mask);
      self->mask = ui_mask_surface (self->around.mask);
    }
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_preview_set_before (UiPreview *self, GdkPixbuf *before)
{
  g_set_object (&self->before, before);
  g_clear_pointer (&self->fitted, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ui_preview_has_before (UiPreview *self)
{
  return self->before || self->around.around;
}

void
ui_preview_hold_before (UiPreview *self, gboolean hold)
{
  if (hold != self->hold) {
    self->hold = hold;
    gtk_widget_queue_draw (GTK_WIDGET (self));
  }
}

void
ui_preview_get_shift (UiPreview *self, double *x, double *y)
{
  *x = self->shift_x;
  *y = self->shift_y;
}
