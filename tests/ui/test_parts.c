/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is set, found and remembered: presets, last values, classes, models, keys. */
#include "driver.h"
#include "ui/message-bar.h"
#include "ui/presets.h"
#include "ui/preview.h"
#include "ui/store.h"

#include <glib/gstdio.h>

static void
test_presets (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  Window self = open_mode (path, UI_PANEL_GENERATE);
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
  CHECK (gtk_range_get_value (GTK_RANGE (part (&self, "fidelity"))) == 6.0);
  set_scale (&self, 1.0);

  /* A preset means for each model what that model recommends. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 250, 0);
  CHECK_STR (ui_presets_current (presets), "balanced");
  close_window (&self);

  /* The next opening has it, and the rest of what was set. */
  self = open_mode (path, UI_PANEL_GENERATE);
  presets = UI_PRESETS (gtk_widget_get_ancestor (part (&self, "preset"), UI_TYPE_PRESETS));
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "model"))), "imagenet-64");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "emoji-64");
  CHECK (ui_presets_choose (presets, "own Mine [1] = ü"));
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 33, 0);
  CHECK_NEAR (gtk_range_get_value (GTK_RANGE (part (&self, "fidelity"))), 6.0, 1e-9);
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
  Window self = open_mode (path, UI_PANEL_GENERATE);
  g_autoptr (UiSettings) before = NULL;
  g_autoptr (UiSettings) after = NULL;

  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "flow");
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  AWAIT (!running (&self));
  set_spin (&self, "seed", 31415);
  set_spin (&self, "count", 5);
  set_scale (&self, 3.5);
  before = ui_generate_panel_get_settings (self.panel);
  close_window (&self);

  self = open_mode (path, UI_PANEL_GENERATE);
  after = ui_generate_panel_get_settings (self.panel);
  CHECK (ui_settings_equal (before, after));
  CHECK_STR (after->class_name, "flower");
  click (&self, "generate");
  CHECK (job (&self, 0)->seed == 31415);
  AWAIT (!running (&self));
  close_window (&self);

  UiStore *store = ui_store_new (path);
  g_auto (GStrv) recents = ui_store_recents (store, "emoji-64");

  CHECK_STR (recents[0], "flower");
  CHECK (recents[1] == NULL);
  CHECK_NEAR (ui_store_seconds (store, "emoji-64", UI_COST_GUIDED), 0.15, 1e-9);
  CHECK (ui_store_seconds (store, "emoji-64", UI_COST_UPSAMPLE) == 0.0);

  /* Two windows at once do not undo each other; what is broken counts as empty. */
  UiStore *other = ui_store_new (path);

  ui_store_set_favourite (store, "emoji-64", "heart", TRUE);
  ui_store_set_favourite (other, "emoji-64", "sky", TRUE);

  g_auto (GStrv) favourites = ui_store_favourites (store, "emoji-64");

  CHECK (g_strv_length (favourites) == 2);
  CHECK_STR (favourites[0], "sky");
  ui_store_free (other);
  ui_store_free (store);
  CHECK (g_file_set_contents (path, "no key file\n[[[", -1, NULL));
  store = ui_store_new (path);
  CHECK (!ui_store_get_last (store, "generate", before, &(gboolean) { FALSE }, &(gboolean) { FALSE }));
  ui_store_free (store);

  /* A place that cannot be written is reported in the window, with what to do. */
  g_unlink (path);
  g_rmdir (sub);
  CHECK (g_file_set_contents (sub, "a file where a folder should be", -1, NULL));
  self = open_mode (path, UI_PANEL_GENERATE);
  set_spin (&self, "steps", 2);
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), path);
  close_window (&self);
  g_unlink (sub);
  g_rmdir (folder);
}

static GtkTreeModel *
rows (Window *self)
{
  return gtk_tree_view_get_model (GTK_TREE_VIEW (part (self, "class-list")));
}

static char *
row_name (Window *self, int n)
{
  GtkTreeIter iter;
  char *name = NULL;

  if (gtk_tree_model_iter_nth_child (rows (self), &iter, NULL, n)) {
    gtk_tree_model_get (rows (self), &iter, 1, &name, -1);
  }
  return name;
}

static void
check_search (Window *self, const char *query, int count, const char *first)
{
  g_autofree char *name = NULL;

  gtk_entry_set_text (GTK_ENTRY (part (self, "class-entry")), query);
  name = row_name (self, 0);
  if (!CHECK (gtk_tree_model_iter_n_children (rows (self), NULL) == count) || (first && !CHECK_STR (name, first))) {
    printf ("  searching \"%s\": %d rows, first %s\n", query, gtk_tree_model_iter_n_children (rows (self), NULL), name ? name : "(none)");
  }
}

