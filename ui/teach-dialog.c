/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dialog "Teach a texture". */
#include "teach-dialog.h"

#include "help-section.h"
#include "i18n.h"
#include "teach-own.h"
#include "widgets.h"

#include <math.h>

enum { CROPS = 8, IN_ROW = 4, CROP = 72, TEST = 128, DEFAULT_MINUTES = 5, MOST_MINUTES = 240 };

/* Share of the first mistakes above which nothing is said of them: they go up and down. */
#define NEARLY_ALL 0.97

struct _UiTeachDialog {
  GtkWindow parent_instance;
  const UiTeacher *teacher;
  GtkWidget *pages, *own;
  GtkWidget *from[UI_TEACH_SOURCES], *choose, *what;
  GtkWidget *name, *tiles, *turns, *minutes;
  GtkWidget *crops, *crop[CROPS];
  GtkWidget *words, *progress, *picture, *message;
  GtkWidget *teach, *pause, *stop, *close;
  char **files;
  char *why_not; /* nothing can be taken from there */
  guint looking;
};

G_DEFINE_FINAL_TYPE (UiTeachDialog, ui_teach_dialog, GTK_TYPE_WINDOW)

/* ---- the lesson ------------------------------------------------------------------------------ */

static UiTeachFrom
chosen (UiTeachDialog *self)
{
  for (int i = 0; i < UI_TEACH_SOURCES; i++) {
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->from[i]))) {
      return (UiTeachFrom) i;
    }
  }
  return UI_TEACH_FILES;
}

/* Its name belongs to the caller. */
static UiLesson
lesson_of (UiTeachDialog *self, char *name)
{
  return (UiLesson) { .name = g_strstrip (name),
                      .from = chosen (self),
                      .files = (const char *const *) self->files,
                      .tiles = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->tiles)),
                      .turns = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->turns)),
                      .minutes = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->minutes)) };
}

static void
say (UiTeachDialog *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->message), text ? text : "");
  gtk_widget_set_visible (self->message, text && *text);
  if (text && *text) {
    ui_announce (self->message, text, TRUE);
  }
}

/* ---- progress -------------------------------------------------------------------------------- */

/* How it goes, without numbers of the trade. To be freed. */
static char *
words_for (const UiTeachNews *news)
{
  g_autofree char *left = ui_duration_text (news->seconds_left);
  int share = (int) lround (100 * news->mistakes);

  switch (news->state) {
  case UI_TEACH_WORKING:
    if (news->mistakes >= NEARLY_ALL) {
      return g_strdup_printf (_ ("Learning “%s”: %s left. It has not come closer yet."), news->name,
                              left);
    }
    return news->mistakes > 0
               ? g_strdup_printf (
                     _ ("Learning “%s”: %s left. Its mistakes are at %d %% of the first "
                        "ones."),
                     news->name, left, share)
               : g_strdup_printf (_ ("Learning “%s”: it looks for the first time."), news->name);
  case UI_TEACH_PAUSED:
    return g_strdup_printf (_ ("“%s” is paused. What it has learned is kept, also when GIMP is "
                               "closed."),
                            news->name);
  case UI_TEACH_DONE:
    return g_strdup_printf (_ ("“%s” is among the classes now."), news->name);
  case UI_TEACH_FAILED:
  case UI_TEACH_IDLE:
    break;
  }
  return g_strdup (_ ("You can go on working while it learns, more slowly while you generate."));
}

static void
show_buttons (UiTeachDialog *self, const UiTeachNews *news)
{
  gboolean working = news->state == UI_TEACH_WORKING, paused = news->state == UI_TEACH_PAUSED,
           named = *gtk_entry_get_text (GTK_ENTRY (self->name)) != '\0';
  const char *why_not = working || paused ? _ ("One texture at a time: stop the other first")
                        : self->why_not   ? self->why_not
                        : !named          ? _ ("Give it a name first")
                                          : NULL;

  ui_set_available (self->teach, !why_not, _ ("Begin; it learns in the background"), why_not);
  gtk_button_set_label (GTK_BUTTON (self->pause), paused ? _ ("_Resume") : _ ("_Pause"));
  gtk_widget_set_visible (self->pause, working || paused);
  gtk_widget_set_visible (self->stop, working || paused);
}

