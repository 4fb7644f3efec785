/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The buttons at the bottom. */
#include "action-row.h"

#include "i18n.h"
#include "widgets.h"

enum { HELP, RESET, REUSE, COMPARE, PAINT_MAP, TEACH, CLOSE, GENERATE, ADD, N_SIGNALS };

static const char *const names[N_SIGNALS]
    = { "help", "reset", "reuse", "compare", "paint-map", "teach-one", "close", "generate", "add" };
static const char *const ways[] = { "add-layer", "add-new", "add-pattern", "add-file" };

enum { NAME_CHARS = 22 };

struct _UiActionRow {
  GtkBox parent_instance;
  const UiBackend *backend;
  UiTask task;
  GtkWidget *menu, *add_menu;
  GtkWidget *parts[N_SIGNALS];          /* NULL: not offered */
  GtkWidget *ways[G_N_ELEMENTS (ways)]; /* items of Add's menu, by UiAddAs */
};

G_DEFINE_FINAL_TYPE (UiActionRow, ui_action_row, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

static void
on_used (UiActionRow *self, GtkWidget *part)
{
  for (int i = 0; i < ADD; i++) {
    if (self->parts[i] == part) {
      g_signal_emit (self, signals[i], 0);
      return;
    }
  }
}

static void
on_add (UiActionRow *self)
{
  g_signal_emit (self, signals[ADD], 0, UI_ADD_LAYER);
}

static void
on_way (UiActionRow *self, GtkWidget *item)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (self->ways[i] == item) {
      g_signal_emit (self, signals[ADD], 0, (int) i);
    }
  }
}

static void
ui_action_row_class_init (UiActionRowClass *klass G_GNUC_UNUSED)
{
  for (int i = 0; i < ADD; i++) {
    signals[i] = g_signal_new (names[i], UI_TYPE_ACTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
  }
  signals[ADD] = g_signal_new ("add-as", UI_TYPE_ACTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ui_action_row_init (UiActionRow *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
}

/* ---- making ---------------------------------------------------------------------------------- */

static GtkWidget *
menu_item (GtkWidget *menu, const char *words)
{
  GtkWidget *item = gtk_menu_item_new_with_mnemonic (words);

  gtk_menu_shell_append (GTK_MENU_SHELL (menu), item);
  return item;
}

static GtkWidget *
menu_button (GtkWidget *menu, const char *name)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_widget_show_all (menu);
  gtk_menu_button_set_popup (GTK_MENU_BUTTON (button), menu);
  gtk_menu_button_set_direction (GTK_MENU_BUTTON (button), GTK_ARROW_UP);
  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  gtk_widget_show (button);
  return button;
}

static void
make_menu (UiActionRow *self)
{
  GtkWidget *menu = gtk_menu_new ();

  if (self->task == UI_TASK_GENERATE) {
    self->parts[COMPARE] = menu_item (menu, _ ("C_ompare Characters"));
    if (self->backend->paint_map) {
      self->parts[PAINT_MAP] = menu_item (menu, _ ("Paint a _Map"));
    }
    if (self->backend->teach) {
      self->parts[TEACH] = menu_item (menu, _ ("Teach a Te_xture…"));
    }
  }
  self->parts[REUSE] = menu_item (menu, _ ("Reuse _Settings of the Layer"));
  self->parts[RESET] = menu_item (menu, _ ("_Reset"));
  self->parts[HELP] = menu_item (menu, _ ("_Help"));
  gtk_widget_set_tooltip_text (self->parts[RESET],
                               _ ("All settings as the model recommends; class and seed stay"));
  self->menu = menu_button (menu, _ ("More to do"));
  gtk_button_set_image (GTK_BUTTON (self->menu),
                        gtk_image_new_from_icon_name ("open-menu-symbolic", GTK_ICON_SIZE_BUTTON));
}

static void
make_add_menu (UiActionRow *self)
{
  GtkWidget *menu = gtk_menu_new ();

  self->ways[UI_ADD_LAYER] = menu_item (menu, _ ("As a _Layer"));
  self->ways[UI_ADD_NEW_IMAGE] = menu_item (menu, _ ("To a New _Image"));
  if (self->backend->abilities & UI_CAN_ADD_PATTERN) {
    self->ways[UI_ADD_PATTERN] = menu_item (menu, _ ("As a _Pattern"));
  }
  if (self->backend->abilities & UI_CAN_ADD_FILE) {
    self->ways[UI_ADD_FILE] = menu_item (menu, _ ("Save as a _File…"));
  }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (self->ways[i]) {
      g_signal_connect_swapped (self->ways[i], "activate", G_CALLBACK (on_way), self);
    }
  }
  self->add_menu = menu_button (menu, _ ("Other ways to add"));
}

static GtkWidget *
make_add (UiActionRow *self)
{
  GtkWidget *both = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->parts[ADD] = ui_button ("", NULL);
  gtk_button_set_use_underline (GTK_BUTTON (self->parts[ADD]), TRUE);
  make_add_menu (self);
  gtk_style_context_add_class (gtk_widget_get_style_context (both), GTK_STYLE_CLASS_LINKED);
  gtk_container_add (GTK_CONTAINER (both), self->parts[ADD]);
  gtk_container_add (GTK_CONTAINER (both), self->add_menu);
  gtk_widget_show (both);
  g_signal_connect_swapped (self->parts[ADD], "clicked", G_CALLBACK (on_add), self);
  return both;
}

GtkWidget *
ui_action_row_new (const UiBackend *backend, UiTask task)
{
  UiActionRow *self = g_object_new (UI_TYPE_ACTION_ROW, "visible", TRUE, NULL);

  self->backend = backend;
  self->task = task;
  make_menu (self);
  self->parts[CLOSE] = ui_button (_ ("_Close"), _ ("Close the window (Escape)"));
  self->parts[GENERATE]
      = ui_button (task == UI_TASK_UPSAMPLE ? _ ("_Upsample") : _ ("_Generate"), NULL);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->parts[GENERATE]),
                               GTK_STYLE_CLASS_SUGGESTED_ACTION);
  gtk_widget_set_can_default (self->parts[GENERATE], TRUE);
  gtk_box_pack_start (GTK_BOX (self), self->menu, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self), self->parts[GENERATE], FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self), make_add (self), FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self), self->parts[CLOSE], FALSE, TRUE, 0);
  for (int i = 0; i < ADD; i++) {
    if (self->parts[i]) {
      g_signal_connect_swapped (self->parts[i],
                                GTK_IS_MENU_ITEM (self->parts[i]) ? "activate" : "clicked",
                                G_CALLBACK (on_used), self);
    }
  }
  ui_action_row_set_add (self, &(UiAddState) { .ticks = 0 });
  ui_action_row_set_generate (self, NULL);
  return GTK_WIDGET (self);
}