static void
test_classes (void)
{
  Window self = open_window ();
  gint64 began;

  check_search (&self, "", 17, "(no class)");
  check_search (&self, "animal", 2, "animal");
  check_search (&self, "FACE", 2, "animal face");
  check_search (&self, "face ani", 1, "animal face");
  check_search (&self, "ear", 1, "heart");
  check_search (&self, "hert", 1, "heart");        /* a letter missing */
  check_search (&self, "fluwer", 1, "flower");     /* another letter */
  check_search (&self, "biuldnig", 1, "building"); /* two pairs swapped */
  check_search (&self, "10", 1, "heart");
  check_search (&self, "1", 7, "animal face"); /* 1, then 10 to 15 */
  check_search (&self, "no class", 1, "(no class)");
  check_search (&self, "none", 1, "(no class)");
  check_search (&self, "zebra", 0, NULL);
  CHECK (self.fake->starts == 0);

  /* Enter takes the best match and generates; then it comes first, as a recent one. */
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "hart");
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  CHECK (self.fake->starts == 1);
  CHECK_STR (job (&self, 0)->class_name, "heart");
  check_search (&self, "", 17, "heart");
  AWAIT (!running (&self));

  /* No match: Enter does nothing. */
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "zebra");
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  CHECK (self.fake->starts == 1);

  /* Without a class there is nothing to steer towards. */
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "none");
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  CHECK (self.fake->starts == 2);
  CHECK_STR (job (&self, 1)->class_name, "");
  CHECK (job (&self, 1)->scale == 0.0);
  CHECK (!gtk_widget_get_sensitive (part (&self, "fidelity")));
  CHECK (audit (self.window) == 0);
  AWAIT (!running (&self));

  /* A thousand classes, two of one name: told apart by number; a keystroke stays well below a frame's patience. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  check_search (&self, "", 1000, "thing number 0");
  began = g_get_monotonic_time ();
  check_search (&self, "thi", 998, "thing number 0");
  CHECK (g_get_monotonic_time () - began < 50000);
  check_search (&self, "crane", 2, "crane");
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "517");
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  CHECK_STR (job (&self, 2)->class_name, "517");
  click (&self, "stop");
  CHECK (audit (self.window) == 0);
  close_window (&self);
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
  CHECK (gtk_stack_get_visible_child (GTK_STACK (part (&self, "pages"))) == part (&self, "model-page"));
  CHECK (audit (self.window) == 0);
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (gtk_stack_get_visible_child (GTK_STACK (part (&self, "pages"))) != part (&self, "model-page"));
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

static void
test_models (void)
{
  Window self = open_window ();

  /* Without a classifier the slider is greyed; without a diffusion network nothing can start, and the reason is there. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK (!gtk_widget_get_sensitive (part (&self, "fidelity")));
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
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_IMPORTED, .message = "x.pt: not a checkpoint: choose a .pt file" });
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "choose a .pt file");
  close_window (&self);
}

static void
test_upsample_mode (void)
{
  Window self = open_mode (NULL, UI_PANEL_UPSAMPLE);

  CHECK (part (&self, "count") == NULL && part (&self, "fidelity") == NULL && part (&self, "compare") == NULL);
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview"))) != NULL);
  CHECK_NEAR (gtk_spin_button_get_value (GTK_SPIN_BUTTON (part (&self, "steps"))), 20, 0);
  gtk_combo_box_set_active (GTK_COMBO_BOX (part (&self, "tiles")), 1);
  click (&self, "generate");
  CHECK (job (&self, 0)->tiles && job (&self, 0)->upsample && job (&self, 0)->count == 1 && job (&self, 0)->scale == 0.0);
  CHECK_STR (job (&self, 0)->class_name, "");
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 1);
  click (&self, "add");
  CHECK (self.fake->added == 1);
  close_window (&self);
}

static void
test_recover (void)
{
  Window self = open_window ();
  g_autoptr (UiSettings) settings = ui_settings_new ();
  g_autoptr (GdkPixbuf) pixels = NULL;

  ui_settings_set_model (settings, "emoji-64");
  ui_settings_set_class (settings, "heart");
  pixels = fake_picture (settings, 64, 0.0);
  ui_generate_panel_recover (self.panel, pixels, settings);
  CHECK (ui_history_count (history (&self)) == 1);
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "history");
  ui_history_set_tick (history (&self), 0, TRUE);
  click (&self, "add");
  CHECK (self.fake->added == 1);
  close_window (&self);
}

static void
test_preview_factor (void)
{
  gboolean crisp;

  CHECK (ui_preview_factor (64, 384, &crisp) == 6.0 && crisp);
  CHECK (ui_preview_factor (64, 400, &crisp) == 6.0 && crisp);
  CHECK (ui_preview_factor (256, 300, &crisp) == 1.0 && crisp);
  CHECK_NEAR (ui_preview_factor (256, 384, &crisp), 1.5, 1e-9);
  CHECK (!crisp);
  CHECK_NEAR (ui_preview_factor (512, 384, &crisp), 0.75, 1e-9);
  CHECK (!crisp);
}

int
main (int argc, char **argv)
{
  gtk_init (&argc, &argv);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  test_presets ();
  test_persistence ();
  test_classes ();
  test_escape ();
  test_models ();
  test_upsample_mode ();
  test_recover ();
  test_preview_factor ();
  return check_summary ();
}
