/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The class chooser. */
#include "class-chooser.h"

#include "class-entries.h"
#include "class-grid.h"
#include "class-recents.h"
#include "class-second.h"
#include "class-swatches.h"
#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

struct _UiClassChooser {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiStore *store;
  UiSwatches *swatches;
  char *model;
  GArray *entries; /* UiClassEntry */
  gboolean has_no_class, map;
  int current; /* UI_NO_CLASS: no class */
  GtkWidget *search, *recents, *grid, *nothing, *second, *teach;
  guint looking; /* pending look at what is in sight */
};

G_DEFINE_FINAL_TYPE (UiClassChooser, ui_class_chooser, GTK_TYPE_BOX)

enum { CHANGED, ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- the squares ----------------------------------------------------------------------------- */

static const char *
value_of (UiClassChooser *self, int index)
{
  return index == UI_NO_CLASS ? "" : ui_class_entry (self->entries, index)->value;
}

/* The class's colour on a map, or NULL. To be unreferenced. */
static GdkPixbuf *
colour_of (UiClassChooser *self, const char *class_name)
{
  gsize n = 0;
  const UiLegendEntry *legend
      = self->backend->legend ? self->backend->legend (self->model, &n, self->backend->user) : NULL;

  for (gsize i = 0; i < n; i++) {
    if (g_str_equal (legend[i].class_name, class_name)) {
      GdkPixbuf *pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, UI_SQUARE, UI_SQUARE);

      gdk_pixbuf_fill (pixels, legend[i].rgb << 8 | 0xff);
      return pixels;
    }
  }
  return NULL;
}

static GdkPixbuf *
pixels_of (UiClassChooser *self, int index)
{
  const char *value = value_of (self, index);
  GdkPixbuf *swatch;

  if (self->map) {
    return colour_of (self, value);
  }
  if (index != UI_NO_CLASS && ui_class_entry (self->entries, index)->picture) {
    return gdk_pixbuf_scale_simple (ui_class_entry (self->entries, index)->picture, UI_SQUARE,
                                    UI_SQUARE, GDK_INTERP_BILINEAR);
  }
  swatch = ui_swatches_get (self->swatches, self->model, value);
  return swatch ? g_object_ref (swatch) : NULL;
}

static char *
markup_of (UiClassChooser *self, const UiClassFound *found)
{
  return ui_class_found_markup (self->entries, found, found->index == self->current,
                                g_ascii_isdigit (*gtk_entry_get_text (GTK_ENTRY (self->search))));
}

/* The square of INDEX again, now that another class is chosen. */
static void
show_boldly (UiClassChooser *self, int index)
{
  g_autofree char *markup = markup_of (self, &(UiClassFound) { .index = index });

  ui_class_grid_set_markup (UI_CLASS_GRID (self->grid), index, markup);
}

static void
fill_recents (UiClassChooser *self)
{
  UiClassRecents *row = UI_CLASS_RECENTS (self->recents);
  int n = 0;

  ui_class_recents_clear (row);
  for (guint i = 0; i < self->entries->len && !self->map; i++) {
    const UiClassEntry *entry = ui_class_entry (self->entries, (int) i);

    if (entry->favourite) {
      ui_class_recents_append (row, (int) i, entry->words.name, TRUE);
    }
    n = MAX (n, entry->recent);
  }
  for (int recent = 1; recent <= n && !self->map; recent++) {
    for (guint i = 0; i < self->entries->len; i++) {
      const UiClassEntry *entry = ui_class_entry (self->entries, (int) i);

      if (entry->recent == recent && !entry->favourite) {
        ui_class_recents_append (row, (int) i, entry->words.name, FALSE);
      }
    }
  }
}

