/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the picture goes. */
#include "where-row.h"

#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

#define OWN_SIZE "own"
#define OTHER_SIZE "other"

static const int sizes[] = { 256, 512, 1024 };

struct _UiWhereRow {
  GtkBox parent_instance;
  const UiBackend *backend;
  GtkWidget *where, *of, *size, *width, *by, *height, *caution;
  UiWhere wanted;  /* kind, as the artist chose */
  gboolean wants;  /* the artist chose */
  guint selection; /* the target of what is selected, as last seen; 0: nothing is */
  guint picked;    /* a target of another image than the first; 0: the first image is followed */
  int own;         /* side of the model's pictures; 0: not known */
  gboolean texture;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiWhereRow, ui_where_row, GTK_TYPE_BOX)

static guint changed_signal;

/* ---- targets --------------------------------------------------------------------------------- */

static const UiTarget *
find (const UiTargets *targets, guint id)
{
  for (gsize i = 0; i < targets->n; i++) {
    if (targets->targets[i].id == id) {
      return &targets->targets[i];
    }
  }
  return NULL;
}

const UiTarget *
ui_where_row_target (UiWhereRow *self)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->where));

  return id ? find (self->backend->targets (self->backend->user),
                    (guint) g_ascii_strtoull (id, NULL, 10))
            : NULL;
}

static gboolean
of_several_images (const UiTargets *targets)
{
  const char *first = targets->n ? targets->targets[0].image : NULL;

  for (gsize i = 1; i < targets->n; i++) {
    if (targets->targets[i].image && g_strcmp0 (targets->targets[i].image, first) != 0) {
      return TRUE;
    }
  }
  return FALSE;
}

/* "Layer “Background”", and of which image where there are several. */
static char *
words_for (const UiTarget *target, gboolean with_image)
{
  g_autofree char *what = NULL;

  switch (target->where) {
  case UI_WHERE_SELECTION:
    what = g_strdup (_ ("Selection"));
    break;
  case UI_WHERE_LAYER:
    what = g_strdup_printf (_ ("Layer “%s”"), target->layer);
    break;
  case UI_WHERE_IMAGE:
    what = g_strdup (_ ("Whole image"));
    break;
  case UI_WHERE_MAP:
    what = g_strdup (target->layer); /* whose name says that it is a map */
    break;
  case UI_WHERE_NEW_IMAGE:
    return g_strdup (_ ("New image"));
  }
  return with_image ? g_strdup_printf ("%s · %s", what, target->image) : g_steal_pointer (&what);
}

/* ---- what is shown --------------------------------------------------------------------------- */

static gboolean
sizes_chosen (UiWhereRow *self, const UiTarget *target)
{
  return target && target->where == UI_WHERE_NEW_IMAGE && self->backend->abilities & UI_CAN_SIZE;
}

static gboolean
other_size (UiWhereRow *self)
{
  return g_strcmp0 (gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->size)), OTHER_SIZE) == 0;
}

/* A model that makes no textures knows pictures of one size. */
static void
show_caution (UiWhereRow *self)
{
  g_autoptr (UiSettings) settings = ui_settings_new ();
  gboolean odd;

  ui_where_row_get (self, settings);
  odd = self->own && !self->texture && settings->width
        && (settings->width != self->own || settings->height != self->own);
  if (odd) {
    g_autofree char *words = g_strdup_printf (
        _ ("This model knows pictures of %d × %d px; others may look odd."), self->own, self->own);

    gtk_label_set_text (GTK_LABEL (self->caution), words);
  }
  gtk_widget_set_visible (self->caution, odd);
}

static void
show_size (UiWhereRow *self)
{
  const UiTarget *target = ui_where_row_target (self);
  gboolean choose = sizes_chosen (self, target), boxes = choose && other_size (self);
  gboolean sized = self->backend->abilities & UI_CAN_SIZE;
  g_autofree char *of = NULL, *size = NULL;

  if (target && target->image) {
    size = sized ? g_strdup_printf (_ ("%d × %d px"), target->width, target->height) : NULL;
    of = sized ? g_strdup_printf (_ ("%d × %d px of %s"), target->width, target->height,
                                  target->image)
               : g_strdup_printf (_ ("of %s"), target->image);
  }
  /* Of several images the choice beside it names the one that is meant. */
  const char *words = of_several_images (self->backend->targets (self->backend->user)) ? size : of;

  gtk_label_set_text (GTK_LABEL (self->of), words ? words : "");
  gtk_widget_set_tooltip_text (self->of, of);
  gtk_widget_set_visible (self->of, words != NULL);
  gtk_widget_set_visible (self->size, choose);
  gtk_widget_set_visible (self->width, boxes);
  gtk_widget_set_visible (self->by, boxes);
  gtk_widget_set_visible (self->height, boxes);
  show_caution (self);
}

