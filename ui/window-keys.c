/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Escape and F1: a handler on the window runs before the window's own, which hands keys to the
 * focused widget and to the dialog's bindings. */
#include "window-keys.h"

struct UiWindowKeys {
  GtkWidget *widget;
  void (*escape) (gpointer user);
  void (*help) (gpointer user);
  gpointer user;
  GtkWidget *window; /* weak; NULL when in none */
  gulong pressed, moved;
};

static gboolean
on_key (UiWindowKeys *self, GdkEventKey *event)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self->window));

  if (event->state & gtk_accelerator_get_default_mod_mask ()) {
    return FALSE;
  }
  if (event->keyval == GDK_KEY_Escape
      && !(focus && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER))) {
    self->escape (self->user);
    return TRUE;
  }
  if (event->keyval == GDK_KEY_F1) {
    self->help (self->user);
    return TRUE;
  }
  return FALSE;
}

static void
leave (UiWindowKeys *self)
{
  if (self->window) {
    g_signal_handler_disconnect (self->window, self->pressed);
    g_object_remove_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
    self->window = NULL;
  }
}

static void
follow (UiWindowKeys *self)
{
  GtkWidget *top = gtk_widget_get_toplevel (self->widget);

  leave (self);
  if (GTK_IS_WINDOW (top)) {
    self->window = top;
    self->pressed = g_signal_connect_swapped (top, "key-press-event", G_CALLBACK (on_key), self);
    g_object_add_weak_pointer (G_OBJECT (top), (gpointer *) &self->window);
  }
}

UiWindowKeys *
ui_window_keys_new (GtkWidget *widget, void (*escape) (gpointer user), void (*help) (gpointer user),
                    gpointer user)
{
  UiWindowKeys *self = g_new0 (UiWindowKeys, 1);

  self->widget = widget;
  self->escape = escape;
  self->help = help;
  self->user = user;
  self->moved = g_signal_connect_swapped (widget, "hierarchy-changed", G_CALLBACK (follow), self);
  follow (self);
  return self;
}

void
ui_window_keys_free (UiWindowKeys *self)
{
  if (self) {
    leave (self);
    g_signal_handler_disconnect (self->widget, self->moved);
    g_free (self);
  }
}
