/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The card: the file, a combo box for each question, and the button that remembers. */
#include "question-card.h"

#include "i18n.h"
#include "widgets.h"

struct _UiQuestionCard {
  GtkBox parent_instance;
  char *path;
  GPtrArray *combos; /* of GtkWidget, one for each question */
  GArray *chosen;    /* of int */
  GtkWidget *remember;
};

G_DEFINE_FINAL_TYPE (UiQuestionCard, ui_question_card, GTK_TYPE_BOX)

static guint answered_signal;

static void
on_remember (UiQuestionCard *self)
{
  g_signal_emit (self, answered_signal, 0);
}

static void
ui_question_card_finalize (GObject *object)
{
  UiQuestionCard *self = UI_QUESTION_CARD (object);

  g_free (self->path);
  g_ptr_array_unref (self->combos);
  g_array_unref (self->chosen);
  G_OBJECT_CLASS (ui_question_card_parent_class)->finalize (object);
}

static void
ui_question_card_class_init (UiQuestionCardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_question_card_finalize;
  answered_signal = g_signal_new ("answered", UI_TYPE_QUESTION_CARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_question_card_init (UiQuestionCard *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->combos = g_ptr_array_new ();
  self->chosen = g_array_new (FALSE, TRUE, sizeof (int));
}

/* Questions are known by their numbers, which are their mnemonics in every language. */
static void
add_question (UiQuestionCard *self, GtkGrid *grid, const UiQuestion *question, gboolean first)
{
  GtkWidget *combo = gtk_combo_box_text_new (), *label;
  int row = (int) self->combos->len;
  g_autofree char *words
      = g_strdup_printf ("%s%d. %s", first && row < 9 ? "_" : "", row + 1, question->words);

  for (gsize i = 0; i < question->n_answers; i++) {
    g_autofree char *likely = i == 0 && question->n_answers > 1
                                  ? g_strdup_printf (_ ("%s (likely)"), question->answers[0])
                                  : NULL;

    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo),
                                    likely ? likely : question->answers[i]);
  }
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), 0);
  ui_combo_shrink (combo);
  gtk_widget_set_hexpand (combo, TRUE);
  label = ui_label_for (words, combo);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0F);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, combo, 1, row, 1, 1);
  g_ptr_array_add (self->combos, combo);
}

GtkWidget *
ui_question_card_new (const UiOpenFile *file, gboolean first)
{
  UiQuestionCard *self = g_object_new (UI_TYPE_QUESTION_CARD, NULL);
  GtkWidget *grid = gtk_grid_new ();
  g_autofree char *base = g_path_get_basename (file->path);
  g_autofree char *shown = g_filename_display_name (base);
  GtkWidget *name = ui_text_line (shown);

  self->path = g_strdup (file->path);
  atk_object_set_role (gtk_widget_get_accessible (GTK_WIDGET (self)), ATK_ROLE_GROUPING);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), shown);
  gtk_style_context_add_class (gtk_widget_get_style_context (name), "adm-page-title");
  gtk_widget_set_tooltip_text (name, self->path);
  gtk_container_add (GTK_CONTAINER (self), name);
  gtk_container_add (GTK_CONTAINER (self),
                     ui_text_line (_ ("The weights do not tell everything. Your answers are kept "
                                      "in a small file beside them.")));
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  for (gsize i = 0; i < file->n_questions; i++) {
    add_question (self, GTK_GRID (grid), &file->questions[i], first);
  }
  gtk_container_add (GTK_CONTAINER (self), grid);

  g_autofree char *words = g_strdup_printf (_ ("Remember the answers for %s"), shown);
  g_autofree char *plain = ui_without_mnemonic (_ ("R_emember"));

  self->remember = ui_button (first ? _ ("R_emember") : plain, words);
  gtk_widget_set_halign (self->remember, GTK_ALIGN_END);
  g_signal_connect_swapped (self->remember, "clicked", G_CALLBACK (on_remember), self);
  gtk_container_add (GTK_CONTAINER (self), self->remember);
  gtk_widget_show_all (GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

const char *
ui_question_card_path (UiQuestionCard *self)
{
  return self->path;
}

const int *
ui_question_card_chosen (UiQuestionCard *self)
{
  g_array_set_size (self->chosen, self->combos->len);
  for (guint i = 0; i < self->combos->len; i++) {
    g_array_index (self->chosen, int, i) = gtk_combo_box_get_active (self->combos->pdata[i]);
  }
  return (const int *) (gpointer) self->chosen->data;
}

GtkWidget *
ui_question_card_part (UiQuestionCard *self, const char *name)
{
  guint64 number;

  if (g_str_equal (name, "remember")) {
    return self->remember;
  }
  return g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT, &number, NULL)
                 && number < self->combos->len
             ? self->combos->pdata[number]
             : NULL;
}
