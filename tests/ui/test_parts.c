/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is set, found and remembered: presets, last values, classes, models, keys. */
#include "driver.h"
#include "ui/help-section.h"
#include "ui/drop.h"
#include "ui/memory-box.h"
#include "ui/message-bar.h"
#include "ui/model-page.h"
#include "ui/presets.h"
#include "ui/preview.h"
#include "ui/progress-row.h"
#include "ui/store.h"

#include <glib/gstdio.h>

static void
test_presets (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  Window self = open_mode (path, UI_TASK_GENERATE);
  GtkWidget *combo = part (&self, "preset");
  UiPresets *presets = UI_PRESETS (gtk_widget_get_ancestor (combo, UI_TYPE_PRESETS));

  CHECK_STR (ui_presets_current (presets), "balanced");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), "draft");
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 10, 0);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), "best");
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 100, 0);
  CHECK (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (part (&self, "upsample"))));
  set_spin (&self, "steps", 33);
  CHECK_STR (ui_presets_current (presets), "custom");
  set_scale (&self, 6.0);
  ui_presets_save (presets, "Mine [1] = ü");
  CHECK_STR (ui_presets_current (presets), "own Mine [1] = ü");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), "balanced");
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 25, 0);
  CHECK (gtk_range_get_value (GTK_RANGE (part (&self, "character"))) == 6.0);
  set_scale (&self, 1.0);

  /* A preset means for each model what that model recommends. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 250, 0);
  CHECK_STR (ui_presets_current (presets), "balanced");
  close_window (&self);

  /* The next opening has it, and the rest of what was set. */
  self = open_mode (path, UI_TASK_GENERATE);
  presets = UI_PRESETS (gtk_widget_get_ancestor (part (&self, "preset"), UI_TYPE_PRESETS));
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "model"))), "imagenet-64");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), FAKE_MODEL);
  CHECK (ui_presets_choose (presets, "own Mine [1] = ü"));
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 33, 0);
  CHECK_NEAR (gtk_range_get_value (GTK_RANGE (part (&self, "character"))), 6.0, 1e-9);
  close_window (&self);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_persistence (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "sub", "state", NULL);
  g_autofree char *sub = g_path_get_dirname (path);
  Window self = open_mode (path, UI_TASK_GENERATE);
  g_autoptr (UiSettings) before = NULL;
  g_autoptr (UiSettings) after = NULL;
  g_autofree char *chosen = g_strdup (class_name (&self, 2));

  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), chosen);
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  AWAIT (!running (&self));
  set_spin (&self, "seed", 31415);
  set_spin (&self, "count", 5);
  set_scale (&self, 3.5);
  before = ui_generate_panel_get_settings (self.panel);
  close_window (&self);

  self = open_mode (path, UI_TASK_GENERATE);
  after = ui_generate_panel_get_settings (self.panel);
  CHECK (ui_settings_equal (before, after));
  CHECK_STR (after->class_name, chosen);
  click (&self, "generate");
  CHECK (job (&self, 0)->seed == 31415);
  AWAIT (!running (&self));
  close_window (&self);

  UiStore *store = ui_store_new (path);
  g_auto (GStrv) recents = ui_store_recents (store, FAKE_MODEL);

  CHECK_STR (recents[0], chosen);
  CHECK (recents[1] == NULL);
  CHECK_NEAR (ui_store_seconds (store, FAKE_MODEL, UI_COST_GUIDED), 0.15, 1e-9);
  CHECK (ui_store_seconds (store, FAKE_MODEL, UI_COST_UPSAMPLE) == 0.0);

  /* Two windows at once do not undo each other; what is broken counts as empty. */
  UiStore *other = ui_store_new (path);

  ui_store_set_favourite (store, FAKE_MODEL, "one", TRUE);
  ui_store_set_favourite (other, FAKE_MODEL, "another", TRUE);

  g_auto (GStrv) favourites = ui_store_favourites (store, FAKE_MODEL);

  CHECK (g_strv_length (favourites) == 2);
  CHECK_STR (favourites[0], "another");
  ui_store_free (other);
  ui_store_free (store);
  CHECK (g_file_set_contents (path, "no key file\n[[[", -1, NULL));
  store = ui_store_new (path);
  CHECK (
      !ui_store_get_last (store, "generate", before, &(gboolean) { FALSE }, &(gboolean) { FALSE }));
  ui_store_free (store);

  /* A place that cannot be written is reported in the window, with what to do. */
  g_unlink (path);
  g_rmdir (sub);
  CHECK (g_file_set_contents (sub, "a file where a folder should be", -1, NULL));
  self = open_mode (path, UI_TASK_GENERATE);
  set_spin (&self, "steps", 2);
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), path);
  close_window (&self);
  g_unlink (sub);
  g_rmdir (folder);
}

