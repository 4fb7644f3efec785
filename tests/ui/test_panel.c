/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What runs: the window driven as an artist would drive it, against the scripted backend. */
#include "driver.h"
#include "ui/message-bar.h"
#include "ui/preview.h"
#include "ui/progress-row.h"
#include "ui/runner.h"

static void
test_generate (void)
{
  Window self = open_window ();

  CHECK (!gtk_widget_is_sensitive (part (&self, "stop")));
  CHECK (!gtk_widget_is_sensitive (part (&self, "add")));
  set_spin (&self, "count", 3);
  set_spin (&self, "seed", 100);
  set_spin (&self, "steps", 8);
  set_scale (&self, 2.5);
  click (&self, "generate");
  CHECK (running (&self));
  CHECK (self.fake->starts == 1);
  CHECK (job (&self, 0)->count == 3 && job (&self, 0)->seed == 100 && job (&self, 0)->steps == 8);
  CHECK_NEAR (job (&self, 0)->scale, 2.5, 1e-9);
  CHECK_STR (job (&self, 0)->class_name, class_name (&self, 0));
  AWAIT (strstr (ui_progress_row_text (UI_PROGRESS_ROW (part (&self, "progress"))), "Step")
         != NULL);
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview"))) != NULL);
  CHECK (gtk_widget_is_sensitive (part (&self, "stop")));
  CHECK (audit (self.window) == 0);
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 3);
  for (guint i = 0; i < 3; i++) {
    CHECK (ui_history_nth (history (&self), i)->settings->seed == 100 + (gint64) i);
  }

  g_autofree char *caption
      = g_strdup_printf ("%s · character 2.5 · seed 102", class_name (&self, 0));

  CHECK_STR (ui_progress_row_text (UI_PROGRESS_ROW (part (&self, "progress"))), caption);
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 2));
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview")))
         == ui_history_nth (history (&self), 2)->pixels);

  /* A typed seed is locked, so the same again makes the same pictures, which are not listed
   * twice. */
  click (&self, "generate");
  CHECK (job (&self, 1)->seed == 100);
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 3);

  /* An estimate by what was measured: 3 pictures of 8 steps at 0.15 s. */
  CHECK_STR (gtk_label_get_text (GTK_LABEL (part (&self, "estimate"))), "about 4 s");
  close_window (&self);
}

static void
test_history_restores (void)
{
  Window self = open_window ();
  UiSettings *now;

  set_spin (&self, "steps", 6);
  set_spin (&self, "seed", 7);
  set_scale (&self, 4.0);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "upsample")), TRUE);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "sampler")), "ddpm");
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK (gdk_pixbuf_get_width (ui_history_nth (history (&self), 0)->pixels) == 256);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "upsample")), FALSE);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "sampler")), "ddim");
  set_spin (&self, "steps", 9);
  set_spin (&self, "seed", 8);
  set_spin (&self, "count", 2);
  set_scale (&self, 1.0);
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 3);

  ui_history_choose (history (&self), 0);
  now = ui_generate_panel_get_settings (self.panel);
  CHECK (ui_settings_same_picture (now, ui_history_nth (history (&self), 0)->settings));
  CHECK (now->seed == 7 && now->steps == 6 && now->upsample);
  CHECK (now->count == 2);
  CHECK_STR (now->sampler, "ddpm");
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview")))
         == ui_history_nth (history (&self), 0)->pixels);
  CHECK (self.fake->starts == 2);
  ui_settings_free (now);

  /* The keyboard reaches it: the right arrow goes to the next picture. */
  gtk_widget_child_focus (GTK_WIDGET (history (&self)), GTK_DIR_TAB_FORWARD);
  CHECK (gtk_window_get_focus (GTK_WINDOW (self.window)) != NULL);
  CHECK (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (self.window)),
                                 GTK_WIDGET (history (&self))));
  CHECK (press (&self, GDK_KEY_space));
  CHECK (ui_history_ticks (history (&self)) == 1);
  close_window (&self);
}

