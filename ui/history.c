/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The strip of finished pictures: a flow box of one row in a window that scrolls sideways. */
#include "history-private.h"

#include "history-actions.h"
#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

G_DEFINE_FINAL_TYPE (UiHistory, ui_history, GTK_TYPE_BOX)

static guint signals[UI_HISTORY_SIGNALS];

void
ui_history_tell (UiHistory *self, int signal)
{
  g_signal_emit (self, signals[signal], 0);
}

UiThumbnail *
ui_history_selected_thumbnail (UiHistory *self)
{
  g_autoptr (GList) list = gtk_flow_box_get_selected_children (GTK_FLOW_BOX (self->flow));

  return list ? UI_THUMBNAIL (list->data) : NULL;
}

void
ui_history_show_actions (UiHistory *self)
{
  UiThumbnail *thumbnail = ui_history_selected_thumbnail (self);
  gboolean chosen = thumbnail && !ui_thumbnail_is_live (thumbnail);

  if (self->actions) {
    ui_history_actions_set (UI_HISTORY_ACTIONS (self->actions), chosen,
                            chosen && ui_thumbnail_get_pinned (thumbnail), ui_history_ticks (self));
  }
}

static void
on_selection (UiHistory *self)
{
  UiThumbnail *thumbnail = ui_history_selected_thumbnail (self);

  ui_history_show_actions (self);
  if (!self->silent && thumbnail) {
    g_signal_emit (
        self, signals[ui_thumbnail_is_live (thumbnail) ? UI_HISTORY_FOLLOW : UI_HISTORY_CHOSEN], 0);
  }
}

static void
on_activated (UiHistory *self, UiThumbnail *thumbnail)
{
  if (!ui_thumbnail_is_live (thumbnail)) {
    /* again, on the one that is selected: its settings come back */
    g_signal_emit (self, signals[UI_HISTORY_CHOSEN], 0);
  }
}

/* Whether the strip runs from right to left. */
static gboolean
leftward (UiHistory *self)
{
  return gtk_widget_get_direction (self->flow) == GTK_TEXT_DIR_RTL;
}

/* The wheel moves the strip, which has no other direction to go. */
static gboolean
on_scroll (UiHistory *self, GdkEventScroll *event)
{
  GtkAdjustment *across
      = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled));
  double step = gtk_adjustment_get_page_size (across) / (leftward (self) ? -4 : 4), by = 0.0;

  switch (event->direction) {
  case GDK_SCROLL_UP:
    by = -step;
    break;
  case GDK_SCROLL_DOWN:
    by = step;
    break;
  case GDK_SCROLL_SMOOTH:
    if (event->delta_x != 0.0) {
      return FALSE;
    }
    by = event->delta_y * step;
    break;
  default:
    return FALSE;
  }
  gtk_adjustment_set_value (across, gtk_adjustment_get_value (across) + by);
  return TRUE;
}

/* The strip has become longer or shorter. Its bar keeps its place, so that nothing moves when it is
 * needed. */
static void
on_length (UiHistory *self)
{
  GtkAdjustment *across
      = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled));
  double length = gtk_adjustment_get_upper (across) - gtk_adjustment_get_lower (across);

  gtk_widget_set_opacity (self->bar, length > gtk_adjustment_get_page_size (across) ? 1.0 : 0.0);
  if (self->new_source) {
    gtk_adjustment_set_value (across, leftward (self) ? gtk_adjustment_get_lower (across)
                                                      : gtk_adjustment_get_upper (across));
  }
}

static gboolean
end_new (gpointer data)
{
  UiHistory *self = data;

  on_length (self);
  self->new_source = 0;
  return G_SOURCE_REMOVE;
}

/* The strip grows once the new thumbnail has its place, which takes a moment. */
static void
show_end (UiHistory *self)
{
  if (!self->new_source) {
    self->new_source = g_timeout_add (250, end_new, self);
  }
}

