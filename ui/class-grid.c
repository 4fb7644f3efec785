/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A grid of squares with names: a GtkIconView over a list that is filled anew for each query. */
#include "class-grid.h"

#include "i18n.h"
#include "widgets.h"

#include <gtk/gtk-a11y.h>

enum { COLUMN_INDEX, COLUMN_MARKUP, COLUMN_PIXELS, COLUMN_SPOKEN, N_COLUMNS };
enum { NAME_CHARS = 13, LOWEST = 84, PAD = 2 };

struct _UiClassGrid {
  GtkScrolledWindow parent_instance;
  GtkWidget *view;
  GtkListStore *rows;
  GdkPixbuf *empty; /* in the place of pixels that are not there; NULL: names alone */
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiClassGrid, ui_class_grid, GTK_TYPE_SCROLLED_WINDOW)

enum { PICKED, ACTIVATED, SCROLLED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- what assistive technology is told ------------------------------------------------------- */

/* GTK's icon view tells the text of its items, but no name: this one names each when it is asked
 * for, which nobody does where no such technology runs. */
#define UI_TYPE_NAMED_VIEW (ui_named_view_get_type ())
G_DECLARE_FINAL_TYPE (UiNamedView, ui_named_view, UI, NAMED_VIEW, GtkIconView)

struct _UiNamedView {
  GtkIconView parent_instance;
};

typedef struct UiNamedViewAccessible {
  GtkIconViewAccessible parent_instance;
} UiNamedViewAccessible;

typedef struct UiNamedViewAccessibleClass {
  GtkIconViewAccessibleClass parent_class;
} UiNamedViewAccessibleClass;

GType ui_named_view_accessible_get_type (void);
G_DEFINE_TYPE (UiNamedViewAccessible, ui_named_view_accessible, GTK_TYPE_ICON_VIEW_ACCESSIBLE)
G_DEFINE_FINAL_TYPE (UiNamedView, ui_named_view, GTK_TYPE_ICON_VIEW)

/* What is said of the square at POSITION, and where it is among the others. To be freed; NULL: it
 * is not there. */
static char *
item_name (GtkIconView *view, int position)
{
  GtkTreeModel *model = gtk_icon_view_get_model (view);
  g_autofree char *spoken = NULL, *place = NULL;
  GtkTreeIter iter;

  if (!model || !gtk_tree_model_iter_nth_child (model, &iter, NULL, position)) {
    return NULL;
  }
  gtk_tree_model_get (model, &iter, COLUMN_SPOKEN, &spoken, -1);
  place = ui_place_text (position, gtk_tree_model_iter_n_children (model, NULL));
  return g_strdup_printf ("%s, %s", spoken, place);
}

static AtkObject *
ui_named_view_accessible_ref_child (AtkObject *accessible, gint n)
{
  AtkObject *item
      = ATK_OBJECT_CLASS (ui_named_view_accessible_parent_class)->ref_child (accessible, n);
  GtkWidget *view = gtk_accessible_get_widget (GTK_ACCESSIBLE (accessible));

  if (item && view && !atk_object_get_name (item)) {
    g_autofree char *name = item_name (GTK_ICON_VIEW (view), n);

    if (name) {
      atk_object_set_name (item, name);
    }
  }
  return item;
}

static void
ui_named_view_accessible_class_init (UiNamedViewAccessibleClass *klass)
{
  ATK_OBJECT_CLASS (klass)->ref_child = ui_named_view_accessible_ref_child;
}

static void
ui_named_view_accessible_init (UiNamedViewAccessible *self G_GNUC_UNUSED)
{
}

static void
ui_named_view_class_init (UiNamedViewClass *klass)
{
  gtk_widget_class_set_accessible_type (GTK_WIDGET_CLASS (klass),
                                        ui_named_view_accessible_get_type ());
}

static void
ui_named_view_init (UiNamedView *self G_GNUC_UNUSED)
{
}

/* The name of the square at POSITION again. */
static void
name_item (GtkIconView *view, int position)
{
  AtkObject *item
      = atk_object_ref_accessible_child (gtk_widget_get_accessible (GTK_WIDGET (view)), position);
  g_autofree char *name = item_name (view, position);

  if (item && name) {
    atk_object_set_name (item, name);
  }
  g_clear_object (&item);
}

/* ---- squares --------------------------------------------------------------------------------- */

static int
index_at (UiClassGrid *self, GtkTreePath *path)
{
  GtkTreeIter iter;
  int index = 0;

  if (gtk_tree_model_get_iter (GTK_TREE_MODEL (self->rows), &iter, path)) {
    gtk_tree_model_get (GTK_TREE_MODEL (self->rows), &iter, COLUMN_INDEX, &index, -1);
  }
  return index;
}

static gboolean
iter_of (UiClassGrid *self, int index, GtkTreeIter *iter)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->rows);

  for (gboolean more = gtk_tree_model_get_iter_first (model, iter); more;
       more = gtk_tree_model_iter_next (model, iter)) {
    int here;

    gtk_tree_model_get (model, iter, COLUMN_INDEX, &here, -1);
    if (here == index) {
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
ui_class_grid_highlighted (UiClassGrid *self, int *index)
{
  GList *paths = gtk_icon_view_get_selected_items (GTK_ICON_VIEW (self->view));
  gboolean any = paths != NULL;

  if (any) {
    *index = index_at (self, paths->data);
  }
  g_list_free_full (paths, (GDestroyNotify) gtk_tree_path_free);
  return any;
}

gboolean
ui_class_grid_highlight (UiClassGrid *self, int index)
{
  GtkIconView *view = GTK_ICON_VIEW (self->view);
  gboolean old = self->silent;
  GtkTreeIter iter;
  gboolean found;

  self->silent = TRUE;
  gtk_icon_view_unselect_all (view);
  found = iter_of (self, index, &iter);
  if (found) {
    g_autoptr (GtkTreePath) path = gtk_tree_model_get_path (GTK_TREE_MODEL (self->rows), &iter);

    gtk_icon_view_set_cursor (view, path, NULL, FALSE);
    gtk_icon_view_select_path (view, path);
    gtk_icon_view_scroll_to_path (view, path, FALSE, 0, 0);
  }
  self->silent = old;
  return found;
}

void
ui_class_grid_fill (UiClassGrid *self, const UiClassSquare *squares, gsize n)
{
  self->silent = TRUE;
  gtk_icon_view_set_model (GTK_ICON_VIEW (self->view), NULL);
  gtk_list_store_clear (self->rows);
  for (gsize i = 0; i < n; i++) {
    gtk_list_store_insert_with_values (self->rows, NULL, -1, COLUMN_INDEX, squares[i].index,
                                       COLUMN_MARKUP, squares[i].markup, COLUMN_PIXELS,
                                       squares[i].pixels ? squares[i].pixels : self->empty,
                                       COLUMN_SPOKEN, squares[i].spoken, -1);
  }
  gtk_icon_view_set_model (GTK_ICON_VIEW (self->view), GTK_TREE_MODEL (self->rows));
  self->silent = FALSE;
}

void
ui_class_grid_set_spoken (UiClassGrid *self, int index, const char *spoken)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->rows);
  GtkTreeIter iter;

  if (iter_of (self, index, &iter)) {
    g_autoptr (GtkTreePath) path = gtk_tree_model_get_path (model, &iter);

    gtk_list_store_set (self->rows, &iter, COLUMN_SPOKEN, spoken, -1);
    name_item (GTK_ICON_VIEW (self->view), gtk_tree_path_get_indices (path)[0]);
  }
}

