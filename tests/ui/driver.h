/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window with the scripted backend, and an artist's hands: clicks, keys, patience. */
#ifndef DRIVER_H
#define DRIVER_H

#include "../core/check.h"
#include "audit.h"
#include "fake_backend.h"
#include "ui/generate-panel.h"
#include "ui/history.h"

#include <gtk/gtk.h>

/* How late a timer may be on a busy machine; of what is measured, the best of so many TRIES
 * counts. */
enum { SLACK_MS = 150, SOON_MS = 100, PATIENCE_MS = 10000, TRIES = 5 };

typedef struct Window {
  FakeBackend *fake;
  GtkWidget *window;
  UiGeneratePanel *panel;
} Window;

/* Before any window: nothing moves by itself. */
static inline void
driver_begin (int *argc, char ***argv)
{
  gtk_init (argc, argv);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
}

static inline GtkWidget *
part (Window *self, const char *name)
{
  return ui_generate_panel_part (self->panel, name);
}

/* Name of the first model's class N. */
static inline const char *
class_name (Window *self, guint n)
{
  return self->fake->classes[n];
}

static inline UiHistory *
history (Window *self)
{
  return UI_HISTORY (part (self, "history"));
}

static inline void
spin (guint ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;

  do {
    if (!g_main_context_iteration (NULL, FALSE)) {
      g_usleep (500);
    }
  } while (g_get_monotonic_time () < end);
}

/* Turns the main loop until CONDITION; false after PATIENCE_MS. */
#define AWAIT(condition)                                                                           \
  do {                                                                                             \
    gint64 until_ = g_get_monotonic_time () + (gint64) PATIENCE_MS * 1000;                         \
    while (!(condition) && g_get_monotonic_time () < until_) {                                     \
      spin (2);                                                                                    \
    }                                                                                              \
    CHECK (condition);                                                                             \
  } while (0)

static inline gboolean
running (Window *self)
{
  return ui_generate_panel_is_running (self->panel);
}

/* A window of FAKE, which it takes over. */
static inline Window
open_fake (FakeBackend *fake, UiTask task)
{
  Window self = { fake, gtk_window_new (GTK_WINDOW_TOPLEVEL), NULL };

  self.panel = UI_GENERATE_PANEL (ui_generate_panel_new (&self.fake->api, task));
  gtk_container_add (GTK_CONTAINER (self.window), GTK_WIDGET (self.panel));
  gtk_widget_show (self.window);
  spin (60);
  return self;
}

static inline Window
open_mode (const char *state_file, UiTask task)
{
  return open_fake (fake_backend_new (state_file), task);
}

static inline Window
open_window (void)
{
  return open_mode (NULL, UI_TASK_GENERATE);
}

/* With all that the canvas can do; FOLDER: of the history, or NULL. */
static inline Window
open_canvas (const char *state_file, const char *folder)
{
  FakeBackend *fake = fake_backend_new (state_file);

  fake->history_folder = g_strdup (folder);
  fake_backend_canvas (fake);
  return open_fake (fake, UI_TASK_GENERATE);
}

static inline void
close_window (Window *self)
{
  CHECK (audit (self->window) == 0);
  gtk_widget_destroy (self->window);
  CHECK (self->fake->func == NULL);
  fake_backend_free (self->fake);
}

/* A button, or an item of a menu. */
static inline void
click (Window *self, const char *name)
{
  GtkWidget *widget = part (self, name);

  CHECK (gtk_widget_is_sensitive (widget));
  if (GTK_IS_MENU_ITEM (widget)) {
    gtk_menu_item_activate (GTK_MENU_ITEM (widget));
  } else {
    gtk_button_clicked (GTK_BUTTON (widget));
  }
}

/* A number in its box. */
static inline void
set_spin (Window *self, const char *name, double value)
{
  GtkWidget *widget = part (self, name);

  if (GTK_IS_SPIN_BUTTON (widget)) {
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (widget), value);
  } else {
    g_autofree char *text = g_strdup_printf ("%.0f", value);

    gtk_entry_set_text (GTK_ENTRY (widget), text);
  }
}

static inline void
set_scale (Window *self, double value)
{
  gtk_range_set_value (GTK_RANGE (part (self, "character")), value);
}

static inline gboolean
press_with (Window *self, guint key, GdkModifierType modifiers)
{
  GdkEvent *event = gdk_event_new (GDK_KEY_PRESS);
  GdkKeymapKey *keys = NULL;
  int n = 0;
  gboolean used;

  event->key.window = g_object_ref (gtk_widget_get_window (self->window));
  event->key.send_event = TRUE;
  event->key.keyval = key;
  event->key.state = modifiers;
  if (gdk_keymap_get_entries_for_keyval (gdk_keymap_get_for_display (gdk_display_get_default ()),
                                         key, &keys, &n)
      && n) {
    event->key.hardware_keycode = (guint16) keys[0].keycode;
  }
  g_free (keys);
  gdk_event_set_device (
      event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
  used = gtk_widget_event (self->window, event);
  gdk_event_free (event);
  return used;
}

static inline gboolean
press (Window *self, guint key)
{
  return press_with (self, key, 0);
}

static inline const UiSettings *
job (Window *self, guint n)
{
  return self->fake->jobs->pdata[n];
}

#endif
