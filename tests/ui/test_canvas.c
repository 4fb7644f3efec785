/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At the canvas: where pictures go, what they start from and how they lie, against the scripted
 * backend with an image wall.xcf. */
#include "driver.h"
#include "ui/compare-grid.h"
#include "ui/message-bar.h"
#include "ui/preview.h"
#include "ui/progress-row.h"

#include <glib/gstdio.h>

static const UiSettings *
last_job (Window *self)
{
  return job (self, self->fake->jobs->len - 1);
}

static guint
last_target (Window *self)
{
  return g_array_index (self->fake->job_targets, guint, self->fake->job_targets->len - 1);
}

/* Generates one quick picture. */
static void
make (Window *self)
{
  set_spin (self, "steps", 3);
  click (self, "generate");
  AWAIT (!running (self));
}

static void
choose_where (Window *self, const char *id)
{
  CHECK (gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (self, "where")), id));
}

static void
tell_targets (Window *self)
{
  fake_backend_send (self->fake, (UiEvent) { .kind = UI_EVENT_TARGET });
}

static const char *
add_label (Window *self)
{
  return gtk_button_get_label (GTK_BUTTON (part (self, "add")));
}

static void
test_where (void)
{
  Window self = open_canvas (NULL, NULL);
  UiTarget *targets = self.fake->targets;

  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "1");
  make (&self);
  CHECK (last_job (&self)->where == UI_WHERE_SELECTION && last_target (&self) == 1);
  CHECK (last_job (&self)->width == 812 && last_job (&self)->height == 430);
  CHECK_STR (add_label (&self), "A_dd to wall.xcf");
  click (&self, "add");
  CHECK (self.fake->added_as == UI_ADD_LAYER && self.fake->added_target == 1);

  /* The selection goes: what comes first is taken, and the selection again once there is one,
   * whatever was chosen: who selects means it. */
  self.fake->there = (UiTargets) { targets + 1, 3, NULL };
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "2");
  choose_where (&self, "3");
  self.fake->there = (UiTargets) { targets, 4, NULL };
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "1");
  choose_where (&self, "3");
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "3");
  choose_where (&self, "1");
  self.fake->there = (UiTargets) { targets + 1, 3, NULL };
  tell_targets (&self);
  self.fake->there = (UiTargets) { targets, 4, NULL };
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "1");

  /* The artist goes to another image: its name stands on Add before anything goes there. */
  targets[0] = (UiTarget) { 7, UI_WHERE_SELECTION, "a_very_long_name_of_an_image.xcf", NULL, 9, 9 };
  tell_targets (&self);
  CHECK_STR (add_label (&self), "A_dd to a__very__long…n__image.xcf");
  click (&self, "add");
  CHECK (self.fake->added_target == 7);
  close_window (&self);
}

static void
test_several_images (void)
{
  Window self = open_canvas (NULL, NULL);
  GtkComboBox *where = GTK_COMBO_BOX (part (&self, "where"));

  self.fake->targets[2] = (UiTarget) { 8, UI_WHERE_LAYER, "roof.xcf", "Tiles", 64, 32 };
  tell_targets (&self);

  g_autofree char *first = gtk_combo_box_text_get_active_text (GTK_COMBO_BOX_TEXT (where));

  CHECK_STR (first, "Selection · wall.xcf");
  choose_where (&self, "8");
  CHECK_STR (add_label (&self), "A_dd to roof.xcf");
  tell_targets (&self); /* one of another image stays, as long as it is there */
  CHECK_STR (gtk_combo_box_get_active_id (where), "8");
  make (&self);
  CHECK (last_target (&self) == 8 && last_job (&self)->width == 64);
  self.fake->there.n = 2;
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (where), "2"); /* the kind that was chosen */
  close_window (&self);
}

