/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "More". A part whose ability the backend lacks is not made, and keeps what the settings said. */
#include "more-box.h"

#include "help-section.h"
#include "i18n.h"
#include "widgets.h"

#include <string.h>

enum {
  STEPS,
  SAMPLER,
  GUIDANCE,
  FROM,
  TO,
  ETA,
  UPSAMPLE,
  UP_STEPS,
  UP_SAMPLER,
  EXACT,
  NATURAL,
  N_PARTS
};

static const char *const names[N_PARTS]
    = { "steps",    "sampler",        "guidance",         "guide-from", "guide-to",    "eta",
        "upsample", "upsample-steps", "upsample-sampler", "exact",      "natural-size" };

#define SIGMA_MAX 1000.0

struct _UiMoreBox {
  GtkExpander parent_instance;
  const UiBackend *backend;
  UiTask task;
  const char *up_sampler; /* the model's own, and its steps; interned */
  int up_steps;
  GtkWidget *grid, *parts[N_PARTS]; /* NULL: not offered */
  UiSettings *kept;                 /* as set last: what is not offered stays so */
  int rows;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiMoreBox, ui_more_box, GTK_TYPE_EXPANDER)

enum { CHANGED, FOLDED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_changed (UiMoreBox *self)
{
  if (!self->silent) {
    g_signal_emit (self, signals[CHANGED], 0);
  }
}

/* What is folded away takes no focus. */
static void
on_folded (UiMoreBox *self)
{
  gtk_widget_set_visible (self->grid, gtk_expander_get_expanded (GTK_EXPANDER (self)));
  g_signal_emit (self, signals[FOLDED], 0);
}

static void
ui_more_box_finalize (GObject *object)
{
  ui_settings_free (UI_MORE_BOX (object)->kept);
  G_OBJECT_CLASS (ui_more_box_parent_class)->finalize (object);
}

static void
ui_more_box_class_init (UiMoreBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ui_more_box_finalize;
  signals[CHANGED] = g_signal_new ("changed", UI_TYPE_MORE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[FOLDED] = g_signal_new ("folded", UI_TYPE_MORE_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
}

static void
ui_more_box_init (UiMoreBox *self)
{
  self->kept = ui_settings_new ();
  self->up_sampler = "";
  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 6);
  gtk_widget_set_margin_top (self->grid, 6);
  gtk_container_add (GTK_CONTAINER (self), self->grid);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), _ ("More settings"));
  g_signal_connect_swapped (self, "notify::expanded", G_CALLBACK (on_folded), self);
  ui_help_set (GTK_WIDGET (self), UI_HELP_SETTINGS);
}

/* ---- making ---------------------------------------------------------------------------------- */

static GtkWidget *
keep (UiMoreBox *self, int part, GtkWidget *widget, const char *signal)
{
  self->parts[part] = widget;
  g_signal_connect_swapped (widget, signal, G_CALLBACK (on_changed), self);
  return widget;
}

static GtkWidget *
spin (UiMoreBox *self, int part, GtkWidget *box)
{
  return keep (self, part, box, "value-changed");
}

static GtkWidget *
check (UiMoreBox *self, int part, const char *words, const char *tooltip)
{
  GtkWidget *box = gtk_check_button_new_with_mnemonic (words);

  gtk_widget_set_tooltip_text (box, tooltip);
  return keep (self, part, box, "toggled");
}

static GtkWidget *
combo (UiMoreBox *self, int part, const char *tooltip)
{
  GtkWidget *box = gtk_combo_box_text_new ();

  ui_combo_shrink (box);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_tooltip_text (box, tooltip);
  return keep (self, part, box, "changed");
}

static void
add_samplers (UiMoreBox *self, GtkWidget *box)
{
  for (gsize i = 0; i < self->backend->n_samplers; i++) {
    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (box), self->backend->samplers[i].id,
                               self->backend->samplers[i].name);
  }
  self->silent = TRUE;
  gtk_combo_box_set_active (GTK_COMBO_BOX (box), 0);
  self->silent = FALSE;
}

