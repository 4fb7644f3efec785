/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The model page. Its two lists are built anew when the catalog changes. */
#include "model-page.h"

#include "help-section.h"
#include "i18n.h"
#include "memory-box.h"
#include "question-card.h"
#include "widgets.h"

struct _UiModelPage {
  GtkBox parent_instance;
  const UiBackend *backend;
  GtkWidget *models, *folders, *figures, *memory, *advanced, *import, *progress;
};

G_DEFINE_FINAL_TYPE (UiModelPage, ui_model_page, GTK_TYPE_BOX)

enum { BACK, FAILED, MEMORY_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

char *
ui_model_abilities (const UiModel *model)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("%d px"), model->image_size);
  if (model->upsampled_size) {
    g_string_append (text, " · ");
    g_string_append_printf (text, _ ("upsampled to %d px"), model->upsampled_size);
  }
  g_string_append (text, " · ");
  if (model->n_classes) {
    g_string_append_printf (text, NN_ ("%d class", "%d classes", (gulong) model->n_classes),
                            (int) model->n_classes);
  } else {
    g_string_append (text, _ ("no classes"));
  }
  g_string_append (text, " · ");
  g_string_append (text, model->has_guidance ? _ ("with character") : _ ("without character"));
  return g_string_free (text, FALSE);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static GtkWidget *
icon_line (const char *icon, GtkWidget *label)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new_from_icon_name (icon, GTK_ICON_SIZE_MENU);

  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_widget_set_margin_top (image, 2); /* beside the first line's middle */
  gtk_box_pack_start (GTK_BOX (row), image, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), label, TRUE, TRUE, 0);
  return row;
}

/* Bytes that models may use; 0: not known. */
static guint64
memory_for_models (const UiCatalog *catalog)
{
  guint64 limit = catalog->memory_limit, there = catalog->memory_there;

  return limit && there ? MIN (limit, there) : limit ? limit : there;
}

/* Bytes that MODEL lacks; 0: it fits, or that is not known. */
static guint64
lacking (const UiModel *model, const UiCatalog *catalog)
{
  guint64 most = memory_for_models (catalog), left = catalog->memory_free;

  if (model->fit == UI_FIT_HALF || model->fit == UI_FIT_NOT) {
    return most && model->memory_needed > most ? model->memory_needed - most : 1;
  }
  return left && model->memory_needed > left ? model->memory_needed - left : 0;
}

/* Whether MODEL runs as things are, in a few words; TROUBLE: it will not. */
static char *
state_words (const UiModel *model, const UiCatalog *catalog, gboolean *trouble)
{
  guint64 lack = lacking (model, catalog);
  g_autofree char *more = g_format_size_full (lack, G_FORMAT_SIZE_IEC_UNITS);

  *trouble = lack > 0;
  if (!lack) {
    return g_strdup (model->fit == UI_FIT_STAGED ? _ ("Fits, one stage at a time") : _ ("Fits"));
  }
  return model->fit == UI_FIT_HALF
             ? g_strdup_printf (_ ("Needs %s more, or half the memory for weights"), more)
         : model->fit == UI_FIT_NOT
             ? (catalog->memory_limit
                    ? g_strdup_printf (
                          _ ("Needs %s more: raise the limit, or take a smaller model"), more)
                    : g_strdup_printf (_ ("Needs %s more than this machine has"), more))
             : g_strdup_printf (_ ("Needs %s more: close other programs"), more);
}

/* The figures behind that. To be freed. */
static char *
figures (const UiModel *model)
{
  g_autofree char *needed = g_format_size_full (model->memory_needed, G_FORMAT_SIZE_IEC_UNITS);

  return g_strdup_printf (_ ("%s needs %s of memory"), model->name, needed);
}

/* Text with an address, which is wanted elsewhere: it can be copied by keys, too. */
static GtkWidget *
text_to_copy (const char *text)
{
  GtkWidget *label = ui_text_line (text);

  gtk_widget_set_can_focus (label, TRUE);
  return label;
}

/* NAME: what the row is about, for those who cannot see it. The list's focus goes from row to
 * row. */
static void
add_row (GtkWidget *list, const char *name, GtkWidget *content)
{
  GtkWidget *row = gtk_list_box_row_new ();

  atk_object_set_name (gtk_widget_get_accessible (row), name);
  gtk_style_context_add_class (gtk_widget_get_style_context (row), "adm-card");
  gtk_container_set_border_width (GTK_CONTAINER (content), 9);
  gtk_container_add (GTK_CONTAINER (row), content);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (list), row);
}

static void
on_open (UiModelPage *self, GtkWidget *button)
{
  g_autofree char *message = self->backend->open_folder (
      g_object_get_data (G_OBJECT (button), "adm-path"), self->backend->user);

  if (message) {
    g_signal_emit (self, signals[FAILED], 0, message);
  }
}

