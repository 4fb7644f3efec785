/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small makers used all over the window. */
#include "widgets.h"

#include "i18n.h"

#include <math.h>

/* Reducing a picture: samples of each pixel on a side, many where the result is no larger than
 * FINE_SIDE. In a large picture each sample waits for memory. */
enum { FINE_SIDE = 200, FINE = 8, COARSE = 2 };

GtkWidget *
ui_label_for (const char *text, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (text);

  gtk_label_set_mnemonic_widget (GTK_LABEL (label), widget);
  gtk_label_set_xalign (GTK_LABEL (label), 1.0F);
  gtk_widget_show (label);
  return label;
}

GtkWidget *
ui_dim_label (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_style_context_add_class (gtk_widget_get_style_context (label), GTK_STYLE_CLASS_DIM_LABEL);
  gtk_widget_show (label);
  return label;
}

GtkWidget *
ui_text_line (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0F);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 80);
  gtk_widget_show (label);
  return label;
}

char *
ui_without_mnemonic (const char *text_with_mnemonic)
{
  const char *from = text_with_mnemonic;
  GString *text = g_string_new (NULL);

  while (*from) {
    /* how Japanese and Chinese have it */
    if (from[0] == '(' && from[1] == '_' && from[2] && from[3] == ')') {
      from += 4;
    } else if (*from == '_') {
      from++;
      if (*from == '_') {
        g_string_append_c (text, *from++);
      }
    } else {
      g_string_append_c (text, *from++);
    }
  }
  return g_string_free (text, FALSE);
}

GtkWidget *
ui_button (const char *text, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (text);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_show (button);
  return button;
}

GtkWidget *
ui_icon_button (const char *icon_names, const char *name)
{
  g_auto (GStrv) names = g_strsplit (icon_names, " ", -1);
  g_autoptr (GIcon) icon = g_themed_icon_new_from_names (names, -1);
  GtkWidget *button = gtk_button_new ();

  gtk_button_set_image (GTK_BUTTON (button), gtk_image_new_from_gicon (icon, GTK_ICON_SIZE_BUTTON));
  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  gtk_widget_show (button);
  return button;
}

GtkWidget *
ui_spin (double low, double high, double step, int digits, int width_chars, const char *tooltip)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (low, high, step);

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), (guint) digits);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_entry_set_width_chars (GTK_ENTRY (spin), width_chars);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  gtk_widget_set_tooltip_text (spin, tooltip);
  gtk_widget_show (spin);
  return spin;
}

void
ui_combo_shrink (GtkWidget *combo)
{
  g_autoptr (GList) cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (combo));

  for (GList *cell = cells; cell; cell = cell->next) {
    if (GTK_IS_CELL_RENDERER_TEXT (cell->data)) {
      g_object_set (cell->data, "ellipsize", PANGO_ELLIPSIZE_END, "width-chars", 8, NULL);
    }
  }
}

void
ui_set_available (GtkWidget *widget, gboolean available, const char *tooltip, const char *why_not)
{
  gtk_widget_set_sensitive (widget, available);
  gtk_widget_set_tooltip_text (widget, available ? tooltip : why_not);
}

void
ui_announce (GtkWidget *widget, const char *text, gboolean urgent)
{
  g_signal_emit_by_name (gtk_widget_get_accessible (widget), "notification", text,
                         urgent ? ATK_LIVE_ASSERTIVE : ATK_LIVE_POLITE);
}

char *
ui_place_text (int position, int n)
{
  /* Translators: the place in a list, as a screen reader says it: "3 of 20". */
  return g_strdup_printf (_ ("%d of %d"), position + 1, n);
}

char *
ui_duration_text (double seconds)
{
  if (seconds < 0.0) {
    return g_strdup ("");
  }
  if (seconds < 1.0) {
    return g_strdup (_ ("under 1 s"));
  }
  if (seconds < 90.0) {
    return g_strdup_printf (_ ("about %d s"), (int) round (seconds));
  }
  if (seconds < 90.0 * 60.0) {
    return g_strdup_printf (_ ("about %d min"), (int) round (seconds / 60.0));
  }
  return g_strdup_printf (_ ("about %d h"), (int) round (seconds / 3600.0));
}

/* The mean of a pixel's samples, at COLUMNS of ROWS, into OUT; what is transparent lends its colour
 * to nobody. */
static void
mean_of (const guint8 *const *rows, const int *columns, int samples, int channels, guint8 *out)
{
  int sum[4] = { 0 }, weight = 0, count = samples * samples;

  for (int k = 0; k < samples; k++) {
    for (int l = 0; l < samples; l++) {
      const guint8 *pixel = rows[k] + columns[l];
      int alpha = channels == 4 ? pixel[3] : 1;

      for (int c = 0; c < 3; c++) {
        sum[c] += alpha * pixel[c];
      }
      weight += alpha;
    }
  }
  for (int c = 0; c < 3; c++) {
    out[c] = (guint8) ((sum[c] + weight / 2) / MAX (1, weight));
  }
  if (channels == 4) {
    out[3] = (guint8) ((weight + count / 2) / count);
  }
}

