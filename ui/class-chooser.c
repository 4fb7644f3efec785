/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The class chooser. The rows live in a list store that is filled anew for each query: a thousand
 * rows take a few milliseconds, and the order can follow the query. */
#include "class-chooser.h"

#include "class-entries.h"
#include "i18n.h"
#include "widgets.h"

enum { ROWS_SHOWN = 6, NOTE_PAD = 6, STAR_PAD = 8 };
enum { COLUMN_INDEX, COLUMN_NAME, COLUMN_NOTE, COLUMN_STAR, COLUMN_SYNONYM, N_COLUMNS };

struct _UiClassChooser {
  GtkBox parent_instance;
  UiStore *store;
  char *model;
  GArray *entries; /* UiClassEntry */
  gboolean has_no_class;
  int current; /* UI_NO_CLASS: no class */
  GtkWidget *search, *scrolled, *tree, *nothing;
  GtkListStore *rows;
  GtkTreeViewColumn *note_column, *star_column;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiClassChooser, ui_class_chooser, GTK_TYPE_BOX)

enum { CHANGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- the rows -------------------------------------------------------------------------------- */

/* What stands at the right of a name: its number, where the name alone does not tell or a number
 * was asked for, and "recent". */
static char *
note_for (UiClassChooser *self, int index)
{
  const UiClassEntry *entry = ui_class_entry (self->entries, index);
  gboolean number = entry->twin || g_ascii_isdigit (*gtk_entry_get_text (GTK_ENTRY (self->search)));
  g_autofree char *digits = number ? g_strdup_printf ("%d", index) : g_strdup ("");

  return g_markup_printf_escaped ("<span alpha=\"60%%\">%s%s%s</span>", digits,
                                  number && entry->recent ? " · " : "",
                                  entry->recent ? _ ("recent") : "");
}

static void
append_row (UiClassChooser *self, const UiClassFound *found)
{
  if (found->index == UI_NO_CLASS) {
    gtk_list_store_insert_with_values (self->rows, NULL, -1, COLUMN_INDEX, UI_NO_CLASS, COLUMN_NAME,
                                       _ ("(no class)"), -1);
  } else {
    const UiClassEntry *entry = ui_class_entry (self->entries, found->index);
    g_autofree char *note = note_for (self, found->index);

    gtk_list_store_insert_with_values (
        self->rows, NULL, -1, COLUMN_INDEX, found->index, COLUMN_NAME, entry->words.name,
        COLUMN_NOTE, note, COLUMN_STAR,
        entry->favourite ? "starred-symbolic" : "non-starred-symbolic", COLUMN_SYNONYM,
        found->how.synonym, -1);
  }
}

/* The class chosen stands out, also in themes whose selection hardly does, and while a search has
 * selected nothing. A synonym that was found stands beside the name, which alone would not tell why
 * it is there. */
static void
draw_name (GtkTreeViewColumn *column G_GNUC_UNUSED, GtkCellRenderer *cell, GtkTreeModel *model,
           GtkTreeIter *iter, gpointer data)
{
  g_autofree char *name = NULL, *synonym = NULL;
  int index;

  gtk_tree_model_get (model, iter, COLUMN_INDEX, &index, COLUMN_NAME, &name, COLUMN_SYNONYM,
                      &synonym, -1);
  g_object_set (
      cell, "weight",
      index == ((UiClassChooser *) data)->current ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL, NULL);
  if (synonym) {
    g_autofree char *markup = g_markup_printf_escaped (
        "%s  <span alpha=\"60%%\" weight=\"normal\">%s</span>", name, synonym);

    g_object_set (cell, "markup", markup, NULL); /* until the next row's text */
  }
}

/* Selects the row of the class without a signal; scrolls to it when it is there, and not among the
 * first anyway. */
static void
select_current (UiClassChooser *self)
{
  GtkTreeSelection *selection = gtk_tree_view_get_selection (GTK_TREE_VIEW (self->tree));
  GtkTreeModel *model = GTK_TREE_MODEL (self->rows);
  GtkTreeIter iter;
  gboolean old = self->silent;

  self->silent = TRUE;
  gtk_tree_selection_unselect_all (selection);
  for (gboolean more = gtk_tree_model_get_iter_first (model, &iter); more;
       more = gtk_tree_model_iter_next (model, &iter)) {
    int index;

    gtk_tree_model_get (model, &iter, COLUMN_INDEX, &index, -1);
    if (index == self->current) {
      GtkTreePath *path = gtk_tree_model_get_path (model, &iter);

      gtk_tree_view_set_cursor (GTK_TREE_VIEW (self->tree), path, NULL, FALSE);
      if (gtk_tree_path_get_indices (path)[0] < ROWS_SHOWN) {
        gtk_adjustment_set_value (
            gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)), 0.0);
      } else {
        gtk_tree_view_scroll_to_cell (GTK_TREE_VIEW (self->tree), path, NULL, FALSE, 0, 0);
      }
      gtk_tree_path_free (path);
      break;
    }
  }
  self->silent = old;
}

