/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks the visible widgets below a root. */
#include "audit.h"

#include <stdio.h>

typedef struct Audit {
  int findings;
  GHashTable *mnemonics; /* keyval: text of the label */
} Audit;

static void
finding (Audit *self, GtkWidget *widget, const char *what, const char *detail)
{
  self->findings++;
  printf ("%s %s: %s%s\n", G_OBJECT_TYPE_NAME (widget), gtk_widget_get_name (widget), what, detail ? detail : "");
}

static gboolean
has_reason (GtkWidget *widget)
{
  for (GtkWidget *w = widget; w; w = gtk_widget_get_parent (w)) {
    g_autofree char *tooltip = gtk_widget_get_tooltip_text (w);

    if (tooltip && *tooltip) {
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
has_name (GtkWidget *widget)
{
  AtkObject *accessible = gtk_widget_get_accessible (widget);
  const char *name = atk_object_get_name (accessible);
  AtkRelationSet *relations = atk_object_ref_relation_set (accessible);
  gboolean labelled = atk_relation_set_contains (relations, ATK_RELATION_LABELLED_BY);

  g_object_unref (relations);
  return labelled || (name && *name);
}

static void
visit (GtkWidget *widget, gpointer data)
{
  Audit *self = data;

  if (!gtk_widget_get_visible (widget) || !gtk_widget_get_child_visible (widget)) {
    return;
  }
  if (!gtk_widget_get_sensitive (widget) && !has_reason (widget)) {
    finding (self, widget, "is greyed without a tooltip", NULL);
  }
  if (gtk_widget_get_can_focus (widget) && !GTK_IS_SCROLLED_WINDOW (widget) && !GTK_IS_LABEL (widget) && !GTK_IS_LIST_BOX_ROW (widget)
      && !has_name (widget)) {
    finding (self, widget, "takes the focus and has no accessible name", NULL);
  }
  if (GTK_IS_LABEL (widget)) {
    guint key = gtk_label_get_mnemonic_keyval (GTK_LABEL (widget));
    const char *text = gtk_label_get_text (GTK_LABEL (widget));

    if (key != GDK_KEY_VoidSymbol && !g_hash_table_insert (self->mnemonics, GUINT_TO_POINTER (key), (gpointer) text)) {
      finding (self, widget, "shares its mnemonic: ", text);
    }
  }
  if (GTK_IS_CONTAINER (widget) && !GTK_IS_COMBO_BOX (widget)) { /* a combo box speaks for its inner button */
    gtk_container_forall (GTK_CONTAINER (widget), visit, self);
  }
}

int
audit (GtkWidget *root)
{
  Audit self = { 0, g_hash_table_new (NULL, NULL) };

  visit (root, &self);
  g_hash_table_unref (self.mnemonics);
  return self.findings;
}