GdkPixbuf *
ui_reduce_picture (GdkPixbuf *pixels, int most)
{
  int w = gdk_pixbuf_get_width (pixels), h = gdk_pixbuf_get_height (pixels),
      channels = gdk_pixbuf_get_n_channels (pixels);
  double step = (double) MAX (w, h) / most;

  if (step <= 1.0) {
    return g_object_ref (pixels);
  }

  int small_w = MAX (1, (int) (w / step)), small_h = MAX (1, (int) (h / step));
  int samples = CLAMP ((int) ceil (step), 1, most <= FINE_SIDE ? FINE : COARSE);
  GdkPixbuf *small = gdk_pixbuf_new (GDK_COLORSPACE_RGB, channels == 4, 8, small_w, small_h);
  g_autofree int *columns = small ? g_try_new (int, (gsize) small_w *(gsize) samples) : NULL;

  if (!columns) {
    g_clear_object (&small);
    return NULL;
  }

  const guint8 *from = gdk_pixbuf_read_pixels (pixels);
  int from_row = gdk_pixbuf_get_rowstride (pixels);

  for (int i = 0; i < small_w * samples; i++) {
    columns[i] = MIN (w - 1, (int) ((i + 0.5) * w / ((double) small_w * samples))) * channels;
  }
  for (int y = 0; y < small_h; y++) {
    guint8 *out
        = gdk_pixbuf_get_pixels (small) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (small);
    const guint8 *rows[FINE];

    for (int k = 0; k < samples; k++) {
      rows[k] = from
                + (gsize) MIN (h - 1,
                               (int) ((y * samples + k + 0.5) * h / ((double) small_h * samples)))
                      * (gsize) from_row;
    }
    for (int x = 0; x < small_w; x++, out += channels) {
      mean_of (rows, columns + x * samples, samples, channels, out);
    }
  }
  return small;
}

static const char style[]
    = ".adm-preview { border-radius: 5px; }"
      ".adm-thumbnail { padding: 2px; border-radius: 5px; border: 2px solid transparent; }"
      ".adm-thumbnail:selected { background: none; color: inherit; border-color: #3584e4; }"
      ".adm-thumbnail image { border: 1px solid alpha(currentColor, 0.15); border-radius: 2px; }"
      ".adm-badge { background-color: rgba(0,0,0,0.65); color: #fff; border-radius: 7px; padding: "
      "0 6px; margin: 2px;"
      " font-size: smaller; }"
      ".adm-badge image { -gtk-icon-transform: scale(0.75); }"
      ".adm-caption { font-size: smaller; }"
      ".adm-small { padding: 2px 8px; min-height: 0; font-size: smaller; }"
      ".adm-recent { padding: 1px 6px; min-height: 0; font-size: smaller; }"
      /* Ticks lie on pictures of any colour, so they bring their own. */
      ".adm-tick, .adm-tick:hover { padding: 2px; min-height: 0; background: none; border: none; "
      "box-shadow: none; }"
      ".adm-tick check { margin: 1px; min-width: 15px; min-height: 15px; border-radius: 3px; "
      "background-image: none;"
      " background-color: rgba(255,255,255,0.85); border: 1px solid rgba(0,0,0,0.5); color: "
      "transparent; box-shadow: none; }"
      ".adm-tick check:checked { background-color: #1c71d8; border-color: #fff; color: #fff; }"
      /* Where a theme paints it, GTK takes the whole strip for painted, and
                             * leaves what pictures do not cover black. */
      ".adm-strip flowbox { background: none; }"
      ".adm-strip-bar, .adm-strip-bar trough { background: none; border: none; }"
      ".adm-strip-bar slider { min-height: 4px; margin: 2px 0; border-width: 0; border-radius: "
      "4px; }"
      /* Cards are no buttons: nothing happens when the pointer lies on
                             * one. */
      ".adm-card, .adm-card:hover, .adm-card box, .adm-card grid, .adm-card label { background: "
      "none; box-shadow: none; }"
      ".adm-page-title { font-weight: bold; }";

void
ui_style_ensure (void)
{
  GdkScreen *screen = gdk_screen_get_default ();
  GtkCssProvider *provider;

  if (!screen || g_object_get_data (G_OBJECT (screen), "adm-style")) {
    return;
  }
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (provider, style, -1, NULL);
  gtk_style_context_add_provider_for_screen (screen, GTK_STYLE_PROVIDER (provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_set_data_full (G_OBJECT (screen), "adm-style", provider, g_object_unref);
}