static void
test_escape (void)
{
  Window self = open_window ();

  set_spin (&self, "steps", 500);
  click (&self, "generate");
  spin (20);
  gtk_widget_grab_focus (part (&self, "class-entry"));
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (!running (&self));
  CHECK (self.fake->stops == 1 && self.fake->closes == 0);
  click (&self, "models");
  CHECK (gtk_stack_get_visible_child (GTK_STACK (part (&self, "pages")))
         == part (&self, "model-page"));
  CHECK (audit (self.window) == 0);
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (gtk_stack_get_visible_child (GTK_STACK (part (&self, "pages")))
         != part (&self, "model-page"));
  CHECK (self.fake->closes == 0);
  gtk_widget_grab_focus (part (&self, "class-entry"));
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "he");
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (self.fake->closes == 0);
  CHECK_STR (gtk_entry_get_text (GTK_ENTRY (part (&self, "class-entry"))), "");
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (self.fake->closes == 1);
  close_window (&self);

  /* Enter generates from an entry, F1 helps. */
  self = open_window ();
  gtk_widget_grab_focus (part (&self, "seed"));
  CHECK (press (&self, GDK_KEY_Return));
  AWAIT (self.fake->starts == 1); /* a button pressed by key shows it for a moment */
  CHECK (press (&self, GDK_KEY_F1));
  CHECK (self.fake->helps == 1);
  close_window (&self);
}

/* F1 opens the help about what has the focus, Help its beginning. */
static void
test_help (void)
{
  static const struct {
    const char *part, *section;
  } all[] = { { "where", UI_HELP_WHERE },
              { "class-entry", UI_HELP_CLASSES },
              { "teach", UI_HELP_TEACH },
              { "character", UI_HELP_CHARACTER },
              { "start", UI_HELP_START_FROM },
              { "seamless-x", UI_HELP_SEAMLESS },
              { "match-edges", UI_HELP_MATCH_EDGES },
              { "seed", UI_HELP_SETTINGS },
              { "generate", NULL } };
  Window self = open_canvas (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    gtk_widget_set_sensitive (part (&self, all[i].part), TRUE);
    gtk_widget_grab_focus (part (&self, all[i].part));
    CHECK (press (&self, GDK_KEY_F1));
    if (!CHECK (g_strcmp0 (self.fake->section, all[i].section) == 0)) {
      printf ("  F1 on %s opens \"%s\"\n", all[i].part, self.fake->section);
    }
  }
  CHECK_STR (ui_help_of (part (&self, "mend")), UI_HELP_MEND_SEAMS);
  CHECK_STR (ui_help_of (part (&self, "history")), UI_HELP_HISTORY);
  click (&self, "paint-map");
  CHECK_STR (ui_help_of (part (&self, "class-list")), UI_HELP_MAP);
  click (&self, "help");
  CHECK (self.fake->section == NULL);
  click (&self, "models");
  spin (50);
  CHECK (press (&self, GDK_KEY_F1));
  CHECK_STR (self.fake->section, UI_HELP_OWN_MODELS);
  close_window (&self);

  self = open_mode (NULL, UI_TASK_UPSAMPLE);
  gtk_widget_grab_focus (part (&self, "generate"));
  CHECK (press (&self, GDK_KEY_F1));
  CHECK_STR (self.fake->section, UI_HELP_UPSAMPLING);
  close_window (&self);
}

