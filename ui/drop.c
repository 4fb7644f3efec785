/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files and folders dropped on the window: see drop.h. */
#include "drop.h"

typedef struct Drop {
  UiDropFunc func;
  gpointer user;
} Drop;

void
ui_drop_take (GtkWidget *widget, char *const *uris)
{
  const Drop *drop = g_object_get_data (G_OBJECT (widget), "adm-drop");

  for (char *const *uri = uris; *uri; uri++) {
    g_autofree char *path = g_filename_from_uri (*uri, NULL, NULL);

    drop->func (path, path && g_file_test (path, G_FILE_TEST_IS_DIR), drop->user);
  }
}

static void
on_received (GtkWidget *widget, GdkDragContext *context, int x G_GNUC_UNUSED, int y G_GNUC_UNUSED,
             GtkSelectionData *data, guint info G_GNUC_UNUSED, guint time,
             gpointer user G_GNUC_UNUSED)
{
  g_auto (GStrv) uris = gtk_selection_data_get_uris (data);

  gtk_drag_finish (context, uris != NULL, FALSE, time);
  if (uris) {
    ui_drop_take (widget, uris);
  }
}

/* An entry would take the file's address as text. */
static void
leave_alone (GtkWidget *widget, gpointer data G_GNUC_UNUSED)
{
  if (GTK_IS_ENTRY (widget)) {
    gtk_drag_dest_unset (widget);
  }
  if (GTK_IS_CONTAINER (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), leave_alone, NULL);
  }
}

void
ui_drop_accept (GtkWidget *widget, UiDropFunc func, gpointer user)
{
  Drop *drop = g_new (Drop, 1);

  *drop = (Drop) { func, user };
  g_object_set_data_full (G_OBJECT (widget), "adm-drop", drop, g_free);
  leave_alone (widget, NULL);
  gtk_drag_dest_set (widget, GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (widget);
  g_signal_connect (widget, "drag-data-received", G_CALLBACK (on_received), NULL);
}