static void
test_choose_while_running (void)
{
  Window self = open_window ();
  UiPreview *preview = UI_PREVIEW (part (&self, "preview"));
  const UiResult *first;

  set_spin (&self, "count", 2);
  set_spin (&self, "steps", 30);
  click (&self, "generate");
  AWAIT (ui_history_count (history (&self)) == 1);
  first = ui_history_nth (history (&self), 0);
  spin (40);
  CHECK (ui_preview_get_picture (preview) != first->pixels);
  CHECK (!gtk_widget_is_sensitive (part (&self, "add"))); /* what is shown is not finished */

  /* The one chosen stays, while the other goes on being made. */
  ui_history_choose (history (&self), 0);
  CHECK (ui_preview_get_picture (preview) == first->pixels);
  CHECK (gtk_widget_is_sensitive (part (&self, "add")));
  spin (20);
  CHECK (running (&self));
  CHECK (ui_preview_get_picture (preview) == first->pixels);
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 2);
  CHECK (ui_preview_get_picture (preview) == first->pixels);
  CHECK (ui_history_selected (history (&self)) == first);

  /* The next run is followed again. */
  click (&self, "generate");
  AWAIT (ui_preview_get_picture (preview) != first->pixels);
  click (&self, "stop");
  close_window (&self);
}

static void
test_live (void)
{
  Window self = open_window ();
  gint64 moved;

  set_spin (&self, "seed", 55);
  set_spin (&self, "steps", 40);
  self.fake->step_ms = 30;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "live")), TRUE);
  AWAIT (self.fake->starts == 1);
  AWAIT (running (&self)
         && !g_array_index (self.fake->drafts, gboolean, self.fake->drafts->len - 1));

  /* Moving every 60 ms starts nothing; 300 ms after the last movement the running job is dropped
   * for a draft. That it does not start earlier must hold in every try; how much later is the best
   * of a few, since a busy machine may let any timer wait. */
  guint before = 0;
  double best = G_MAXDOUBLE;

  for (int try = 0; try < TRIES && best > UI_LIVE_DELAY_MS + SLACK_MS; try++) {
    for (int i = 0; i < 8; i++) {
      before = self.fake->starts;
      set_scale (&self, 2.0 + 0.5 * i);
      moved = g_get_monotonic_time ();
      spin (60);
      CHECK (self.fake->starts == before
             || g_get_monotonic_time () - moved >= (gint64) UI_LIVE_DELAY_MS * 1000);
    }
    before = self.fake->starts;
    set_scale (&self, 7.0);
    moved = g_get_monotonic_time ();
    AWAIT (self.fake->starts == before + 1);

    double after = (double) (self.fake->started_at - moved) / 1000.0;

    CHECK (after >= UI_LIVE_DELAY_MS - 5.0);
    best = MIN (best, after);
  }
  CHECK (best <= UI_LIVE_DELAY_MS + SLACK_MS);
  CHECK (g_array_index (self.fake->drafts, gboolean, before));
  CHECK (job (&self, before)->steps < 40 && job (&self, before)->count == 1);
  CHECK (job (&self, before)->seed == 55 && job (&self, before - 1)->seed == 55);
  CHECK_NEAR (job (&self, before)->scale, 7.0, 1e-9);

  /* The draft is refined with the same seed; drafts do not enter the history. */
  AWAIT (self.fake->starts == before + 2);
  CHECK (!g_array_index (self.fake->drafts, gboolean, before + 1));
  CHECK (job (&self, before + 1)->steps == 40 && job (&self, before + 1)->seed == 55);
  CHECK_NEAR (job (&self, before + 1)->scale, 7.0, 1e-9);
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 1);
  CHECK (ui_history_nth (history (&self), 0)->settings->steps == 40);

  /* Moved again while the draft runs: no refinement of what is no longer wanted. */
  set_scale (&self, 1.0);
  AWAIT (self.fake->starts == before + 3);
  set_scale (&self, 3.0);
  AWAIT (self.fake->starts == before + 4);
  CHECK (g_array_index (self.fake->drafts, gboolean, before + 3));
  CHECK_NEAR (job (&self, before + 3)->scale, 3.0, 1e-9);

  /* Another number of pictures makes no other picture. */
  AWAIT (!running (&self));
  before = self.fake->starts;
  set_spin (&self, "count", 3);
  spin (UI_LIVE_DELAY_MS + SLACK_MS);
  CHECK (self.fake->starts == before);
  close_window (&self);
}

