/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What assistive technology is told, asked through ATK as a screen reader asks, of the squares of
 * classes and of the history's pictures; and that the keyboard alone works both. */
#include "driver.h"

/* The accessible child N of WIDGET. To be unreferenced. */
static AtkObject *
item (GtkWidget *widget, int n)
{
  return atk_object_ref_accessible_child (gtk_widget_get_accessible (widget), n);
}

static char *
name_of (GtkWidget *widget, int n)
{
  g_autoptr (AtkObject) object = item (widget, n);

  return g_strdup (object ? atk_object_get_name (object) : NULL);
}

static void
check_name (GtkWidget *widget, int n, const char *expected)
{
  g_autofree char *name = name_of (widget, n);

  if (!CHECK (g_strcmp0 (name, expected) == 0)) {
    printf ("  item %d is called \"%s\", not \"%s\"\n", n, name ? name : "(nothing)", expected);
  }
}

static gboolean
has_state (GtkWidget *widget, int n, AtkStateType state)
{
  g_autoptr (AtkObject) object = item (widget, n);
  AtkStateSet *states = atk_object_ref_state_set (object);
  gboolean has = atk_state_set_contains_state (states, state);

  g_object_unref (states);
  return has;
}

/* ---- classes --------------------------------------------------------------------------------- */

static const char *const kitchen[] = { "kettle", "bowl", "mug", "bowl", "flask", "fork" };
static const char *const other_words[] = { "", "", "cup", "", "", "" };

static Window
open_kitchen (void)
{
  Window self = open_window ();

  self.fake->models[0].class_names = kitchen;
  self.fake->models[0].class_synonyms = other_words;
  self.fake->models[0].n_classes = G_N_ELEMENTS (kitchen);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  spin (50);
  return self;
}

static void
test_squares (void)
{
  Window self = open_kitchen ();
  GtkWidget *grid = part (&self, "class-list");
  AtkObject *list = gtk_widget_get_accessible (grid);

  CHECK_STR (atk_object_get_name (list), "Classes");
  CHECK (atk_object_get_n_accessible_children (list) == (int) G_N_ELEMENTS (kitchen) + 1);
  check_name (grid, 0, "kettle, 1 of 7");
  check_name (grid, 1, "bowl, 1, 2 of 7"); /* its number tells it from the other bowl */
  check_name (grid, 3, "bowl, 3, 4 of 7");
  check_name (grid, 6, "Anything, 7 of 7");
  CHECK (has_state (grid, 0, ATK_STATE_SELECTED) && !has_state (grid, 1, ATK_STATE_SELECTED));

  /* what a search found, and by which word */
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "cup");
  AWAIT (atk_object_get_n_accessible_children (list) == 1);
  check_name (grid, 0, "mug, cup, 1 of 1");
  gtk_entry_set_text (GTK_ENTRY (part (&self, "class-entry")), "");
  AWAIT (atk_object_get_n_accessible_children (list) == 7);
  close_window (&self);
}

/* Position of the square that is chosen. */
static int
chosen (GtkWidget *grid)
{
  for (int n = 0; n < atk_object_get_n_accessible_children (gtk_widget_get_accessible (grid));
       n++) {
    if (has_state (grid, n, ATK_STATE_SELECTED)) {
      return n;
    }
  }
  return -1;
}

static void
test_square_keys (void)
{
  Window self = open_kitchen ();
  GtkWidget *grid = part (&self, "class-list");
  int columns;

  AWAIT (gtk_window_is_active (GTK_WINDOW (self.window)));
  gtk_widget_grab_focus (part (&self, "class-entry"));
  CHECK (press (&self, GDK_KEY_Down)); /* from the search into the grid */
  CHECK (gtk_window_get_focus (GTK_WINDOW (self.window)) == grid);
  CHECK (chosen (grid) == 0);
  CHECK (press (&self, GDK_KEY_Right) && chosen (grid) == 1);
  CHECK (press (&self, GDK_KEY_Left) && chosen (grid) == 0);
  CHECK (press (&self, GDK_KEY_End) && chosen (grid) == 6);
  CHECK (press (&self, GDK_KEY_Home) && chosen (grid) == 0);
  CHECK (press (&self, GDK_KEY_Down));
  columns = chosen (grid);
  CHECK (columns > 0);
  CHECK (press (&self, GDK_KEY_Up) && chosen (grid) == 0);
  CHECK (press (&self, GDK_KEY_Right));
  CHECK (press (&self, GDK_KEY_Right) && chosen (grid) == 2);

  /* an asterisk's favourite is told at once, Enter makes the picture */
  CHECK (press (&self, GDK_KEY_asterisk));
  check_name (grid, 2, "mug, favourite, 3 of 7");
  CHECK (gtk_window_get_focus (GTK_WINDOW (self.window)) == grid);
  CHECK (press (&self, GDK_KEY_Return));
  CHECK (self.fake->starts == 1);
  CHECK_STR (job (&self, 0)->class_name, "mug");
  AWAIT (!running (&self));
  CHECK (press (&self, GDK_KEY_asterisk));
  check_name (grid, 2, "mug, 3 of 7");
  close_window (&self);
}

