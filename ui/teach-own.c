/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The artist's own classes. */
#include "teach-own.h"

#include "i18n.h"
#include "widgets.h"

enum { SQUARE = 48, LIST_HEIGHT = 260 };

struct _UiTeachOwn {
  GtkBox parent_instance;
  const UiTeacher *teacher;
  GtkWidget *list, *empty, *import;
};

G_DEFINE_FINAL_TYPE (UiTeachOwn, ui_teach_own, GTK_TYPE_BOX)

static guint failed_signal;

#define ID_KEY "ui-own-id"

static void
told (UiTeachOwn *self, const char *message)
{
  g_signal_emit (self, failed_signal, 0, message);
}

static UiTeachOwn *
of_widget (GtkWidget *widget)
{
  return UI_TEACH_OWN (gtk_widget_get_ancestor (widget, UI_TYPE_TEACH_OWN));
}

static const char *
id_of (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), ID_KEY);
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
take_name (GtkWidget *entry)
{
  UiTeachOwn *self = of_widget (entry);
  g_autofree char *name = g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (entry))));
  g_autofree char *id = g_strdup (id_of (entry));
  const char *before = g_object_get_data (G_OBJECT (entry), "ui-own-name");

  if (!self || g_strcmp0 (name, before) == 0) {
    return;
  }
  g_autofree char *message = self->teacher->rename (id, name, self->teacher->user);

  if (message) {
    gtk_entry_set_text (GTK_ENTRY (entry), before);
  } else {
    g_object_set_data_full (G_OBJECT (entry), "ui-own-name", g_strdup (name), g_free);
  }
  told (self, message);
}

static gboolean
on_left (GtkWidget *entry)
{
  take_name (entry);
  return GDK_EVENT_PROPAGATE;
}

static char *
ask_path (UiTeachOwn *self, const char *title, gboolean saves, const char *name)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (top), saves ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
      NULL, NULL);

  if (saves) {
    gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  }
  return gtk_native_dialog_run (GTK_NATIVE_DIALOG (chooser)) == GTK_RESPONSE_ACCEPT
             ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser))
             : NULL;
}

static void
on_export (GtkWidget *button)
{
  UiTeachOwn *self = of_widget (button);
  g_autofree char *id = g_strdup (id_of (button));
  g_autofree char *name = g_path_get_basename (id);
  g_autofree char *path = ask_path (self, _ ("Export a Texture"), TRUE, name);
  g_autofree char *message = path ? self->teacher->export_to (id, path, self->teacher->user) : NULL;

  told (self, message);
}

static void
on_import (UiTeachOwn *self)
{
  g_autofree char *path = ask_path (self, _ ("Import a Texture"), FALSE, NULL);
  g_autofree char *message = path ? self->teacher->import_from (path, self->teacher->user) : NULL;

  told (self, message);
}

static GtkWidget *
bin (void)
{
  return gtk_image_new_from_icon_name ("user-trash-symbolic", GTK_ICON_SIZE_BUTTON);
}

/* What a screen reader hears of BUTTON: LABEL without its mnemonic. */
static void
say_delete (GtkWidget *button, const char *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  g_autofree char *name = g_strjoinv ("", parts);

  atk_object_set_name (gtk_widget_get_accessible (button), name);
}

