/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages at the top of the window: a GtkInfoBar with a text that wraps and can be copied. */
#include "message-bar.h"

#include "i18n.h"
#include "widgets.h"

struct _UiMessageBar {
  GtkBox parent_instance;
  GtkWidget *bar, *icon, *label, *offer;
  gboolean shown;
};

G_DEFINE_FINAL_TYPE (UiMessageBar, ui_message_bar, GTK_TYPE_BOX)

static guint answered_signal;

static void
on_response (UiMessageBar *self, int response)
{
  ui_message_bar_hide (self);
  if (response == GTK_RESPONSE_ACCEPT) {
    g_signal_emit (self, answered_signal, 0);
  }
}

static void
ui_message_bar_class_init (UiMessageBarClass *klass G_GNUC_UNUSED)
{
  answered_signal = g_signal_new ("answered", UI_TYPE_MESSAGE_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

/* Colour alone tells too little. */
static const char *
icon_for (GtkMessageType type)
{
  return type == GTK_MESSAGE_ERROR      ? "dialog-error-symbolic"
         : type == GTK_MESSAGE_WARNING  ? "dialog-warning-symbolic"
         : type == GTK_MESSAGE_QUESTION ? "dialog-question-symbolic"
                                        : "dialog-information-symbolic";
}

static void
ui_message_bar_init (UiMessageBar *self)
{
  GtkWidget *close;

  self->bar = gtk_info_bar_new ();
  self->offer = gtk_info_bar_add_button (GTK_INFO_BAR (self->bar), "", GTK_RESPONSE_ACCEPT);
  gtk_button_set_use_underline (GTK_BUTTON (self->offer), TRUE);
  gtk_widget_set_valign (self->offer, GTK_ALIGN_CENTER);
  close = ui_icon_button ("window-close-symbolic", _ ("Dismiss this message"));
  gtk_button_set_relief (GTK_BUTTON (close), GTK_RELIEF_NONE);
  gtk_widget_set_valign (close, GTK_ALIGN_CENTER);
  gtk_info_bar_add_action_widget (GTK_INFO_BAR (self->bar), close, GTK_RESPONSE_CLOSE);
  gtk_button_box_set_child_non_homogeneous (
      GTK_BUTTON_BOX (gtk_info_bar_get_action_area (GTK_INFO_BAR (self->bar))), close, TRUE);
  g_signal_connect_swapped (self->bar, "response", G_CALLBACK (on_response), self);

  self->label = gtk_label_new (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (self->label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->label), TRUE);
  gtk_widget_set_can_focus (self->label, FALSE);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0.0F);
  gtk_label_set_width_chars (GTK_LABEL (self->label), 30);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), 50);
  gtk_widget_set_hexpand (self->label, TRUE);
  self->icon = gtk_image_new ();
  gtk_container_add (GTK_CONTAINER (gtk_info_bar_get_content_area (GTK_INFO_BAR (self->bar))),
                     self->icon);
  gtk_container_add (GTK_CONTAINER (gtk_info_bar_get_content_area (GTK_INFO_BAR (self->bar))),
                     self->label);

  gtk_box_pack_start (GTK_BOX (self), self->bar, TRUE, TRUE, 0);
  gtk_widget_show_all (self->bar);
  gtk_widget_set_no_show_all (GTK_WIDGET (self), TRUE);
}

GtkWidget *
ui_message_bar_new (void)
{
  return g_object_new (UI_TYPE_MESSAGE_BAR, NULL);
}

void
ui_message_bar_show (UiMessageBar *self, GtkMessageType type, const char *text, const char *offer)
{
  self->shown = TRUE;
  gtk_info_bar_set_message_type (GTK_INFO_BAR (self->bar), type);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon_for (type), GTK_ICON_SIZE_MENU);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_widget_set_visible (self->offer, offer != NULL);
  if (offer) {
    gtk_button_set_label (GTK_BUTTON (self->offer), offer);
  }
  atk_object_set_name (gtk_widget_get_accessible (self->bar), text);
  gtk_widget_show (GTK_WIDGET (self));
  ui_announce (self->bar, text, type == GTK_MESSAGE_ERROR);
}

void
ui_message_bar_hide (UiMessageBar *self)
{
  self->shown = FALSE;
  gtk_widget_hide (GTK_WIDGET (self));
}

GtkMessageType
ui_message_bar_type (UiMessageBar *self)
{
  return self->shown ? gtk_info_bar_get_message_type (GTK_INFO_BAR (self->bar)) : GTK_MESSAGE_OTHER;
}

const char *
ui_message_bar_text (UiMessageBar *self)
{
  return self->shown ? gtk_label_get_text (GTK_LABEL (self->label)) : NULL;
}
