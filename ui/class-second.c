/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second class: an entry that completes names, and a slider once there is one. */
#include "class-second.h"

#include "class-entries.h"
#include "i18n.h"
#include "widgets.h"

#include <math.h>

struct _UiClassSecond {
  GtkBox parent_instance;
  GArray *entries; /* of UiClassEntry, the chooser's */
  GtkWidget *entry, *balance;
  GtkListStore *names;
  char *value; /* as in UiSettings */
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiClassSecond, ui_class_second, GTK_TYPE_BOX)

static guint changed_signal;

static const char *
name_of (UiClassSecond *self)
{
  int index = self->entries ? ui_class_entries_by_value (self->entries, self->value) : UI_NO_CLASS;

  return index == UI_NO_CLASS ? "" : ui_class_entry (self->entries, index)->words.name;
}

static void
show (UiClassSecond *self)
{
  int share = (int) round (100.0 * gtk_range_get_value (GTK_RANGE (self->balance)));
  g_autofree char *tooltip = g_strdup_printf (_ ("%d %% of the second class"), share);

  gtk_widget_set_visible (self->balance, *self->value != '\0');
  gtk_widget_set_tooltip_text (self->balance, tooltip);
}

/* NAME as typed; what is no class is taken back. */
static void
take (UiClassSecond *self, const char *name)
{
  int index = *name && self->entries ? ui_class_entries_find (self->entries, name) : UI_NO_CLASS;
  const char *value = index == UI_NO_CLASS ? "" : ui_class_entry (self->entries, index)->value;
  gboolean other = !g_str_equal (value, self->value);

  if (index != UI_NO_CLASS || !*name) {
    g_free (self->value);
    self->value = g_strdup (value);
  }
  self->silent = TRUE;
  gtk_entry_set_text (GTK_ENTRY (self->entry), name_of (self));
  self->silent = FALSE;
  show (self);
  if (other && (index != UI_NO_CLASS || !*name)) {
    g_signal_emit (self, changed_signal, 0);
  }
}

static void
on_typed (UiClassSecond *self)
{
  const char *text = gtk_entry_get_text (GTK_ENTRY (self->entry));

  if (!self->silent && !*text) {
    take (self, "");
  }
}

static gboolean
on_left (UiClassSecond *self)
{
  g_autofree char *text = g_strdup (gtk_entry_get_text (GTK_ENTRY (self->entry)));

  take (self, text);
  return FALSE;
}

static gboolean
on_matched (UiClassSecond *self, GtkTreeModel *model, GtkTreeIter *iter)
{
  g_autofree char *name = NULL;

  gtk_tree_model_get (model, iter, 0, &name, -1);
  take (self, name);
  return TRUE;
}

/* By any part of the name. */
static gboolean
matches (GtkEntryCompletion *completion, const char *key, GtkTreeIter *iter,
         gpointer user G_GNUC_UNUSED)
{
  g_autofree char *name = NULL;
  g_autofree char *query = ui_class_fold (key);
  g_autofree char *folded = NULL;

  gtk_tree_model_get (gtk_entry_completion_get_model (completion), iter, 0, &name, -1);
  folded = ui_class_fold (name ? name : "");
  return ui_class_rank (query, folded, -1) >= 0;
}

static void
on_balance (UiClassSecond *self)
{
  show (self);
  if (!self->silent) {
    g_signal_emit (self, changed_signal, 0);
  }
}

static void
ui_class_second_finalize (GObject *object)
{
  UiClassSecond *self = UI_CLASS_SECOND (object);

  g_clear_pointer (&self->entries, g_array_unref);
  g_object_unref (self->names);
  g_free (self->value);
  G_OBJECT_CLASS (ui_class_second_parent_class)->finalize (object);
}