/* A row: label and widget, and beside them, where SECOND is not NULL, the same again. */
static void
add_row (UiMoreBox *self, const char *label, GtkWidget *widget, const char *beside,
         GtkWidget *second)
{
  GtkGrid *grid = GTK_GRID (self->grid);

  gtk_grid_attach (grid, ui_label_for (label, widget), 0, self->rows, 1, 1);
  gtk_grid_attach (grid, widget, 1, self->rows, 1, 1);
  if (second) {
    gtk_grid_attach (grid, ui_label_for (beside, second), 2, self->rows, 1, 1);
    gtk_grid_attach (grid, second, 3, self->rows, 1, 1);
  }
  self->rows++;
}

static void
add_wide (UiMoreBox *self, GtkWidget *widget)
{
  gtk_grid_attach (GTK_GRID (self->grid), widget, 0, self->rows++, 4, 1);
}

static GtkWidget *
sigma (UiMoreBox *self, int part, const char *name)
{
  GtkWidget *box = ui_spin (0.0, SIGMA_MAX, 0.1, 2, 5,
                            _ ("Steering acts only at noise levels between these; both 0: at all"));

  atk_object_set_name (gtk_widget_get_accessible (box), name);
  return spin (self, part, box);
}

static void
add_guidance (UiMoreBox *self, GtkWidget *scale)
{
  const char *const kinds[]
      = { C_ ("guidance", "Model's own"), C_ ("guidance", "Classifier"), C_ ("guidance", "Free") };
  GtkWidget *kind = NULL;

  if (self->backend->abilities & UI_CAN_GUIDANCE) {
    kind = combo (self, GUIDANCE,
                  _ ("What steers towards the class: the classifier, or the network itself"));
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
      gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (kind), kinds[i]);
    }
    self->silent = TRUE;
    gtk_combo_box_set_active (GTK_COMBO_BOX (kind), UI_GUIDANCE_DEFAULT);
    self->silent = FALSE;
  }
  add_row (self, _ ("Gradient scale"), scale, _ ("Guidance"), kind);
  if (self->backend->abilities & UI_CAN_INTERVAL) {
    add_row (self, _ ("Guided from"), sigma (self, FROM, _ ("Lowest guided noise level")),
             C_ ("noise levels", "to"), sigma (self, TO, _ ("Highest guided noise level")));
  }
}

static void
add_upsampler (UiMoreBox *self)
{
  add_wide (self, check (self, UPSAMPLE, _ ("_Upsample"), NULL));
  if (self->backend->abilities & UI_CAN_UPSAMPLER) {
    GtkWidget *sampler = combo (self, UP_SAMPLER, _ ("The upsampler's sampler"));

    add_samplers (self, sampler);
    add_row (self, _ ("Upsampling steps"),
             spin (self, UP_STEPS, ui_spin (UI_STEPS_MIN, UI_STEPS_MAX, 1, 0, 4, NULL)),
             _ ("Sampler"), sampler);
  }
}