/* ---- what can be pressed --------------------------------------------------------------------- */

/* NAME as a label with a mnemonic shows it, cut in its middle where it is long. To be freed. */
static char *
plain (const char *name)
{
  glong n = g_utf8_strlen (name, -1);
  g_autofree char *head = g_utf8_substring (name, 0, MIN (n, NAME_CHARS / 2));
  g_autofree char *tail = n > NAME_CHARS ? g_utf8_substring (name, n - NAME_CHARS / 2, n)
                                         : g_utf8_substring (name, MIN (n, NAME_CHARS / 2), n);
  g_autofree char *cut = g_strconcat (head, n > NAME_CHARS ? "…" : "", tail, NULL);
  g_auto (GStrv) parts = g_strsplit (cut, "_", -1);

  return g_strjoinv ("__", parts);
}

static char *
label_for (const UiAddState *state)
{
  g_autofree char *into = plain (state->into ? state->into : "");
  int n = (int) state->ticks;

  if (state->into) {
    return n > 1 ? g_strdup_printf (_ ("A_dd %d to %s"), n, into)
                 : g_strdup_printf (_ ("A_dd to %s"), into);
  }
  if (state->fresh) {
    return n > 1 ? g_strdup_printf (_ ("A_dd %d to a New Image"), n)
                 : g_strdup (_ ("A_dd to a New Image"));
  }
  return n > 1 ? g_strdup_printf (NN_ ("A_dd %d Layer", "A_dd %d Layers", state->ticks), n)
               : g_strdup (_ ("A_dd Layer"));
}

void
ui_action_row_set_add (UiActionRow *self, const UiAddState *state)
{
  gboolean can = state->ticks || state->shown;
  g_autofree char *label = label_for (state);
  const char *why_not = state->any ? _ ("Tick or choose a finished picture first")
                                   : _ ("There is no finished picture yet");

  gtk_button_set_label (GTK_BUTTON (self->parts[ADD]), label);
  ui_set_available (self->parts[ADD], can,
                    state->ticks ? _ ("Add the ticked pictures as layers")
                                 : _ ("Add the picture shown as a layer"),
                    why_not);
  ui_set_available (self->add_menu, can, _ ("Other ways to add"), why_not);
}

void
ui_action_row_set_generate (UiActionRow *self, const char *why_not)
{
  ui_set_available (self->parts[GENERATE], !why_not,
                    self->task == UI_TASK_UPSAMPLE ? _ ("Upsample with these settings (Enter)")
                                                   : _ ("Make pictures with these settings "
                                                        "(Enter)"),
                    why_not);
}

void
ui_action_row_set_compare (UiActionRow *self, const char *why_not)
{
  if (self->parts[COMPARE]) {
    ui_set_available (self->parts[COMPARE], !why_not,
                      _ ("The same seed at five gradient scales, side by side: 0, 1, 2, 5 and 10"),
                      why_not);
  }
}

void
ui_action_row_set_paint (UiActionRow *self, const char *why_not)
{
  if (self->parts[PAINT_MAP]) {
    ui_set_available (self->parts[PAINT_MAP], !why_not,
                      _ ("A layer to be painted with the colors of classes, and their colors"),
                      why_not);
  }
}

GtkWidget *
ui_action_row_part (UiActionRow *self, const char *name)
{
  if (g_str_equal (name, "menu")) {
    return self->menu;
  }
  if (g_str_equal (name, "add-menu")) {
    return self->add_menu;
  }
  for (int i = 0; i < N_SIGNALS; i++) {
    if (g_str_equal (names[i], name)) {
      return self->parts[i];
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (g_str_equal (ways[i], name)) {
      return self->ways[i];
    }
  }
  return NULL;
}