static void
fill (UiClassChooser *self)
{
  const char *typed = gtk_entry_get_text (GTK_ENTRY (self->search));
  g_autoptr (GArray) found = ui_class_entries_search (self->entries, typed,
                                                      self->has_no_class ? _ ("(no class)") : NULL);
  g_autofree char *nothing = g_strdup_printf (_ ("No class is called “%s”"), typed);

  self->silent = TRUE;
  g_object_ref (self->rows);
  gtk_tree_view_set_model (GTK_TREE_VIEW (self->tree), NULL);
  gtk_list_store_clear (self->rows);
  for (guint i = 0; i < found->len; i++) {
    append_row (self, &g_array_index (found, UiClassFound, i));
  }
  gtk_tree_view_set_model (GTK_TREE_VIEW (self->tree), GTK_TREE_MODEL (self->rows));
  g_object_unref (self->rows);
  self->silent = FALSE;

  gtk_label_set_text (GTK_LABEL (self->nothing), self->entries->len ? nothing : "");
  gtk_widget_set_visible (self->nothing, found->len == 0);
  select_current (self);
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
take (UiClassChooser *self, int index)
{
  if (index != self->current) {
    self->current = index;
    gtk_widget_queue_draw (self->tree);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_selection (UiClassChooser *self)
{
  GtkTreeIter iter;
  int index;

  if (!self->silent
      && gtk_tree_selection_get_selected (gtk_tree_view_get_selection (GTK_TREE_VIEW (self->tree)),
                                          NULL, &iter)) {
    gtk_tree_model_get (GTK_TREE_MODEL (self->rows), &iter, COLUMN_INDEX, &index, -1);
    take (self, index);
  }
}

static void
on_row_activated (UiClassChooser *self)
{
  on_selection (self);
  g_signal_emit (self, signals[ACTIVATED], 0);
}

/* Enter in the search entry: the best match, then on with it. */
static void
on_search_activated (UiClassChooser *self)
{
  GtkTreeIter iter;
  int index;

  if (*gtk_entry_get_text (GTK_ENTRY (self->search))) {
    if (!gtk_tree_model_get_iter_first (GTK_TREE_MODEL (self->rows), &iter)) {
      gtk_widget_error_bell (self->search);
      return;
    }
    gtk_tree_model_get (GTK_TREE_MODEL (self->rows), &iter, COLUMN_INDEX, &index, -1);
    take (self, index);
    gtk_entry_set_text (GTK_ENTRY (self->search), "");
    fill (self); /* at once: the entry reports its change a moment later */
  }
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static gboolean
on_search_key (UiClassChooser *self, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Down || event->keyval == GDK_KEY_KP_Down) {
    if (gtk_tree_model_iter_n_children (GTK_TREE_MODEL (self->rows), NULL)) {
      gtk_widget_grab_focus (self->tree);
      if (!gtk_tree_selection_get_selected (
              gtk_tree_view_get_selection (GTK_TREE_VIEW (self->tree)), NULL, NULL)) {
        GtkTreePath *first = gtk_tree_path_new_first ();

        gtk_tree_view_set_cursor (GTK_TREE_VIEW (self->tree), first, NULL, FALSE);
        gtk_tree_path_free (first);
      }
    }
    return TRUE;
  }
  return FALSE;
}

static void
toggle_favourite (UiClassChooser *self, GtkTreePath *path)
{
  GtkTreeIter iter;
  int index;

  if (!gtk_tree_model_get_iter (GTK_TREE_MODEL (self->rows), &iter, path)) {
    return;
  }
  gtk_tree_model_get (GTK_TREE_MODEL (self->rows), &iter, COLUMN_INDEX, &index, -1);
  if (index != UI_NO_CLASS) {
    UiClassEntry *entry = ui_class_entry (self->entries, index);

    entry->favourite = !entry->favourite;
    ui_store_set_favourite (self->store, self->model, entry->value, entry->favourite);
    gtk_list_store_set (self->rows, &iter, COLUMN_STAR,
                        entry->favourite ? "starred-symbolic" : "non-starred-symbolic", -1);
  }
}

static gboolean
on_tree_button (UiClassChooser *self, GdkEventButton *event)
{
  GtkTreePath *path = NULL;
  GtkTreeViewColumn *column = NULL;
  gboolean star = FALSE;

  if (event->type == GDK_BUTTON_PRESS
      && event->window == gtk_tree_view_get_bin_window (GTK_TREE_VIEW (self->tree))
      && gtk_tree_view_get_path_at_pos (GTK_TREE_VIEW (self->tree), (int) event->x, (int) event->y,
                                        &path, &column, NULL, NULL)) {
    star = column == self->star_column;
    if (star) {
      toggle_favourite (self, path);
    }
    gtk_tree_path_free (path);
  }
  return star;
}

static gboolean
on_tree_key (UiClassChooser *self, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_asterisk || event->keyval == GDK_KEY_KP_Multiply) {
    GtkTreePath *path = NULL;

    gtk_tree_view_get_cursor (GTK_TREE_VIEW (self->tree), &path, NULL);
    if (path) {
      toggle_favourite (self, path);
      gtk_tree_path_free (path);
    }
    return TRUE;
  }
  /* Letters typed on the list belong to the search. */
  if (event->keyval != GDK_KEY_space && g_unichar_isgraph (gdk_keyval_to_unicode (event->keyval))
      && !(event->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK))) {
    gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->search));
    return gtk_widget_event (self->search, (GdkEvent *) event);
  }
  return FALSE;
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_class_chooser_dispose (GObject *object)
{
  UI_CLASS_CHOOSER (object)->silent = TRUE;
  G_OBJECT_CLASS (ui_class_chooser_parent_class)->dispose (object);
}

