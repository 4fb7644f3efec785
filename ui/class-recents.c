/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Favourites and recent classes: as many as find a place. */
#include "class-recents.h"

#include "i18n.h"

enum { MOST = 5 };

struct _UiClassRecents {
  GtkBox parent_instance;
  int shown;
};

G_DEFINE_FINAL_TYPE (UiClassRecents, ui_class_recents, GTK_TYPE_BOX)

static guint picked_signal;

static void
on_clicked (UiClassRecents *self, GtkWidget *button)
{
  g_signal_emit (self, picked_signal, 0,
                 GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "adm-index")));
}

static void
ui_class_recents_class_init (UiClassRecentsClass *klass G_GNUC_UNUSED)
{
  picked_signal = g_signal_new ("picked", UI_TYPE_CLASS_RECENTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ui_class_recents_init (UiClassRecents *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 4);
  gtk_widget_set_no_show_all (GTK_WIDGET (self), TRUE);
}

GtkWidget *
ui_class_recents_new (void)
{
  return g_object_new (UI_TYPE_CLASS_RECENTS, NULL);
}

void
ui_class_recents_clear (UiClassRecents *self)
{
  gtk_container_foreach (GTK_CONTAINER (self), (GtkCallback) (void (*) (void)) gtk_widget_destroy,
                         NULL);
  self->shown = 0;
  gtk_widget_hide (GTK_WIDGET (self));
}

void
ui_class_recents_append (UiClassRecents *self, int index, const char *name, gboolean favourite)
{
  GtkWidget *button, *label;
  g_autofree char *words = favourite ? g_strconcat ("★ ", name, NULL) : g_strdup (name);
  g_autofree char *tooltip
      = g_strdup_printf (favourite ? _ ("Favourite: %s") : _ ("Recent: %s"), name);

  if (self->shown == MOST) {
    return;
  }
  button = gtk_button_new ();
  label = gtk_label_new (words);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_container_add (GTK_CONTAINER (button), label);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "adm-recent");
  gtk_widget_set_tooltip_text (button, tooltip);
  atk_object_set_name (gtk_widget_get_accessible (button), tooltip);
  g_object_set_data (G_OBJECT (button), "adm-index", GINT_TO_POINTER (index));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_box_pack_start (GTK_BOX (self), button, FALSE, TRUE, 0);
  gtk_widget_show_all (button);
  gtk_widget_show (GTK_WIDGET (self));
  self->shown++;
}