/* The artist's last word counts: who selects something in the image means it, whatever was chosen
 * here before. */
static void
follow_selection (UiWhereRow *self, const UiTargets *targets)
{
  guint selection
      = targets->n && targets->targets[0].where == UI_WHERE_SELECTION ? targets->targets[0].id : 0;

  if (selection && selection != self->selection) {
    self->wants = FALSE;
    self->picked = 0;
  }
  self->selection = selection;
}

void
ui_where_row_update (UiWhereRow *self)
{
  const UiTargets *targets = self->backend->targets (self->backend->user);
  follow_selection (self, targets);

  const UiTarget *chosen = self->picked ? find (targets, self->picked) : NULL;
  gboolean several = of_several_images (targets);
  g_autofree char *id = NULL;

  for (gsize i = 0; i < targets->n && self->wants && !chosen; i++) {
    const UiTarget *target = &targets->targets[i];

    /* of the image that is worked in: a selection in another one is not meant */
    if (target->where == self->wanted
        && (!target->image || g_strcmp0 (target->image, targets->targets[0].image) == 0)) {
      chosen = target;
    }
  }
  if (!chosen && targets->n) {
    chosen = &targets->targets[0];
  }
  self->silent = TRUE;
  gtk_combo_box_text_remove_all (GTK_COMBO_BOX_TEXT (self->where));
  for (gsize i = 0; i < targets->n; i++) {
    g_autofree char *key = g_strdup_printf ("%u", targets->targets[i].id);
    g_autofree char *words = words_for (&targets->targets[i], several);

    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (self->where), key, words);
  }
  id = g_strdup_printf ("%u", chosen ? chosen->id : 0);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->where), id);
  self->silent = FALSE;
  show_size (self);
}

void
ui_where_row_set_model (UiWhereRow *self, const UiModel *model, gboolean upsample)
{
  GtkComboBoxText *combo = GTK_COMBO_BOX_TEXT (self->size);
  g_autofree char *before = g_strdup (gtk_combo_box_get_active_id (GTK_COMBO_BOX (combo)));
  g_autofree char *own = NULL;

  self->own = !model                              ? 0
              : upsample && model->upsampled_size ? model->upsampled_size
                                                  : model->image_size;
  self->texture = model && model->is_texture;
  own = self->own ? g_strdup_printf (_ ("%d px, the model's own"), self->own)
                  : g_strdup (_ ("the model's own"));
  self->silent = TRUE;
  gtk_combo_box_text_remove_all (combo);
  gtk_combo_box_text_append (combo, OWN_SIZE, own);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *id = g_strdup_printf ("%d", sizes[i]);
    g_autofree char *words = g_strdup_printf (_ ("%d px"), sizes[i]);

    gtk_combo_box_text_append (combo, id, words);
  }
  gtk_combo_box_text_append (combo, OTHER_SIZE, _ ("Other…"));
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), before ? before : OWN_SIZE);
  self->silent = FALSE;
  show_size (self);
}

/* ---- settings -------------------------------------------------------------------------------- */

void
ui_where_row_get (UiWhereRow *self, UiSettings *settings)
{
  const UiTarget *target = ui_where_row_target (self);
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->size));

  settings->where = self->wants ? self->wanted : target ? target->where : UI_WHERE_NEW_IMAGE;
  settings->width = settings->height = 0;
  if (!target || !(self->backend->abilities & UI_CAN_SIZE)) {
    return;
  }
  if (target->where != UI_WHERE_NEW_IMAGE) {
    settings->width = target->width;
    settings->height = target->height;
  } else if (other_size (self)) {
    settings->width = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->width));
    settings->height = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (self->height));
  } else if (g_strcmp0 (id, OWN_SIZE) != 0) {
    settings->width = settings->height = (int) g_ascii_strtoll (id, NULL, 10);
  }
}

void
ui_where_row_choose (UiWhereRow *self, UiWhere where)
{
  self->wanted = where;
  self->wants = TRUE;
  self->picked = 0;
  ui_where_row_update (self);
}

