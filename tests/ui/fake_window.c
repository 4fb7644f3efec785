/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shows the panel in a window with the scripted backend: to be played with by hand, or brought into
 * a named state and photographed for the eye. A photograph ends with 3 when the window is too
 * large, is not painted in full, or the audit finds something.
 *
 *   fake_window [--dark] [--rtl] [--long] [--font "Sans 18"] [--theme FILE.css] [--upsample]
 *     [--plain] [--size WIDTHxHEIGHT] [--scene NAME] [--catalogs FOLDER] [--screenshot FILE.png]
 *
 * With --catalogs, the environment's LANGUAGE chooses the language, as it does in GIMP.
 *
 * Scenes: empty, running, finished, compare, error, models, advanced, questions, search,
 * incomplete, more, tiled, map, new. */
#include "audit.h"
#include "fake_backend.h"
#include "pseudo_locale.h"
#include "ui/generate-panel.h"
#include "ui/history.h"
#include "ui/model-page.h"

#include <gtk/gtk.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>

static gboolean dark, rtl, longer, upsample, plain;
static char *size, *font, *theme, *scene, *catalogs, *screenshot;

static const GOptionEntry options[] = {
  { "dark", 0, 0, G_OPTION_ARG_NONE, &dark, "Dark theme", NULL },
  { "rtl", 0, 0, G_OPTION_ARG_NONE, &rtl, "Right to left", NULL },
  { "long", 0, 0, G_OPTION_ARG_NONE, &longer, "Long texts", NULL },
  { "upsample", 0, 0, G_OPTION_ARG_NONE, &upsample, "Upsample Layer", NULL },
  { "plain", 0, 0, G_OPTION_ARG_NONE, &plain, "A backend without the canvas", NULL },
  { "font", 0, 0, G_OPTION_ARG_STRING, &font, "Font", "NAME" },
  { "theme", 0, 0, G_OPTION_ARG_FILENAME, &theme,
    "Style sheet over the theme, as GIMP's themes are", "FILE" },
  { "size", 0, 0, G_OPTION_ARG_STRING, &size, "Size of the window", "WIDTHxHEIGHT" },
  { "scene", 0, 0, G_OPTION_ARG_STRING, &scene, "State to show", "NAME" },
  { "catalogs", 0, 0, G_OPTION_ARG_FILENAME, &catalogs, "Where the translations lie", "FOLDER" },
  { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &screenshot, "Picture to write, then end", "FILE" },
  { NULL },
};

typedef struct Window {
  FakeBackend *fake;
  GtkWidget *window, *panel;
  int written; /* exit status */
} Window;

static GtkWidget *
part (Window *self, const char *name)
{
  return ui_generate_panel_part (UI_GENERATE_PANEL (self->panel), name);
}

static UiHistory *
history (Window *self)
{
  return UI_HISTORY (part (self, "history"));
}

static void
spin (guint ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;

  while (g_get_monotonic_time () < end) {
    if (!g_main_context_iteration (NULL, FALSE)) {
      g_usleep (1000);
    }
  }
}

static void
run_to_end (Window *self)
{
  for (int i = 0; i < 1000 && ui_generate_panel_is_running (UI_GENERATE_PANEL (self->panel)); i++) {
    spin (10);
  }
}

static void
click (Window *self, const char *name)
{
  if (GTK_IS_MENU_ITEM (part (self, name))) {
    gtk_menu_item_activate (GTK_MENU_ITEM (part (self, name)));
  } else {
    gtk_button_clicked (GTK_BUTTON (part (self, name)));
  }
}

/* Two classes blended, from what lies there, and everything else open. */
static void
show_more (Window *self)
{
  gtk_expander_set_expanded (GTK_EXPANDER (part (self, "more")), TRUE);
  gtk_entry_set_text (GTK_ENTRY (part (self, "second")), self->fake->classes[5]);
  g_signal_emit_by_name (part (self, "second"), "activate");
  gtk_combo_box_set_active (GTK_COMBO_BOX (part (self, "start")), UI_START_LAYER);
}

static void
set_count (Window *self, int count)
{
  if (!upsample) {
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (part (self, "count")), count);
  }
}