static void
make (UiMoreBox *self, GtkWidget *scale)
{
  guint abilities = self->backend->abilities;
  GtkWidget *sampler
      = combo (self, SAMPLER,
               _ ("DPM-Solver++ and DDIM give good pictures in few steps; DDPM wants many and "
                  "varies more"));

  add_samplers (self, sampler);
  add_row (self, _ ("Steps"),
           spin (self, STEPS,
                 ui_spin (UI_STEPS_MIN, UI_STEPS_MAX, 1, 0, 4,
                          _ ("More steps take longer and give finer pictures"))),
           _ ("Sampler"), sampler);
  if (abilities & UI_CAN_ETA) {
    add_row (self, _ ("Eta"),
             spin (self, ETA,
                   ui_spin (0.0, 1.0, 0.1, 2, 4,
                            _ ("Fresh noise at each of DDIM's steps: 0 none, 1 as much as DDPM"))),
             NULL, NULL);
  }
  if (scale) {
    add_guidance (self, scale);
  }
  if (self->task == UI_TASK_GENERATE) {
    add_upsampler (self);
  }
  if (abilities & UI_CAN_EXACT) {
    GtkWidget *precision = combo (self, EXACT, _ ("Exact arithmetic is slower and rounds less"));

    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (precision), C_ ("precision", "Fast"));
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (precision), C_ ("precision", "Exact"));
    self->silent = TRUE;
    gtk_combo_box_set_active (GTK_COMBO_BOX (precision), 0);
    self->silent = FALSE;
    add_row (self, _ ("Precision"), precision, NULL, NULL);
  }
  if (self->task == UI_TASK_GENERATE && abilities & UI_CAN_SIZE) {
    add_wide (self, check (self, NATURAL, _ ("At natural si_ze"),
                           _ ("A picture of the model's own size in the middle, instead of one "
                              "that covers all")));
  }
}

GtkWidget *
ui_more_box_new (const UiBackend *backend, UiTask task, GtkWidget *scale)
{
  UiMoreBox *self = g_object_new (UI_TYPE_MORE_BOX, NULL);

  self->backend = backend;
  self->task = task;
  gtk_expander_set_use_underline (GTK_EXPANDER (self), TRUE);
  gtk_expander_set_label (GTK_EXPANDER (self), _ ("Mo_re"));
  make (self, scale);
  gtk_widget_show_all (GTK_WIDGET (self));
  gtk_widget_set_no_show_all (self->grid, TRUE);
  gtk_widget_hide (self->grid);
  return GTK_WIDGET (self);
}

/* ---- the model ------------------------------------------------------------------------------- */

static int
most (int steps)
{
  return steps >= UI_STEPS_MIN ? MIN (steps, UI_STEPS_MAX) : UI_STEPS_MAX;
}

static void
show_upsampler (UiMoreBox *self, const UiModel *model)
{
  gboolean there = model && model->upsampled_size;
  const char *why_not = model && model->missing
                            ? model->missing
                            : _ ("This model has no upsampler; another one may have");
  GtkWidget *upsample = self->parts[UPSAMPLE];
  g_autofree char *label = there ? g_strdup_printf (_ ("_Upsample to %d px"), model->upsampled_size)
                                 : g_strdup (_ ("_Upsample"));

  ui_set_available (upsample, there, _ ("Enlarge each picture with the model's upsampler"),
                    why_not);
  gtk_button_set_label (GTK_BUTTON (upsample), label);
  if (self->parts[UP_STEPS]) {
    gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->parts[UP_STEPS]), UI_STEPS_MIN,
                               most (there ? model->most_upsample_steps : 0));
    ui_set_available (self->parts[UP_STEPS], there, NULL, why_not);
    ui_set_available (self->parts[UP_SAMPLER], there, _ ("The upsampler's sampler"), why_not);
  }
}

void
ui_more_box_set_model (UiMoreBox *self, const UiModel *model)
{
  int steps = !model                           ? 0
              : self->task == UI_TASK_UPSAMPLE ? model->most_upsample_steps
                                               : model->most_steps;

  self->silent = TRUE;
  self->up_sampler
      = g_intern_string (model && model->upsample_sampler ? model->upsample_sampler : "");
  self->up_steps = model ? model->upsample_steps : 0;
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->parts[STEPS]), UI_STEPS_MIN, most (steps));
  if (self->parts[UPSAMPLE]) {
    show_upsampler (self, model);
  }
  if (self->parts[GUIDANCE]) {
    ui_set_available (self->parts[GUIDANCE],
                      model && model->has_guidance && model->has_free_guidance,
                      _ ("What steers towards the class: the classifier, or the network itself"),
                      _ ("This model knows one way at most"));
  }
  self->silent = FALSE;
}