static void
fill (UiClassChooser *self)
{
  const char *typed = gtk_entry_get_text (GTK_ENTRY (self->search));
  g_autoptr (GArray) found = ui_class_entries_search (
      self->entries, typed, self->has_no_class && !self->map ? _ ("Anything") : NULL);
  g_autofree UiClassSquare *squares = g_new0 (UiClassSquare, MAX (1, found->len));
  g_autofree char *nothing = g_strdup_printf (_ ("No class is called “%s”"), typed);

  for (guint i = 0; i < found->len; i++) {
    const UiClassFound *one = &g_array_index (found, UiClassFound, i);

    squares[i] = (UiClassSquare) { one->index, markup_of (self, one),
                                   ui_class_found_spoken (self->entries, one),
                                   pixels_of (self, one->index) };
  }
  ui_class_grid_fill (UI_CLASS_GRID (self->grid), squares, found->len);
  for (guint i = 0; i < found->len; i++) {
    g_free ((char *) squares[i].markup);
    g_free ((char *) squares[i].spoken);
    g_clear_object (&squares[i].pixels);
  }
  gtk_label_set_text (GTK_LABEL (self->nothing), self->entries->len ? nothing : "");
  gtk_widget_set_visible (self->nothing, found->len == 0);
  if (found->len && (*typed || !self->map)) {
    ui_class_grid_highlight (UI_CLASS_GRID (self->grid),
                             *typed ? g_array_index (found, UiClassFound, 0).index : self->current);
  }
}

/* ---- swatches -------------------------------------------------------------------------------- */

static void
on_swatch (const char *model, const char *class_name, GdkPixbuf *pixels, gpointer user)
{
  UiClassChooser *self = user;

  if (g_str_equal (model, self->model) && !self->map) {
    int index = *class_name ? ui_class_entries_by_value (self->entries, class_name) : UI_NO_CLASS;

    ui_class_grid_set_pixels (UI_CLASS_GRID (self->grid), index, pixels);
  }
}

/* Those in sight are wanted. */
static gboolean
look (gpointer data)
{
  UiClassChooser *self = data;
  UiClassGrid *grid = UI_CLASS_GRID (self->grid);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  int first, last;

  self->looking = 0;
  if (!self->map && *self->model && ui_class_grid_in_sight (grid, &first, &last)) {
    for (int i = first; i <= last; i++) {
      int index = ui_class_grid_nth (grid, i);

      if (index == UI_NO_CLASS || !ui_class_entry (self->entries, index)->picture) {
        g_ptr_array_add (names, (gpointer) value_of (self, index));
      }
    }
    g_ptr_array_add (names, NULL);
    ui_swatches_want (self->swatches, self->model, (const char *const *) names->pdata);
  }
  return G_SOURCE_REMOVE;
}

static void
look_later (UiClassChooser *self)
{
  if (!self->looking && self->backend->swatch) {
    self->looking = g_timeout_add (100, look, self);
  }
}

void
ui_class_chooser_event (UiClassChooser *self, const UiEvent *event)
{
  ui_swatches_event (self->swatches, event);
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
take (UiClassChooser *self, int index)
{
  int old = self->current;

  if (index != old) {
    self->current = index;
    show_boldly (self, old);
    show_boldly (self, index);
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

static void
on_picked (UiClassChooser *self, int index)
{
  if (!self->map) {
    take (self, index);
    return;
  }
  gsize n = 0;
  const UiLegendEntry *legend = self->backend->legend (self->model, &n, self->backend->user);

  for (gsize i = 0; i < n; i++) {
    if (g_str_equal (legend[i].class_name, value_of (self, index)) && self->backend->paint_with) {
      self->backend->paint_with (legend[i].rgb, self->backend->user);
    }
  }
}

static void
on_activated (UiClassChooser *self, int index)
{
  on_picked (self, index);
  if (!self->map) {
    g_signal_emit (self, signals[ACTIVATED], 0);
  }
}

static void
on_recent (UiClassChooser *self, int index)
{
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  take (self, index);
  fill (self);
}

gboolean
ui_class_chooser_take (UiClassChooser *self)
{
  int index;

  if (self->map || !*gtk_entry_get_text (GTK_ENTRY (self->search))) {
    return TRUE;
  }
  if (!ui_class_grid_highlighted (UI_CLASS_GRID (self->grid), &index)) {
    gtk_widget_error_bell (self->search);
    return FALSE;
  }
  take (self, index);
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  fill (self); /* at once: the entry reports its change a moment later */
  return TRUE;
}

/* On a map a class is something to paint with: Enter takes its colour, and makes nothing yet. */
static void
take_color (UiClassChooser *self)
{
  int index;

  if (!ui_class_grid_highlighted (UI_CLASS_GRID (self->grid), &index)) {
    gtk_widget_error_bell (self->search);
    return;
  }
  on_picked (self, index);
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  fill (self);
}

static void
on_search_activated (UiClassChooser *self)
{
  if (self->map && *gtk_entry_get_text (GTK_ENTRY (self->search))) {
    take_color (self);
  } else if (ui_class_chooser_take (self)) {
    g_signal_emit (self, signals[ACTIVATED], 0);
  }
}

static gboolean
on_search_key (UiClassChooser *self, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Down || event->keyval == GDK_KEY_KP_Down) {
    gtk_widget_grab_focus (ui_class_grid_view (UI_CLASS_GRID (self->grid)));
    return TRUE;
  }
  return FALSE;
}

static void
toggle_favourite (UiClassChooser *self)
{
  int index;

  if (ui_class_grid_highlighted (UI_CLASS_GRID (self->grid), &index) && index != UI_NO_CLASS) {
    UiClassEntry *entry = ui_class_entry (self->entries, index);

    entry->favourite = !entry->favourite;
    ui_store_set_favourite (self->store, self->model, entry->value, entry->favourite);

    g_autofree char *spoken
        = ui_class_found_spoken (self->entries, &(UiClassFound) { .index = index });

    ui_class_grid_set_spoken (UI_CLASS_GRID (self->grid), index, spoken);
    fill_recents (self);
  }
}

static gboolean
on_grid_key (UiClassChooser *self, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_asterisk || event->keyval == GDK_KEY_KP_Multiply) {
    toggle_favourite (self);
    return TRUE;
  }
  /* Letters typed on the grid belong to the search. */
  if (event->keyval != GDK_KEY_space && g_unichar_isgraph (gdk_keyval_to_unicode (event->keyval))
      && !(event->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK))) {
    gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->search));
    return gtk_widget_event (self->search, (GdkEvent *) event);
  }
  return FALSE;
}

