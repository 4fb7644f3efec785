/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tab alone goes through the whole window: what it reaches is written down here in its order, each
 * with the role and the name that assistive technology is told, and nothing that takes the focus is
 * left out. */
#include "driver.h"
#include "ui/message-bar.h"
#include "ui/model-page.h"

#include <string.h>

/* More stops than any page has. */
enum { MOST_STOPS = 200 };

static void
tab (Window *self, gboolean back)
{
  press_with (self, back ? GDK_KEY_ISO_Left_Tab : GDK_KEY_Tab, back ? GDK_SHIFT_MASK : 0);
}

/* What the artist takes for one control: the focus is on a combo box's inner button. */
static GtkWidget *
control_of (GtkWidget *focus)
{
  GtkWidget *combo = focus ? gtk_widget_get_ancestor (focus, GTK_TYPE_COMBO_BOX) : NULL;

  return combo ? combo : focus;
}

static GtkWidget *
focus_of (Window *self)
{
  return control_of (gtk_window_get_focus (GTK_WINDOW (self->window)));
}

static void
collect (GtkWidget *widget, gpointer data)
{
  GPtrArray *all = data;

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_visible (widget)
      || (GTK_IS_FLOW_BOX_CHILD (widget)
          && !gtk_flow_box_child_is_selected (GTK_FLOW_BOX_CHILD (widget)))) { /* arrows go there */
    return;
  }
  if (GTK_IS_COMBO_BOX (widget) ? gtk_widget_is_sensitive (widget)
                                : audit_takes_focus (widget) && gtk_widget_is_sensitive (widget)) {
    g_ptr_array_add (all, widget);
  }
  if (GTK_IS_CONTAINER (widget) && !GTK_IS_COMBO_BOX (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), collect, data);
  }
}

/* What has the focus is scrolled to, at least its beginning. */
static gboolean
is_seen (GtkWidget *widget)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  int x = 0, y = 0;

  return !scrolled || GTK_IS_ICON_VIEW (widget)
         || (gtk_widget_translate_coordinates (widget, scrolled, 0, 0, &x, &y) && x >= 0 && y >= 0
             && x < gtk_widget_get_allocated_width (scrolled)
             && y < gtk_widget_get_allocated_height (scrolled));
}

/* Goes round by Tab from where the focus is, back to there. The stops in their order. */
static GPtrArray *
go_round (Window *self, gboolean back)
{
  GPtrArray *stops = g_ptr_array_new ();
  GtkWidget *first = focus_of (self);

  do {
    g_ptr_array_add (stops, focus_of (self));
    spin (5);
    if (!CHECK (is_seen (focus_of (self)))) {
      g_autofree char *name = audit_spoken (focus_of (self));

      printf ("  \"%s\" has the focus out of sight\n", name);
    }
    tab (self, back);
  } while (focus_of (self) != first && stops->len < MOST_STOPS);
  CHECK (focus_of (self) == first);
  return stops;
}

/* From FIRST on, Tab stops where EXPECTED says, line for line "role: name", and at everything that
 * takes the focus; so it does backwards. */
static void
check_round (Window *self, GtkWidget *first, const char *page, const char *const *expected)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autoptr (GPtrArray) stops = NULL;
  g_autoptr (GPtrArray) back = NULL;

  AWAIT (gtk_window_is_active (GTK_WINDOW (self->window)));
  spin (300); /* until new thumbnails have their places: Tab goes by them */
  gtk_widget_grab_focus (first);
  CHECK (focus_of (self) == first);
  stops = go_round (self, FALSE);
  back = go_round (self, TRUE);
  for (guint i = 0; i < MAX (stops->len, g_strv_length ((char **) (gpointer) expected)); i++) {
    const char *want
        = i < g_strv_length ((char **) (gpointer) expected) ? expected[i] : "nothing more";
    g_autofree char *got
        = i < stops->len ? audit_spoken (stops->pdata[i]) : g_strdup ("nothing more");

    if (!CHECK (g_str_equal (got, want))) {
      printf ("  %s, stop %u is \"%s\", not \"%s\"\n", page, i, got, want);
    }
  }
  collect (self->window, all);
  for (guint i = 0; i < all->len; i++) {
    g_autofree char *name = audit_spoken (all->pdata[i]);

    if (!CHECK (g_ptr_array_find (stops, all->pdata[i], NULL)
                && g_ptr_array_find (back, all->pdata[i], NULL))) {
      printf ("  %s: Tab does not reach \"%s\"\n", page, name);
    }
  }
}