static void
test_new_image (void)
{
  Window self = open_canvas (NULL, NULL);
  GtkComboBox *size = GTK_COMBO_BOX (part (&self, "size"));

  CHECK (!gtk_widget_get_visible (GTK_WIDGET (size)));
  choose_where (&self, "4");
  CHECK (gtk_widget_get_visible (GTK_WIDGET (size)));
  CHECK (!gtk_widget_get_visible (part (&self, "width")));
  make (&self);
  CHECK (last_job (&self)->width == 0 && last_target (&self) == 4);
  CHECK_STR (add_label (&self), "A_dd to a New Image");
  click (&self, "add");
  CHECK (self.fake->added_as == UI_ADD_NEW_IMAGE);
  gtk_combo_box_set_active_id (size, "512");
  make (&self);
  CHECK (last_job (&self)->width == 512 && last_job (&self)->height == 512);
  gtk_combo_box_set_active_id (size, "other");
  CHECK (gtk_widget_get_visible (part (&self, "width")));
  set_spin (&self, "width", 640);
  set_spin (&self, "height", 96);
  make (&self);
  CHECK (last_job (&self)->width == 640 && last_job (&self)->height == 96);

  /* A model of no textures is warned about. */
  CHECK (!gtk_widget_get_visible (part (&self, "caution")));
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  CHECK (gtk_widget_get_visible (part (&self, "caution")));
  CHECK (!gtk_widget_get_visible (gtk_widget_get_parent (part (&self, "texture-size"))));
  gtk_combo_box_set_active_id (size, "own");
  CHECK (!gtk_widget_get_visible (part (&self, "caution")));

  /* At its own size, in the middle of what it covers. */
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), FAKE_MODEL);
  choose_where (&self, "3");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "natural-size")), TRUE);
  make (&self);
  CHECK (last_job (&self)->width == 0 && last_job (&self)->natural_size
         && last_target (&self) == 3);
  close_window (&self);
}

static void
test_start (void)
{
  Window self = open_canvas (NULL, NULL);
  GtkComboBox *start = GTK_COMBO_BOX (part (&self, "start"));

  CHECK (!gtk_widget_get_visible (part (&self, "change")));
  gtk_combo_box_set_active (start, UI_START_LAYER);
  CHECK (gtk_widget_get_visible (part (&self, "change")));
  gtk_range_set_value (GTK_RANGE (part (&self, "change")), 0.35);
  make (&self);
  CHECK (last_job (&self)->start == UI_START_LAYER);
  CHECK_NEAR (last_job (&self)->change, 0.35, 1e-9);

  /* A picture of the history is handed over. */
  gtk_combo_box_set_active (start, UI_START_PICTURE);
  ui_history_choose (history (&self), 0);
  CHECK (gtk_combo_box_get_active (start) == UI_START_PICTURE); /* choosing one changes no start */
  make (&self);
  CHECK (last_job (&self)->start == UI_START_PICTURE);
  CHECK (self.fake->pictures->pdata[self.fake->pictures->len - 1]
         == ui_history_nth (history (&self), 0)->pixels);

  /* Nothing lies under a new image. */
  choose_where (&self, "4");
  gtk_combo_box_set_active (start, UI_START_LAYER);
  CHECK (!gtk_widget_get_sensitive (part (&self, "change")));
  CHECK (audit (self.window) == 0);
  make (&self);
  CHECK (last_job (&self)->start == UI_START_NOTHING);

  /* The layer made seamless: one press. */
  choose_where (&self, "2");
  click (&self, "mend");
  CHECK (last_job (&self)->mend_seams && last_job (&self)->seamless_x
         && last_job (&self)->start == UI_START_LAYER && last_target (&self) == 2);
  AWAIT (!running (&self));
  make (&self);
  CHECK (!last_job (&self)->mend_seams); /* the next is as it was set */
  close_window (&self);
}