static void
ui_class_chooser_finalize (GObject *object)
{
  UiClassChooser *self = UI_CLASS_CHOOSER (object);

  g_array_unref (self->entries);
  g_object_unref (self->rows);
  g_free (self->model);
  G_OBJECT_CLASS (ui_class_chooser_parent_class)->finalize (object);
}

static void
ui_class_chooser_class_init (UiClassChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_class_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_class_chooser_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_CLASS_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", UI_TYPE_CLASS_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 0);
}

static GtkTreeViewColumn *
add_column (UiClassChooser *self, GtkCellRenderer *cell, const char *attribute, int source)
{
  GtkTreeViewColumn *column
      = gtk_tree_view_column_new_with_attributes (NULL, cell, attribute, source, NULL);

  /* a thousand rows need not be measured then */
  gtk_tree_view_column_set_sizing (column, GTK_TREE_VIEW_COLUMN_FIXED);
  gtk_tree_view_append_column (GTK_TREE_VIEW (self->tree), column);
  return column;
}

/* The columns of notes and stars are as wide as their widest content in the font of today. */
static void
measure_columns (UiClassChooser *self)
{
  g_autofree char *words = g_strdup_printf ("000 · %s", _ ("recent"));
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (self->tree, words);
  int width = 0, icon = 16;

  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_icon_size_lookup (GTK_ICON_SIZE_MENU, &icon, NULL);
  gtk_tree_view_column_set_fixed_width (self->note_column, width + 2 * NOTE_PAD);
  gtk_tree_view_column_set_fixed_width (self->star_column, icon + 2 * STAR_PAD);
}

static void
make_columns (UiClassChooser *self)
{
  GtkCellRenderer *name = gtk_cell_renderer_text_new (), *note = gtk_cell_renderer_text_new (),
                  *star = gtk_cell_renderer_pixbuf_new ();
  GtkTreeViewColumn *column = add_column (self, name, "text", COLUMN_NAME);

  g_object_set (name, "ellipsize", PANGO_ELLIPSIZE_END, "xpad", 8, "ypad", 5, NULL);
  g_object_set (note, "xalign", 1.0, "xpad", NOTE_PAD, NULL);
  g_object_set (star, "xpad", STAR_PAD, NULL);
  gtk_tree_view_column_set_cell_data_func (column, name, draw_name, self, NULL);
  gtk_tree_view_column_set_expand (column, TRUE);
  self->note_column = add_column (self, note, "markup", COLUMN_NOTE);
  self->star_column = add_column (self, star, "icon-name", COLUMN_STAR);
  gtk_tree_view_set_fixed_height_mode (GTK_TREE_VIEW (self->tree), TRUE);
  g_signal_connect_swapped (self->tree, "style-updated", G_CALLBACK (measure_columns), self);
  measure_columns (self);
}