/* The first click asks, the second one does it. */
static void
on_delete (GtkWidget *button)
{
  UiTeachOwn *self = of_widget (button);
  GtkStyleContext *style = gtk_widget_get_style_context (button);
  g_autofree char *id = g_strdup (id_of (button));

  if (!gtk_style_context_has_class (style, GTK_STYLE_CLASS_DESTRUCTIVE_ACTION)) {
    gtk_style_context_add_class (style, GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
    gtk_button_set_image (GTK_BUTTON (button), NULL);
    gtk_button_set_use_underline (GTK_BUTTON (button), TRUE);
    gtk_button_set_label (GTK_BUTTON (button), _ ("_Delete for Good"));
    say_delete (button, _ ("_Delete for Good"));
    return;
  }
  g_autofree char *message = self->teacher->remove (id, self->teacher->user);

  told (self, message);
}

static gboolean
on_delete_left (GtkWidget *button)
{
  gtk_style_context_remove_class (gtk_widget_get_style_context (button),
                                  GTK_STYLE_CLASS_DESTRUCTIVE_ACTION);
  gtk_button_set_label (GTK_BUTTON (button), NULL);
  gtk_button_set_image (GTK_BUTTON (button), bin ());
  say_delete (button, _ ("Delete"));
  return GDK_EVENT_PROPAGATE;
}

/* ---- the list -------------------------------------------------------------------------------- */

static void
keep_id (GtkWidget *widget, const char *id)
{
  g_object_set_data_full (G_OBJECT (widget), ID_KEY, g_strdup (id), g_free);
}

static GtkWidget *
make_row (const UiOwnClass *own)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8),
            *entry = gtk_entry_new (), *image, *save, *gone;
  g_autoptr (GdkPixbuf) small
      = own->picture ? gdk_pixbuf_scale_simple (own->picture, SQUARE, SQUARE, GDK_INTERP_BILINEAR)
                     : NULL;

  image = gtk_image_new_from_pixbuf (small);
  gtk_widget_set_size_request (image, SQUARE, SQUARE);
  gtk_entry_set_text (GTK_ENTRY (entry), own->name);
  gtk_entry_set_max_length (GTK_ENTRY (entry), 60);
  gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (entry, _ ("Another name (Enter)"));
  atk_object_set_name (gtk_widget_get_accessible (entry), _ ("Name of the texture"));
  g_object_set_data_full (G_OBJECT (entry), "ui-own-name", g_strdup (own->name), g_free);
  save = ui_icon_button ("document-save-as-symbolic document-save-symbolic", _ ("Export…"));
  gone = ui_icon_button ("user-trash-symbolic edit-delete-symbolic", _ ("Delete"));
  gtk_widget_set_valign (save, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (gone, GTK_ALIGN_CENTER);
  keep_id (entry, own->id);
  keep_id (save, own->id);
  keep_id (gone, own->id);
  g_signal_connect (entry, "activate", G_CALLBACK (take_name), NULL);
  g_signal_connect (entry, "focus-out-event", G_CALLBACK (on_left), NULL);
  g_signal_connect (save, "clicked", G_CALLBACK (on_export), NULL);
  g_signal_connect (gone, "clicked", G_CALLBACK (on_delete), NULL);
  g_signal_connect (gone, "focus-out-event", G_CALLBACK (on_delete_left), NULL);
  gtk_container_set_border_width (GTK_CONTAINER (box), 4);
  gtk_container_add (GTK_CONTAINER (box), image);
  gtk_box_pack_start (GTK_BOX (box), entry, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (box), save);
  gtk_container_add (GTK_CONTAINER (box), gone);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_can_focus (row, FALSE);
  gtk_widget_show_all (row);
  return row;
}

/* Whether what is shown are these. */
static gboolean
same (UiTeachOwn *self, const UiOwnClass *own, gsize n)
{
  for (gsize i = 0; i <= n; i++) {
    GtkWidget *entry = ui_teach_own_part (self, (int) i, "name");

    if (i == n || !entry) {
      return i == n && !entry;
    }
    if (g_strcmp0 (id_of (entry), own[i].id) != 0
        || g_strcmp0 (g_object_get_data (G_OBJECT (entry), "ui-own-name"), own[i].name) != 0) {
      return FALSE;
    }
  }
  return TRUE;
}

void
ui_teach_own_fill (UiTeachOwn *self)
{
  gsize n = 0;
  const UiOwnClass *own = self->teacher->own (&n, self->teacher->user);
  GList *rows;

  gtk_widget_set_visible (self->empty, n == 0);
  if (same (self, own, n)) {
    return;
  }
  rows = gtk_container_get_children (GTK_CONTAINER (self->list));
  g_list_free_full (rows, (GDestroyNotify) gtk_widget_destroy);
  for (gsize i = 0; i < n; i++) {
    gtk_container_add (GTK_CONTAINER (self->list), make_row (&own[i]));
  }
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_teach_own_class_init (UiTeachOwnClass *klass G_GNUC_UNUSED)
{
  failed_signal = g_signal_new ("failed", UI_TYPE_TEACH_OWN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ui_teach_own_init (UiTeachOwn *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (scrolled), GTK_SHADOW_IN);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), LIST_HEIGHT);
  gtk_container_add (GTK_CONTAINER (scrolled), self->list);
  self->empty = ui_dim_label (_ ("No texture has been taught to this model yet."));
  self->import = ui_button (_ ("_Import…"), _ ("A texture that was exported, by you or another"));
  gtk_widget_set_halign (self->import, GTK_ALIGN_START);
  g_signal_connect_swapped (self->import, "clicked", G_CALLBACK (on_import), self);
  gtk_container_add (GTK_CONTAINER (self), self->empty);
  gtk_box_pack_start (GTK_BOX (self), scrolled, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (self), self->import);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->empty, TRUE);
}

GtkWidget *
ui_teach_own_new (const UiTeacher *teacher)
{
  UiTeachOwn *self = g_object_new (UI_TYPE_TEACH_OWN, NULL);

  self->teacher = teacher;
  return GTK_WIDGET (self);
}

GtkWidget *
ui_teach_own_part (UiTeachOwn *self, int row, const char *name)
{
  static const char *const names[] = { "picture", "name", "export", "delete" };
  GtkListBoxRow *found
      = row < 0 ? NULL : gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), row);
  GtkWidget *part = NULL;

  if (row < 0) {
    return g_str_equal (name, "import") ? self->import : NULL;
  }
  if (found) {
    g_autoptr (GList) children
        = gtk_container_get_children (GTK_CONTAINER (gtk_bin_get_child (GTK_BIN (found))));

    for (guint i = 0; i < G_N_ELEMENTS (names) && !part; i++) {
      part = g_str_equal (names[i], name) ? g_list_nth_data (children, i) : NULL;
    }
  }
  return part;
}