static void
test_texture (void)
{
  Window self = open_canvas (NULL, NULL);

  gtk_range_set_value (GTK_RANGE (part (&self, "texture-size")), 1.0); /* an octave */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "seamless-y")), TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "match-edges")), TRUE);
  make (&self);
  CHECK_NEAR (last_job (&self)->texture_size, 2.0, 1e-9);
  CHECK (!last_job (&self)->seamless_x && last_job (&self)->seamless_y);
  CHECK (last_job (&self)->match_edges);
  choose_where (&self, "4");
  CHECK (!gtk_widget_get_sensitive (part (&self, "match-edges")));
  make (&self);
  CHECK (!last_job (&self)->match_edges && last_job (&self)->seamless_y);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (part (&self, "model")), "imagenet-64");
  set_spin (&self, "steps", 3);
  make (&self);
  CHECK (!last_job (&self)->seamless_y && last_job (&self)->texture_size == 1.0);
  close_window (&self);
}

static void
test_classes (void)
{
  Window self = open_canvas (NULL, NULL);
  GtkEntry *second = GTK_ENTRY (part (&self, "second"));

  /* Swatches come one by one, each is asked for once. */
  AWAIT (self.fake->swatches >= 6);
  spin (300);
  CHECK (self.fake->swatches <= 21);

  CHECK (!gtk_widget_get_visible (part (&self, "balance")));
  gtk_entry_set_text (second, class_name (&self, 3));
  g_signal_emit_by_name (second, "activate");
  CHECK (gtk_widget_get_visible (part (&self, "balance")));
  gtk_range_set_value (GTK_RANGE (part (&self, "balance")), 0.3);
  make (&self);
  CHECK_STR (last_job (&self)->second_class, class_name (&self, 3));
  CHECK_NEAR (last_job (&self)->balance, 0.3, 1e-9);
  gtk_entry_set_text (second, "no such thing");
  g_signal_emit_by_name (second, "activate");
  CHECK_STR (gtk_entry_get_text (second), class_name (&self, 3)); /* taken back */
  gtk_entry_set_text (second, "");
  CHECK (!gtk_widget_get_visible (part (&self, "balance")));
  make (&self);
  CHECK_STR (last_job (&self)->second_class, "");
  click (&self, "teach");
  CHECK (self.fake->teaches == 1);
  close_window (&self);
}

static void
test_map (void)
{
  Window self = open_canvas (NULL, NULL);
  GtkIconView *view = GTK_ICON_VIEW (part (&self, "class-list"));
  GtkTreePath *path = gtk_tree_path_new_from_indices (2, -1);
  gsize n;
  const UiLegendEntry *legend;

  self.fake->map_message = g_strdup ("The image is indexed: convert it to RGB first");
  click (&self, "paint-map");
  CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "convert it");
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "1");
  g_clear_pointer (&self.fake->map_message, g_free);
  click (&self, "paint-map");
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "5");
  legend = self.fake->api.legend (FAKE_MODEL, &n, self.fake);
  gtk_icon_view_select_path (view, path);
  CHECK (self.fake->rgb == legend[2].rgb);
  gtk_tree_path_free (path);
  /* Enter in the search takes a colour, and makes nothing. */
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), legend[4].class_name);
  AWAIT (gtk_tree_model_iter_n_children (gtk_icon_view_get_model (view), NULL) == 1);
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  CHECK (self.fake->rgb == legend[4].rgb && self.fake->starts == 0);
  CHECK_STR (gtk_entry_get_text (GTK_ENTRY (part (&self, "class-entry"))), "");
  make (&self);
  CHECK (last_job (&self)->where == UI_WHERE_MAP && last_target (&self) == 5);
  CHECK_STR (last_job (&self)->class_name, "");
  CHECK (last_job (&self)->scale > 0.0); /* its classes steer */
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_NOTICE, .message = "Nearest taken" });
  CHECK_STR (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))), "Nearest taken");
  close_window (&self);
}