static void
test_stop (void)
{
  Window self = open_window ();
  gint64 pressed, took;

  set_spin (&self, "count", 4);
  set_spin (&self, "steps", 10);
  click (&self, "generate");
  AWAIT (ui_history_count (history (&self)) == 1);
  spin (15);
  pressed = g_get_monotonic_time ();
  click (&self, "stop");
  AWAIT (!running (&self));
  took = g_get_monotonic_time () - pressed;
  CHECK (self.fake->stops == 1);
  CHECK (!gtk_widget_is_sensitive (part (&self, "stop")));
  CHECK (gtk_widget_is_sensitive (part (&self, "generate")));
  CHECK (ui_history_count (history (&self)) == 1);
  spin (50);
  CHECK (ui_history_count (history (&self)) == 1);
  CHECK_STR (ui_progress_row_text (UI_PROGRESS_ROW (part (&self, "progress"))), "Stopped");

  /* Within 100 ms: the best of a few tries, since on a busy machine others have the processor in
   * some. */
  for (int i = 1; i < TRIES && took >= SOON_MS * 1000; i++) {
    set_spin (&self, "steps", 500);
    click (&self, "generate");
    spin (15);
    pressed = g_get_monotonic_time ();
    click (&self, "stop");
    AWAIT (!running (&self));
    took = MIN (took, g_get_monotonic_time () - pressed);
  }
  CHECK (took < SOON_MS * 1000);

  /* Stop also forgets a live run that is only waiting. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "live")), TRUE);
  set_spin (&self, "steps", 30);
  AWAIT (running (&self));
  click (&self, "stop");

  guint starts = self.fake->starts;

  spin (UI_LIVE_DELAY_MS + SLACK_MS);
  CHECK (self.fake->starts == starts);
  close_window (&self);
}

static void
test_late_events (void)
{
  Window self = open_window ();
  g_autoptr (UiSettings) settings = ui_settings_new ();
  g_autoptr (GdkPixbuf) pixels = NULL;
  guint first, second;

  self.fake->silent_stop = TRUE;
  self.fake->step_ms = 5;
  set_spin (&self, "steps", 500);
  click (&self, "generate");
  spin (30);
  click (&self, "generate");
  first = g_array_index (self.fake->ids, guint, 0);
  second = g_array_index (self.fake->ids, guint, 1);
  CHECK (first != 0 && second != 0 && first != second);
  self.fake->step_ms = 100000;
  ui_settings_set_model (settings, FAKE_MODEL);
  pixels = fake_picture (settings, 64, 0.0);
  spin (30);

  /* The replaced job speaks: nobody listens. */
  fake_backend_send (
      self.fake,
      (UiEvent) { .kind = UI_EVENT_IMAGE, .job = first, .pixels = pixels, .settings = settings });
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_STEP,
                                            .job = first,
                                            .step = 499,
                                            .steps = 500,
                                            .images = 1,
                                            .pixels = pixels });
  fake_backend_send (self.fake,
                     (UiEvent) { .kind = UI_EVENT_FAILED, .job = first, .message = "too late" });
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_DONE, .job = first });
  CHECK (running (&self));
  CHECK (ui_history_count (history (&self)) == 0);
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) == NULL);
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview"))) != pixels);

  /* The stopped job may still hand over what it had finished, and then says no more. */
  click (&self, "stop");
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_STEP,
                                            .job = second,
                                            .step = 3,
                                            .steps = 500,
                                            .images = 1,
                                            .pixels = pixels });
  CHECK (ui_preview_get_picture (UI_PREVIEW (part (&self, "preview"))) != pixels);
  fake_backend_send (
      self.fake,
      (UiEvent) { .kind = UI_EVENT_IMAGE, .job = second, .pixels = pixels, .settings = settings });
  CHECK (ui_history_count (history (&self)) == 1);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_DONE, .job = second });
  settings->seed = 99;
  fake_backend_send (
      self.fake,
      (UiEvent) { .kind = UI_EVENT_IMAGE, .job = second, .pixels = pixels, .settings = settings });
  CHECK (ui_history_count (history (&self)) == 1);
  CHECK (!running (&self));
  close_window (&self);
}

static void
test_compare (void)
{
  Window self = open_window ();

  set_spin (&self, "seed", 12);
  set_spin (&self, "steps", 5);
  set_spin (&self, "count", 4);
  click (&self, "compare");
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 5);
  for (guint i = 0; i < UI_COMPARE_COUNT; i++) {
    const UiSettings *settings = ui_history_nth (history (&self), i)->settings;

    CHECK (settings->seed == 12);
    CHECK_NEAR (settings->scale, ui_compare_scales[i], 1e-9);
  }
  CHECK (self.fake->starts == 5);
  close_window (&self);
}

