/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a weights file leaves open, to be answered once. */
#ifndef UI_QUESTION_CARD_H
#define UI_QUESTION_CARD_H

#include "backend.h"

#include <gtk/gtk.h>

#define UI_TYPE_QUESTION_CARD (ui_question_card_get_type ())
G_DECLARE_FINAL_TYPE (UiQuestionCard, ui_question_card, UI, QUESTION_CARD, GtkBox)

/* Signal "answered". The likeliest answers are chosen to begin with. Of several cards only the
 * FIRST has mnemonics, or they would clash. */
GtkWidget *ui_question_card_new (const UiOpenFile *file, gboolean first);
const char *ui_question_card_path (UiQuestionCard *card);
/* The chosen answer of each question, valid until the next call. */
const int *ui_question_card_chosen (UiQuestionCard *card);
/* "remember", or the combo box of question "0", "1", …; NULL: no such part. */
GtkWidget *ui_question_card_part (UiQuestionCard *card, const char *name);

#endif
