/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page behind ⚙: models found and what each can do, what is missing and where it is published,
 * memory needed and free, folders searched, and bringing in a checkpoint. */
#ifndef UI_MODEL_PAGE_H
#define UI_MODEL_PAGE_H

#include "backend.h"
#include "question-card.h"

#include <gtk/gtk.h>

#define UI_TYPE_MODEL_PAGE (ui_model_page_get_type ())
G_DECLARE_FINAL_TYPE (UiModelPage, ui_model_page, UI, MODEL_PAGE, GtkBox)

/* Signals: "back"; "failed" (const char *message) when a folder cannot be shown; "memory-changed"
 * (gboolean half, guint64 limit). BACKEND outlives the page. */
GtkWidget *ui_model_page_new (const UiBackend *backend);
void ui_model_page_update (UiModelPage *page); /* the catalog has changed */
/* 0 … 1 while bringing in; negative: not */
void ui_model_page_set_import (UiModelPage *page, double fraction);
/* The card of the Nth file with questions, or NULL. */
UiQuestionCard *ui_model_page_question (UiModelPage *page, guint n);
GtkWidget *ui_model_page_advanced (UiModelPage *page); /* a GtkExpander */
GtkWidget *ui_model_page_memory (UiModelPage *page);   /* UiMemoryBox */
/* "64 px · upsampled to 256 px · 16 classes · fidelity". To be freed. */
char *ui_model_abilities (const UiModel *model);

#endif