void
ui_history_select_silently (UiHistory *self, UiThumbnail *thumbnail)
{
  self->silent = TRUE;
  gtk_flow_box_select_child (GTK_FLOW_BOX (self->flow), GTK_FLOW_BOX_CHILD (thumbnail));
  self->silent = FALSE;
}

static void
on_ticked (UiHistory *self)
{
  ui_history_show_actions (self);
  ui_history_tell (self, UI_HISTORY_TICKS_CHANGED);
}

static gboolean
tell_places (gpointer data)
{
  UiHistory *self = data;
  g_autoptr (GList) all = gtk_container_get_children (GTK_CONTAINER (self->flow));
  int n = (int) g_list_length (all), position = 0;

  self->place_source = 0;
  for (GList *one = all; one; one = one->next) {
    ui_thumbnail_set_place (one->data, position++, n);
  }
  return G_SOURCE_REMOVE;
}

/* Once for all that come in a row. */
static void
tell_places_soon (UiHistory *self)
{
  if (!self->place_source) {
    self->place_source = g_idle_add (tell_places, self);
  }
}

void
ui_history_insert (UiHistory *self, UiThumbnail *thumbnail, int position, gboolean is_new)
{
  g_signal_connect_swapped (thumbnail, "ticked", G_CALLBACK (on_ticked), self);
  gtk_flow_box_insert (GTK_FLOW_BOX (self->flow), GTK_WIDGET (thumbnail), position);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->scrolled);
  tell_places_soon (self);
  if (is_new) {
    show_end (self);
  }
}

void
ui_history_take_out (UiHistory *self, UiThumbnail *thumbnail)
{
  self->silent = TRUE;
  g_ptr_array_remove (self->thumbnails, thumbnail);
  gtk_widget_destroy (GTK_WIDGET (thumbnail));
  self->silent = FALSE;
  tell_places_soon (self);
  if (!self->thumbnails->len && !self->live) {
    gtk_stack_set_visible_child (GTK_STACK (self->stack), self->empty);
  }
}

static void
on_vary (UiHistory *self, double amount)
{
  g_signal_emit (self, signals[UI_HISTORY_VARY], 0, amount);
}

static void
on_upsample (UiHistory *self)
{
  ui_history_tell (self, UI_HISTORY_UPSAMPLE);
}

/* The child of the strip that KEY leads to from AT, by its number; -1: KEY leads nowhere. */
static int
led_to (UiHistory *self, guint key, GtkWidget *at)
{
  int here = gtk_flow_box_child_get_index (GTK_FLOW_BOX_CHILD (at));

  switch (key) {
  case GDK_KEY_Left:
  case GDK_KEY_KP_Left:
    return leftward (self) ? here + 1 : MAX (here - 1, 0);
  case GDK_KEY_Right:
  case GDK_KEY_KP_Right:
    return leftward (self) ? MAX (here - 1, 0) : here + 1;
  case GDK_KEY_Home:
  case GDK_KEY_KP_Home:
    return 0;
  case GDK_KEY_End:
  case GDK_KEY_KP_End:
    return (int) self->thumbnails->len + (self->live != NULL) - 1;
  default:
    return -1;
  }
}

/* The arrows choose the picture beside, Home and End the oldest and the newest: GTK's own, in a box
 * of one row, lead to the ticks instead. */
static gboolean
on_key (UiHistory *self, GdkEventKey *event)
{
  if (event->keyval == GDK_KEY_Delete && self->actions) {
    gtk_button_clicked (
        GTK_BUTTON (ui_history_actions_part (UI_HISTORY_ACTIONS (self->actions), "delete")));
    return TRUE;
  }

  GtkWidget *at = gtk_container_get_focus_child (GTK_CONTAINER (self->flow)), *there;
  int n = at ? led_to (self, event->keyval, at) : -1;

  if (n < 0 || event->state & gtk_accelerator_get_default_mod_mask ()) {
    return FALSE;
  }
  there = GTK_WIDGET (gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (self->flow), n));
  if (there && there != at) {
    gtk_widget_child_focus (there, GTK_DIR_DOWN); /* which selects it */
  }
  return TRUE;
}