/* Each label's mnemonic takes the artist to the control it stands for. */
static void
check_mnemonic (GtkWidget *widget, gpointer data)
{
  Window *self = data;
  guint key = GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
                  ? gtk_label_get_mnemonic_keyval (GTK_LABEL (widget))
                  : GDK_KEY_VoidSymbol;

  /* those of buttons and of what folds act at once */
  if (key != GDK_KEY_VoidSymbol && !gtk_widget_get_ancestor (widget, GTK_TYPE_BUTTON)
      && !gtk_widget_get_ancestor (widget, GTK_TYPE_EXPANDER)) {
    GtkWidget *target = gtk_label_get_mnemonic_widget (GTK_LABEL (widget));

    gtk_window_set_focus (GTK_WINDOW (self->window), NULL);
    press_with (self, key, GDK_MOD1_MASK);
    if (!CHECK (target && focus_of (self) == target)) {
      printf ("  \"%s\" leads elsewhere\n", gtk_label_get_label (GTK_LABEL (widget)));
    }
  }
  if (GTK_IS_CONTAINER (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), check_mnemonic, data);
  }
}

/* ---- the pages ------------------------------------------------------------------------------- */

#define BOTTOM "toggle button: More to do", "button: Close"
#define PICTURE "image: Picture", "radio button: Alone", "radio button: 3 × 3"
#define MODEL                                                                                      \
  "combo box: Model", "button: Models: what is here, and bringing in more", "text: Class",         \
      "layered pane: Classes"
#define SEED "text: Seed", "toggle button: Keep the seed", "button: Another seed, to be kept"
#define QUALITY                                                                                    \
  "combo box: Quality", "button: Save these settings as a preset", "toggle button: More settings"
#define FORM MODEL, "slider: Character", "check box: Live", SEED, "spin button: Pictures", QUALITY
#define PAGE(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void
test_generate_window (void)
{
  Window self = open_window ();
  g_autofree char *first
      = g_strdup_printf ("list item: %s · character 1.5 · seed 7, 1 of 2", class_name (&self, 0));
  g_autofree char *second
      = g_strdup_printf ("list item: %s · character 1.5 · seed 8, 2 of 2", class_name (&self, 0));
  g_autofree char *tick = g_strdup_printf (
      "check box: Add this picture: %s · character 1.5 · seed 8", class_name (&self, 0));

  g_autofree char *recent = g_strdup_printf ("button: Recent: %s", class_name (&self, 0));

  check_round (&self, part (&self, "generate"), "to begin with",
               PAGE ("button: Generate", PICTURE, FORM, BOTTOM));
  check_mnemonic (self.window, &self);
  set_spin (&self, "seed", 7);
  set_spin (&self, "count", 2);
  set_spin (&self, "steps", 2);
  click (&self, "generate");
  AWAIT (!running (&self));
  check_round (&self, part (&self, "generate"), "with pictures",
               PAGE ("button: Generate", PICTURE, "toggle button: Pin this picture",
                     "button: Delete this picture", second, tick, "combo box: Model",
                     "button: Models: what is here, and bringing in more", "text: Class", recent,
                     "layered pane: Classes", "slider: Character", "check box: Live", SEED,
                     "spin button: Pictures", QUALITY, BOTTOM, "button: Add Layer",
                     "toggle button: Other ways to add"));

  /* Passing by the pictures changes no setting; the arrows choose, and bring the picture's settings
   * back. */
  set_scale (&self, 9.0);
  gtk_widget_grab_focus (part (&self, "preview"));
  for (int i = 0; i < 7; i++) {
    tab (&self, FALSE);
    CHECK (gtk_range_get_value (GTK_RANGE (part (&self, "character"))) == 9.0);
  }
  CHECK (focus_of (&self) == part (&self, "model"));
  tab (&self, TRUE);
  tab (&self, TRUE);
  CHECK (press (&self, GDK_KEY_Left));

  g_autofree char *before = audit_spoken (focus_of (&self));

  CHECK_STR (before, first);
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 0));
  CHECK (gtk_range_get_value (GTK_RANGE (part (&self, "character"))) == 1.5);
  CHECK (press (&self, GDK_KEY_Right));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 1));

  CHECK (press (&self, GDK_KEY_Right)); /* there is no further one */
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 1));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  CHECK (press (&self, GDK_KEY_Right));
  CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), 0));
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);

  /* More than there is place for: what the arrows choose is scrolled to. */
  set_spin (&self, "count", 14);
  click (&self, "generate");
  AWAIT (!running (&self));
  spin (300);
  ui_history_choose (history (&self), 13);
  gtk_widget_grab_focus (part (&self, "delete"));
  tab (&self, FALSE);
  for (int i = 12; i >= 0; i--) {
    CHECK (press (&self, GDK_KEY_Left));
    CHECK (ui_history_selected (history (&self)) == ui_history_nth (history (&self), (guint) i));
    spin (5);
    CHECK (is_seen (focus_of (&self)));
  }

  self.fake->step_ms = 100;
  set_spin (&self, "steps", 900);
  click (&self, "generate");
  spin (300);
  check_round (&self, part (&self, "generate"), "running",
               PAGE ("button: Generate", PICTURE, "button: Stop",
                     "list item: The picture being made, 15 of 15", "combo box: Model",
                     "button: Models: what is here, and bringing in more", "text: Class", recent,
                     "layered pane: Classes", "slider: Character", "check box: Live", SEED,
                     "spin button: Pictures", QUALITY, BOTTOM));
  click (&self, "stop");
  close_window (&self);
}

