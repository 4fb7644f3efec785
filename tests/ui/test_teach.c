/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Teach a texture": what is asked of the teacher, what is shown of it, the artist's own classes in
 * its list and in the window's.
 *
 *   test_teach            the tests
 *   test_teach PICTURE    a picture of the dialog at work */
#include "driver.h"
#include "fake_teacher.h"
#include "ui/help-section.h"
#include "ui/teach-dialog.h"
#include "ui/teach-own.h"

static GtkWidget *
of (UiTeachDialog *dialog, const char *name)
{
  return ui_teach_dialog_part (dialog, name);
}

static void
press_button (UiTeachDialog *dialog, const char *name)
{
  CHECK (gtk_widget_get_visible (of (dialog, name)) && gtk_widget_is_sensitive (of (dialog, name)));
  gtk_button_clicked (GTK_BUTTON (of (dialog, name)));
}

static UiTeachDialog *
open_dialog (FakeTeacher *fake)
{
  UiTeachDialog *dialog = UI_TEACH_DIALOG (ui_teach_dialog_new (&fake->api));

  gtk_widget_show (GTK_WIDGET (dialog));
  spin (60);
  return dialog;
}

static void
close_dialog (UiTeachDialog *dialog, FakeTeacher *fake)
{
  CHECK (audit (GTK_WIDGET (dialog)) == 0);
  gtk_widget_destroy (GTK_WIDGET (dialog));
  CHECK (!fake->func);
  fake_teacher_free (fake);
}

static void
test_lesson (void)
{
  FakeTeacher *fake = fake_teacher_new ();
  UiTeachDialog *dialog = open_dialog (fake);

  CHECK (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (of (dialog, "selection"))));
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "what"))), "812");
  CHECK (fake->crops > 0 && gtk_widget_get_visible (of (dialog, "crops")));
  CHECK (!gtk_widget_get_sensitive (of (dialog, "teach"))); /* it has no name */
  gtk_entry_set_text (GTK_ENTRY (of (dialog, "name")), " my bark ");
  CHECK (!gtk_widget_get_visible (of (dialog, "pause")));

  /* F1 helps, or it is said why not */
  Window keys = { .window = GTK_WIDGET (dialog) };
  CHECK (press (&keys, GDK_KEY_F1));
  CHECK_STR (fake->section, UI_HELP_TEACH);
  CHECK (gtk_widget_get_visible (of (dialog, "message")));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (of (dialog, "layer")), TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (of (dialog, "tiles")), TRUE);
  AWAIT (strstr (gtk_label_get_text (GTK_LABEL (of (dialog, "what"))), "Background"));
  press_button (dialog, "teach");
  CHECK (fake->starts == 1 && fake->from == UI_TEACH_LAYER && fake->tiles && !fake->turns);
  CHECK_STR (fake->name, "my bark");
  CHECK_NEAR (fake->minutes, 5, 1e-9);

  fake_teacher_move (fake, 0.5);
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "words"))), "70 %");
  CHECK (gtk_widget_get_visible (of (dialog, "picture")));
  CHECK_NEAR (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (of (dialog, "progress"))), 0.5,
              1e-9);
  CHECK (!gtk_widget_get_sensitive (of (dialog, "teach"))); /* one at a time */
  fake->news.mistakes = 1.1;                                /* at first a loss goes up and down */
  fake->func (fake->sink);
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "words"))), "not come closer");
  press_button (dialog, "pause");
  CHECK (fake->pauses == 1);
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "words"))), "paused");
  press_button (dialog, "pause"); /* Resume, now */
  CHECK (fake->resumes == 1 && fake->pauses == 1);
  press_button (dialog, "stop");
  CHECK (fake->stops == 1 && !gtk_widget_get_visible (of (dialog, "stop")));
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "words"))), "among the classes");
  CHECK (ui_teach_own_part (UI_TEACH_OWN (of (dialog, "own")), 0, "name") != NULL);
  close_dialog (dialog, fake);
}

static void
test_refusals (void)
{
  FakeTeacher *fake = fake_teacher_new ();

  fake->no_selection = TRUE;
  fake->start_message = g_strdup ("There is a class “brick” already. Choose another name.");
  UiTeachDialog *dialog = open_dialog (fake);
  CHECK (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (of (dialog, "layer"))));
  gtk_entry_set_text (GTK_ENTRY (of (dialog, "name")), "brick");
  press_button (dialog, "teach");
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "message"))), "already");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (of (dialog, "selection")), TRUE);
  AWAIT (!gtk_widget_get_sensitive (of (dialog, "teach")));
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "what"))), "Nothing is selected");
  CHECK (!gtk_widget_get_visible (of (dialog, "crops")));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (of (dialog, "files")), TRUE);
  AWAIT (gtk_widget_get_visible (of (dialog, "choose")));
  CHECK (!gtk_widget_get_sensitive (of (dialog, "teach")));

  fake->news
      = (UiTeachNews) { .state = UI_TEACH_FAILED, .name = "x", .message = "The disk is full" };
  fake->func (fake->sink);
  CHECK_CONTAINS (gtk_label_get_text (GTK_LABEL (of (dialog, "message"))), "disk is full");
  close_dialog (dialog, fake);
}