/* Tab enters the strip at the picture that is chosen (or being made, or the newest), goes to its
 * tick, and leaves; the arrows go from picture to picture. Only they choose: whoever passes by
 * keeps all settings. */
static gboolean
ui_history_focus (GtkWidget *widget, GtkDirectionType direction)
{
  UiHistory *self = UI_HISTORY (widget);
  UiThumbnail *chosen = ui_history_selected_thumbnail (self),
              *at = UI_THUMBNAIL (gtk_container_get_focus_child (GTK_CONTAINER (self->flow)));
  gboolean moved;

  if (direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD) {
    return GTK_WIDGET_CLASS (ui_history_parent_class)->focus (widget, direction);
  }
  if (!at) {
    at = chosen                  ? chosen
         : self->live            ? self->live
         : self->thumbnails->len ? self->thumbnails->pdata[self->thumbnails->len - 1]
                                 : NULL;
  }
  if (!at) {
    return FALSE;
  }
  self->silent = TRUE; /* GTK selects what gets the focus */
  moved = gtk_widget_child_focus (GTK_WIDGET (at), direction);
  gtk_flow_box_unselect_all (GTK_FLOW_BOX (self->flow));
  if (chosen) {
    gtk_flow_box_select_child (GTK_FLOW_BOX (self->flow), GTK_FLOW_BOX_CHILD (chosen));
  }
  self->silent = FALSE;
  return moved;
}

static void
ui_history_dispose (GObject *object)
{
  UiHistory *self = UI_HISTORY (object);

  self->silent = TRUE;
  if (self->new_source) {
    g_source_remove (self->new_source);
    self->new_source = 0;
  }
  if (self->place_source) {
    g_source_remove (self->place_source);
    self->place_source = 0;
  }
  ui_history_shut (self);
  G_OBJECT_CLASS (ui_history_parent_class)->dispose (object);
}

static void
ui_history_finalize (GObject *object)
{
  UiHistory *self = UI_HISTORY (object);

  g_ptr_array_unref (self->thumbnails);
  g_clear_object (&self->head);
  G_OBJECT_CLASS (ui_history_parent_class)->finalize (object);
}

static void
ui_history_class_init (UiHistoryClass *klass)
{
  static const struct {
    const char *name;
    GType argument; /* G_TYPE_NONE: none */
  } all[UI_HISTORY_SIGNALS] = { { "chosen", G_TYPE_NONE },        { "follow", G_TYPE_NONE },
                                { "ticks-changed", G_TYPE_NONE }, { "vary", G_TYPE_DOUBLE },
                                { "upsample", G_TYPE_NONE },      { "deleted", G_TYPE_NONE },
                                { "failed", G_TYPE_STRING },      { "full", G_TYPE_NONE } };

  G_OBJECT_CLASS (klass)->dispose = ui_history_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_history_finalize;
  GTK_WIDGET_CLASS (klass)->focus = ui_history_focus;
  for (guint i = 0; i < UI_HISTORY_SIGNALS; i++) {
    signals[i]
        = g_signal_new (all[i].name, UI_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                        G_TYPE_NONE, all[i].argument == G_TYPE_NONE ? 0 : 1, all[i].argument);
  }
}

/* The thumbnails in a row. */
static void
make_flow (UiHistory *self)
{
  self->flow = gtk_flow_box_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->flow), GTK_ORIENTATION_VERTICAL);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow), 1);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->flow), 2);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->flow), TRUE);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_SINGLE);
  gtk_widget_set_halign (self->flow, GTK_ALIGN_START);
  gtk_widget_set_valign (self->flow, GTK_ALIGN_START);
  atk_object_set_name (gtk_widget_get_accessible (self->flow), _ ("History"));
  g_signal_connect_swapped (self->flow, "selected-children-changed", G_CALLBACK (on_selection),
                            self);
  g_signal_connect_swapped (self->flow, "child-activated", G_CALLBACK (on_activated), self);
  g_signal_connect_swapped (self->flow, "key-press-event", G_CALLBACK (on_key), self);
  gtk_flow_box_set_activate_on_single_click (GTK_FLOW_BOX (self->flow), FALSE);
}