static void
test_models (void)
{
  Window self = open_window ();

  /* Without a classifier the slider is greyed; without a diffusion network nothing can start, and
   * the reason is there. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK (!gtk_widget_get_sensitive (part (&self, "character")));
  CHECK (!gtk_widget_get_sensitive (part (&self, "compare")));
  CHECK (!gtk_widget_get_sensitive (part (&self, "upsample")));
  CHECK (gtk_widget_is_sensitive (part (&self, "generate")));
  CHECK (audit (self.window) == 0);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-256");
  CHECK (!gtk_widget_is_sensitive (part (&self, "generate")));

  g_autofree char *why = gtk_widget_get_tooltip_text (part (&self, "generate"));

  CHECK_CONTAINS (why, "256x256_diffusion.pt");
  CHECK (audit (self.window) == 0);

  /* No model at all, then one comes in while the window is open. */
  self.fake->catalog.n_models = 0;
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  CHECK (!gtk_widget_is_sensitive (part (&self, "generate")));
  CHECK (audit (self.window) == 0);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_IMPORTING, .fraction = 0.5 });
  self.fake->catalog.n_models = 1;
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_IMPORTED });
  CHECK (gtk_widget_is_sensitive (part (&self, "generate")));
  fake_backend_send (self.fake,
                     (UiEvent) { .kind = UI_EVENT_IMPORTED,
                                 .message = "x.pt: not a checkpoint: choose a .pt file" });
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))),
                  "choose a .pt file");
  close_window (&self);
}

static void
test_upsample_mode (void)
{
  Window self = open_mode (NULL, UI_TASK_UPSAMPLE);

  CHECK (part (&self, "count") == NULL && part (&self, "character") == NULL
         && part (&self, "compare") == NULL);
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview"))) != NULL);
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 20, 0);
  gtk_combo_box_set_active (GTK_COMBO_BOX (part (&self, "tiles")), 1);
  click (&self, "generate");
  CHECK (job (&self, 0)->tiles && job (&self, 0)->upsample && job (&self, 0)->count == 1
         && job (&self, 0)->scale == 0.0);
  CHECK_STR (job (&self, 0)->class_name, "");
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 1);
  click (&self, "add");
  CHECK (self.fake->added == 1);
  close_window (&self);
}