/* ---- settings -------------------------------------------------------------------------------- */

static void
set_number (UiMoreBox *self, int part, double value)
{
  if (self->parts[part]) {
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->parts[part]), value);
  }
}

static void
set_flag (UiMoreBox *self, int part, gboolean value)
{
  if (self->parts[part]) {
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->parts[part]), value);
  }
}

void
ui_more_box_set (UiMoreBox *self, const UiSettings *settings)
{
  self->silent = TRUE;
  ui_settings_assign (self->kept, settings);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->parts[SAMPLER]), settings->sampler);
  set_number (self, STEPS, settings->steps);
  set_number (self, FROM, settings->guide_from);
  set_number (self, TO, settings->guide_to);
  set_number (self, ETA, settings->eta);
  set_number (self, UP_STEPS, settings->upsample_steps ? settings->upsample_steps : self->up_steps);
  set_flag (self, UPSAMPLE, settings->upsample);
  if (self->parts[EXACT]) {
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->parts[EXACT]), settings->exact ? 1 : 0);
  }
  set_flag (self, NATURAL, settings->natural_size);
  if (self->parts[GUIDANCE]) {
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->parts[GUIDANCE]), (int) settings->guidance);
  }
  if (self->parts[UP_SAMPLER]) {
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->parts[UP_SAMPLER]),
                                 *settings->upsample_sampler ? settings->upsample_sampler
                                                             : self->up_sampler);
  }
  self->silent = FALSE;
}

/* What the box PART shows; where there is none, or it shows no more than KEPT rounded, KEPT. */
static double
number (UiMoreBox *self, int part, double kept)
{
  double shown
      = self->parts[part] ? gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->parts[part])) : kept;

  return ABS (shown - kept) < 0.00501 ? kept : shown;
}

static gboolean
flag (UiMoreBox *self, int part, gboolean kept)
{
  return self->parts[part] ? gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->parts[part]))
                           : kept;
}

void
ui_more_box_get (UiMoreBox *self, UiSettings *settings)
{
  const UiSettings *kept = self->kept;

  ui_settings_set_sampler (settings,
                           gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->parts[SAMPLER])));
  settings->steps = (int) number (self, STEPS, kept->steps);
  settings->guide_from = number (self, FROM, kept->guide_from);
  settings->guide_to = number (self, TO, kept->guide_to);
  settings->eta = number (self, ETA, kept->eta);
  settings->upsample = flag (self, UPSAMPLE, kept->upsample);
  settings->exact = self->parts[EXACT]
                        ? gtk_combo_box_get_active (GTK_COMBO_BOX (self->parts[EXACT])) == 1
                        : kept->exact;
  settings->natural_size = flag (self, NATURAL, kept->natural_size);
  settings->guidance
      = self->parts[GUIDANCE]
            ? (UiGuidance) MAX (0, gtk_combo_box_get_active (GTK_COMBO_BOX (self->parts[GUIDANCE])))
            : kept->guidance;
  ui_settings_set_upsample_sampler (settings, kept->upsample_sampler);
  settings->upsample_steps = kept->upsample_steps;
  settings->anchor = kept->anchor; /* a script's */
  if (self->parts[UP_SAMPLER]) {
    const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->parts[UP_SAMPLER]));
    int steps = (int) number (self, UP_STEPS, 0);

    ui_settings_set_upsample_sampler (settings, g_strcmp0 (id, self->up_sampler) ? id : "");
    settings->upsample_steps = steps == self->up_steps ? 0 : steps;
  }
}

GtkWidget *
ui_more_box_part (UiMoreBox *self, const char *name)
{
  for (int i = 0; i < N_PARTS; i++) {
    if (g_str_equal (names[i], name)) {
      return self->parts[i];
    }
  }
  return NULL;
}
