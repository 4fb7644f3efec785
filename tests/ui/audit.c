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
  printf ("%s %s: %s%s\n", G_OBJECT_TYPE_NAME (widget), gtk_widget_get_name (widget), what,
          detail ? detail : "");
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

/* The name that a screen reader speaks: the label's, or the object's own. */
static const char *
name_of (AtkObject *accessible)
{
  const char *name = atk_object_get_name (accessible);
  AtkRelationSet *relations = atk_object_ref_relation_set (accessible);
  AtkRelation *label = atk_relation_set_get_relation_by_type (relations, ATK_RELATION_LABELLED_BY);

  if (label && atk_relation_get_target (label)->len) { /* a combo box calls itself by its value */
    name = atk_object_get_name (g_ptr_array_index (atk_relation_get_target (label), 0));
  }
  g_object_unref (relations);
  return name ? name : "";
}

char *
audit_spoken (GtkWidget *widget)
{
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  return g_strdup_printf ("%s: %s", atk_role_get_name (atk_object_get_role (accessible)),
                          name_of (accessible));
}

gboolean
audit_takes_focus (GtkWidget *widget)
{
  return gtk_widget_get_can_focus (widget) && !GTK_IS_SCROLLED_WINDOW (widget);
}

/* A popover's words share the window's mnemonics, so they have none: the focus is in it, and Enter
 * does what it is there for. */
static gboolean
has_mnemonic (GtkWidget *button)
{
  const char *words = gtk_button_get_label (GTK_BUTTON (button));
  g_autofree char *text = NULL;
  gunichar key = 0;

  if (!words || !*words || gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER)) {
    return TRUE;
  }
  return gtk_button_get_use_underline (GTK_BUTTON (button))
         && pango_parse_markup (words, -1, '_', NULL, &text, &key, NULL) && key != 0;
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
  if (audit_takes_focus (widget) && !*name_of (gtk_widget_get_accessible (widget))) {
    finding (self, widget, "takes the focus and has no accessible name", NULL);
  }
  if (GTK_IS_BUTTON (widget) && !has_mnemonic (widget)) {
    finding (self, widget,
             "has words and no mnemonic: ", gtk_button_get_label (GTK_BUTTON (widget)));
  }
  if (GTK_IS_LABEL (widget)) {
    guint key = gtk_label_get_mnemonic_keyval (GTK_LABEL (widget));
    const char *text = gtk_label_get_text (GTK_LABEL (widget));

    if (key != GDK_KEY_VoidSymbol
        && !g_hash_table_insert (self->mnemonics, GUINT_TO_POINTER (key), (gpointer) text)) {
      finding (self, widget, "shares its mnemonic: ", text);
    }
  }
  /* a combo box speaks for its inner button */
  if (GTK_IS_CONTAINER (widget) && !GTK_IS_COMBO_BOX (widget)) {
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