static void
test_own (void)
{
  FakeTeacher *fake = fake_teacher_new ();

  fake_teacher_add (fake, "my bark");
  fake_teacher_add (fake, "my lawn");
  UiTeachDialog *dialog = open_dialog (fake);
  UiTeachOwn *own = UI_TEACH_OWN (of (dialog, "own"));
  gtk_stack_set_visible_child (GTK_STACK (of (dialog, "pages")), GTK_WIDGET (own));
  spin (60);
  CHECK (audit (GTK_WIDGET (dialog)) == 0);

  GtkWidget *name = ui_teach_own_part (own, 1, "name");
  gtk_entry_set_text (GTK_ENTRY (name), "brick");
  g_signal_emit_by_name (name, "activate");
  CHECK_STR (gtk_entry_get_text (GTK_ENTRY (name)), "my lawn"); /* refused */
  CHECK_STR (fake->own[1].name, "my lawn");
  gtk_entry_set_text (GTK_ENTRY (name), "my meadow");
  g_signal_emit_by_name (name, "activate");
  CHECK_STR (fake->own[1].name, "my meadow");

  GtkWidget *gone = ui_teach_own_part (own, 0, "delete");
  gtk_button_clicked (GTK_BUTTON (gone));
  CHECK (fake->n_own == 2); /* asked first */
  gtk_button_clicked (GTK_BUTTON (gone));
  CHECK (fake->n_own == 1);
  CHECK_STR (gtk_entry_get_text (GTK_ENTRY (ui_teach_own_part (own, 0, "name"))), "my meadow");
  CHECK (!ui_teach_own_part (own, 1, "name") && ui_teach_own_part (own, -1, "import"));
  close_dialog (dialog, fake);
}

/* Whatever page shows. */
static void
test_escape (void)
{
  FakeTeacher *fake = fake_teacher_new ();
  UiTeachDialog *dialog = open_dialog (fake);
  Window keys = { .window = GTK_WIDGET (dialog) };
  gpointer there = dialog;

  g_object_add_weak_pointer (G_OBJECT (dialog), &there);
  gtk_stack_set_visible_child_name (GTK_STACK (of (dialog, "pages")), "own");
  CHECK (press (&keys, GDK_KEY_Escape));
  AWAIT (!there);
  CHECK (!fake->func);
  fake_teacher_free (fake);
}

/* In the window's class list they stand last, marked as the artist's own. */
static void
test_listed (void)
{
  static const char *names[32];
  FakeTeacher *teacher = fake_teacher_new ();
  Window self = open_canvas (NULL, NULL);
  gsize n = self.fake->models[0].n_classes;
  GdkPixbuf *pictures[] = { NULL };

  fake_teacher_add (teacher, "my bark");
  pictures[0] = teacher->own[0].picture;
  for (gsize i = 0; i < n; i++) {
    names[i] = self.fake->classes[i];
  }
  names[n] = "my bark";
  self.fake->models[0].class_names = names;
  self.fake->models[0].n_classes = n + 1;
  self.fake->models[0].n_own = 1;
  self.fake->models[0].own_pictures = pictures;
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  spin (60);

  GtkTreeModel *rows = gtk_icon_view_get_model (GTK_ICON_VIEW (part (&self, "class-list")));
  g_autofree char *markup = NULL;
  gboolean found = FALSE;
  GtkTreeIter iter;
  for (gboolean more = gtk_tree_model_get_iter_first (rows, &iter); more && !found;
       more = gtk_tree_model_iter_next (rows, &iter)) {
    g_free (markup);
    gtk_tree_model_get (rows, &iter, 1, &markup, -1);
    found = strstr (markup, "my bark") != NULL;
  }
  CHECK (found);
  CHECK_CONTAINS (markup, "\342\234\216 my bark");
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "my ba");
  spin (60);
  g_signal_emit_by_name (part (&self, "class-entry"), "activate");
  AWAIT (self.fake->starts == 1 && !running (&self));
  CHECK_STR (job (&self, 0)->class_name, "my bark");
  click (&self, "teach-one"); /* in the menu */
  CHECK (self.fake->teaches == 1);
  close_window (&self);
  fake_teacher_free (teacher);
}

static int
photograph (const char *path)
{
  FakeTeacher *fake = fake_teacher_new ();
  UiTeachDialog *dialog = open_dialog (fake);
  g_autoptr (GError) error = NULL;

  gtk_entry_set_text (GTK_ENTRY (of (dialog, "name")), "my bark");
  press_button (dialog, "teach");
  fake_teacher_move (fake, 0.6);
  spin (200);
  GdkWindow *window = gtk_widget_get_window (GTK_WIDGET (dialog));
  g_autoptr (GdkPixbuf) pixels = gdk_pixbuf_get_from_window (
      window, 0, 0, gdk_window_get_width (window), gdk_window_get_height (window));
  CHECK (gdk_pixbuf_save (pixels, path, "png", &error, NULL));
  close_dialog (dialog, fake);
  return check_summary ();
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  if (argc > 1)
    return photograph (argv[1]);
  test_lesson ();
  test_refusals ();
  test_own ();
  test_escape ();
  test_listed ();
  return check_summary ();
}