/* On a map the squares are colours: the same names, and Enter takes a colour. */
static void
test_colors (void)
{
  Window self = open_canvas (NULL, NULL);
  GtkWidget *grid = part (&self, "class-list");
  g_autofree char *third = g_strdup_printf ("%s, 3 of %u", class_name (&self, 2),
                                            (guint) self.fake->models[0].n_classes);
  gsize n;
  int at;
  const UiLegendEntry *legend;

  AWAIT (gtk_window_is_active (GTK_WINDOW (self.window)));
  click (&self, "paint-map");
  legend = self.fake->api.legend (FAKE_MODEL, &n, self.fake);
  check_name (grid, 2, third);
  spin (100); /* until the squares have their places */
  gtk_widget_grab_focus (grid);
  CHECK (gtk_window_get_focus (GTK_WINDOW (self.window)) == grid);
  CHECK (press (&self, GDK_KEY_Home) && chosen (grid) == 0);
  CHECK (press (&self, GDK_KEY_Down));
  at = chosen (grid);
  CHECK (at > 0);
  CHECK (press (&self, GDK_KEY_Return));
  CHECK (self.fake->rgb == legend[at].rgb);
  CHECK (self.fake->starts == 0);
  close_window (&self);
}

/* ---- the history ----------------------------------------------------------------------------- */

static GtkWidget *
strip (Window *self)
{
  GtkWidget *widget
      = gtk_window_get_focus (GTK_WINDOW (self->window)); /* where a test has put the focus */

  return gtk_widget_get_ancestor (widget, GTK_TYPE_FLOW_BOX);
}

static char *
picture_name (Window *self, int seed, const char *signs, int place, int n)
{
  return g_strdup_printf ("%s · character 1.5 · seed %d, %s%d of %d", class_name (self, 0), seed,
                          signs, place, n);
}

static void
check_picture (Window *self, int place, int n, int seed, const char *signs)
{
  g_autofree char *name = picture_name (self, seed, signs, place, n);

  check_name (strip (self), place - 1, name);
}

/* Three pictures of the seeds 7 to 9, the focus on the last. */
static Window
open_three (void)
{
  Window self = open_window ();

  AWAIT (gtk_window_is_active (GTK_WINDOW (self.window)));
  set_spin (&self, "seed", 7);
  set_spin (&self, "count", 3);
  set_spin (&self, "steps", 2);
  click (&self, "generate");
  AWAIT (!running (&self));
  spin (300); /* until new thumbnails have their places: Tab goes by them */
  gtk_widget_grab_focus (part (&self, "delete"));
  press (&self, GDK_KEY_Tab);
  CHECK (strip (&self) != NULL);
  return self;
}

static void
test_pictures (void)
{
  Window self = open_three ();

  CHECK_STR (atk_object_get_name (gtk_widget_get_accessible (strip (&self))), "History");
  CHECK (atk_object_get_n_accessible_children (gtk_widget_get_accessible (strip (&self))) == 3);
  for (int n = 0; n < 3; n++) {
    check_picture (&self, n + 1, 3, 7 + n, "");
  }
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "pin")), TRUE);
  check_picture (&self, 3, 3, 9, "pinned, ");
  click (&self, "add");
  check_picture (&self, 3, 3, 9, "added, pinned, ");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (part (&self, "pin")), FALSE);
  check_picture (&self, 3, 3, 9, "added, ");

  /* one goes: the others move up */
  CHECK (press (&self, GDK_KEY_Home));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 0));
  CHECK (press (&self, GDK_KEY_Right));
  CHECK (press (&self, GDK_KEY_Delete));
  AWAIT (ui_history_count (history (&self)) == 2);
  spin (300);
  ui_history_choose (history (&self), 0);
  gtk_widget_grab_focus (part (&self, "delete"));
  press (&self, GDK_KEY_Tab);
  check_picture (&self, 1, 2, 7, "");
  check_picture (&self, 2, 2, 9, "added, ");
  close_window (&self);
}

static void
test_picture_keys (void)
{
  Window self = open_three ();
  guint before;

  CHECK (press (&self, GDK_KEY_Home));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 0));
  CHECK (press (&self, GDK_KEY_End));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 2));
  CHECK (press (&self, GDK_KEY_End)); /* there already */
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 2));
  CHECK (press (&self, GDK_KEY_Left));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 1));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  CHECK (press (&self, GDK_KEY_Home)); /* the oldest, on whichever side it is */
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 0));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);

  /* the space bar ticks; Enter brings the settings back, and makes nothing */
  before = self.fake->starts;
  CHECK (press (&self, GDK_KEY_space));
  CHECK (ui_history_ticks (history (&self)) == 1);
  set_scale (&self, 9.0);
  CHECK (press (&self, GDK_KEY_Return));
  CHECK (gtk_range_get_value (GTK_RANGE (part (&self, "character"))) == 1.5);
  CHECK (self.fake->starts == before);
  close_window (&self);
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  test_squares ();
  test_square_keys ();
  test_colors ();
  test_pictures ();
  test_picture_keys ();
  return check_summary ();
}