/* A button that opens PATH; WORDS say so. */
static GtkWidget *
open_button (UiModelPage *self, const char *icon, const char *words, const char *path)
{
  GtkWidget *button = ui_icon_button (icon, words);

  g_object_set_data_full (G_OBJECT (button), "adm-path", g_strdup (path), g_free);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_open), self);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  return button;
}

/* The licence in one line and, where its whole text is at hand, a button that opens that. */
static GtkWidget *
license_row (UiModelPage *self, const UiModel *model)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *line = ui_text_line (model->license);

  gtk_style_context_add_class (gtk_widget_get_style_context (line), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_box_pack_start (GTK_BOX (row), line, TRUE, TRUE, 0);
  if (model->license_file) {
    g_autofree char *words
        = g_strdup_printf (_ ("Read the licence and credits of %s"), model->name);

    gtk_box_pack_start (GTK_BOX (row),
                        open_button (self, "text-x-generic-symbolic", words, model->license_file),
                        FALSE, FALSE, 0);
  }
  return row;
}

static void
add_model (UiModelPage *self, const UiModel *model, const UiCatalog *catalog)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *name = ui_text_line (model->name);
  g_autofree char *abilities = ui_model_abilities (model);

  gtk_style_context_add_class (gtk_widget_get_style_context (name), "adm-page-title");
  gtk_container_add (GTK_CONTAINER (card), name);
  gtk_container_add (GTK_CONTAINER (card), ui_text_line (abilities));
  if (model->memory_needed && (model->can_generate || model->upsampled_size)) {
    gboolean trouble;
    g_autofree char *memory = state_words (model, catalog, &trouble);
    g_autofree char *behind = figures (model);
    GtkWidget *line = ui_text_line (memory);

    gtk_widget_set_tooltip_text (line, behind);

    gtk_container_add (GTK_CONTAINER (card),
                       trouble ? icon_line ("dialog-warning-symbolic", line) : line);
    gtk_container_add (GTK_CONTAINER (self->figures), ui_text_line (behind));
  }
  if (model->missing) { /* without its classifier or upsampler it still does something */
    gtk_container_add (
        GTK_CONTAINER (card),
        icon_line (model->can_generate ? "dialog-information-symbolic" : "dialog-warning-symbolic",
                   text_to_copy (model->missing)));
  }
  if (model->license) {
    gtk_container_add (GTK_CONTAINER (card), license_row (self, model));
  }
  add_row (self->models, model->name, card);
}

static void
on_answered (UiModelPage *self, UiQuestionCard *card)
{
  /* until the folders have been read again */
  gtk_widget_set_sensitive (ui_question_card_part (card, "remember"), FALSE);
  self->backend->answer (ui_question_card_path (card), ui_question_card_chosen (card),
                         self->backend->user);
}

static void
add_open_file (UiModelPage *self, const UiOpenFile *file, gboolean first)
{
  GtkWidget *card = ui_question_card_new (file, first);

  g_signal_connect_swapped (card, "answered", G_CALLBACK (on_answered), self);
  add_row (self->models, atk_object_get_name (gtk_widget_get_accessible (card)),
           icon_line ("dialog-question-symbolic", card));
}

static void
add_folder_row (UiModelPage *self, const char *path)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *words = g_strdup_printf (_ ("Open the folder %s"), path);
  g_autofree char *shown = g_filename_display_name (path);
  gtk_box_pack_start (GTK_BOX (row), ui_text_line (shown), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), open_button (self, "folder-open-symbolic", words, path), FALSE,
                      FALSE, 0);
  add_row (self->folders, shown, row);
}

static void
clear (GtkWidget *list)
{
  gtk_container_foreach (GTK_CONTAINER (list), (GtkCallback) (void (*) (void)) gtk_widget_destroy,
                         NULL);
}