/* A number that was typed counts, though neither Enter nor leaving the box has confirmed it. */
static void
test_typed_numbers (void)
{
  Window self = open_window ();
  const char *const boxes[] = { "steps", "seed", "count" };

  gtk_expander_set_expanded (GTK_EXPANDER (part (&self, "more")), TRUE);
  AWAIT (gtk_window_is_active (GTK_WINDOW (self.window)));
  for (guint i = 0; i < G_N_ELEMENTS (boxes); i++) {
    guint before = self.fake->starts;

    gtk_widget_grab_focus (part (&self, boxes[i]));
    gtk_entry_set_text (GTK_ENTRY (part (&self, boxes[i])), (const char *[]) { "3", "77", "2" }[i]);
    press_with (&self, GDK_KEY_g, GDK_MOD1_MASK);
    AWAIT (self.fake->starts > before && !running (&self));
  }
  CHECK (job (&self, 0)->steps == 3);
  CHECK (job (&self, 1)->seed == 77); /* exactly */
  CHECK (job (&self, self.fake->starts - 1)->count == 2);
  close_window (&self);
}

/* In the popover that names a preset. */
static void
test_preset (void)
{
  Window self = open_window ();

  AWAIT (gtk_window_is_active (GTK_WINDOW (self.window)));
  press_with (&self, GDK_KEY_q, GDK_MOD1_MASK);
  CHECK (focus_of (&self) == part (&self, "preset"));
  tab (&self, FALSE);
  CHECK (press (&self, GDK_KEY_space));
  AWAIT (focus_of (&self) && GTK_IS_ENTRY (focus_of (&self)));
  gtk_entry_set_text (GTK_ENTRY (focus_of (&self)), "Mine");
  CHECK (audit (self.window) == 0);

  g_autofree char *name = audit_spoken (focus_of (&self));

  CHECK_STR (name, "text: Name");
  tab (&self, FALSE);

  g_autofree char *save = audit_spoken (focus_of (&self));

  CHECK_STR (save, "button: Save");
  CHECK (press (&self, GDK_KEY_space));
  AWAIT (
      g_strcmp0 (gtk_combo_box_get_active_id (GTK_COMBO_BOX (part (&self, "preset"))), "own Mine")
      == 0);
  close_window (&self);
}

/* The button that is spoken as NAME, somewhere in *FOUND. */
static void
find_button (GtkWidget *widget, gpointer found)
{
  const char *name = atk_object_get_name (gtk_widget_get_accessible (widget));

  if (GTK_IS_BUTTON (widget)
      && g_strcmp0 (name, "Read the licence and credits of " FAKE_MODEL_NAME) == 0) {
    *(GtkWidget **) found = widget;
  } else if (GTK_IS_CONTAINER (widget)) {
    gtk_container_forall (GTK_CONTAINER (widget), find_button, found);
  }
}