static void
test_add (void)
{
  Window self = open_window ();

  set_spin (&self, "seed", 40);
  set_spin (&self, "count", 3);
  set_spin (&self, "steps", 3);
  click (&self, "generate");
  AWAIT (!running (&self));

  /* Nothing ticked: the one shown. */
  CHECK_STR (gtk_button_get_label (GTK_BUTTON (part (&self, "add"))), "A_dd Layer");
  click (&self, "add");
  CHECK (self.fake->adds == 1 && self.fake->added == 1 && self.fake->added_seeds[0] == 42);

  ui_history_set_tick (history (&self), 0, TRUE);
  ui_history_set_tick (history (&self), 2, TRUE);
  CHECK_STR (gtk_button_get_label (GTK_BUTTON (part (&self, "add"))), "A_dd 2 Layers");
  click (&self, "add");
  CHECK (self.fake->adds == 2 && self.fake->added == 2);
  CHECK (self.fake->added_seeds[0] == 40 && self.fake->added_seeds[1] == 42);
  CHECK (self.fake->added_as == UI_ADD_LAYER);
  CHECK (ui_history_ticks (history (&self)) == 0);
  CHECK (ui_history_count (history (&self)) == 3);

  /* The image is gone: told, ticks kept, and a new image offered. */
  self.fake->add_message = g_strdup ("The image was closed meanwhile: add to a new image instead");
  self.fake->add_offers = TRUE;
  ui_history_set_tick (history (&self), 1, TRUE);
  click (&self, "add");
  CHECK_STR (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))),
             "The image was closed meanwhile: add to a new image instead");
  CHECK (ui_history_ticks (history (&self)) == 1);
  CHECK (audit (self.window) == 0);
  g_signal_emit_by_name (part (&self, "message"), "answered");
  CHECK (self.fake->added_as == UI_ADD_NEW_IMAGE && self.fake->added_seeds[0] == 41);
  CHECK (ui_history_ticks (history (&self)) == 0);
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) == NULL);

  /* Or a new one by choice, from the menu beside Add. */
  g_clear_pointer (&self.fake->add_message, g_free);
  ui_history_set_tick (history (&self), 2, TRUE);
  CHECK (gtk_widget_is_sensitive (part (&self, "add-menu")));
  click (&self, "add");
  CHECK (self.fake->added_as == UI_ADD_LAYER);
  ui_history_choose (history (&self), 0);
  click (&self, "add-new");
  CHECK (self.fake->added_as == UI_ADD_NEW_IMAGE && self.fake->added_seeds[0] == 40);
  close_window (&self);
}

static void
test_failure (void)
{
  Window self = open_window ();

  set_spin (&self, "count", 2);
  set_spin (&self, "steps", 6);
  click (&self, "generate");
  AWAIT (ui_history_count (history (&self)) == 1);
  self.fake->fail_at_step = 3;
  AWAIT (!running (&self));
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "fetch it again");
  CHECK (ui_history_count (history (&self)) == 1);
  self.fake->fail_at_step = 0;
  click (&self, "generate");
  CHECK (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))) == NULL);
  AWAIT (!running (&self));
  CHECK (ui_history_count (history (&self)) == 3);
  close_window (&self);
}

static void
test_seed (void)
{
  Window self = open_window ();
  g_autofree char *shouted = g_utf8_strup (class_name (&self, 2), -1);
  gint64 seeds[3];

  set_spin (&self, "steps", 2);
  for (guint i = 0; i < 3; i++) {
    click (&self, "generate");
    AWAIT (!running (&self));
    seeds[i] = job (&self, i)->seed;
  }
  CHECK (seeds[0] != seeds[1] && seeds[1] != seeds[2]);
  click (&self, "dice");
  click (&self, "generate");
  CHECK (job (&self, 3)->seed >= 0 && job (&self, 3)->seed < 1000000);
  AWAIT (!running (&self));

  /* From a layer: its seed is kept for the next Generate. */
  click (&self, "reuse");
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "not made here");
  self.fake->reuse = ui_settings_copy (job (&self, 0));
  self.fake->reuse->seed = 4321;
  ui_settings_set_class (self.fake->reuse, shouted);
  click (&self, "reuse"); /* and it is said what was taken */
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "seed 4321");
  click (&self, "generate");
  CHECK (job (&self, 4)->seed == 4321);
  CHECK_STR (job (&self, 4)->class_name, class_name (&self, 2));
  AWAIT (!running (&self));
  close_window (&self);
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  test_generate ();
  test_history_restores ();
  test_choose_while_running ();
  test_live ();
  test_stop ();
  test_late_events ();
  test_compare ();
  test_add ();
  test_failure ();
  test_seed ();
  return check_summary ();
}