void
ui_class_grid_set_markup (UiClassGrid *self, int index, const char *markup)
{
  GtkTreeIter iter;

  if (iter_of (self, index, &iter)) {
    gtk_list_store_set (self->rows, &iter, COLUMN_MARKUP, markup, -1);
  }
}

void
ui_class_grid_set_pixels (UiClassGrid *self, int index, GdkPixbuf *pixels)
{
  GtkTreeIter iter;

  if (iter_of (self, index, &iter)) {
    gtk_list_store_set (self->rows, &iter, COLUMN_PIXELS, pixels ? pixels : self->empty, -1);
  }
}

gboolean
ui_class_grid_in_sight (UiClassGrid *self, int *first, int *last)
{
  g_autoptr (GtkTreePath) from = NULL, to = NULL;

  if (!gtk_icon_view_get_visible_range (GTK_ICON_VIEW (self->view), &from, &to)) {
    return FALSE;
  }
  *first = gtk_tree_path_get_indices (from)[0];
  *last = gtk_tree_path_get_indices (to)[0];
  return TRUE;
}

int
ui_class_grid_nth (UiClassGrid *self, int position)
{
  g_autoptr (GtkTreePath) path = gtk_tree_path_new_from_indices (position, -1);

  return index_at (self, path);
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
on_selection (UiClassGrid *self)
{
  int index;

  if (!self->silent && ui_class_grid_highlighted (self, &index)) {
    g_signal_emit (self, signals[PICKED], 0, index);
  }
}

static void
on_activated (UiClassGrid *self, GtkTreePath *path)
{
  g_signal_emit (self, signals[ACTIVATED], 0, index_at (self, path));
}

static void
on_scrolled (UiClassGrid *self)
{
  g_signal_emit (self, signals[SCROLLED], 0);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_class_grid_dispose (GObject *object)
{
  UI_CLASS_GRID (object)->silent = TRUE;
  G_OBJECT_CLASS (ui_class_grid_parent_class)->dispose (object);
}

static void
ui_class_grid_finalize (GObject *object)
{
  UiClassGrid *self = UI_CLASS_GRID (object);

  g_object_unref (self->rows);
  g_clear_object (&self->empty);
  G_OBJECT_CLASS (ui_class_grid_parent_class)->finalize (object);
}

static void
ui_class_grid_class_init (UiClassGridClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_class_grid_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_class_grid_finalize;
  signals[PICKED] = g_signal_new ("picked", UI_TYPE_CLASS_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[ACTIVATED] = g_signal_new ("activated", UI_TYPE_CLASS_GRID, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SCROLLED] = g_signal_new ("scrolled", UI_TYPE_CLASS_GRID, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

/* As wide as a square and NAME_CHARS letters in the font of today; longer names end in dots. */
static void
measure (UiClassGrid *self)
{
  PangoContext *context = gtk_widget_get_pango_context (self->view);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int letters = NAME_CHARS * pango_font_metrics_get_approximate_char_width (metrics) / PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  gtk_icon_view_set_item_width (GTK_ICON_VIEW (self->view),
                                letters + (self->empty ? UI_SQUARE : 0) + 8);
}

static void
make_view (UiClassGrid *self, gboolean squares)
{
  GtkCellRenderer *square = gtk_cell_renderer_pixbuf_new (), *name = gtk_cell_renderer_text_new ();
  GtkCellLayout *cells;

  self->view = g_object_new (UI_TYPE_NAMED_VIEW, "model", self->rows, NULL);
  cells = GTK_CELL_LAYOUT (self->view);
  gtk_icon_view_set_item_orientation (GTK_ICON_VIEW (self->view), GTK_ORIENTATION_HORIZONTAL);
  gtk_icon_view_set_selection_mode (GTK_ICON_VIEW (self->view), GTK_SELECTION_SINGLE);
  gtk_icon_view_set_margin (GTK_ICON_VIEW (self->view), 2);
  gtk_icon_view_set_row_spacing (GTK_ICON_VIEW (self->view), 0);
  gtk_icon_view_set_column_spacing (GTK_ICON_VIEW (self->view), 0);
  gtk_icon_view_set_item_padding (GTK_ICON_VIEW (self->view), PAD);
  gtk_icon_view_set_spacing (GTK_ICON_VIEW (self->view), 4);
  if (squares) {
    gtk_cell_layout_pack_start (cells, square, FALSE);
    gtk_cell_layout_add_attribute (cells, square, "pixbuf", COLUMN_PIXELS);
    self->empty = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, UI_SQUARE, UI_SQUARE);
    gdk_pixbuf_fill (self->empty, 0x80808030);
  } else {
    g_object_unref (g_object_ref_sink (square));
  }
  gtk_cell_layout_pack_start (cells, name, TRUE);
  gtk_cell_layout_add_attribute (cells, name, "markup", COLUMN_MARKUP);
  g_object_set (name, "ellipsize", PANGO_ELLIPSIZE_END, "xalign", 0.0, NULL);
  atk_object_set_name (gtk_widget_get_accessible (self->view), _ ("Classes"));
  g_signal_connect_swapped (self->view, "selection-changed", G_CALLBACK (on_selection), self);
  g_signal_connect_swapped (self->view, "item-activated", G_CALLBACK (on_activated), self);
  g_signal_connect_swapped (self->view, "style-updated", G_CALLBACK (measure), self);
  measure (self);
}

static void
ui_class_grid_init (UiClassGrid *self)
{
  self->rows
      = gtk_list_store_new (N_COLUMNS, G_TYPE_INT, G_TYPE_STRING, GDK_TYPE_PIXBUF, G_TYPE_STRING);
}

GtkWidget *
ui_class_grid_new (gboolean squares)
{
  UiClassGrid *self = g_object_new (UI_TYPE_CLASS_GRID, NULL);
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (self);

  make_view (self, squares);
  gtk_scrolled_window_set_policy (window, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (window, GTK_SHADOW_IN);
  gtk_scrolled_window_set_min_content_height (window, LOWEST);
  gtk_container_add (GTK_CONTAINER (self), self->view);
  gtk_widget_show_all (GTK_WIDGET (self));
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (window), "value-changed",
                            G_CALLBACK (on_scrolled), self);
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (window), "changed",
                            G_CALLBACK (on_scrolled), self);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_class_grid_view (UiClassGrid *self)
{
  return self->view;
}