/* The window on the thumbnails, and its bar. */
static void
make_strip (UiHistory *self)
{
  self->scrolled = gtk_scrolled_window_new (NULL, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_EXTERNAL,
                                  GTK_POLICY_NEVER);
  gtk_container_add (GTK_CONTAINER (self->scrolled), self->flow);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->scrolled), "adm-strip");
  g_signal_connect_swapped (self->scrolled, "scroll-event", G_CALLBACK (on_scroll), self);
  g_signal_connect_swapped (
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled)), "changed",
      G_CALLBACK (on_length), self);
  /* A bar of its own: in some themes one that lies over the strip comes out black. */
  self->bar = gtk_scrollbar_new (
      GTK_ORIENTATION_HORIZONTAL,
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled)));
  gtk_style_context_add_class (gtk_widget_get_style_context (self->bar), "adm-strip-bar");
  gtk_widget_set_opacity (self->bar, 0.0);
  atk_object_set_name (gtk_widget_get_accessible (self->bar), _ ("History"));
}

static void
ui_history_init (UiHistory *self)
{
  self->empty = gtk_label_new (_ ("Finished pictures gather here; tick the ones to add."));
  self->thumbnails = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
  gtk_label_set_line_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->empty), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (self->empty), 30);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->empty),
                               GTK_STYLE_CLASS_DIM_LABEL);
  make_flow (self);
  make_strip (self);
  self->stack = gtk_stack_new ();
  /* a thumbnail, so that the first one moves nothing */
  gtk_widget_set_size_request (self->stack, -1, 108);
  gtk_container_add (GTK_CONTAINER (self->stack), self->empty);
  gtk_container_add (GTK_CONTAINER (self->stack), self->scrolled);
  gtk_container_add (GTK_CONTAINER (self), self->stack);
  gtk_container_add (GTK_CONTAINER (self), self->bar);
  gtk_widget_show_all (GTK_WIDGET (self));
  ui_help_set (GTK_WIDGET (self), UI_HELP_HISTORY);
}

static void
make_head (UiHistory *self, UiTask task)
{
  gboolean generates = task == UI_TASK_GENERATE;
  GtkWidget *title = ui_dim_label (_ ("History"));

  self->head = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
  self->actions
      = ui_history_actions_new (generates && self->backend->abilities & UI_CAN_VARY, generates);
  gtk_box_pack_start (GTK_BOX (self->head), title, FALSE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (self->head), self->actions, FALSE, TRUE, 0);
  gtk_widget_show_all (self->head);
  ui_help_set (self->head, UI_HELP_HISTORY);
  g_signal_connect_swapped (self->actions, "vary", G_CALLBACK (on_vary), self);
  g_signal_connect_swapped (self->actions, "upsample", G_CALLBACK (on_upsample), self);
  g_signal_connect_swapped (self->actions, "pin", G_CALLBACK (ui_history_turn_pin), self);
  g_signal_connect_swapped (self->actions, "delete", G_CALLBACK (ui_history_delete), self);
}

GtkWidget *
ui_history_new (const UiBackend *backend, UiStore *store, UiTask task)
{
  UiHistory *self = g_object_new (UI_TYPE_HISTORY, NULL);

  self->backend = backend;
  make_head (self, task);
  ui_history_open (self, store);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_history_head (UiHistory *self)
{
  return self->head;
}

GtkWidget *
ui_history_part (UiHistory *self, const char *name)
{
  return ui_history_actions_part (UI_HISTORY_ACTIONS (self->actions), name);
}
