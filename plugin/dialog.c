/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window that asks for a procedure's arguments: GimpProcedureDialog with widgets of our own, one row an argument, bound to
 * the config so that its Reset and Load Settings work. Labels and tooltips are the arguments' nicks and blurbs.
 */
#include "dialog.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>
#include <string.h>

#include "arguments.h"
#include "plugin-error.h"

/* What fills the class list when the model changes. */
typedef struct {
  adm_catalog *catalog;
  GtkComboBoxText *classes;
} ClassList;

/* Puts WIDGET into the next row of GRID, labelled by the argument NAME of CONFIG; a check button has its own label. */
static void
add_row (GtkGrid *grid, GimpProcedureConfig *config, const char *name, GtkWidget *widget)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (config), name);
  int row = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (grid), "rows"));

  gtk_widget_set_tooltip_text (widget, g_param_spec_get_blurb (spec));
  gtk_widget_set_hexpand (widget, TRUE);
  if (!GTK_IS_CHECK_BUTTON (widget)) {
    GtkWidget *label = gtk_label_new_with_mnemonic (g_param_spec_get_nick (spec));
    gtk_label_set_xalign (GTK_LABEL (label), 0.0F);
    gtk_label_set_mnemonic_widget (GTK_LABEL (label), widget);
    gtk_grid_attach (grid, label, 0, row, 1, 1);
  }
  gtk_grid_attach (grid, widget, 1, row, 1, 1);
  g_object_set_data (G_OBJECT (grid), "rows", GINT_TO_POINTER (row + 1));
}

static void
add_number (GtkGrid *grid, GimpProcedureConfig *config, const char *name, double low, double high, double step, int digits)
{
  GtkWidget *spin = gimp_prop_spin_button_new (G_OBJECT (config), name, step, 10.0 * step, digits);

  gtk_spin_button_set_range (GTK_SPIN_BUTTON (spin), low, high);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  add_row (grid, config, name, spin);
}

static void
add_check (GtkGrid *grid, GimpProcedureConfig *config, const char *name)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (config), name);

  add_row (grid, config, name, gimp_prop_check_button_new (G_OBJECT (config), name, g_param_spec_get_nick (spec)));
}

/* Adds COMBO, whose entries' ids are the values of the string argument NAME. A value that is not among them is added, so that
 * what a settings file says is seen, and refused with its reason when used. */
static void
add_choice (GtkGrid *grid, GimpProcedureConfig *config, const char *name, GtkComboBoxText *combo)
{
  char *value = NULL;

  g_object_get (config, name, &value, NULL);
  if (value && !gtk_combo_box_set_active_id (GTK_COMBO_BOX (combo), value))
    gtk_combo_box_text_append (combo, value, value);
  g_object_bind_property (config, name, combo, "active-id", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  add_row (grid, config, name, GTK_WIDGET (combo));
  g_free (value);
}

/* Fills the class list with those of the config's model. */
static void
fill_classes (GimpProcedureConfig *config, GParamSpec *spec G_GNUC_UNUSED, ClassList *list)
{
  const adm_model *model = NULL;
  adm_error core = { 0 };
  char *name = NULL;

  g_object_get (config, "model", &name, NULL);
  gtk_combo_box_text_remove_all (list->classes);
  gtk_combo_box_text_append_text (list->classes, ARGUMENTS_NO_CLASS);
  if (name && adm_catalog_find (list->catalog, name, &model, &core) == ADM_OK) {
    for (int i = 0; i < model->class_count; i++)
      gtk_combo_box_text_append_text (list->classes, model->class_names[i]);
  }
  g_free (name);
}

static void
add_model (GtkGrid *grid, GimpProcedureConfig *config, ClassList *list)
{
  GtkComboBoxText *models = GTK_COMBO_BOX_TEXT (gtk_combo_box_text_new ());

  for (size_t i = 0; i < adm_catalog_count (list->catalog); i++) {
    const adm_model *model = adm_catalog_get (list->catalog, i);
    gtk_combo_box_text_append (models, model->id, model->name);
  }
  add_choice (grid, config, "model", models);

  list->classes = GTK_COMBO_BOX_TEXT (gtk_combo_box_text_new_with_entry ());
  GtkWidget *entry = gtk_bin_get_child (GTK_BIN (list->classes));
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  fill_classes (config, NULL, list);
  g_signal_connect (config, "notify::model", G_CALLBACK (fill_classes), list);
  g_object_bind_property (config, "class", entry, "text", G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  add_row (grid, config, "class", GTK_WIDGET (list->classes));
}

static void
add_sampler (GtkGrid *grid, GimpProcedureConfig *config)
{
  GtkComboBoxText *samplers = GTK_COMBO_BOX_TEXT (gtk_combo_box_text_new ());

  for (int i = 0; adm_sampler_name (i); i++) {
    char *label = g_ascii_strup (adm_sampler_name (i), -1);
    gtk_combo_box_text_append (samplers, adm_sampler_name (i), label);
    g_free (label);
  }
  add_choice (grid, config, "sampler", samplers);
}

gboolean
dialog_run (GimpProcedure *procedure, GimpProcedureConfig *config, adm_catalog *catalog, GError **error)
{
  ClassList list = { .catalog = catalog };

  gimp_ui_init ("plug-in-adm");
  GtkWidget *dialog = gimp_procedure_dialog_new (procedure, config, _ ("Upsample Layer"));
  gimp_procedure_dialog_set_ok_label (GIMP_PROCEDURE_DIALOG (dialog), _ ("_Upsample"));
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_spacing (grid, 6);
  gtk_grid_set_column_spacing (grid, 12);
  gtk_container_set_border_width (GTK_CONTAINER (grid), 12);
  add_model (grid, config, &list);
  add_number (grid, config, "steps", ARGUMENTS_MIN_STEPS, ARGUMENTS_MAX_STEPS, 1.0, 0);
  add_sampler (grid, config);
  add_number (grid, config, "seed", 0.0, G_MAXINT, 1.0, 0);
  add_check (grid, config, "randomize");
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (dialog))), GTK_WIDGET (grid), TRUE, TRUE, 0);
  gtk_widget_show_all (GTK_WIDGET (grid));

  gboolean agreed = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (dialog));
  g_signal_handlers_disconnect_by_data (config, &list);
  gtk_widget_destroy (dialog);
  if (!agreed)
    g_set_error_literal (error, PLUGIN_ERROR, PLUGIN_ERROR_CANCELLED, _ ("Cancelled"));
  return agreed;
}
