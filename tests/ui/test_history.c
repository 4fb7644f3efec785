/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing finished is lost: pictures that stay on disk, what Escape and Close do, and what is shown
 * after a run that ended early. */
#include "driver.h"
#include "ui/history-store.h"
#include "ui/message-bar.h"
#include "ui/preview.h"
#include "ui/progress-row.h"

#include <glib/gstdio.h>

/* Removes FOLDER and the files in it. */
static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
  }
  g_rmdir (folder);
}

static void
make (Window *self)
{
  set_spin (self, "steps", 3);
  click (self, "generate");
  AWAIT (!running (self));
}

static void
test_stays (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  Window self = open_canvas (NULL, folder);
  g_autoptr (GdkPixbuf) first = NULL;
  const UiResult *again;

  set_spin (&self, "seed", 3000000000.0); /* more than 31 bits */
  set_spin (&self, "scale", 0.25);
  set_spin (&self, "count", 3);
  make (&self);
  first = g_object_ref (ui_history_nth (history (&self), 0)->pixels);
  click (&self, "add"); /* the third */
  ui_history_choose (history (&self), 1);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "pin")), TRUE);
  close_window (&self); /* at once: what was to be written is */

  self = open_canvas (NULL, folder);
  AWAIT (ui_history_count (history (&self)) == 3);
  CHECK (ui_history_unadded (history (&self)) == 0); /* of this window */
  ui_history_choose (history (&self), 0);
  again = ui_history_selected (history (&self));
  CHECK (again && gdk_pixbuf_get_width (again->pixels) == 812);
  CHECK (again->settings->seed == G_GINT64_CONSTANT (3000000000));
  CHECK (again->settings->scale == 0.25);
  CHECK (memcmp (gdk_pixbuf_read_pixels (first), gdk_pixbuf_read_pixels (again->pixels), 812 * 3)
         == 0);
  CHECK_STR (gtk_entry_get_text (GTK_ENTRY (part (&self, "seed"))), "3000000000");
  CHECK (!gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (part (&self, "pin"))));
  ui_history_choose (history (&self), 1);
  CHECK (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (part (&self, "pin"))));

  /* Deleted, and restored. */
  click (&self, "delete");
  CHECK (ui_history_count (history (&self)) == 2);
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "deleted");
  g_signal_emit_by_name (part (&self, "message"), "answered");
  CHECK (ui_history_count (history (&self)) == 3);
  ui_history_choose (history (&self), 0);
  click (&self, "delete");
  close_window (&self);
  self = open_canvas (NULL, folder);
  AWAIT (ui_history_count (history (&self)) == 2);
  spin (100);
  CHECK (ui_history_count (history (&self)) == 2);
  close_window (&self);
  remove_folder (folder);
}

/* ---- the store ------------------------------------------------------------------------------- */

typedef struct Heard {
  GPtrArray *found, *gone; /* keys */
  guint failed;
} Heard;

static void
on_found (const UiKept *kept, gpointer user)
{
  g_ptr_array_add (((Heard *) user)->found, g_strdup (kept->key));
}

static void
on_gone (const char *key, gpointer user)
{
  g_ptr_array_add (((Heard *) user)->gone, g_strdup (key));
}

static void
on_failed (const char *message G_GNUC_UNUSED, gpointer user)
{
  ((Heard *) user)->failed++;
}

static const UiHistoryStoreFuncs funcs = { on_found, on_gone, on_failed };

