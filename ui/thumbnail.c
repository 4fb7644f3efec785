/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture of the history. */
#include "thumbnail.h"

#include "i18n.h"
#include "widgets.h"

enum { SIDE = 68 }; /* five of them fit beside one another under the picture */

struct _UiThumbnail {
  GtkFlowBoxChild parent_instance;
  GtkWidget *image, *tick, *badge, *caption;
  UiResult result; /* pixels NULL when live */
  char *description;
};

G_DEFINE_FINAL_TYPE (UiThumbnail, ui_thumbnail, GTK_TYPE_FLOW_BOX_CHILD)

enum { TICKED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_pixels (UiThumbnail *self, GdkPixbuf *pixels)
{
  int device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  int side = SIDE * device, w = gdk_pixbuf_get_width (pixels), h = gdk_pixbuf_get_height (pixels);
  double factor = (double) side / MAX (w, h);
  g_autoptr (GdkPixbuf) small
      = factor < 1.0
            ? ui_reduce_picture (pixels, side)
            : gdk_pixbuf_scale_simple (pixels, MAX (1, (int) (w * factor + 0.5)),
                                       MAX (1, (int) (h * factor + 0.5)), GDK_INTERP_BILINEAR);

  if (small) {
    cairo_surface_t *surface = gdk_cairo_surface_create_from_pixbuf (small, device, NULL);

    gtk_image_set_from_surface (GTK_IMAGE (self->image), surface);
    cairo_surface_destroy (surface);
  }
}

static void
on_toggled (UiThumbnail *self)
{
  g_signal_emit (self, signals[TICKED], 0);
}

static gboolean
ui_thumbnail_key_press (GtkWidget *widget, GdkEventKey *event)
{
  UiThumbnail *self = UI_THUMBNAIL (widget);

  if ((event->keyval == GDK_KEY_space || event->keyval == GDK_KEY_KP_Space)
      && self->result.pixels) {
    ui_thumbnail_set_tick (self, !ui_thumbnail_get_tick (self));
    return TRUE;
  }
  return GTK_WIDGET_CLASS (ui_thumbnail_parent_class)->key_press_event (widget, event);
}

static void
ui_thumbnail_finalize (GObject *object)
{
  UiThumbnail *self = UI_THUMBNAIL (object);

  g_clear_object (&self->result.pixels);
  ui_settings_free (self->result.settings);
  g_free (self->description);
  G_OBJECT_CLASS (ui_thumbnail_parent_class)->finalize (object);
}

static void
ui_thumbnail_class_init (UiThumbnailClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_thumbnail_finalize;
  GTK_WIDGET_CLASS (klass)->key_press_event = ui_thumbnail_key_press;
  signals[TICKED] = g_signal_new ("ticked", UI_TYPE_THUMBNAIL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
small_label (const char *style_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_style_context_add_class (gtk_widget_get_style_context (label), style_class);
  return label;
}

static void
ui_thumbnail_init (UiThumbnail *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *overlay = gtk_overlay_new ();

  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "adm-thumbnail");
  self->image = gtk_image_new ();
  gtk_widget_set_size_request (self->image, SIDE, SIDE);
  gtk_container_add (GTK_CONTAINER (overlay), self->image);

  self->tick = gtk_check_button_new ();
  gtk_widget_set_halign (self->tick, GTK_ALIGN_START);
  gtk_widget_set_valign (self->tick, GTK_ALIGN_START);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->tick), "adm-tick");
  g_signal_connect_swapped (self->tick, "toggled", G_CALLBACK (on_toggled), self);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->tick);

  self->badge = small_label ("adm-badge");
  gtk_widget_set_halign (self->badge, GTK_ALIGN_END);
  gtk_widget_set_valign (self->badge, GTK_ALIGN_END);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->badge);
  gtk_overlay_set_overlay_pass_through (GTK_OVERLAY (overlay), self->badge, TRUE);

  self->caption = small_label ("adm-caption");
  gtk_label_set_ellipsize (GTK_LABEL (self->caption), PANGO_ELLIPSIZE_START);
  gtk_label_set_max_width_chars (GTK_LABEL (self->caption), 1); /* the picture decides the width */
  gtk_widget_set_hexpand (self->caption, TRUE);

  gtk_container_add (GTK_CONTAINER (box), overlay);
  gtk_container_add (GTK_CONTAINER (box), self->caption);
  gtk_container_add (GTK_CONTAINER (self), box);
  gtk_widget_show_all (GTK_WIDGET (self));
}

static void
set_words (UiThumbnail *self, const char *name, const char *tooltip)
{
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
}

GtkWidget *
ui_thumbnail_new (GdkPixbuf *pixels, const UiSettings *settings, const char *model_name,
                  gboolean upsample_only)
{
  UiThumbnail *self = g_object_new (UI_TYPE_THUMBNAIL, NULL);
  g_autofree char *scale = ui_settings_scale_text (settings->scale);
  /* Translators: gradient scale, on a thumbnail; keep it very short. */
  g_autofree char *badge = g_strdup_printf (_ ("s %s"), scale);
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, settings->seed);
  g_autofree char *name = ui_settings_caption (settings, upsample_only);
  g_autofree char *tick_name = g_strdup_printf (_ ("Add this picture: %s"), name);

  self->result.pixels = g_object_ref (pixels);
  self->result.settings = ui_settings_copy (settings);
  self->description = ui_settings_describe (settings, model_name, upsample_only);
  show_pixels (self, pixels);
  gtk_label_set_text (GTK_LABEL (self->badge), badge);
  gtk_widget_set_visible (self->badge, !upsample_only);
  gtk_widget_set_no_show_all (self->badge, upsample_only);
  gtk_label_set_text (GTK_LABEL (self->caption), seed);
  atk_object_set_name (gtk_widget_get_accessible (self->tick), tick_name);
  gtk_widget_set_tooltip_text (self->tick, _ ("Add this picture as a layer"));
  set_words (self, name, self->description);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_thumbnail_new_live (void)
{
  UiThumbnail *self = g_object_new (UI_TYPE_THUMBNAIL, NULL);

  gtk_widget_hide (self->tick);
  gtk_widget_hide (self->badge);
  gtk_widget_set_no_show_all (self->tick, TRUE);
  gtk_widget_set_no_show_all (self->badge, TRUE);
  gtk_label_set_text (GTK_LABEL (self->caption), "…");
  set_words (self, _ ("The picture being made"), _ ("The picture being made; click to follow it"));
  return GTK_WIDGET (self);
}

void
ui_thumbnail_set_live (UiThumbnail *self, GdkPixbuf *pixels)
{
  show_pixels (self, pixels);
}

gboolean
ui_thumbnail_is_live (UiThumbnail *self)
{
  return !self->result.pixels;
}

const UiResult *
ui_thumbnail_result (UiThumbnail *self)
{
  return self->result.pixels ? &self->result : NULL;
}

gboolean
ui_thumbnail_get_tick (UiThumbnail *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->tick));
}

void
ui_thumbnail_set_tick (UiThumbnail *self, gboolean tick)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->tick), tick);
}

void
ui_thumbnail_set_added (UiThumbnail *self)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s", self->description, _ ("Added as a layer"));

  gtk_style_context_add_class (gtk_widget_get_style_context (self->caption),
                               GTK_STYLE_CLASS_DIM_LABEL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
}
