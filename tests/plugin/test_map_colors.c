/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The colours of maps: those of the embedded model's materials look like them and apart from one
 * another, others are generated, and a map's legend keeps its own whatever they become. */
#include "../core/check.h"
#include "adm.h"
#include "plugin/map-colors.h"

#include <math.h>
#include <string.h>

/* Any two materials are at least so far apart, in CIELAB's units (CIE76; 2.3 can just be told). */
#define APART 20.0

/* Of a sRGB colour under D65 (CIE 15:2004, section 8.2.1). */
static void
to_lab (guint32 rgb, double lab[3])
{
  static const double to_xyz[3][3] = { { 0.4124564, 0.3575761, 0.1804375 },
                                       { 0.2126729, 0.7151522, 0.0721750 },
                                       { 0.0193339, 0.1191920, 0.9503041 } };
  static const double white[3] = { 0.95047, 1.0, 1.08883 };
  double linear[3], f[3];

  for (int c = 0; c < 3; c++) {
    double value = (rgb >> (16 - 8 * c) & 0xff) / 255.0;
    linear[c] = value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
  }
  for (int i = 0; i < 3; i++) {
    double t = 0.0;
    for (int c = 0; c < 3; c++)
      t += to_xyz[i][c] * linear[c];
    t /= white[i];
    f[i] = t > 216.0 / 24389.0 ? cbrt (t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
  }
  lab[0] = 116.0 * f[1] - 16.0;
  lab[1] = 500.0 * (f[0] - f[1]);
  lab[2] = 200.0 * (f[1] - f[2]);
}

static double
distance (guint32 a, guint32 b)
{
  double x[3], y[3];

  to_lab (a, x);
  to_lab (b, y);
  return sqrt ((x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1])
               + (x[2] - y[2]) * (x[2] - y[2]));
}

static guint32
color_of (const adm_model *model, const guint32 *colors, const char *name)
{
  for (int i = 0; i < model->class_count; i++)
    if (g_str_equal (model->class_names[i], name))
      return colors[i];
  CHECK (FALSE);
  return 0;
}

static void
test_lab (void)
{
  double lab[3];

  to_lab (0xffffff, lab);
  CHECK_NEAR (lab[0], 100.0, 0.01);
  to_lab (0xff0000, lab);
  CHECK_NEAR (lab[0], 53.24, 0.02);
  CHECK_NEAR (lab[1], 80.09, 0.05);
  CHECK_NEAR (lab[2], 67.20, 0.05);
}

static void
test_materials (const adm_model *model)
{
  guint32 colors[64];
  double least = INFINITY;

  CHECK (model->class_count == 20);
  map_colors (model, colors);
  for (int i = 0; i < model->class_count; i++)
    for (int k = 0; k < i; k++) {
      double far = distance (colors[i], colors[k]);
      least = fmin (least, far);
      if (!CHECK (far >= APART))
        printf ("  %s and %s: %.1f\n", model->class_names[i], model->class_names[k], far);
    }
  printf ("the nearest two of %d colours are %.1f apart\n", model->class_count, least);

  guint32 grass = color_of (model, colors, "grass"), water = color_of (model, colors, "water"),
          lava = color_of (model, colors, "lava"), snow = color_of (model, colors, "snow and ice");
  double lab[3];
  to_lab (grass, lab);
  CHECK (lab[1] < -40.0 && lab[2] > 40.0); /* green */
  to_lab (water, lab);
  CHECK (lab[2] < -40.0); /* blue */
  to_lab (lava, lab);
  CHECK (lab[1] > 40.0 && lab[2] > 60.0); /* orange */
  to_lab (snow, lab);
  CHECK (lab[0] > 90.0);
}

static void
test_others (void)
{
  const char *const mixed[] = { "grass", "zebra", "water" }, *const twins[] = { "grass", "Grass" };
  adm_model model = { .id = (char *) "mine" };
  guint32 colors[3];

  model.class_names = (char **) (gpointer) mixed;
  model.class_count = 3;
  map_colors (&model, colors);
  for (int i = 0; i < 3; i++)
    CHECK (colors[i] == map_color_generated (i));
  model.class_names = (char **) (gpointer) twins;
  model.class_count = 2;
  map_colors (&model, colors);
  CHECK (colors[0] != colors[1]);
  model.class_count = 0;
  map_colors (&model, colors);

  /* those of the first maps, for good */
  CHECK (map_color_generated (0) == 0xf2c218);
  CHECK (map_color_generated (1) == 0x55109e);
}

static void
test_legend (const adm_model *model)
{
  guint32 colors[64];
  gint32 found[64];

  map_colors (model, colors);
  colors[3] = 0x00ff01;
  g_autofree char *text = map_legend_write (model, colors);
  CHECK (map_legend_read (text, strlen (text), model, found));
  for (int i = 0; i < model->class_count; i++)
    CHECK (found[i] == (gint32) colors[i]);

  /* a model that has some of its classes */
  const char *const some[] = { "zebra", "water" };
  adm_model other
      = { .id = (char *) "mine", .class_names = (char **) (gpointer) some, .class_count = 2 };
  CHECK (map_legend_read (text, strlen (text), &other, found));
  CHECK (found[0] == -1 && (guint32) found[1] == color_of (model, colors, "water"));

  /* what anybody may have written */
  static const char *const bad[] = { "", "{", "[]", "{}", "{\"classes\":3}", "{\"classes\":[]}" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    CHECK (!map_legend_read (bad[i], strlen (bad[i]), model, found));
    CHECK (found[0] == -1 && found[model->class_count - 1] == -1);
  }
  static const char odd[] = "{\"classes\":{\"bark\":7,\"brick\":\"#12345\",\"clouds\":\"#1234567\","
                            "\"earth\":\"#-00001\",\"grass\":\"#00a0ff\"}}";
  CHECK (map_legend_read (odd, strlen (odd), model, found));
  for (int i = 0; i < model->class_count; i++)
    CHECK (found[i] == (g_str_equal (model->class_names[i], "grass") ? 0x00a0ff : -1));
}

int
main (void)
{
  const char *data = g_getenv ("ADM_DATA");
  adm_catalog *catalog = NULL;
  const adm_model *model = NULL;
  adm_error error;

  test_lab ();
  test_others ();
  if (CHECK (data && adm_catalog_new (&data, 1, &catalog, &error) == ADM_OK)
      && CHECK (adm_catalog_find (catalog, ADM_EMBEDDED_MODEL, &model, &error) == ADM_OK)) {
    test_materials (model);
    test_legend (model);
  }
  adm_catalog_free (catalog);
  return check_summary ();
}