static void
ui_class_second_class_init (UiClassSecondClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_class_second_finalize;
  changed_signal = g_signal_new ("changed", UI_TYPE_CLASS_SECOND, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ui_class_second_init (UiClassSecond *self)
{
  g_autoptr (GtkEntryCompletion) completion = gtk_entry_completion_new ();

  self->value = g_strdup ("");
  self->names = gtk_list_store_new (1, G_TYPE_STRING);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("and…"));
  gtk_entry_set_width_chars (GTK_ENTRY (self->entry), 8);
  gtk_entry_set_activates_default (GTK_ENTRY (self->entry), TRUE);
  gtk_widget_set_tooltip_text (self->entry, _ ("A second class to blend with the first"));
  atk_object_set_name (gtk_widget_get_accessible (self->entry), _ ("Second class"));
  gtk_entry_completion_set_model (completion, GTK_TREE_MODEL (self->names));
  gtk_entry_completion_set_text_column (completion, 0);
  gtk_entry_completion_set_match_func (completion, matches, NULL, NULL);
  gtk_entry_set_completion (GTK_ENTRY (self->entry), completion);
  self->balance = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0.0, 1.0, 0.05);
  gtk_scale_set_draw_value (GTK_SCALE (self->balance), FALSE);
  gtk_range_set_value (GTK_RANGE (self->balance), 0.5);
  atk_object_set_name (gtk_widget_get_accessible (self->balance), _ ("Balance of the two classes"));
  gtk_box_pack_start (GTK_BOX (self), self->entry, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), self->balance, TRUE, TRUE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->balance, TRUE);
  show (self);
  g_signal_connect_swapped (completion, "match-selected", G_CALLBACK (on_matched), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_left), self);
  g_signal_connect_swapped (self->entry, "focus-out-event", G_CALLBACK (on_left), self);
  g_signal_connect_swapped (self->balance, "value-changed", G_CALLBACK (on_balance), self);
}

GtkWidget *
ui_class_second_new (void)
{
  return g_object_new (UI_TYPE_CLASS_SECOND, NULL);
}

void
ui_class_second_set_entries (UiClassSecond *self, GArray *entries)
{
  g_array_ref (entries);
  if (self->entries) {
    g_array_unref (self->entries);
  }
  self->entries = entries;
  gtk_list_store_clear (self->names);
  for (guint i = 0; i < entries->len; i++) {
    gtk_list_store_insert_with_values (self->names, NULL, -1, 0,
                                       ui_class_entry (entries, (int) i)->words.name, -1);
  }
  if (ui_class_entries_by_value (entries, self->value) == UI_NO_CLASS) {
    g_free (self->value);
    self->value = g_strdup ("");
  }
  self->silent = TRUE;
  gtk_entry_set_text (GTK_ENTRY (self->entry), name_of (self));
  self->silent = FALSE;
  ui_set_available (self->entry, entries->len > 1, _ ("A second class to blend with the first"),
                    _ ("This model has no classes"));
  show (self);
}

void
ui_class_second_set (UiClassSecond *self, const UiSettings *settings)
{
  self->silent = TRUE;
  gtk_range_set_value (GTK_RANGE (self->balance), settings->balance);
  g_free (self->value);
  self->value = g_strdup (settings->second_class);
  gtk_entry_set_text (GTK_ENTRY (self->entry), name_of (self));
  if (!*gtk_entry_get_text (GTK_ENTRY (self->entry))) {
    *self->value = '\0';
  }
  self->silent = FALSE;
  show (self);
}

void
ui_class_second_get (UiClassSecond *self, UiSettings *settings)
{
  ui_settings_set_second_class (settings, self->value);
  settings->balance = *self->value
                          ? round (100.0 * gtk_range_get_value (GTK_RANGE (self->balance))) / 100.0
                          : 0.5;
}

GtkWidget *
ui_class_second_entry (UiClassSecond *self)
{
  return self->entry;
}

GtkWidget *
ui_class_second_balance (UiClassSecond *self)
{
  return self->balance;
}
