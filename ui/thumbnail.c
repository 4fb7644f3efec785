/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One picture of the history. */
#include "thumbnail.h"

#include "class-names.h"
#include "i18n.h"
#include "widgets.h"

enum { SIDE = UI_THUMBNAIL_SIDE, CHECK = 8 };

struct _UiThumbnail {
  GtkFlowBoxChild parent_instance;
  GtkWidget *image, *tick, *badge, *pin, *caption, *size;
  UiHistoryStore *store; /* borrowed; NULL: not kept */
  char *key;
  UiResult result; /* pixels NULL: not read yet; settings NULL: live */
  gboolean added, pinned, own;
  guint layer;
  int position, n; /* in the strip; N 0: not told yet */
  char *name, *description;
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

  if (small && gdk_pixbuf_get_has_alpha (small)) { /* on checks */
    GdkPixbuf *seen = gdk_pixbuf_composite_color_simple (
        small, gdk_pixbuf_get_width (small), gdk_pixbuf_get_height (small), GDK_INTERP_NEAREST, 255,
        CHECK * device, 0x666666, 0x999999);

    g_object_unref (small);
    small = seen;
  }
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
      && !ui_thumbnail_is_live (self)) {
    ui_thumbnail_set_tick (self, !ui_thumbnail_get_tick (self));
    return TRUE;
  }
  /* the window would take Enter for its default button */
  if (event->keyval == GDK_KEY_Return || event->keyval == GDK_KEY_KP_Enter
      || event->keyval == GDK_KEY_ISO_Enter) {
    return gtk_widget_activate (widget);
  }
  return GTK_WIDGET_CLASS (ui_thumbnail_parent_class)->key_press_event (widget, event);
}

static void
ui_thumbnail_finalize (GObject *object)
{
  UiThumbnail *self = UI_THUMBNAIL (object);

  g_clear_object (&self->result.pixels);
  ui_settings_free (self->result.settings);
  g_free (self->name);
  g_free (self->description);
  g_free (self->key);
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

/* ---- making ---------------------------------------------------------------------------------- */

/* A sign in a corner of the picture. */
static GtkWidget *
badge (GtkWidget *overlay, GtkWidget *content, GtkAlign vertical)
{
  gtk_style_context_add_class (gtk_widget_get_style_context (content), "adm-badge");
  gtk_widget_set_halign (content, GTK_ALIGN_END);
  gtk_widget_set_valign (content, vertical);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), content);
  gtk_overlay_set_overlay_pass_through (GTK_OVERLAY (overlay), content, TRUE);
  return content;
}

static GtkWidget *
small_line (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_style_context_add_class (gtk_widget_get_style_context (label), "adm-caption");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1); /* the picture decides the width */
  gtk_widget_set_hexpand (label, TRUE);
  gtk_container_add (GTK_CONTAINER (box), label);
  return label;
}

static void
ui_thumbnail_init (UiThumbnail *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
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

  self->badge = badge (overlay, gtk_label_new ("✓"), GTK_ALIGN_END);
  self->pin
      = badge (overlay, gtk_image_new_from_icon_name ("view-pin-symbolic", GTK_ICON_SIZE_MENU),
               GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (box), overlay);
  self->caption = small_line (box);
  self->size = small_line (box);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->size),
                               GTK_STYLE_CLASS_DIM_LABEL);
  gtk_container_add (GTK_CONTAINER (self), box);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->badge, TRUE);
  gtk_widget_set_no_show_all (self->pin, TRUE);
  gtk_widget_hide (self->badge);
  gtk_widget_hide (self->pin);
}

/* The accessible name: what it shows, what its signs mean, and its place. */
static void
tell_name (UiThumbnail *self)
{
  g_autoptr (GString) text = g_string_new (self->name);

  if (self->added) {
    g_string_append_printf (text, ", %s", _ ("added"));
  }
  if (self->pinned) {
    g_string_append_printf (text, ", %s", _ ("pinned"));
  }
  if (self->n) {
    g_autofree char *place = ui_place_text (self->position, self->n);

    g_string_append_printf (text, ", %s", place);
  }
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), text->str);
}

/* Tooltip, name and signs. */
static void
show_signs (UiThumbnail *self)
{
  g_autoptr (GString) text = g_string_new (self->description);

  if (self->added) {
    g_string_append_printf (text, "\n%s", _ ("Added"));
  }
  if (self->pinned) {
    g_string_append_printf (text, "\n%s", _ ("Pinned: stays when older ones go"));
  }
  gtk_widget_set_visible (self->badge, self->added);
  gtk_widget_set_visible (self->pin, self->pinned);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text->str);
  tell_name (self);
}

