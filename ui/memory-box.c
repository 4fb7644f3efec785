/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How models use memory. */
#include "memory-box.h"

#include "i18n.h"
#include "widgets.h"

#include <math.h>

#define GIB ((double) (1024 * 1024 * 1024))

enum { MOST_GIB = 4096 };

struct _UiMemoryBox {
  GtkBox parent_instance;
  GtkWidget *half, *limited, *gib, *there;
  gboolean silent;
};

G_DEFINE_FINAL_TYPE (UiMemoryBox, ui_memory_box, GTK_TYPE_BOX)

static guint changed_signal;

static void
update_number (UiMemoryBox *self)
{
  ui_set_available (self->gib, gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->limited)),
                    _ ("A model that needs more is refused before it starts"),
                    _ ("Models may use all the memory there is"));
}

static void
on_changed (UiMemoryBox *self)
{
  update_number (self);
  if (!self->silent) {
    g_signal_emit (self, changed_signal, 0);
  }
}

static void
ui_memory_box_class_init (UiMemoryBoxClass *klass G_GNUC_UNUSED)
{
  changed_signal = g_signal_new ("changed", UI_TYPE_MEMORY_BOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ui_memory_box_init (UiMemoryBox *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *unit = gtk_label_new (_ ("GiB"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->half = gtk_check_button_new_with_mnemonic (_ ("Halve the _memory for weights"));
  gtk_widget_set_tooltip_text (self->half, _ ("Keeps weights in 16 bits: about half the memory, "
                                              "somewhat slower, and pictures differ by a hair"));
  self->limited = gtk_check_button_new_with_mnemonic (_ ("_Use at most"));
  gtk_widget_set_tooltip_text (self->limited, _ ("Leaves memory for GIMP and other programs"));
  self->gib = ui_spin (0.1, MOST_GIB, 0.5, 1, 5, NULL);
  atk_object_set_name (gtk_widget_get_accessible (self->gib), _ ("Memory for models, in GiB"));
  self->there = ui_dim_label (NULL);
  gtk_box_pack_start (GTK_BOX (row), self->limited, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), self->gib, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), unit, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), self->there, TRUE, TRUE, 6);
  gtk_label_set_ellipsize (GTK_LABEL (self->there), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (self->there), 36);
  gtk_label_set_xalign (GTK_LABEL (self->there), 0.0F);
  gtk_box_pack_start (GTK_BOX (self), self->half, FALSE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (self), row, TRUE, TRUE, 0);
  g_signal_connect_swapped (self->half, "toggled", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->limited, "toggled", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->gib, "value-changed", G_CALLBACK (on_changed), self);
  gtk_widget_show_all (GTK_WIDGET (self));
}

GtkWidget *
ui_memory_box_new (void)
{
  return g_object_new (UI_TYPE_MEMORY_BOX, NULL);
}

void
ui_memory_box_set (UiMemoryBox *self, const UiCatalog *catalog)
{
  guint64 limit = catalog->memory_limit, there = catalog->memory_there;
  g_autofree char *size = g_format_size_full (there, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *available = g_format_size_full (catalog->memory_free, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *words
      = !there ? g_strdup ("")
        : catalog->memory_free
            ? g_strdup_printf (_ ("this machine has %s, of which %s are free"), size, available)
            : g_strdup_printf (_ ("this machine has %s"), size);

  self->silent = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->half), catalog->half);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->limited), limit != 0);
  if (limit) {
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->gib), (double) limit / GIB);
  } else if (gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->gib))
             <= 0.1) { /* what to begin with, if there is to be a limit */
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->gib),
                               there ? MAX (0.5, floor ((double) there / GIB) / 2.0) : 4.0);
  }
  self->silent = FALSE;
  gtk_label_set_text (GTK_LABEL (self->there), words);
  gtk_widget_set_tooltip_text (self->there, words);
  update_number (self);
}

gboolean
ui_memory_box_get_half (UiMemoryBox *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->half));
}

guint64
ui_memory_box_get_limit (UiMemoryBox *self)
{
  gboolean limited = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->limited));

  return limited ? (guint64) (gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->gib)) * GIB) : 0;
}

GtkWidget *
ui_memory_box_part (UiMemoryBox *self, const char *name)
{
  return g_str_equal (name, "half")    ? self->half
         : g_str_equal (name, "limit") ? self->limited
         : g_str_equal (name, "gib")   ? self->gib
                                       : NULL;
}