static void
test_model_page (void)
{
  GtkWidget *license = NULL;
  Window self = open_window ();
  GtkWidget *page = part (&self, "model-page");
  UiQuestionCard *card;

  fake_backend_open_file (self.fake);
  fake_backend_send (self.fake, (UiEvent) { .kind = UI_EVENT_CATALOG });
  check_round (&self, part (&self, "generate"), "with a message",
               PAGE ("button: Generate", "button: Answer…", "button: Dismiss this message", PICTURE,
                     FORM, BOTTOM));
  gtk_expander_set_expanded (GTK_EXPANDER (ui_model_page_advanced (UI_MODEL_PAGE (page))), TRUE);
  click (&self, "models");
  spin (60);
  check_round (
      &self, focus_of (&self), "model page",
      PAGE (
          "button: Back", "list item: portraits.pt",
          "combo box: 1. How many heads has its attention?",
          "combo box: 2. Which noise schedule was it trained with?", "button: Remember",
          "list item: " FAKE_MODEL_NAME, "button: Read the licence and credits of " FAKE_MODEL_NAME,
          "list item: ImageNet 64",
          "label: Without 64x64_classifier.pt the fidelity slider does nothing; it is published at "
          "https://example.org/jul-2021/64x64_classifier.pt\nWithout 64_256_upsampler.pt nothing "
          "is upsampled; it is published at "
          "https://example.org/jul-2021/64_256_upsampler.pt",
          "list item: ImageNet 256",
          "label: Without 256x256_diffusion.pt it makes no pictures; it is published at "
          "https://example.org/jul-2021/256x256_diffusion.pt",
          "list item: /home/artist/.local/share/gimp-adm/models/half.pt: the file ends in the "
          "middle of a tensor: fetch it again",
          "toggle button: Advanced", "check box: Halve the memory for weights",
          "check box: Use at most", "list item: /usr/share/gimp-adm/models",
          "button: Open the folder /usr/share/gimp-adm/models",
          "list item: /home/artist/.local/share/gimp-adm/models",
          "button: Open the folder /home/artist/.local/share/gimp-adm/models",
          "button: Import Checkpoint…", "button: Add Folder…", "button: Look Again", BOTTOM));
  check_mnemonic (self.window, &self);
  find_button (page, &license);
  if (CHECK (license != NULL)) {
    gtk_button_clicked (GTK_BUTTON (license)); /* the scripted backend opens nothing, and says so */
    CHECK_CONTAINS (ui_message_bar_text (UI_MESSAGE_BAR (part (&self, "message"))),
                    "textures-64.license.txt: no file manager is installed");
  }
  card = ui_model_page_question (UI_MODEL_PAGE (page), 0);

  g_autofree char *spoken = audit_spoken (GTK_WIDGET (card));

  CHECK_STR (spoken, "grouping: portraits.pt");

  /* Answered by keys alone. */
  press_with (&self, GDK_KEY_2, GDK_MOD1_MASK);
  CHECK (focus_of (&self) == ui_question_card_part (card, "1"));
  CHECK (press_with (&self, GDK_KEY_e, GDK_MOD1_MASK));
  AWAIT (self.fake->path[0] != '\0');
  CHECK (ui_model_page_question (UI_MODEL_PAGE (page), 0) == NULL);
  close_window (&self);
}

static void
test_upsample_layer (void)
{
  Window self = open_mode (NULL, UI_TASK_UPSAMPLE);

  check_round (&self, part (&self, "generate"), "Upsample Layer",
               PAGE ("button: Upsample", "image: Picture", MODEL, "combo box: Size",
                     "check box: Live", SEED, QUALITY, BOTTOM));
  check_mnemonic (self.window, &self);
  close_window (&self);
}

/* Who cannot see the window hears of what comes without a key: a picture that is finished, a
 * message. */
static gboolean
hear (GSignalInvocationHint *hint G_GNUC_UNUSED, guint n G_GNUC_UNUSED, const GValue *values,
      gpointer heard)
{
  g_string_append_printf (heard, "%s%s\n",
                          g_value_get_int (&values[2]) == ATK_LIVE_ASSERTIVE ? "at once: " : "",
                          g_value_get_string (&values[1]));
  return TRUE;
}

static void
test_announcements (void)
{
  Window self = open_window ();
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autofree char *finished
      = g_strdup_printf ("%s · character 1.5 · seed 7\n", class_name (&self, 0));
  guint signal = g_signal_lookup ("notification", ATK_TYPE_OBJECT);
  gulong hook = g_signal_add_emission_hook (signal, 0, hear, heard, NULL);

  set_spin (&self, "seed", 7);
  set_spin (&self, "steps", 2);
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK_STR (heard->str, finished);
  g_string_truncate (heard, 0);
  set_spin (&self, "steps", 900);
  click (&self, "generate");
  spin (20);
  click (&self, "stop");
  CHECK_STR (heard->str, "Stopped\n");
  g_string_truncate (heard, 0);
  click (&self, "reuse");
  CHECK_STR (heard->str,
             "The active layer was not made here: choose one whose name ends in its seed\n");
  g_string_truncate (heard, 0);
  self.fake->fail_at_step = 1;
  click (&self, "generate");
  AWAIT (!running (&self));
  CHECK (g_str_has_prefix (heard->str, "at once: " FAKE_MODEL "-classifier.safetensors: "));
  g_signal_remove_emission_hook (signal, hook);
  close_window (&self);
}

int
main (int argc, char **argv)
{
  driver_begin (&argc, &argv);
  test_generate_window ();
  test_typed_numbers ();
  test_preset ();
  test_model_page ();
  test_upsample_layer ();
  test_announcements ();
  return check_summary ();
}