/* Beyond the limit the oldest go, but not what is pinned. */
static void
test_limit (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  Heard heard
      = { g_ptr_array_new_with_free_func (g_free), g_ptr_array_new_with_free_func (g_free), 0 };
  UiHistoryStore *store = ui_history_store_new (folder, 1, 32, &funcs, &heard);
  g_autoptr (UiSettings) settings = ui_settings_new ();
  char *keys[4];

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GdkPixbuf) pixels = fake_picture (settings, 64, 0.5);

    keys[i] = ui_history_store_save (store, pixels, settings);
    ui_history_store_mark (store, keys[i], i == 0, FALSE);
    settings->seed++;
  }
  AWAIT (heard.gone->len == 2);
  CHECK_STR (heard.gone->pdata[0], keys[1]);
  CHECK_STR (heard.gone->pdata[1], keys[2]);
  ui_history_store_free (store);
  store = ui_history_store_new (folder, 1, 32, &funcs, &heard);
  AWAIT (heard.found->len == 2);
  CHECK_STR (heard.found->pdata[0], keys[3]);
  CHECK_STR (heard.found->pdata[1], keys[0]);
  ui_history_store_free (store);

  /* A place that cannot be written is told. */
  remove_folder (folder);
  CHECK (g_file_set_contents (folder, "a file where a folder should be", -1, NULL));

  g_autoptr (GdkPixbuf) pixels = fake_picture (settings, 64, 0.5);

  store = ui_history_store_new (folder, 1, 32, &funcs, &heard);
  g_free (ui_history_store_save (store, pixels, settings));
  AWAIT (heard.failed == 1);
  ui_history_store_free (store);
  g_unlink (folder);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_free (keys[i]);
  }
  g_ptr_array_unref (heard.found);
  g_ptr_array_unref (heard.gone);
}

/* ---- the end of runs and of the window ------------------------------------------------------- */

static void
test_escape (void)
{
  Window self = open_window ();
  UiMessageBar *bar = UI_MESSAGE_BAR (part (&self, "message"));

  make (&self);
  set_spin (&self, "steps", 500);
  click (&self, "generate");
  spin (20);
  CHECK (press (&self, GDK_KEY_Escape));
  CHECK (!running (&self) && self.fake->stops == 1);
  for (int i = 0; i < 3; i++) {
    CHECK (press (&self, GDK_KEY_Escape)); /* stops a run, and nothing else */
  }
  CHECK (self.fake->closes == 0);

  /* Close says once what would be lost, where nothing stays. */
  click (&self, "close");
  CHECK (self.fake->closes == 0);
  CHECK_CONTAINS (ui_message_bar_text (bar), "1 picture has not been added");
  CHECK (audit (self.window) == 0);
  g_signal_emit_by_name (bar, "answered");
  CHECK (self.fake->closes == 1);
  ui_history_choose (history (&self), 0);
  click (&self, "add");
  CHECK (press (&self, GDK_KEY_Escape)); /* nothing waits any more */
  CHECK (self.fake->closes == 2);
  close_window (&self);
}

static void
test_stopped (void)
{
  Window self = open_window ();
  UiPreview *preview = UI_PREVIEW (part (&self, "preview"));
  GdkPixbuf *good;

  /* Nothing before: nothing after. */
  set_spin (&self, "steps", 500);
  click (&self, "generate");
  AWAIT (ui_preview_get_picture (preview) != NULL);
  click (&self, "stop");
  CHECK (ui_preview_get_picture (preview) == NULL);
  CHECK (!gtk_widget_is_sensitive (part (&self, "add")));

  /* The finished one comes back, and can be added. */
  make (&self);
  good = ui_preview_get_picture (preview);
  set_spin (&self, "steps", 500);
  click (&self, "generate");
  AWAIT (ui_preview_get_picture (preview) != good);
  click (&self, "stop");
  CHECK (ui_preview_get_picture (preview) == good);
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 0));
  CHECK (gtk_widget_is_sensitive (part (&self, "add")));

  /* And after a failure. */
  self.fake->fail_at_step = 2;
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK (ui_preview_get_picture (preview) == good);
  close_window (&self);
}