static void
show_picture (GtkWidget *image, GdkPixbuf *pixels, int side)
{
  g_autoptr (GdkPixbuf) large
      = pixels ? gdk_pixbuf_scale_simple (pixels, side, side, GDK_INTERP_BILINEAR) : NULL;

  gtk_image_set_from_pixbuf (GTK_IMAGE (image), large);
}

static void
show_news (UiTeachDialog *self)
{
  const UiTeachNews *news = self->teacher->news (self->teacher->user);
  g_autofree char *words = words_for (news);
  gboolean going = news->state == UI_TEACH_WORKING || news->state == UI_TEACH_PAUSED;

  gtk_label_set_text (GTK_LABEL (self->words), words);
  gtk_widget_set_visible (self->progress, going);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), CLAMP (news->done, 0.0, 1.0));
  show_picture (self->picture, news->picture, TEST);
  gtk_widget_set_visible (self->picture, news->picture != NULL);
  if (news->state == UI_TEACH_FAILED) {
    say (self, news->message);
  }
  show_buttons (self, news);
}

static void
on_changed (gpointer sink)
{
  UiTeachDialog *self = sink;

  show_news (self);
  ui_teach_own_fill (UI_TEACH_OWN (self->own));
}

/* ---- what it is taken from ------------------------------------------------------------------- */

static void
show_crops (UiTeachDialog *self)
{
  g_autofree char *name = g_strdup (""), *message = NULL;
  UiLesson lesson = lesson_of (self, name);
  g_autoptr (GPtrArray) crops
      = self->why_not ? NULL : self->teacher->crops (&lesson, CROPS, &message, self->teacher->user);

  if (message) {
    g_free (self->why_not);
    self->why_not = g_strdup (message);
    gtk_label_set_text (GTK_LABEL (self->what), message);
  }
  for (guint i = 0; i < CROPS; i++) {
    show_picture (self->crop[i], crops && i < crops->len ? crops->pdata[i] : NULL, CROP);
  }
  gtk_widget_set_visible (self->crops, crops != NULL);
}

void
ui_teach_dialog_look (UiTeachDialog *self)
{
  UiTeachFrom from = chosen (self);
  g_autofree char *what = NULL;

  g_clear_pointer (&self->why_not, g_free);
  if (from == UI_TEACH_FILES) {
    guint n = self->files ? g_strv_length (self->files) : 0;

    what = g_strdup_printf (NN_ ("%d picture", "%d pictures", n), (int) n);
    self->why_not = n ? NULL : g_strdup (_ ("Choose the pictures first"));
  } else {
    self->why_not = self->teacher->source (from, &what, self->teacher->user);
  }
  gtk_widget_set_visible (self->choose, from == UI_TEACH_FILES);
  gtk_label_set_text (GTK_LABEL (self->what), self->why_not ? self->why_not : what);
  show_crops (self);
  show_buttons (self, self->teacher->news (self->teacher->user));
}

static gboolean
look_now (gpointer data)
{
  UiTeachDialog *self = data;

  self->looking = 0;
  ui_teach_dialog_look (self);
  return G_SOURCE_REMOVE;
}

/* Several changes at once are looked at once. */
static void
look_later (UiTeachDialog *self)
{
  if (!self->looking) {
    self->looking = g_timeout_add (80, look_now, self);
  }
}