static void
test_variations (void)
{
  Window self = open_canvas (NULL, NULL);
  guint before;

  set_spin (&self, "seed", 77);
  make (&self);
  before = self.fake->starts;
  gtk_range_set_value (GTK_RANGE (part (&self, "amount")), 0.4);
  click (&self, "make-variations");
  AWAIT (!running (&self));
  CHECK (self.fake->starts == before + 4 && ui_history_count (history (&self)) == 5);
  for (guint i = before; i < before + 4; i++) {
    CHECK (job (&self, i)->seed == 77 && job (&self, i)->vary_seed >= 0);
    CHECK_NEAR (job (&self, i)->vary, 0.4, 1e-9);
    CHECK (i == before || job (&self, i)->vary_seed != job (&self, i - 1)->vary_seed);
  }

  /* The ticked ones are upsampled from what is there. */
  CHECK (!gtk_widget_get_sensitive (part (&self, "upsample-ticked")));
  ui_history_set_tick (history (&self), 1, TRUE);
  ui_history_set_tick (history (&self), 3, TRUE);
  before = self.fake->starts;
  click (&self, "upsample-ticked");
  AWAIT (!running (&self));
  CHECK (self.fake->starts == before + 2);
  CHECK (last_job (&self)->upsample);
  CHECK (self.fake->pictures->pdata[before] == ui_history_nth (history (&self), 1)->pixels);
  CHECK (self.fake->pictures->pdata[before + 1] == ui_history_nth (history (&self), 3)->pixels);
  close_window (&self);
}

/* ---- looking --------------------------------------------------------------------------------- */

/* The colour of the preview at a share of its width and height. */
static guint32
colour_at (Window *self, double x, double y)
{
  GtkWidget *preview = part (self, "preview");
  int width = gtk_widget_get_allocated_width (preview),
      height = gtk_widget_get_allocated_height (preview);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  const guint8 *pixel;
  guint32 colour;

  gtk_widget_draw (preview, cr);
  cairo_surface_flush (surface);
  pixel = cairo_image_surface_get_data (surface)
          + (int) (y * height) * cairo_image_surface_get_stride (surface) + (int) (x * width) * 4;
  memcpy (&colour, pixel, sizeof colour);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return colour & 0xffffff;
}

static GdkPixbuf *
plain (guint32 colour)
{
  GdkPixbuf *pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 64, 64);

  gdk_pixbuf_fill (pixels, colour << 8 | 0xff);
  return pixels;
}

static void
test_views (void)
{
  Window self = open_canvas (NULL, NULL);
  UiPreview *preview = UI_PREVIEW (part (&self, "preview"));
  g_autoptr (GdkPixbuf) red = plain (0xff0000);
  guint32 ground;

  AWAIT (gtk_widget_get_visible (part (&self, "in-place")));
  gtk_window_resize (GTK_WINDOW (self.window), 940, 720);
  spin (100);
  ground = colour_at (&self, 0.5, 0.5);
  ui_preview_set_picture (preview, red, NULL);
  /* In its place, within its mask: the middle is the picture's, the mask's corner the image's. */
  CHECK (colour_at (&self, 0.4, 0.5) == 0xff0000);
  CHECK (colour_at (&self, 0.05, 0.05) != 0xff0000);
  CHECK (colour_at (&self, 0.18, 0.29) != 0xff0000);
  ui_preview_hold_before (preview, TRUE);
  CHECK (colour_at (&self, 0.4, 0.5) != 0xff0000);
  ui_preview_hold_before (preview, FALSE);
  CHECK (ground != 0xff0000);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "alone")), TRUE);
  CHECK (colour_at (&self, 0.5, 0.2) == 0xff0000);
  ui_preview_set_dimmed (preview, TRUE);
  CHECK (colour_at (&self, 0.5, 0.5) != 0xff0000);
  ui_preview_set_dimmed (preview, FALSE);

  /* Three by three is shifted by the arrows. */
  double x, y;

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "tiled")), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (preview));
  CHECK (press (&self, GDK_KEY_Left));
  CHECK (press (&self, GDK_KEY_Down));
  ui_preview_get_shift (preview, &x, &y);
  CHECK_NEAR (x, 15.0 / 16.0, 1e-9);
  CHECK_NEAR (y, 1.0 / 16.0, 1e-9);

  /* A new image has no surroundings; the artist's choice comes back with them. */
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "in-place")), TRUE);
  choose_where (&self, "4");
  AWAIT (!gtk_widget_get_visible (part (&self, "in-place")));
  CHECK (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (part (&self, "alone"))));
  choose_where (&self, "1");
  AWAIT (gtk_widget_get_visible (part (&self, "in-place")));
  CHECK (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (part (&self, "in-place"))));

  /* Never while a job's steps are shown. */
  guint before = self.fake->surroundings;

  set_spin (&self, "steps", 400);
  click (&self, "generate");
  tell_targets (&self);
  spin (60);
  CHECK (running (&self) && self.fake->surroundings == before);
  click (&self, "stop");
  AWAIT (self.fake->surroundings == before + 1);
  close_window (&self);
}