static void
on_second (UiClassChooser *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_teach (UiClassChooser *self)
{
  self->backend->teach (self->model, self->backend->user);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_class_chooser_dispose (GObject *object)
{
  UiClassChooser *self = UI_CLASS_CHOOSER (object);

  if (self->looking) {
    g_source_remove (self->looking);
    self->looking = 0;
  }
  G_OBJECT_CLASS (ui_class_chooser_parent_class)->dispose (object);
}

static void
ui_class_chooser_finalize (GObject *object)
{
  UiClassChooser *self = UI_CLASS_CHOOSER (object);

  g_array_unref (self->entries);
  ui_swatches_free (self->swatches);
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

static void
ui_class_chooser_init (UiClassChooser *self)
{
  self->entries = ui_class_entries_new ();
  self->model = g_strdup ("");
  self->current = UI_NO_CLASS;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->search = gtk_search_entry_new ();
  atk_object_set_name (gtk_widget_get_accessible (self->search), _ ("Search classes"));
  g_signal_connect_swapped (self->search, "changed", G_CALLBACK (fill), self);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activated), self);
  g_signal_connect_swapped (self->search, "key-press-event", G_CALLBACK (on_search_key), self);
  self->recents = ui_class_recents_new ();
  g_signal_connect_swapped (self->recents, "picked", G_CALLBACK (on_recent), self);
  ui_help_set (GTK_WIDGET (self), UI_HELP_CLASSES);
}

/* The grid, and over it the words for an empty one. */
static GtkWidget *
make_grid (UiClassChooser *self)
{
  GtkWidget *overlay = gtk_overlay_new (), *view;

  self->grid = ui_class_grid_new (self->backend->swatch || self->backend->legend);
  view = ui_class_grid_view (UI_CLASS_GRID (self->grid));
  g_signal_connect_swapped (self->grid, "picked", G_CALLBACK (on_picked), self);
  g_signal_connect_swapped (self->grid, "activated", G_CALLBACK (on_activated), self);
  g_signal_connect_swapped (self->grid, "scrolled", G_CALLBACK (look_later), self);
  g_signal_connect_swapped (view, "key-press-event", G_CALLBACK (on_grid_key), self);
  self->nothing = ui_dim_label (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->nothing), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (self->nothing), PANGO_WRAP_WORD_CHAR);
  gtk_container_add (GTK_CONTAINER (overlay), self->grid);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->nothing);
  gtk_overlay_set_overlay_pass_through (GTK_OVERLAY (overlay), self->nothing, TRUE);
  gtk_widget_set_vexpand (overlay, TRUE);
  return overlay;
}