/* What Fit loses stands beside it, and a large part goes in tiles unless told otherwise. */
static void
test_part_sizes (void)
{
  const struct {
    int width, height, active;
    const char *fit, *tiles;
  } cases[] = {
    { 0, 0, 0, "Fit: the whole part, reduced first", "Tiles: a larger result, piece by piece" },
    { 64, 40, 0, "Fit: the whole part at once", "Tiles: 408 × 256, piece by piece" },
    { 96, 64, 0, "Fit: reduces 96 × 64 to 64 × 64 first", "Tiles: 384 × 256, piece by piece" },
    { 1200, 800, 1, "Fit: reduces 1200 × 800 to 300 × 200 first",
      "Tiles: 4800 × 3200, piece by piece" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    FakeBackend *fake = fake_backend_new (NULL);
    fake->api.region_width = cases[i].width;
    fake->api.region_height = cases[i].height;
    Window self = open_fake (fake, UI_TASK_UPSAMPLE);
    GtkComboBox *combo = GTK_COMBO_BOX (part (&self, "tiles"));
    const char *const words[] = { cases[i].fit, cases[i].tiles };

    CHECK (gtk_combo_box_get_active (combo) == cases[i].active);
    for (int way = 0; way < 2; way++) {
      gtk_combo_box_set_active (combo, way);
      g_autofree char *text = gtk_combo_box_text_get_active_text (GTK_COMBO_BOX_TEXT (combo));
      CHECK_STR (text, words[way]);
    }
    close_window (&self);
  }
}

/* Weights are read ahead of time: at once, when the model changes, not while a job runs, and again
 * when memory is set otherwise. */
static void
test_ahead (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  Window self = open_mode (path, UI_TASK_GENERATE);
  UiProgressRow *row = UI_PROGRESS_ROW (part (&self, "progress"));
  UiMemoryBox *memory
      = UI_MEMORY_BOX (ui_model_page_memory (UI_MODEL_PAGE (part (&self, "model-page"))));

  CHECK (self.fake->warms == 1);
  CHECK_STR (self.fake->warmed, FAKE_MODEL);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_LOADING, .fraction = 0.4 });
  CHECK_STR (ui_progress_row_text (row), "Reading the model");
  CHECK (!gtk_widget_is_sensitive (part (&self, "stop"))
         && gtk_widget_is_sensitive (part (&self, "generate")));
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_LOADED });
  CHECK_STR (ui_progress_row_text (row), "");
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) == NULL);

  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK (self.fake->warms == 2);
  CHECK_STR (self.fake->warmed, "imagenet-64");
  fake_backend_send (
      self.fake, (UiEvent) { .kind = UI_EVENT_LOADED,
                             .message = "64x64_diffusion.pt: ends in the middle: fetch it again" });
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "fetch it again");
  /* has no diffusion network */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-256");
  CHECK (self.fake->warms == 2);
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) != NULL);

  /* Chosen while a job runs: when it has ended. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), FAKE_MODEL);
  CHECK (self.fake->warms == 3);
  /* it was about the other model's weights */
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) == NULL);
  set_spin (&self, "steps", 4);
  click (&self, "generate");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK (self.fake->warms == 3);
  AWAIT (!running (&self));
  CHECK (self.fake->warms == 4);

  /* Loading in the middle of the work does not throw the bar back. */
  set_spin (&self, "steps", 400);
  click (&self, "generate");
  AWAIT (strstr (ui_progress_row_text (row), "Step") != NULL);
  fake_backend_send (
      self.fake, (UiEvent) { .kind = UI_EVENT_LOADING,
                             .job = g_array_index (self.fake->ids, guint, self.fake->ids->len - 1),
                             .fraction = 0.9 });
  CHECK_STR (ui_progress_row_text (row), "Reading the model");
  AWAIT (strstr (ui_progress_row_text (row), "Step") != NULL);
  click (&self, "stop");

  /* Memory: told to the backend, kept, and read anew only once the artist has left the page. */
  click (&self, "models");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_memory_box_part (memory, "half")), TRUE);
  CHECK (self.fake->catalog.half && self.fake->catalog.memory_limit == 0);
  CHECK (!gtk_widget_get_sensitive (ui_memory_box_part (memory, "gib")));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (ui_memory_box_part (memory, "limit")), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (ui_memory_box_part (memory, "gib")), 2.5);
  CHECK (self.fake->catalog.memory_limit == (guint64) 5 << 29);
  CHECK (self.fake->warms == 4);
  CHECK (audit (self.window) == 0);
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (self.fake->warms == 5);
  close_window (&self);
  self = open_mode (path, UI_TASK_GENERATE);
  CHECK (self.fake->catalog.half && self.fake->catalog.memory_limit == (guint64) 5 << 29);
  close_window (&self);
  g_unlink (path);
  g_rmdir (folder);
}

/* What a file leaves open is asked once, the likeliest answer chosen already; on the page it stays
 * until it is answered. */
