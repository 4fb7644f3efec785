/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The buttons at the bottom. */
#include "action-row.h"

#include "i18n.h"
#include "widgets.h"

enum { HELP, RESET, REUSE, CLOSE, ADD, N_BUTTONS };

static const char *const names[N_BUTTONS] = { "help", "reset", "reuse", "close", "add" };

struct _UiActionRow {
  GtkBox parent_instance;
  GtkWidget *buttons[N_BUTTONS];
  GtkWidget *more, *add_new; /* beside Add: its menu, and what is in it */
};

G_DEFINE_FINAL_TYPE (UiActionRow, ui_action_row, GTK_TYPE_BOX)

static guint signals[N_BUTTONS + 1];

static void
on_clicked (UiActionRow *self, GtkWidget *button)
{
  for (int i = 0; i < N_BUTTONS; i++) {
    if (self->buttons[i] == button) {
      g_signal_emit (self, signals[i], 0);
      return;
    }
  }
}

static void
on_add_new (UiActionRow *self)
{
  g_signal_emit (self, signals[N_BUTTONS], 0);
}

static void
ui_action_row_class_init (UiActionRowClass *klass G_GNUC_UNUSED)
{
  for (int i = 0; i < N_BUTTONS; i++) {
    signals[i] = g_signal_new (i == ADD ? "add-layers" : names[i], UI_TYPE_ACTION_ROW,
                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  }
  signals[N_BUTTONS] = g_signal_new ("add-to-new-image", UI_TYPE_ACTION_ROW, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
make_menu (UiActionRow *self)
{
  GtkWidget *menu = gtk_menu_new ();

  self->add_new = gtk_menu_item_new_with_mnemonic (_ ("Add to a Ne_w Image"));
  gtk_menu_shell_append (GTK_MENU_SHELL (menu), self->add_new);
  gtk_widget_show_all (menu);
  self->more = gtk_menu_button_new ();
  gtk_menu_button_set_popup (GTK_MENU_BUTTON (self->more), menu);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (self->more), GTK_ARROW_UP);
  atk_object_set_name (gtk_widget_get_accessible (self->more), _ ("Where to add"));
  gtk_widget_show (self->more);
  g_signal_connect_swapped (self->add_new, "activate", G_CALLBACK (on_add_new), self);
}

static void
ui_action_row_init (UiActionRow *self)
{
  GtkWidget *add = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->buttons[HELP] = ui_button (_ ("_Help"), _ ("Open the help page (F1)"));
  self->buttons[RESET]
      = ui_button (_ ("_Reset"), _ ("All settings as the model recommends; class and seed stay"));
  self->buttons[REUSE] = ui_button (
      _ ("Reuse Setti_ngs"), _ ("Take over the settings of the picture in the active layer"));
  self->buttons[CLOSE] = ui_button (_ ("_Close"), _ ("Close the window (Escape)"));
  self->buttons[ADD] = ui_button ("", NULL);
  gtk_button_set_use_underline (GTK_BUTTON (self->buttons[ADD]), TRUE);
  for (int i = HELP; i <= REUSE; i++) {
    gtk_box_pack_start (GTK_BOX (self), self->buttons[i], FALSE, TRUE, 0);
  }
  make_menu (self);
  gtk_style_context_add_class (gtk_widget_get_style_context (add), GTK_STYLE_CLASS_LINKED);
  gtk_container_add (GTK_CONTAINER (add), self->buttons[ADD]);
  gtk_container_add (GTK_CONTAINER (add), self->more);
  gtk_widget_show (add);
  gtk_box_pack_end (GTK_BOX (self), add, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self), self->buttons[CLOSE], FALSE, TRUE, 0);
  for (int i = 0; i < N_BUTTONS; i++) {
    g_signal_connect_swapped (self->buttons[i], "clicked", G_CALLBACK (on_clicked), self);
  }
  ui_action_row_set_add (self, 0, FALSE, FALSE);
}

GtkWidget *
ui_action_row_new (void)
{
  return g_object_new (UI_TYPE_ACTION_ROW, "visible", TRUE, NULL);
}

void
ui_action_row_set_add (UiActionRow *self, guint ticks, gboolean shown, gboolean any)
{
  g_autofree char *label
      = ticks > 1 ? g_strdup_printf (NN_ ("Add %d La_yer", "Add %d La_yers", ticks), (int) ticks)
                  : g_strdup (_ ("Add La_yer"));

  gtk_button_set_label (GTK_BUTTON (self->buttons[ADD]), label);
  ui_set_available (
      self->buttons[ADD], ticks || shown,
      ticks ? _ ("Add the ticked pictures as layers") : _ ("Add the picture shown as a layer"),
      any ? _ ("Tick or choose a finished picture first") : _ ("There is no finished picture yet"));
  ui_set_available (self->more, ticks || shown, _ ("Where to add"),
                    any ? _ ("Tick or choose a finished picture first")
                        : _ ("There is no finished picture yet"));
}

GtkWidget *
ui_action_row_button (UiActionRow *self, const char *name)
{
  if (g_str_equal (name, "add-menu")) {
    return self->more;
  }
  if (g_str_equal (name, "add-new")) {
    return self->add_new;
  }
  for (int i = 0; i < N_BUTTONS; i++) {
    if (g_str_equal (names[i], name)) {
      return self->buttons[i];
    }
  }
  return NULL;
}