/* Under the grid: a second class, and teaching one. */
static void
make_foot (UiClassChooser *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  if (self->backend->abilities & UI_CAN_BLEND) {
    self->second = ui_class_second_new ();
    g_signal_connect_swapped (self->second, "changed", G_CALLBACK (on_second), self);
    gtk_box_pack_start (GTK_BOX (foot), self->second, TRUE, TRUE, 0);
  }
  if (self->backend->teach) {
    self->teach = ui_button (_ ("Teach a Te_xture…"),
                             _ ("Show the model a texture of yours, to be chosen like the others"));
    gtk_button_set_image (GTK_BUTTON (self->teach),
                          gtk_image_new_from_icon_name ("list-add-symbolic", GTK_ICON_SIZE_BUTTON));
    gtk_button_set_always_show_image (GTK_BUTTON (self->teach), TRUE);
    gtk_button_set_relief (GTK_BUTTON (self->teach), GTK_RELIEF_NONE);
    ui_help_set (self->teach, UI_HELP_TEACH);
    g_signal_connect_swapped (self->teach, "clicked", G_CALLBACK (on_teach), self);
    gtk_box_pack_end (GTK_BOX (foot), self->teach, FALSE, TRUE, 0);
  }
  gtk_container_add (GTK_CONTAINER (self), foot);
}

GtkWidget *
ui_class_chooser_new (const UiBackend *backend, UiStore *store, UiTask task)
{
  UiClassChooser *self = g_object_new (UI_TYPE_CLASS_CHOOSER, NULL);

  self->backend = backend;
  self->store = store;
  self->swatches = ui_swatches_new (backend, on_swatch, self);
  gtk_container_add (GTK_CONTAINER (self), self->search);
  gtk_container_add (GTK_CONTAINER (self), self->recents);
  gtk_container_add (GTK_CONTAINER (self), make_grid (self));
  if (task == UI_TASK_GENERATE && (backend->abilities & UI_CAN_BLEND || backend->teach)) {
    make_foot (self);
  }
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->nothing, TRUE);
  return GTK_WIDGET (self);
}

/* ---- doors ----------------------------------------------------------------------------------- */

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
  if (self->second) {
    ui_class_second_set_entries (UI_CLASS_SECOND (self->second), self->entries);
  }
  gtk_entry_set_text (GTK_ENTRY (self->search), "");
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->search),
                                  n ? words : _ ("This model has no classes"));
  ui_set_available (self->search, n > 0,
                    _ ("Any part of a name, or a number; Enter makes what is highlighted"),
                    _ ("This model has no classes"));
  ui_set_available (ui_class_grid_view (UI_CLASS_GRID (self->grid)), n > 0,
                    _ ("An asterisk (*) makes a favourite of the highlighted class"),
                    _ ("This model has no classes"));
  fill_recents (self);
  fill (self);
  look_later (self);
}

const char *
ui_class_chooser_get (UiClassChooser *self)
{
  return value_of (self, self->current);
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
  if (index != self->current) {
    self->current = index;
    fill (self);
  }
  return TRUE;
}

void
ui_class_chooser_set_second (UiClassChooser *self, const UiSettings *settings)
{
  if (self->second) {
    ui_class_second_set (UI_CLASS_SECOND (self->second), settings);
  }
}

void
ui_class_chooser_get_second (UiClassChooser *self, UiSettings *settings)
{
  if (self->second && !self->map) {
    ui_class_second_get (UI_CLASS_SECOND (self->second), settings);
  }
}

void
ui_class_chooser_set_map (UiClassChooser *self, gboolean map)
{
  if (map == self->map) {
    return;
  }
  self->map = map;
  ui_help_set (GTK_WIDGET (self), map ? UI_HELP_MAP : UI_HELP_CLASSES);
  if (self->second) {
    gtk_widget_set_visible (self->second, !map);
  }
  fill_recents (self);
  fill (self);
}

void
ui_class_chooser_refresh (UiClassChooser *self)
{
  ui_class_entries_read_marks (self->entries, self->store, self->model);
  fill_recents (self);
}

GtkWidget *
ui_class_chooser_part (UiClassChooser *self, const char *name)
{
  return g_str_equal (name, "class-entry")  ? self->search
         : g_str_equal (name, "class-list") ? ui_class_grid_view (UI_CLASS_GRID (self->grid))
         : g_str_equal (name, "recents")    ? self->recents
         : g_str_equal (name, "teach")      ? self->teach
         : !self->second                    ? NULL
         : g_str_equal (name, "second")     ? ui_class_second_entry (UI_CLASS_SECOND (self->second))
         : g_str_equal (name, "balance") ? ui_class_second_balance (UI_CLASS_SECOND (self->second))
                                         : NULL;
}