/* Live never shows less than a draft: the good picture stays, dimmed. */
static void
test_live_keeps (void)
{
  Window self = open_window ();
  UiPreview *preview = UI_PREVIEW (part (&self, "preview"));
  GdkPixbuf *good;

  set_spin (&self, "seed", 5);
  set_spin (&self, "steps", 40);
  click (&self, "generate");
  AWAIT (!running (&self));
  good = ui_preview_get_picture (preview);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "live")), TRUE);
  self.fake->step_ms = 20;
  set_scale (&self, 7.0);
  CHECK (ui_preview_get_picture (preview) == good && ui_preview_get_dimmed (preview));
  AWAIT (self.fake->starts == 2);
  CHECK (g_array_index (self.fake->drafts, gboolean, 1));
  while (self.fake->starts == 2 && self.fake->step < 9) { /* of ten */
    CHECK (ui_preview_get_picture (preview) == good && ui_preview_get_dimmed (preview));
    spin (10);
  }
  AWAIT (self.fake->starts == 3); /* the draft is finished, and shown */

  GdkPixbuf *draft = ui_preview_get_picture (preview);

  CHECK (draft != good && !ui_preview_get_dimmed (preview));
  while (self.fake->step < 19) { /* of forty */
    CHECK (ui_preview_get_picture (preview) == draft);
    spin (10);
  }
  AWAIT (ui_preview_get_picture (preview) != draft);
  CHECK (self.fake->step >= 20);
  click (&self, "stop");
  CHECK (ui_preview_get_picture (preview) == good);
  close_window (&self);
}

/* ---- the beginning --------------------------------------------------------------------------- */

static void
test_first (void)
{
  Window self = open_window ();
  GtkEntry *entry = GTK_ENTRY (part (&self, "class-entry"));

  AWAIT (gtk_window_is_active (GTK_WINDOW (self.window)));
  CHECK (gtk_window_get_focus (GTK_WINDOW (self.window)) == GTK_WIDGET (entry));
  set_spin (&self, "steps", 3);
  gtk_entry_set_text (entry, class_name (&self, 5));

  /* What is typed is highlighted; Generate makes it, as Enter does. */
  click (&self, "generate");
  CHECK_STR (job (&self, 0)->class_name, class_name (&self, 5));
  AWAIT (!running (&self));
  gtk_entry_set_text (entry, class_name (&self, 6));
  g_signal_emit_by_name (entry, "activate");
  CHECK_STR (job (&self, 1)->class_name, class_name (&self, 6));
  AWAIT (!running (&self));
  g_signal_emit_by_name (entry, "activate"); /* nothing typed: what is highlighted, again */
  CHECK_STR (job (&self, 2)->class_name, class_name (&self, 6));
  AWAIT (!running (&self));
  close_window (&self);
}

static void
test_remembered (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state", NULL);
  Window self = open_canvas (path, NULL);
  g_autoptr (UiSettings) before = NULL;
  g_autoptr (UiSettings) after = NULL;
  int width, height;

  gtk_window_resize (GTK_WINDOW (self.window), 1100, 760);
  AWAIT (gtk_widget_get_allocated_width (self.window) == 1100);
  gtk_expander_set_expanded (GTK_EXPANDER (part (&self, "more")), TRUE);
  set_spin (&self, "seed", 9007199254740993.0);
  gtk_entry_set_text (GTK_ENTRY (part (&self, "seed")), "9223372036854775807");
  set_spin (&self, "scale", 0.25);
  set_spin (&self, "eta", 0.5);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "where")), "2");
  gtk_range_set_value (GTK_RANGE (part (&self, "texture-size")), -1.0);
  before = ui_generate_panel_get_settings (self.panel);
  CHECK (before->seed == G_MAXINT64 && before->scale == 0.25 && before->texture_size == 0.5);
  close_window (&self);

  self = open_canvas (path, NULL);
  gtk_window_get_size (GTK_WINDOW (self.window), &width, &height);
  CHECK (width == 1100 && height == 760);
  CHECK (gtk_expander_get_expanded (GTK_EXPANDER (part (&self, "more"))));
  /* there is a selection, which comes first; but for it, all is as it was */
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "1");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "where")), "2");
  after = ui_generate_panel_get_settings (self.panel);
  CHECK (ui_settings_equal (before, after) && after->where == UI_WHERE_LAYER);
  CHECK (after->seed == G_MAXINT64 && after->scale == 0.25);
  close_window (&self);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  test_stays ();
  test_limit ();
  test_escape ();
  test_stopped ();
  test_live_keeps ();
  test_first ();
  test_remembered ();
  return check_summary ();
}