/* A few finished pictures of three classes, two ticked. */
static void
some_history (Window *self)
{
  for (int i = 0; i < 3; i++) {
    g_autoptr (UiSettings) settings
        = ui_generate_panel_get_settings (UI_GENERATE_PANEL (self->panel));

    ui_settings_set_class (settings, self->fake->classes[1 + i]);
    settings->seed = 1230 + i;
    settings->scale = 1.5 + i;
    settings->steps = 8;
    settings->count = i ? 1 : 2;
    ui_generate_panel_set_settings (UI_GENERATE_PANEL (self->panel), settings);
    click (self, "generate");
    run_to_end (self);
  }
  ui_history_set_tick (history (self), 0, TRUE);
  ui_history_set_tick (history (self), 2, TRUE);
}

static void
play (Window *self)
{
  if (!scene || g_str_equal (scene, "empty")) {
    return;
  }
  if (g_str_equal (scene, "models")) {
    click (self, "models");
    return;
  }
  if (g_str_equal (scene, "advanced")) {
    gtk_expander_set_expanded (
        GTK_EXPANDER (ui_model_page_advanced (UI_MODEL_PAGE (part (self, "model-page")))), TRUE);
    click (self, "models");
    return;
  }
  if (g_str_equal (scene, "map")) {
    click (self, "paint-map");
    return;
  }
  if (g_str_equal (scene, "new")) {
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (self, "model")), "imagenet-64");
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (self, "where")), "4");
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (self, "size")), "other");
    return;
  }
  if (g_str_equal (scene, "questions")) {
    fake_backend_open_file (self->fake);
    fake_backend_send (self->fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
    click (self, "models");
    return;
  }
  if (g_str_equal (scene, "incomplete")) {
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (self, "model")), "imagenet-64");
    return;
  }
  if (g_str_equal (scene, "search")) {
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (self, "model")), "imagenet-64");
    gtk_entry_set_text (GTK_ENTRY (part (self, "class-entry")), "crene");
    return;
  }
  self->fake->step_ms = 3;
  some_history (self);
  if (g_str_equal (scene, "compare")) {
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (part (self, "steps")), 10);
    click (self, "compare");
    run_to_end (self);
  } else if (g_str_equal (scene, "error")) {
    self->fake->fail_at_step = 5;
    click (self, "generate");
    run_to_end (self);
  } else if (g_str_equal (scene, "running")) {
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (part (self, "steps")), upsample ? 20 : 25);
    set_count (self, 4);
    self->fake->step_ms = 30;
    click (self, "generate");
    spin (30 * 31);
    self->fake->step_ms = 100000;
  } else if (g_str_equal (scene, "finished") || g_str_equal (scene, "tiled")) {
    ui_history_choose (history (self), 0);
    click (self, "add");
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (self, "pin")), TRUE);
    gtk_toggle_button_set_active (
        GTK_TOGGLE_BUTTON (part (self, g_str_equal (scene, "tiled") ? "tiled" : "alone")), TRUE);
  } else if (g_str_equal (scene, "more")) {
    show_more (self);
  }
}

/* On a small laptop, with its panel and the title bar; with large fonts and long words, on the
 * common large one. */
static gboolean
fits (GdkWindow *window)
{
  gboolean large = font || longer;

  g_print ("%d x %d\n", gdk_window_get_width (window), gdk_window_get_height (window));
  if (size) {
    return gdk_window_get_width (window) == atoi (size)
           && gdk_window_get_height (window) == atoi (strchr (size, 'x') + 1);
  }
  return gdk_window_get_width (window) <= (large ? 1280 : 1024)
         && gdk_window_get_height (window) <= (large ? 800 : 700);
}

static void
find_strip (GtkWidget *widget, gpointer strip)
{
  if (GTK_IS_SCROLLED_WINDOW (widget)) {
    *(GtkWidget **) strip = widget;
  } else if (GTK_IS_CONTAINER (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), find_strip, strip);
  }
}

/* Under the pictures of a full strip there is the window's own colour, as in its corner: GTK may
 * leave it black. */
