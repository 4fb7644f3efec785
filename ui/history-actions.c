/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buttons over the history. */
#include "history-actions.h"

#include "i18n.h"
#include "widgets.h"

struct _UiHistoryActions {
  GtkBox parent_instance;
  GtkWidget *vary, *popover, *amount, *make; /* NULL: there are no variations */
  GtkWidget *upsample, *pin, *delete;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiHistoryActions, ui_history_actions, GTK_TYPE_BOX)

enum { VARY, UPSAMPLE, PIN, DELETE, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_make (UiHistoryActions *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  g_signal_emit (self, signals[VARY], 0, gtk_range_get_value (GTK_RANGE (self->amount)));
}

static void
on_upsample (UiHistoryActions *self)
{
  g_signal_emit (self, signals[UPSAMPLE], 0);
}

static void
on_pin (UiHistoryActions *self)
{
  if (!self->silent) {
    g_signal_emit (self, signals[PIN], 0);
  }
}

static void
on_delete (UiHistoryActions *self)
{
  g_signal_emit (self, signals[DELETE], 0);
}

static void
ui_history_actions_class_init (UiHistoryActionsClass *klass G_GNUC_UNUSED)
{
  signals[VARY] = g_signal_new ("vary", UI_TYPE_HISTORY_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[UPSAMPLE] = g_signal_new ("upsample", UI_TYPE_HISTORY_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
  signals[PIN] = g_signal_new ("pin", UI_TYPE_HISTORY_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  signals[DELETE] = g_signal_new ("delete", UI_TYPE_HISTORY_ACTIONS, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
flat (GtkWidget *button)
{
  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "adm-small");
  return button;
}

static void
make_variations (UiHistoryActions *self)
{
  GtkWidget *grid = gtk_grid_new (), *label;

  self->vary = gtk_menu_button_new ();
  gtk_button_set_image (GTK_BUTTON (self->vary),
                        gtk_image_new_from_icon_name ("view-grid-symbolic", GTK_ICON_SIZE_BUTTON));
  atk_object_set_name (gtk_widget_get_accessible (self->vary), _ ("Variations of this picture"));
  self->popover = gtk_popover_new (self->vary);
  self->amount = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.05, 1.0, 0.05);
  gtk_scale_set_draw_value (GTK_SCALE (self->amount), FALSE);
  gtk_range_set_value (GTK_RANGE (self->amount), 0.25);
  gtk_widget_set_size_request (self->amount, 140, -1);
  label = ui_label_for (_ ("How different"), self->amount);
  self->make = ui_button (_ ("Make Four"), _ ("Four neighbours of the chosen picture"));
  gtk_style_context_add_class (gtk_widget_get_style_context (self->make),
                               GTK_STYLE_CLASS_SUGGESTED_ACTION);
  gtk_container_set_border_width (GTK_CONTAINER (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_attach (GTK_GRID (grid), label, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), self->amount, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), self->make, 0, 1, 2, 1);
  gtk_widget_show_all (grid);
  gtk_container_add (GTK_CONTAINER (self->popover), grid);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->vary), self->popover);
  g_signal_connect_swapped (self->make, "clicked", G_CALLBACK (on_make), self);
  gtk_container_add (GTK_CONTAINER (self), flat (self->vary));
}

static void
ui_history_actions_init (UiHistoryActions *self G_GNUC_UNUSED)
{
}

GtkWidget *
ui_history_actions_new (gboolean vary, gboolean upsample)
{
  UiHistoryActions *self = g_object_new (UI_TYPE_HISTORY_ACTIONS, NULL);

  if (vary) {
    make_variations (self);
  }
  if (upsample) {
    self->upsample
        = ui_icon_button ("view-fullscreen-symbolic zoom-in-symbolic", _ ("Upsample the ticked"));
    g_signal_connect_swapped (self->upsample, "clicked", G_CALLBACK (on_upsample), self);
    gtk_container_add (GTK_CONTAINER (self), flat (self->upsample));
  }
  self->pin = gtk_toggle_button_new ();
  gtk_button_set_image (GTK_BUTTON (self->pin),
                        gtk_image_new_from_icon_name ("view-pin-symbolic", GTK_ICON_SIZE_BUTTON));
  atk_object_set_name (gtk_widget_get_accessible (self->pin), _ ("Pin this picture"));
  self->delete
      = ui_icon_button ("user-trash-symbolic edit-delete-symbolic", _ ("Delete this picture"));
  g_signal_connect_swapped (self->pin, "toggled", G_CALLBACK (on_pin), self);
  g_signal_connect_swapped (self->delete, "clicked", G_CALLBACK (on_delete), self);
  gtk_container_add (GTK_CONTAINER (self), flat (self->pin));
  gtk_container_add (GTK_CONTAINER (self), flat (self->delete));
  gtk_widget_show_all (GTK_WIDGET (self));
  ui_history_actions_set (self, FALSE, FALSE, 0);
  return GTK_WIDGET (self);
}

void
ui_history_actions_set (UiHistoryActions *self, gboolean chosen, gboolean pinned, guint ticks)
{
  const char *none = _ ("Choose a finished picture first");

  self->silent = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->pin), pinned);
  self->silent = FALSE;
  if (self->vary) {
    ui_set_available (self->vary, chosen, _ ("Variations of this picture"), none);
  }
  if (self->upsample) {
    ui_set_available (self->upsample, ticks > 0, _ ("Upsample the ticked pictures"),
                      _ ("Tick the pictures to upsample first"));
  }
  ui_set_available (self->pin, chosen, _ ("Pin this picture: it stays when older ones go"), none);
  ui_set_available (self->delete, chosen, _ ("Delete this picture (Delete)"), none);
}

GtkWidget *
ui_history_actions_part (UiHistoryActions *self, const char *name)
{
  return g_str_equal (name, "vary")              ? self->vary
         : g_str_equal (name, "amount")          ? self->amount
         : g_str_equal (name, "make-variations") ? self->make
         : g_str_equal (name, "upsample-ticked") ? self->upsample
         : g_str_equal (name, "pin")             ? self->pin
         : g_str_equal (name, "delete")          ? self->delete
                                                 : NULL;
}