void
ui_where_row_set (UiWhereRow *self, const UiSettings *settings)
{
  g_autofree char *id
      = settings->width ? g_strdup_printf ("%d", settings->width) : g_strdup (OWN_SIZE);

  ui_where_row_choose (self, settings->where);
  if (settings->where == UI_WHERE_NEW_IMAGE) {
    self->silent = TRUE;
    if (settings->width != settings->height
        || !gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->size), id)) {
      gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->size), OTHER_SIZE);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->width), settings->width);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->height), settings->height);
    }
    self->silent = FALSE;
    show_size (self);
  }
}

/* ---- what the artist does -------------------------------------------------------------------- */

static void
on_where (UiWhereRow *self)
{
  const UiTargets *targets = self->backend->targets (self->backend->user);
  const UiTarget *target = ui_where_row_target (self);

  if (self->silent || !target) {
    return;
  }
  self->wanted = target->where;
  self->wants = TRUE;
  self->picked
      = target->image && g_strcmp0 (target->image, targets->targets[0].image) != 0 ? target->id : 0;
  show_size (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_size (UiWhereRow *self)
{
  if (!self->silent) {
    show_size (self);
    g_signal_emit (self, changed_signal, 0);
  }
}

/* ---- making ---------------------------------------------------------------------------------- */

static void
ui_where_row_class_init (UiWhereRowClass *klass G_GNUC_UNUSED)
{
  changed_signal = g_signal_new ("changed", UI_TYPE_WHERE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
side_box (UiWhereRow *self, const char *name)
{
  GtkWidget *box = ui_spin (16, UI_SIDE_MAX, 16, 0, 5, name);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (box), 512);
  atk_object_set_name (gtk_widget_get_accessible (box), name);
  g_signal_connect_swapped (box, "value-changed", G_CALLBACK (on_size), self);
  return box;
}

static void
ui_where_row_init (UiWhereRow *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6),
            *boxes = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 4);
  self->where = gtk_combo_box_text_new ();
  ui_combo_shrink (self->where);
  gtk_widget_set_tooltip_text (self->where, _ ("What the picture is to cover"));
  self->of = ui_dim_label (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->of), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (self->of), 0.0F);
  self->size = gtk_combo_box_text_new ();
  ui_combo_shrink (self->size);
  gtk_widget_set_tooltip_text (self->size, _ ("Size of the new image"));
  self->width = side_box (self, _ ("Width in pixels"));
  self->by = gtk_label_new ("×");
  self->height = side_box (self, _ ("Height in pixels"));
  self->caution = ui_dim_label (NULL);
  gtk_label_set_line_wrap (GTK_LABEL (self->caution), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (self->caution), 30);
  gtk_label_set_xalign (GTK_LABEL (self->caution), 0.0F);
  gtk_box_pack_start (GTK_BOX (line), self->where, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), self->of, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), self->size, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (boxes), self->width, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (boxes), self->by, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (boxes), self->height, FALSE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (self), line);
  gtk_container_add (GTK_CONTAINER (self), boxes);
  gtk_container_add (GTK_CONTAINER (self), self->caution);
  gtk_widget_show_all (GTK_WIDGET (self));
  GtkWidget *hidden[]
      = { self->of, self->size, self->width, self->by, self->height, self->caution };
  for (guint i = 0; i < G_N_ELEMENTS (hidden); i++) {
    gtk_widget_set_no_show_all (hidden[i], TRUE);
  }
  g_signal_connect_swapped (self->where, "changed", G_CALLBACK (on_where), self);
  g_signal_connect_swapped (self->size, "changed", G_CALLBACK (on_size), self);
  ui_help_set (GTK_WIDGET (self), UI_HELP_WHERE);
}

GtkWidget *
ui_where_row_new (const UiBackend *backend)
{
  UiWhereRow *self = g_object_new (UI_TYPE_WHERE_ROW, NULL);

  self->backend = backend;
  ui_where_row_set_model (self, NULL, FALSE);
  ui_where_row_update (self);
  return GTK_WIDGET (self);
}

GtkWidget *
ui_where_row_part (UiWhereRow *self, const char *name)
{
  return g_str_equal (name, "where")     ? self->where
         : g_str_equal (name, "size")    ? self->size
         : g_str_equal (name, "width")   ? self->width
         : g_str_equal (name, "height")  ? self->height
         : g_str_equal (name, "caution") ? self->caution
                                         : NULL;
}