static gboolean
is_painted (Window *self, GdkPixbuf *pixels)
{
  GtkWidget *strip = NULL;
  int x = 0, y = 0;
  const guint8 *corner = gdk_pixbuf_read_pixels (pixels) + 3 * gdk_pixbuf_get_rowstride (pixels)
                         + 3 * gdk_pixbuf_get_n_channels (pixels);

  find_strip (part (self, "history"), &strip);
  if (!gtk_widget_get_mapped (strip)) {
    return TRUE;
  }
  gtk_widget_translate_coordinates (strip, self->window, 1,
                                    gtk_widget_get_allocated_height (strip) - 1, &x, &y);
  return memcmp (corner,
                 gdk_pixbuf_read_pixels (pixels) + y * gdk_pixbuf_get_rowstride (pixels)
                     + x * gdk_pixbuf_get_n_channels (pixels),
                 3)
         == 0;
}

static gboolean
photograph (gpointer data)
{
  Window *self = data;
  GdkWindow *window = gtk_widget_get_window (self->window);
  g_autoptr (GdkPixbuf) pixels = NULL;

  play (self);
  spin (350);
  pixels = gdk_pixbuf_get_from_window (window, 0, 0, gdk_window_get_width (window),
                                       gdk_window_get_height (window));
  self->written
      = pixels && gdk_pixbuf_save (pixels, screenshot, "png", NULL, NULL)
            ? fits (window) && is_painted (self, pixels) && audit (self->window) == 0 ? 0 : 3
            : 1;
  gtk_main_quit ();
  return G_SOURCE_REMOVE;
}

static gboolean
play_slowly (gpointer data)
{
  Window *self = data;

  play (self);
  self->fake->step_ms = 120;
  return G_SOURCE_REMOVE;
}

static void
load_theme (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_path (provider, theme, NULL);
  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (),
                                             GTK_STYLE_PROVIDER (provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

int
main (int argc, char **argv)
{
  Window self = { 0 };
  g_autoptr (GError) error = NULL;

  if (!gtk_init_with_args (&argc, &argv, NULL, options, NULL, &error)) {
    g_printerr ("fake_window: %s\n", error->message);
    return 2;
  }
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", dark, NULL);
  if (font) {
    g_object_set (gtk_settings_get_default (), "gtk-font-name", font, NULL);
  }
  if (theme) {
    load_theme ();
  }
  gtk_widget_set_default_direction (rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  pseudo_locale_set (longer);
  if (catalogs) {
    bindtextdomain ("plug-in-adm", catalogs);
    bind_textdomain_codeset ("plug-in-adm", "UTF-8");
    if (g_str_equal (g_dgettext ("plug-in-adm", "Generate Image"), "Generate Image")) {
      g_printerr ("fake_window: no catalogue for this language in %s\n", catalogs);
      return 2;
    }
  }
  /* no page half slid away, whose mnemonics would seem to clash with the next one's */
  if (screenshot) {
    g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  }

  self.fake = fake_backend_new (NULL);
  if (!plain) {
    fake_backend_canvas (self.fake);
  }
  self.window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  gtk_window_set_title (GTK_WINDOW (self.window),
                        g_dgettext ("plug-in-adm", upsample ? "Upsample Layer" : "Generate Image"));
  self.panel
      = ui_generate_panel_new (&self.fake->api, upsample ? UI_TASK_UPSAMPLE : UI_TASK_GENERATE);
  gtk_container_add (GTK_CONTAINER (self.window), self.panel);
  g_signal_connect (self.window, "destroy", G_CALLBACK (gtk_main_quit), NULL);
  if (size) {
    gtk_window_resize (GTK_WINDOW (self.window), atoi (size), atoi (strchr (size, 'x') + 1));
  }
  gtk_widget_show (self.window);
  g_timeout_add (300, screenshot ? photograph : play_slowly, &self);
  gtk_main ();
  if (screenshot) {
    g_signal_handlers_disconnect_by_func (self.window, (gpointer) (guintptr) gtk_main_quit, NULL);
    gtk_widget_destroy (self.window);
  }
  fake_backend_free (self.fake);
  return self.written;
}
