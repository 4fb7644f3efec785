/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures of a comparison. */
#include "compare-grid.h"

#include "preview-draw.h"
#include "widgets.h"

enum { COLUMNS = 3 };

struct _UiCompareGrid {
  GtkGrid parent_instance;
  GPtrArray *buttons; /* owned by the grid */
};

G_DEFINE_FINAL_TYPE (UiCompareGrid, ui_compare_grid, GTK_TYPE_GRID)

static guint picked_signal;

static void
on_clicked (UiCompareGrid *self, GtkWidget *button)
{
  g_signal_emit (self, picked_signal, 0, g_object_get_data (G_OBJECT (button), "adm-pixels"));
}

static gboolean
draw (GtkWidget *area, cairo_t *cr, gpointer surface)
{
  UiPlace all
      = { 0, 0, gtk_widget_get_allocated_width (area), gtk_widget_get_allocated_height (area) };
  UiPlace place = ui_place_fit (all, cairo_image_surface_get_width (surface),
                                cairo_image_surface_get_height (surface));

  if (cairo_surface_get_content (surface) == CAIRO_CONTENT_COLOR_ALPHA) {
    ui_draw_checks (cr, place);
  }
  ui_draw_surface (cr, surface, NULL, place);
  return FALSE;
}

static void
ui_compare_grid_finalize (GObject *object)
{
  g_ptr_array_unref (UI_COMPARE_GRID (object)->buttons);
  G_OBJECT_CLASS (ui_compare_grid_parent_class)->finalize (object);
}

static void
ui_compare_grid_class_init (UiCompareGridClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_compare_grid_finalize;
  picked_signal = g_signal_new ("picked", UI_TYPE_COMPARE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, GDK_TYPE_PIXBUF);
}

static void
ui_compare_grid_init (UiCompareGrid *self)
{
  self->buttons = g_ptr_array_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self), 6);
  gtk_grid_set_row_homogeneous (GTK_GRID (self), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (self), TRUE);
}

GtkWidget *
ui_compare_grid_new (void)
{
  return g_object_new (UI_TYPE_COMPARE_GRID, "visible", TRUE, NULL);
}

void
ui_compare_grid_clear (UiCompareGrid *self)
{
  g_ptr_array_set_size (self->buttons, 0);
  gtk_container_foreach (GTK_CONTAINER (self), (GtkCallback) (void (*) (void)) gtk_widget_destroy,
                         NULL);
}

void
ui_compare_grid_append (UiCompareGrid *self, GdkPixbuf *pixels, const char *words)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2),
            *area = gtk_drawing_area_new (), *label = gtk_label_new (words);
  int n = (int) self->buttons->len;

  g_signal_connect_data (area, "draw", G_CALLBACK (draw),
                         gdk_cairo_surface_create_from_pixbuf (pixels, 1, NULL),
                         (GClosureNotify) (void (*) (void)) cairo_surface_destroy, 0);
  gtk_widget_set_hexpand (area, TRUE);
  gtk_widget_set_vexpand (area, TRUE);
  gtk_widget_set_size_request (area, 64, 64);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_container_add (GTK_CONTAINER (box), area);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_container_add (GTK_CONTAINER (button), box);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "adm-small");
  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  atk_object_set_name (gtk_widget_get_accessible (button), words);
  g_object_set_data_full (G_OBJECT (button), "adm-pixels", g_object_ref (pixels), g_object_unref);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_widget_show_all (button);
  gtk_grid_attach (GTK_GRID (self), button, n % COLUMNS, n / COLUMNS, 1, 1);
  g_ptr_array_add (self->buttons, button);
}

guint
ui_compare_grid_count (UiCompareGrid *self)
{
  return self->buttons->len;
}

GtkWidget *
ui_compare_grid_nth (UiCompareGrid *self, guint n)
{
  return n < self->buttons->len ? self->buttons->pdata[n] : NULL;
}