static void
ui_class_chooser_init (UiClassChooser *self)
{
  GtkWidget *overlay = gtk_overlay_new ();

  self->entries = ui_class_entries_new ();
  self->model = g_strdup ("");
  self->current = UI_NO_CLASS;
  self->rows = gtk_list_store_new (N_COLUMNS, G_TYPE_INT, G_TYPE_STRING, G_TYPE_STRING,
                                   G_TYPE_STRING, G_TYPE_STRING);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);

  self->search = gtk_search_entry_new ();
  atk_object_set_name (gtk_widget_get_accessible (self->search), _ ("Search classes"));
  g_signal_connect_swapped (self->search, "changed", G_CALLBACK (fill), self);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activated), self);
  g_signal_connect_swapped (self->search, "key-press-event", G_CALLBACK (on_search_key), self);

  self->tree = gtk_tree_view_new_with_model (GTK_TREE_MODEL (self->rows));
  gtk_tree_view_set_headers_visible (GTK_TREE_VIEW (self->tree), FALSE);
  gtk_tree_view_set_enable_search (GTK_TREE_VIEW (self->tree), FALSE);
  make_columns (self);
  atk_object_set_name (gtk_widget_get_accessible (self->tree), _ ("Classes"));
  g_signal_connect_swapped (gtk_tree_view_get_selection (GTK_TREE_VIEW (self->tree)), "changed",
                            G_CALLBACK (on_selection), self);
  g_signal_connect_swapped (self->tree, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect_swapped (self->tree, "button-press-event", G_CALLBACK (on_tree_button), self);
  g_signal_connect_swapped (self->tree, "key-press-event", G_CALLBACK (on_tree_key), self);

  self->scrolled = gtk_scrolled_window_new (NULL, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (self->scrolled), GTK_SHADOW_IN);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scrolled),
                                              ROWS_SHOWN * 28);
  gtk_container_add (GTK_CONTAINER (self->scrolled), self->tree);

  self->nothing = ui_dim_label (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->nothing), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (self->nothing), PANGO_WRAP_WORD_CHAR);
  gtk_container_add (GTK_CONTAINER (overlay), self->scrolled);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->nothing);
  gtk_overlay_set_overlay_pass_through (GTK_OVERLAY (overlay), self->nothing, TRUE);
  gtk_widget_set_vexpand (overlay, TRUE);

  gtk_container_add (GTK_CONTAINER (self), self->search);
  gtk_container_add (GTK_CONTAINER (self), overlay);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->nothing, TRUE);
}

GtkWidget *
ui_class_chooser_new (UiStore *store)
{
  UiClassChooser *self = g_object_new (UI_TYPE_CLASS_CHOOSER, NULL);

  self->store = store;
  return GTK_WIDGET (self);
}

void
ui_class_chooser_set_model (UiClassChooser *self, const UiModel *model)
{
  g_autofree char *before = g_strdup (ui_class_chooser_get (self));
  gsize n = model ? model->n_classes : 0;
  g_autofree char *words
      = g_strdup_printf (NN_ ("Search %d class", "Search %d classes", (gulong) n), (int) n);

  ui_class_entries_fill (self->entries, model);
  g_free (self->model);
  self->model = g_strdup (model ? model->id : "");
  self->has_no_class = model && n && model->has_no_class;
  ui_class_entries_read_marks (self->entries, self->store, self->model);
  self->current = n && !(self->has_no_class && !*before)
                      ? MAX (ui_class_entries_by_value (self->entries, before), 0)
                      : UI_NO_CLASS;

  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->search),
                                  n ? words : _ ("This model has no classes"));
  ui_set_available (self->search, n > 0,
                    _ ("Any part of a name, or a number; Enter takes the best match"),
                    _ ("This model has no classes"));
  ui_set_available (self->tree, n > 0, _ ("The star or an asterisk (*) makes a favourite"),
                    _ ("This model has no classes"));
  fill (self);
}

const char *
ui_class_chooser_get (UiClassChooser *self)
{
  return self->current == UI_NO_CLASS ? "" : ui_class_entry (self->entries, self->current)->value;
}

gboolean
ui_class_chooser_set (UiClassChooser *self, const char *class_name)
{
  int index = UI_NO_CLASS;

  if (*class_name && self->entries->len) {
    index = ui_class_entries_find (self->entries, class_name);
    if (index == UI_NO_CLASS) {
      return FALSE;
    }
  } else if (self->entries->len && !self->has_no_class) {
    return FALSE;
  }
  self->current = index;
  select_current (self);
  return TRUE;
}

void
ui_class_chooser_refresh (UiClassChooser *self)
{
  ui_class_entries_read_marks (self->entries, self->store, self->model);
  fill (self);
}

GtkWidget *
ui_class_chooser_entry (UiClassChooser *self)
{
  return self->search;
}

GtkWidget *
ui_class_chooser_list (UiClassChooser *self)
{
  return self->tree;
}