static void
test_questions (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  Window self = open_mode (path, UI_TASK_GENERATE);
  UiMessageBar *bar = UI_MESSAGE_BAR (part (&self, "message"));
  UiModelPage *page = UI_MODEL_PAGE (part (&self, "model-page"));

  fake_backend_open_file (self.fake);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  CHECK_CONTAINS (ui_message_bar_text (bar), "portraits.pt");
  g_signal_emit_by_name (bar, "answered");
  CHECK (gtk_stack_get_visible_child (GTK_STACK (part (&self, "pages"))) == GTK_WIDGET (page));
  CHECK (ui_message_bar_text (bar) == NULL);
  spin (60);
  CHECK (audit (self.window) == 0);

  UiQuestionCard *card = ui_model_page_question (page, 0);

  CHECK (card && ui_model_page_question (page, 1) == NULL);
  CHECK_STR (ui_question_card_path (card),
             "/home/artist/.local/share/gimp-adm/models/portraits.pt");
  CHECK (ui_question_card_chosen (card)[0] == 0 && ui_question_card_chosen (card)[1] == 0);

  /* An answer that cannot be kept is told, and can be given again. */
  self.fake->answer_message = "portraits.json: no permission: correct the folder's permissions";
  gtk_button_clicked (GTK_BUTTON (ui_question_card_part (card, "remember")));
  CHECK_CONTAINS (ui_message_bar_text (bar), "correct the folder's permissions");
  card = ui_model_page_question (page, 0);
  CHECK (card && gtk_widget_is_sensitive (ui_question_card_part (card, "remember")));
  self.fake->answer_message = NULL;
  gtk_combo_box_set_active (GTK_COMBO_BOX (ui_question_card_part (card, "1")), 1);
  gtk_button_clicked (GTK_BUTTON (ui_question_card_part (card, "remember")));
  CHECK (self.fake->answers[0] == 0 && self.fake->answers[1] == 1);
  CHECK_STR (self.fake->path, "/home/artist/.local/share/gimp-adm/models/portraits.pt");
  CHECK (ui_model_page_question (page, 0) == NULL);
  CHECK_CONTAINS (ui_message_bar_text (bar), "remembered");
  close_window (&self);

  /* Next time it is not asked again, but the page still does. */
  self = open_mode (path, UI_TASK_GENERATE);
  fake_backend_open_file (self.fake);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) == NULL);
  CHECK (ui_model_page_question (UI_MODEL_PAGE (part (&self, "model-page")), 0) != NULL);
  close_window (&self);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_drop (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "my model ü.pt", NULL);
  g_autofree char *file_uri = g_filename_to_uri (file, NULL, NULL);
  g_autofree char *folder_uri = g_filename_to_uri (folder, NULL, NULL);
  Window self = open_window ();
  GtkTargetList *targets = gtk_drag_dest_get_target_list (GTK_WIDGET (self.panel));

  CHECK (targets
         && gtk_target_list_find (targets, gdk_atom_intern_static_string ("text/uri-list"), NULL));
  CHECK (gtk_drag_dest_get_target_list (part (&self, "class-entry")) == NULL);
  ui_drop_take (GTK_WIDGET (self.panel), (char *[]) { file_uri, NULL });
  CHECK (self.fake->imports == 1 && self.fake->folders_added == 0);
  CHECK_STR (self.fake->path, file);
  /* where its progress is seen */
  CHECK (gtk_stack_get_visible_child (GTK_STACK (part (&self, "pages")))
         == part (&self, "model-page"));
  ui_drop_take (GTK_WIDGET (self.panel), (char *[]) { folder_uri, file_uri, NULL });
  CHECK (self.fake->imports == 2 && self.fake->folders_added == 1);
  ui_drop_take (GTK_WIDGET (self.panel),
                (char *[]) { (char *) "https://example.org/model.pt", NULL });
  CHECK (self.fake->imports == 2);
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "Fetch it first");
  close_window (&self);
  g_rmdir (folder);
}

/* Showing WIDTH x HEIGHT pixels, milliseconds: the best of a few turns, since on a busy machine
 * others have the processor in some. */
static double
time_of_picture (Window *self, int width, int height)
{
  UiPreview *preview = UI_PREVIEW (part (self, "preview"));
  gint64 best = G_MAXINT64;

  for (int i = 0; i < 5; i++) {
    g_autoptr (GdkPixbuf) pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);

    gdk_pixbuf_fill (pixels, 0x20406080);

    gint64 began = g_get_monotonic_time ();

    ui_preview_set_picture (preview, pixels, NULL);
    spin (0);
    while (gtk_events_pending ()) {
      gtk_main_iteration ();
    }
    best = MIN (best, g_get_monotonic_time () - began);
  }
  return (double) best / 1000.0;
}

/* However large a picture in tiles becomes, showing it holds nobody up. */
static void
test_large_pictures (void)
{
  Window self = open_window ();
  double small = time_of_picture (&self, 64, 64), large = time_of_picture (&self, 4096, 4096),
         wide = time_of_picture (&self, 8192, 300);

  printf ("shown in %.1f ms (64 px), %.1f ms (4096 px), %.1f ms (8192 x 300 px)\n", small, large,
          wide);
  CHECK (small < 50 && large < 50 && wide < 50);
  gtk_widget_grab_focus (part (&self, "preview"));
  CHECK (press (&self, GDK_KEY_space)); /* natural size */
  large = time_of_picture (&self, 4096, 4096);
  CHECK (large < 50);
  close_window (&self);
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  test_presets ();
  test_persistence ();
  test_escape ();
  test_models ();
  test_upsample_mode ();
  test_part_sizes ();
  test_ahead ();
  test_questions ();
  test_drop ();
  test_large_pictures ();
  test_help ();
  return check_summary ();
}