static UiThumbnail *
new_finished (const UiSettings *settings, int width, int height, const char *model_name)
{
  UiThumbnail *self = g_object_new (UI_TYPE_THUMBNAIL, NULL);
  char *name = self->name = ui_settings_caption (settings);
  g_autofree char *tick_name = g_strdup_printf (_ ("Add this picture: %s"), name);
  /* the marks keep width before height where words run to the left */
  g_autofree char *size = g_strdup_printf ("%d\u200e × \u200e%d", width, height);
  g_autofree char *class_words = ui_settings_class_text (settings);

  self->result.settings = ui_settings_copy (settings);
  self->description = ui_settings_describe (settings, model_name);
  gtk_label_set_text (GTK_LABEL (self->caption), class_words);
  gtk_label_set_text (GTK_LABEL (self->size), size);
  atk_object_set_name (gtk_widget_get_accessible (self->tick), tick_name);
  gtk_widget_set_tooltip_text (self->tick, _ ("Add this picture"));
  return self;
}

GtkWidget *
ui_thumbnail_new (const UiResult *result, const char *model_name, UiHistoryStore *store,
                  const char *key)
{
  UiThumbnail *self = new_finished (result->settings, gdk_pixbuf_get_width (result->pixels),
                                    gdk_pixbuf_get_height (result->pixels), model_name);

  self->store = store;
  self->key = g_strdup (key);
  self->result.pixels = g_object_ref (result->pixels);
  self->result.target = result->target;
  self->own = TRUE;
  show_pixels (self, result->pixels);
  show_signs (self);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_thumbnail_new_kept (const UiKept *kept, const char *model_name, UiHistoryStore *store)
{
  UiThumbnail *self = new_finished (kept->settings, kept->width, kept->height, model_name);

  self->store = store;
  self->key = g_strdup (kept->key);
  self->added = kept->added;
  self->pinned = kept->pinned;
  show_pixels (self, kept->small);
  show_signs (self);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_thumbnail_new_live (void)
{
  UiThumbnail *self = g_object_new (UI_TYPE_THUMBNAIL, NULL);

  gtk_widget_hide (self->tick);
  gtk_widget_set_no_show_all (self->tick, TRUE);
  gtk_label_set_text (GTK_LABEL (self->caption), "…");
  self->name = g_strdup (_ ("The picture being made"));
  tell_name (self);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), _ ("The picture being made; click to follow it"));
  return GTK_WIDGET (self);
}

void
ui_thumbnail_set_live (UiThumbnail *self, GdkPixbuf *pixels)
{
  show_pixels (self, pixels);
}

void
ui_thumbnail_set_place (UiThumbnail *self, int position, int n)
{
  if (position != self->position || n != self->n) {
    self->position = position;
    self->n = n;
    tell_name (self);
  }
}

/* ---- doors ----------------------------------------------------------------------------------- */

gboolean
ui_thumbnail_is_live (UiThumbnail *self)
{
  return !self->result.settings;
}

gboolean
ui_thumbnail_has_pixels (UiThumbnail *self)
{
  return self->result.pixels != NULL;
}

gboolean
ui_thumbnail_is_own (UiThumbnail *self)
{
  return self->own;
}

const UiResult *
ui_thumbnail_result (UiThumbnail *self)
{
  if (!self->result.pixels && self->key) {
    self->result.pixels = ui_history_store_load (self->store, self->key);
  }
  return self->result.pixels ? &self->result : NULL;
}

const UiSettings *
ui_thumbnail_settings (UiThumbnail *self)
{
  return self->result.settings;
}

const char *
ui_thumbnail_key (UiThumbnail *self)
{
  return self->key;
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

static void
keep_marks (UiThumbnail *self)
{
  if (self->key) {
    ui_history_store_mark (self->store, self->key, self->pinned, self->added);
  }
  show_signs (self);
}

void
ui_thumbnail_set_added (UiThumbnail *self, gboolean added, guint layer)
{
  self->added = added;
  self->layer = layer;
  keep_marks (self);
}

gboolean
ui_thumbnail_get_added (UiThumbnail *self)
{
  return self->added;
}

guint
ui_thumbnail_layer (UiThumbnail *self)
{
  return self->layer;
}

void
ui_thumbnail_set_pinned (UiThumbnail *self, gboolean pinned)
{
  self->pinned = pinned;
  keep_marks (self);
}

gboolean
ui_thumbnail_get_pinned (UiThumbnail *self)
{
  return self->pinned;
}