static void
on_choose (UiTeachDialog *self)
{
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
      _ ("Pictures of the Texture"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Pictures (PNG, JPEG)"));
  gtk_file_filter_add_mime_type (filter, "image/png");
  gtk_file_filter_add_mime_type (filter, "image/jpeg");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  if (gtk_native_dialog_run (GTK_NATIVE_DIALOG (chooser)) == GTK_RESPONSE_ACCEPT) {
    GSList *names = gtk_file_chooser_get_filenames (GTK_FILE_CHOOSER (chooser));
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

    for (GSList *name = names; name; name = name->next) {
      g_strv_builder_add (builder, name->data);
    }
    g_slist_free_full (names, g_free);
    g_strfreev (self->files);
    self->files = g_strv_builder_end (builder);
    look_later (self);
  }
}

/* ---- buttons --------------------------------------------------------------------------------- */

static void
on_teach (UiTeachDialog *self)
{
  g_autofree char *name = g_strdup (gtk_entry_get_text (GTK_ENTRY (self->name)));
  UiLesson lesson = lesson_of (self, name);
  g_autofree char *message = self->teacher->start (&lesson, self->teacher->user);

  say (self, message);
  show_news (self);
}

static void
on_pause (UiTeachDialog *self)
{
  const UiTeachNews *news = self->teacher->news (self->teacher->user);
  g_autofree char *message = NULL;

  if (news->state == UI_TEACH_PAUSED) {
    message = self->teacher->resume (self->teacher->user);
  } else {
    self->teacher->pause (self->teacher->user);
  }
  say (self, message);
  show_news (self);
}

static void
on_stop (UiTeachDialog *self)
{
  self->teacher->stop (self->teacher->user);
  show_news (self);
}

static void
on_failed (UiTeachDialog *self, const char *message)
{
  say (self, message);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_teach_dialog_dispose (GObject *object)
{
  UiTeachDialog *self = UI_TEACH_DIALOG (object);

  if (self->looking) {
    g_source_remove (self->looking);
    self->looking = 0;
  }
  if (self->teacher) {
    self->teacher->listen (NULL, NULL, self->teacher->user);
    self->teacher = NULL;
  }
  g_clear_pointer (&self->files, g_strfreev);
  g_clear_pointer (&self->why_not, g_free);
  G_OBJECT_CLASS (ui_teach_dialog_parent_class)->dispose (object);
}

static void
ui_teach_dialog_class_init (UiTeachDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_teach_dialog_dispose;
}

static gboolean
on_key (UiTeachDialog *self, GdkEventKey *event)
{
  g_autofree char *message = NULL;

  if (event->state & gtk_accelerator_get_default_mod_mask ()
      || (event->keyval != GDK_KEY_F1 && event->keyval != GDK_KEY_Escape)) {
    return FALSE;
  }
  if (event->keyval == GDK_KEY_Escape) {
    gtk_window_close (GTK_WINDOW (self));
    return TRUE;
  }
  message = self->teacher->help (UI_HELP_TEACH, self->teacher->user);
  if (message) {
    on_failed (self, message);
  }
  return TRUE;
}

static void
ui_teach_dialog_init (UiTeachDialog *self)
{
  g_autoptr (GtkWindowGroup) group = gtk_window_group_new ();

  gtk_window_group_add_window (group, GTK_WINDOW (self));
  gtk_window_set_title (GTK_WINDOW (self), _ ("Teach a Texture"));
  gtk_container_set_border_width (GTK_CONTAINER (self), 12);
  g_signal_connect (self, "key-press-event", G_CALLBACK (on_key), NULL);
  ui_style_ensure ();
}

static GtkWidget *
make_sources (UiTeachDialog *self)
{
  static const char *const words[UI_TEACH_SOURCES]
      = { N_ ("The s_election"), N_ ("The active _layer"), N_ ("_Files") };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  for (int i = 0; i < UI_TEACH_SOURCES; i++) {
    self->from[i] = gtk_radio_button_new_with_mnemonic_from_widget (
        i ? GTK_RADIO_BUTTON (self->from[0]) : NULL, _ (words[i]));
    gtk_container_add (GTK_CONTAINER (box), self->from[i]);
    g_signal_connect_swapped (self->from[i], "toggled", G_CALLBACK (look_later), self);
  }
  self->choose = ui_button (_ ("Ch_oose…"), _ ("PNG or JPEG files, up to 50"));
  g_signal_connect_swapped (self->choose, "clicked", G_CALLBACK (on_choose), self);
  gtk_container_add (GTK_CONTAINER (box), self->choose);
  return box;
}

static GtkWidget *
make_crops (UiTeachDialog *self)
{
  GtkWidget *grid = gtk_grid_new ();

  for (int i = 0; i < CROPS; i++) {
    self->crop[i] = gtk_image_new ();
    gtk_widget_set_size_request (self->crop[i], CROP, CROP);
    gtk_grid_attach (GTK_GRID (grid), self->crop[i], i % IN_ROW, i / IN_ROW, 1, 1);
  }
  gtk_grid_set_row_spacing (GTK_GRID (grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 4);
  self->crops = grid;
  atk_object_set_name (gtk_widget_get_accessible (grid), _ ("Parts of the texture"));
  return grid;
}

static GtkWidget *
make_manner (UiTeachDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->tiles = gtk_check_button_new_with_mnemonic (_ ("It t_iles"));
  gtk_widget_set_tooltip_text (self->tiles, _ ("Its edges meet, so parts may lie across them"));
  self->turns = gtk_check_button_new_with_mnemonic (_ ("It may be t_urned"));
  gtk_widget_set_tooltip_text (self->turns,
                               _ ("It has no up and down: gravel, but not a brick wall"));
  g_signal_connect_swapped (self->tiles, "toggled", G_CALLBACK (look_later), self);
  g_signal_connect_swapped (self->turns, "toggled", G_CALLBACK (look_later), self);
  gtk_container_add (GTK_CONTAINER (box), self->tiles);
  gtk_container_add (GTK_CONTAINER (box), self->turns);
  return box;
}

static GtkWidget *
make_time (UiTeachDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->minutes = ui_spin (1, MOST_MINUTES, 1, 0, 4,
                           _ ("Longer comes closer to the texture; half of it can be enough"));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->minutes), DEFAULT_MINUTES);
  gtk_container_add (GTK_CONTAINER (box), self->minutes);
  gtk_container_add (GTK_CONTAINER (box), ui_dim_label (_ ("minutes of this computer's time")));
  return box;
}

static void
attach (GtkWidget *grid, int row, const char *words, GtkWidget *to, GtkWidget *widget)
{
  GtkWidget *label = ui_label_for (words, to);

  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  gtk_grid_attach (GTK_GRID (grid), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), widget, 1, row, 1, 1);
}