void
ui_model_page_update (UiModelPage *self)
{
  const UiCatalog *catalog = self->backend->catalog (self->backend->user);

  clear (self->models);
  clear (self->figures);
  clear (self->folders);
  for (gsize i = 0; i < catalog->n_open_files; i++) {
    add_open_file (self, &catalog->open_files[i], i == 0);
  }
  for (gsize i = 0; i < catalog->n_models; i++) {
    add_model (self, &catalog->models[i], catalog);
  }
  if (!catalog->n_models) {
    const char *words
        = _ ("No model was found. Put one into a folder below, or bring in a checkpoint.");

    add_row (self->models, words, icon_line ("dialog-information-symbolic", ui_text_line (words)));
  }
  for (gsize i = 0; i < catalog->n_notes; i++) {
    add_row (self->models, catalog->notes[i],
             icon_line ("dialog-warning-symbolic", ui_text_line (catalog->notes[i])));
  }
  for (gsize i = 0; i < catalog->n_folders; i++) {
    add_folder_row (self, catalog->folders[i]);
  }
  ui_memory_box_set (UI_MEMORY_BOX (self->memory), catalog);
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
on_back (UiModelPage *self)
{
  g_signal_emit (self, signals[BACK], 0);
}

static void
on_memory (UiModelPage *self)
{
  UiMemoryBox *memory = UI_MEMORY_BOX (self->memory);
  guint64 limit = ui_memory_box_get_limit (memory);

  g_signal_emit (self, signals[MEMORY_CHANGED], 0, ui_memory_box_get_half (memory), limit);
}

static void
on_rescan (UiModelPage *self)
{
  self->backend->rescan (self->backend->user);
}

/* Asks for files or a folder and hands them to FUNC. */
static void
ask (UiModelPage *self, const char *title, const char *verb, GtkFileChooserAction action,
     void (*func) (const char *, gpointer))
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (self));
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
      title, GTK_IS_WINDOW (top) ? GTK_WINDOW (top) : NULL, action, verb, NULL);

  if (action == GTK_FILE_CHOOSER_ACTION_OPEN) {
    GtkFileFilter *weights = gtk_file_filter_new (), *all = gtk_file_filter_new ();

    gtk_file_filter_set_name (weights, _ ("Checkpoints"));
    gtk_file_filter_add_pattern (weights, "*.safetensors");
    gtk_file_filter_add_pattern (weights, "*.pt");
    gtk_file_filter_add_pattern (weights, "*.pth");
    gtk_file_filter_set_name (all, _ ("All files"));
    gtk_file_filter_add_pattern (all, "*");
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), weights);
    gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), all);
    gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  }
  if (gtk_native_dialog_run (GTK_NATIVE_DIALOG (chooser)) == GTK_RESPONSE_ACCEPT) {
    GSList *paths = gtk_file_chooser_get_filenames (GTK_FILE_CHOOSER (chooser));

    for (GSList *path = paths; path; path = path->next) {
      func (path->data, self->backend->user);
    }
    g_slist_free_full (paths, g_free);
  }
}

static void
on_add_folder (UiModelPage *self)
{
  ask (self, _ ("Add a folder with models"), _ ("_Add"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
       self->backend->add_folder);
}

static void
on_import (UiModelPage *self)
{
  ask (self, _ ("Bring in a checkpoint"), _ ("_Import"), GTK_FILE_CHOOSER_ACTION_OPEN,
       self->backend->import_checkpoint);
}

void
ui_model_page_set_import (UiModelPage *self, double fraction)
{
  gboolean busy = fraction >= 0.0;

  gtk_widget_set_visible (self->progress, busy);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), CLAMP (fraction, 0.0, 1.0));
  ui_set_available (self->import, !busy, _ ("Copy a weights file into your models folder"),
                    _ ("One checkpoint is being brought in already"));
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_model_page_class_init (UiModelPageClass *klass G_GNUC_UNUSED)
{
  signals[BACK] = g_signal_new ("back", UI_TYPE_MODEL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", UI_TYPE_MODEL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[MEMORY_CHANGED]
      = g_signal_new ("memory-changed", UI_TYPE_MODEL_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_BOOLEAN, G_TYPE_UINT64);
}

static GtkWidget *
list_in_frame (GtkWidget *list, const char *name)
{
  GtkWidget *frame = gtk_frame_new (NULL);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  atk_object_set_name (gtk_widget_get_accessible (list), name);
  gtk_container_add (GTK_CONTAINER (frame), list);
  return frame;
}

static GtkWidget *
heading (const char *text)
{
  GtkWidget *label = ui_dim_label (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0F);
  return label;
}

static void
separate (GtkListBoxRow *row, GtkListBoxRow *before)
{
  if (before && !gtk_list_box_row_get_header (row)) {
    gtk_list_box_row_set_header (row, gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  }
}

/* The title, and the way back. */
static GtkWidget *
make_head (UiModelPage *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *back = ui_button (_ ("_Back"), _ ("Back to the picture (Escape)")),
            *title = gtk_label_new (_ ("Models"));

  gtk_button_set_image (GTK_BUTTON (back), gtk_image_new_from_icon_name ("go-previous-symbolic",
                                                                         GTK_ICON_SIZE_BUTTON));
  gtk_button_set_always_show_image (GTK_BUTTON (back), TRUE);
  g_signal_connect_swapped (back, "clicked", G_CALLBACK (on_back), self);
  gtk_style_context_add_class (gtk_widget_get_style_context (title), "adm-page-title");
  gtk_container_add (GTK_CONTAINER (head), back);
  gtk_container_add (GTK_CONTAINER (head), title);
  return head;
}

/* What is folded away takes no focus. */
static void
on_folded (UiModelPage *self)
{
  gtk_widget_set_visible (gtk_bin_get_child (GTK_BIN (self->advanced)),
                          gtk_expander_get_expanded (GTK_EXPANDER (self->advanced)));
}

/* Folders, memory, figures: what artists seldom need. */
static GtkWidget *
make_advanced (UiModelPage *self)
{
  GtkWidget *inside = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->advanced = gtk_expander_new_with_mnemonic (_ ("Ad_vanced"));
  atk_object_set_name (gtk_widget_get_accessible (self->advanced), _ ("Advanced"));
  self->figures = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_margin_top (inside, 6);
  gtk_container_add (GTK_CONTAINER (inside), self->memory);
  gtk_container_add (GTK_CONTAINER (inside), self->figures);
  gtk_container_add (GTK_CONTAINER (inside), heading (_ ("Folders searched")));
  gtk_container_add (GTK_CONTAINER (inside), list_in_frame (self->folders, _ ("Folders searched")));
  gtk_widget_show_all (inside);
  gtk_container_add (GTK_CONTAINER (self->advanced), inside);
  gtk_widget_set_no_show_all (inside, TRUE);
  gtk_widget_hide (inside);
  g_signal_connect_swapped (self->advanced, "notify::expanded", G_CALLBACK (on_folded), self);
  return self->advanced;
}

/* The models, and under them what is seldom needed. */
static GtkWidget *
make_lists (UiModelPage *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL),
            *inside = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->models = gtk_list_box_new ();
  self->folders = gtk_list_box_new ();
  for (int i = 0; i < 2; i++) {
    gtk_list_box_set_header_func (GTK_LIST_BOX (i ? self->folders : self->models),
                                  (GtkListBoxUpdateHeaderFunc) (void (*) (void)) separate, NULL,
                                  NULL);
  }
  gtk_container_add (GTK_CONTAINER (inside), list_in_frame (self->models, _ ("Models found")));
  gtk_container_add (GTK_CONTAINER (inside), make_advanced (self));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  /* that there is more is seen at once */
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (scrolled), FALSE);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_container_add (GTK_CONTAINER (scrolled), inside);
  gtk_container_set_focus_vadjustment (
      GTK_CONTAINER (inside), gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)));
  return scrolled;
}