static void
test_compare_grid (void)
{
  Window self = open_canvas (NULL, NULL);
  UiCompareGrid *grid = UI_COMPARE_GRID (part (&self, "compare-grid"));

  set_spin (&self, "steps", 3);
  click (&self, "compare");
  AWAIT (!running (&self));
  CHECK (ui_compare_grid_count (grid) == 5 && gtk_widget_get_mapped (GTK_WIDGET (grid)));
  CHECK (audit (self.window) == 0);
  gtk_button_clicked (GTK_BUTTON (ui_compare_grid_nth (grid, 3)));
  CHECK (!gtk_widget_get_mapped (GTK_WIDGET (grid)));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 3));
  CHECK_NEAR (gtk_range_get_value (GTK_RANGE (part (&self, "character"))), 5.0, 1e-9);
  close_window (&self);
}

/* ---- what the backend tells ------------------------------------------------------------------ */

static void
test_undone (void)
{
  Window self = open_canvas (NULL, NULL);
  UiProgressRow *row = UI_PROGRESS_ROW (part (&self, "progress"));

  make (&self);
  click (&self, "add");
  CHECK_STR (ui_progress_row_text (row), "1 layer added");
  CHECK (ui_history_unadded (history (&self)) == 0);
  fake_backend_send (
      self.fake, (UiEvent) { .kind = UI_EVENT_LAYER, .layer = self.fake->layers, .gone = TRUE });
  CHECK_STR (ui_progress_row_text (row), "");
  CHECK (ui_history_unadded (history (&self)) == 1);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_LAYER, .layer = self.fake->layers });
  CHECK (ui_history_unadded (history (&self)) == 0);
  close_window (&self);
}

static void
test_reuse (void)
{
  Window self = open_canvas (NULL, NULL);
  UiMessageBar *bar = UI_MESSAGE_BAR (part (&self, "message"));

  self.fake->reuse = ui_settings_new ();
  ui_settings_set_model (self.fake->reuse, FAKE_MODEL);
  ui_settings_set_class (self.fake->reuse, class_name (&self, 4));
  self.fake->reuse->seed = 99;
  self.fake->reuse->scale = 0.25;
  self.fake->there.reusable = "brick";
  tell_targets (&self);
  CHECK_CONTAINS (ui_message_bar_text (bar), "brick");
  g_signal_emit_by_name (bar, "answered");
  CHECK_CONTAINS (ui_message_bar_text (bar), class_name (&self, 4));
  CHECK_CONTAINS (ui_message_bar_text (bar), "character 0.25 · seed 99");
  CHECK_CONTAINS (ui_message_bar_text (bar), FAKE_MODEL_NAME);
  ui_message_bar_hide (bar);
  tell_targets (&self); /* once for each layer */
  CHECK (ui_message_bar_text (bar) == NULL);
  close_window (&self);
}