static GtkWidget *
make_form (UiTeachDialog *self)
{
  GtkWidget *grid = gtk_grid_new (), *sources = make_sources (self);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  self->what = ui_dim_label (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->what), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->what), 48);
  gtk_label_set_xalign (GTK_LABEL (self->what), 0.0F);
  self->name = gtk_entry_new ();
  gtk_entry_set_max_length (GTK_ENTRY (self->name), 60);
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_entry_set_activates_default (GTK_ENTRY (self->name), TRUE);
  g_signal_connect_swapped (self->name, "changed", G_CALLBACK (show_news), self);
  attach (grid, 0, _ ("Take it from"), self->from[0], sources);
  gtk_grid_attach (GTK_GRID (grid), self->what, 1, 1, 1, 1);
  attach (grid, 2, _ ("_Name"), self->name, self->name);
  attach (grid, 3, _ ("Manner"), NULL, make_manner (self));
  GtkWidget *time = make_time (self);
  attach (grid, 4, _ ("Ti_me"), self->minutes, time);
  attach (grid, 5, _ ("It will see"), NULL, make_crops (self));
  gtk_widget_set_valign (gtk_grid_get_child_at (GTK_GRID (grid), 0, 5), GTK_ALIGN_START);
  return grid;
}

static GtkWidget *
make_progress (UiTeachDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12),
            *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->picture = gtk_image_new ();
  atk_object_set_name (gtk_widget_get_accessible (self->picture), _ ("Test picture"));
  gtk_widget_set_tooltip_text (self->picture, _ ("What it makes of it so far"));
  self->words = gtk_label_new (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->words), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->words), 44);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0.0F);
  self->progress = gtk_progress_bar_new ();
  gtk_container_add (GTK_CONTAINER (right), self->words);
  gtk_container_add (GTK_CONTAINER (right), self->progress);
  gtk_widget_set_valign (right, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (box), self->picture);
  gtk_box_pack_start (GTK_BOX (box), right, TRUE, TRUE, 0);
  return box;
}