/* What brings more models in. */
static GtkWidget *
make_foot (UiModelPage *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *add = ui_button (_ ("Add _Folder…"), _ ("Search one more folder for models"));
  GtkWidget *again = ui_button (_ ("_Look Again"), _ ("Search the folders again"));

  self->import = ui_button (_ ("_Import Checkpoint…"), NULL);
  self->progress = gtk_progress_bar_new ();
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (self->progress), _ ("Bringing in a checkpoint"));
  gtk_box_pack_start (GTK_BOX (foot), self->import, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (foot), self->progress, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (foot), again, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (foot), add, FALSE, FALSE, 0);
  g_signal_connect_swapped (add, "clicked", G_CALLBACK (on_add_folder), self);
  g_signal_connect_swapped (again, "clicked", G_CALLBACK (on_rescan), self);
  g_signal_connect_swapped (self->import, "clicked", G_CALLBACK (on_import), self);
  return foot;
}

static void
ui_model_page_init (UiModelPage *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  self->memory = ui_memory_box_new ();
  g_signal_connect_swapped (self->memory, "changed", G_CALLBACK (on_memory), self);
  gtk_container_add (GTK_CONTAINER (self), make_head (self));
  gtk_container_add (GTK_CONTAINER (self), make_lists (self));
  gtk_container_add (GTK_CONTAINER (self), make_foot (self));
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->progress, TRUE);
  ui_model_page_set_import (self, -1.0);
  ui_help_set (GTK_WIDGET (self), UI_HELP_OWN_MODELS);
}

UiQuestionCard *
ui_model_page_question (UiModelPage *self, guint n)
{
  /* they come first */
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->models), (int) n);
  g_autoptr (GList) inside
      = row ? gtk_container_get_children (GTK_CONTAINER (gtk_bin_get_child (GTK_BIN (row)))) : NULL;
  GList *last = g_list_last (inside);

  return last && UI_IS_QUESTION_CARD (last->data) ? last->data : NULL;
}

GtkWidget *
ui_model_page_advanced (UiModelPage *self)
{
  return self->advanced;
}

GtkWidget *
ui_model_page_memory (UiModelPage *self)
{
  return self->memory;
}

GtkWidget *
ui_model_page_new (const UiBackend *backend)
{
  UiModelPage *self = g_object_new (UI_TYPE_MODEL_PAGE, NULL);

  self->backend = backend;
  ui_model_page_update (self);
  return GTK_WIDGET (self);
}