static gboolean
amount (const UiSettings *settings, guint target, double amount[2], gpointer user G_GNUC_UNUSED)
{
  amount[0] = settings->width + target;
  amount[1] = settings->upsample ? 1000.0 : 0.0;
  return settings->width != 1200;
}

/* The artist's last word counts: a new selection is followed, whatever was chosen before. */
static void
test_new_selection (void)
{
  Window self = open_canvas (NULL, NULL);
  UiTarget *targets = self.fake->targets;

  choose_where (&self, "2");
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "2");
  targets[0].id = 9; /* selected anew */
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "9");
  close_window (&self);
}

/* A kind that was wanted is looked for in the image that is worked in, not in another. */
static void
test_another_image (void)
{
  const UiTarget two[] = { { 11, UI_WHERE_LAYER, "new.xcf", "Background", 120, 120 },
                           { 12, UI_WHERE_IMAGE, "new.xcf", NULL, 120, 120 },
                           { 13, UI_WHERE_SELECTION, "wall.xcf", NULL, 80, 64 },
                           { 14, UI_WHERE_NEW_IMAGE, NULL, NULL, 0, 0 } };
  Window self = open_canvas (NULL, NULL);

  choose_where (&self, "1"); /* the selection */
  memcpy (self.fake->targets, two, sizeof two);
  self.fake->there = (UiTargets) { self.fake->targets, G_N_ELEMENTS (two), NULL };
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "11");
  choose_where (&self, "12");
  tell_targets (&self);
  CHECK_STR (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "where"))), "12");
  close_window (&self);
}

/* By how much there is to do, and how fast this machine was at it before. */
static void
test_estimate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("adm-ui-XXXXXX", NULL),
                  *state = g_build_filename (folder, "state.ini", NULL);
  FakeBackend *fake = fake_backend_new (state);
  Window self;

  CHECK (g_file_set_contents (state, "[speed " FAKE_MODEL "]\nguided=1\nplain=1\nupsample=0.1\n",
                              -1, NULL));
  fake_backend_canvas (fake);
  fake->api.amount = amount;
  self = open_fake (fake, UI_TASK_GENERATE);
  CHECK_STR (gtk_label_get_text (GTK_LABEL (part (&self, "estimate"))), "about 14 min");
  choose_where (&self, "2"); /* not known */
  CHECK_STR (gtk_label_get_text (GTK_LABEL (part (&self, "estimate"))), "");
  make (&self); /* of whose time no unit is learnt */
  choose_where (&self, "4");
  CHECK_STR (gtk_label_get_text (GTK_LABEL (part (&self, "estimate"))), "about 4 s");
  close_window (&self);
  g_unlink (state);
  g_rmdir (folder);
}

/* What a backend cannot do is not there. */
static void
test_plain (void)
{
  Window self = open_window ();
  const char *const absent[] = { "where",    "start",       "texture-size", "second",
                                 "teach",    "paint-map",   "guidance",     "eta",
                                 "exact",    "vary",        "add-pattern",  "guide-from",
                                 "add-file", "natural-size" };

  for (guint i = 0; i < G_N_ELEMENTS (absent); i++) {
    if (!CHECK (part (&self, absent[i]) == NULL)) {
      printf ("  %s is there\n", absent[i]);
    }
  }
  CHECK (!gtk_widget_get_visible (part (&self, "in-place")));
  close_window (&self);
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  test_where ();
  test_several_images ();
  test_new_image ();
  test_start ();
  test_texture ();
  test_classes ();
  test_map ();
  test_variations ();
  test_views ();
  test_compare_grid ();
  test_undone ();
  test_reuse ();
  test_new_selection ();
  test_another_image ();
  test_estimate ();
  test_plain ();
  return check_summary ();
}