static GtkWidget *
make_buttons (UiTeachDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->close = ui_button (_ ("_Close"), _ ("It goes on learning without this window"));
  self->stop = ui_button (_ ("_Stop"), _ ("End here and keep what it has learned"));
  self->pause = ui_button (_ ("_Pause"), _ ("It can go on later, also after a restart of GIMP"));
  self->teach = ui_button (_ ("_Teach"), NULL);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->teach),
                               GTK_STYLE_CLASS_SUGGESTED_ACTION);
  gtk_widget_set_can_default (self->teach, TRUE);
  gtk_box_pack_end (GTK_BOX (box), self->teach, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (box), self->pause, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (box), self->stop, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (box), self->close, FALSE, TRUE, 0);
  g_signal_connect_swapped (self->close, "clicked", G_CALLBACK (gtk_window_close), self);
  g_signal_connect_swapped (self->stop, "clicked", G_CALLBACK (on_stop), self);
  g_signal_connect_swapped (self->pause, "clicked", G_CALLBACK (on_pause), self);
  g_signal_connect_swapped (self->teach, "clicked", G_CALLBACK (on_teach), self);
  return box;
}

static GtkWidget *
make_page (UiTeachDialog *self)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->message = gtk_label_new (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->message), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->message), 56);
  gtk_label_set_xalign (GTK_LABEL (self->message), 0.0F);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->message), GTK_STYLE_CLASS_ERROR);
  gtk_container_add (GTK_CONTAINER (page), make_form (self));
  gtk_container_add (GTK_CONTAINER (page), make_progress (self));
  gtk_container_add (GTK_CONTAINER (page), self->message);
  gtk_box_pack_end (GTK_BOX (page), make_buttons (self), FALSE, TRUE, 0);
  return page;
}

/* Where something can be taken from first. */
static void
choose_first (UiTeachDialog *self)
{
  for (int i = 0; i < UI_TEACH_FILES; i++) {
    g_autofree char *what = NULL;
    g_autofree char *why_not = self->teacher->source ((UiTeachFrom) i, &what, self->teacher->user);

    if (!why_not) {
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->from[i]), TRUE);
      return;
    }
  }
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->from[UI_TEACH_FILES]), TRUE);
}

GtkWidget *
ui_teach_dialog_new (const UiTeacher *teacher)
{
  UiTeachDialog *self = g_object_new (UI_TYPE_TEACH_DIALOG, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *switcher;

  self->teacher = teacher;
  self->pages = gtk_stack_new ();
  self->own = ui_teach_own_new (teacher);
  g_signal_connect_swapped (self->own, "failed", G_CALLBACK (on_failed), self);
  gtk_stack_add_titled (GTK_STACK (self->pages), make_page (self), "teach", _ ("New Texture"));
  gtk_stack_add_titled (GTK_STACK (self->pages), self->own, "own", _ ("Your Textures"));
  switcher = gtk_stack_switcher_new ();
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (self->pages));
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (box), switcher);
  gtk_box_pack_start (GTK_BOX (box), self->pages, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (self), box);
  gtk_widget_show_all (box);
  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), "teach");
  gtk_widget_hide (self->message);
  gtk_widget_grab_default (self->teach);
  choose_first (self);
  teacher->listen (on_changed, self, teacher->user);
  ui_teach_dialog_look (self);
  on_changed (self);
  gtk_widget_grab_focus (self->name);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_teach_dialog_part (UiTeachDialog *self, const char *name)
{
  const struct {
    const char *name;
    GtkWidget *widget;
  } parts[] = {
    { "selection", self->from[UI_TEACH_SELECTION] },
    { "layer", self->from[UI_TEACH_LAYER] },
    { "files", self->from[UI_TEACH_FILES] },
    { "choose", self->choose },
    { "what", self->what },
    { "name", self->name },
    { "tiles", self->tiles },
    { "turns", self->turns },
    { "minutes", self->minutes },
    { "crops", self->crops },
    { "words", self->words },
    { "progress", self->progress },
    { "picture", self->picture },
    { "message", self->message },
    { "teach", self->teach },
    { "pause", self->pause },
    { "stop", self->stop },
    { "close", self->close },
    { "own", self->own },
    { "pages", self->pages },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (g_str_equal (parts[i].name, name)) {
      return parts[i].widget;
    }
  }
  return NULL;
}
