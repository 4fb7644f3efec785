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
};

G_DEFINE_FINAL_TYPE (UiActionRow, ui_action_row, GTK_TYPE_BOX)

static guint signals[N_BUTTONS];

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
ui_action_row_class_init (UiActionRowClass *klass G_GNUC_UNUSED)
{
  for (int i = 0; i < N_BUTTONS; i++) {
    signals[i] = g_signal_new (i == ADD ? "add-layers" : names[i], UI_TYPE_ACTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  }
}

static void
ui_action_row_init (UiActionRow *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->buttons[HELP] = ui_button (_ ("_Help"), _ ("Open the help page (F1)"));
  self->buttons[RESET] = ui_button (_ ("_Reset"), _ ("All settings as the model recommends; class and seed stay"));
  self->buttons[REUSE] = ui_button (_ ("Reuse Setti_ngs"), _ ("Take over the settings of the picture in the active layer"));
  self->buttons[CLOSE] = ui_button (_ ("_Close"), _ ("Close the window (Escape)"));
  self->buttons[ADD] = ui_button ("", NULL);
  gtk_button_set_use_underline (GTK_BUTTON (self->buttons[ADD]), TRUE);
  for (int i = HELP; i <= REUSE; i++) {
    gtk_box_pack_start (GTK_BOX (self), self->buttons[i], FALSE, TRUE, 0);
  }
  gtk_box_pack_end (GTK_BOX (self), self->buttons[ADD], FALSE, TRUE, 0);
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
  g_autofree char *label = ticks > 1 ? g_strdup_printf (NN_ ("Add %d La_yer", "Add %d La_yers", ticks), (int) ticks) : g_strdup (_ ("Add La_yer"));

  gtk_button_set_label (GTK_BUTTON (self->buttons[ADD]), label);
  ui_set_available (self->buttons[ADD], ticks || shown, ticks ? _ ("Add the ticked pictures as layers") : _ ("Add the picture shown as a layer"),
                    any ? _ ("Tick or choose a finished picture first") : _ ("There is no finished picture yet"));
}

GtkWidget *
ui_action_row_button (UiActionRow *self, const char *name)
{
  for (int i = 0; i < N_BUTTONS; i++) {
    if (g_str_equal (names[i], name)) {
      return self->buttons[i];
    }
  }
  return NULL;
}
