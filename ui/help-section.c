/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sections of the help page: see help-section.h. */
#include "help-section.h"

#define KEY "adm-help"

void
ui_help_set (GtkWidget *widget, const char *section)
{
  g_object_set_data (G_OBJECT (widget), KEY, (gpointer) section);
}

const char *
ui_help_of (GtkWidget *widget)
{
  const char *section = NULL;

  while (widget && !section) {
    section = g_object_get_data (G_OBJECT (widget), KEY);
    widget = gtk_widget_get_parent (widget);
  }
  return section;
}
