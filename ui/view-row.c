/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the picture is looked at. */
#include "view-row.h"

#include "i18n.h"

enum { N_VIEWS = UI_VIEW_TILED + 1 };

struct _UiViewRow {
  GtkBox parent_instance;
  UiPreview *preview;
  GtkWidget *views[N_VIEWS], *before;
  UiView chosen; /* by the artist */
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiViewRow, ui_view_row, GTK_TYPE_BOX)

static void
on_view (UiViewRow *self)
{
  for (int i = 0; i < N_VIEWS && !self->silent; i++) {
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->views[i]))) {
      self->chosen = (UiView) i;
      ui_preview_set_view (self->preview, self->chosen);
    }
  }
}

static gboolean
on_hold (UiViewRow *self, GdkEvent *event)
{
  guint key = event->type == GDK_KEY_PRESS || event->type == GDK_KEY_RELEASE ? event->key.keyval
                                                                             : GDK_KEY_space;

  if (key == GDK_KEY_space || key == GDK_KEY_KP_Space) {
    ui_preview_hold_before (self->preview,
                            event->type == GDK_BUTTON_PRESS || event->type == GDK_KEY_PRESS);
  }
  return FALSE;
}

static void
ui_view_row_class_init (UiViewRowClass *klass G_GNUC_UNUSED)
{
}

static void
ui_view_row_init (UiViewRow *self)
{
  const char *const words[N_VIEWS] = { _ ("_In place"), _ ("A_lone"), _ ("_3 × 3") };
  const char *const tooltips[N_VIEWS]
      = { _ ("The picture within the image around it"), _ ("The picture alone"),
          _ ("The picture repeated, to see whether its edges meet; drag to shift it") };
  const char *const events[]
      = { "button-press-event", "button-release-event", "key-press-event", "key-release-event" };
  GtkWidget *linked = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_style_context_add_class (gtk_widget_get_style_context (linked), GTK_STYLE_CLASS_LINKED);
  for (int i = 0; i < N_VIEWS; i++) {
    self->views[i] = gtk_radio_button_new_with_mnemonic_from_widget (
        i ? GTK_RADIO_BUTTON (self->views[0]) : NULL, words[i]);
    gtk_toggle_button_set_mode (GTK_TOGGLE_BUTTON (self->views[i]), FALSE);
    gtk_widget_set_tooltip_text (self->views[i], tooltips[i]);
    gtk_style_context_add_class (gtk_widget_get_style_context (self->views[i]), "adm-small");
    gtk_container_add (GTK_CONTAINER (linked), self->views[i]);
  }
  self->before = gtk_button_new_with_mnemonic (_ ("_Before"));
  gtk_widget_set_tooltip_text (self->before,
                               _ ("Hold to see what there was before (B, over the picture)"));
  gtk_style_context_add_class (gtk_widget_get_style_context (self->before), "adm-small");
  gtk_box_pack_start (GTK_BOX (self), linked, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self), self->before, FALSE, TRUE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->views[UI_VIEW_IN_PLACE], TRUE);
  gtk_widget_set_no_show_all (self->before, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    g_signal_connect_swapped (self->before, events[i], G_CALLBACK (on_hold), self);
  }
  for (int i = 0; i < N_VIEWS; i++) {
    g_signal_connect_swapped (self->views[i], "toggled", G_CALLBACK (on_view), self);
  }
}

GtkWidget *
ui_view_row_new (UiPreview *preview)
{
  UiViewRow *self = g_object_new (UI_TYPE_VIEW_ROW, NULL);

  self->preview = preview;
  ui_view_row_set_there (self, FALSE, FALSE);
  return GTK_WIDGET (self);
}

void
ui_view_row_set_there (UiViewRow *self, gboolean surroundings, gboolean before)
{
  UiView view = self->chosen == UI_VIEW_IN_PLACE && !surroundings ? UI_VIEW_ALONE : self->chosen;

  self->silent = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->views[view]), TRUE);
  self->silent = FALSE;
  ui_preview_set_view (self->preview, view);
  gtk_widget_set_visible (self->views[UI_VIEW_IN_PLACE], surroundings);
  gtk_widget_set_visible (self->before, before);
}

GtkWidget *
ui_view_row_part (UiViewRow *self, const char *name)
{
  return g_str_equal (name, "in-place") ? self->views[UI_VIEW_IN_PLACE]
         : g_str_equal (name, "alone")  ? self->views[UI_VIEW_ALONE]
         : g_str_equal (name, "tiled")  ? self->views[UI_VIEW_TILED]
         : g_str_equal (name, "before") ? self->before
                                        : NULL;
}
