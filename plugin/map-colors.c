/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Colours of maps: see map-colors.h. */
#include "map-colors.h"

#include <math.h>
#include <string.h>

#include "json-text.h"

typedef struct Material {
  const char *name;
  guint32 color;
} Material;

/* Each as its material looks, and at least 20 of CIELAB's units from any other (22.2, concrete and
 * gravel). Maps remember them, so they may change; but who paints by habit would rather they did
 * not. */
static const Material materials[] = {
  { "bark", 0x4a3622 },        { "brick", 0xc3342c },        { "clouds", 0xa9d6f5 },
  { "cobblestone", 0x5a7480 }, { "concrete", 0xb4bcae },     { "earth", 0x82541c },
  { "fabric", 0xa347a8 },      { "forest floor", 0x5b6e20 }, { "grass", 0x46b02c },
  { "gravel", 0xa0867e },      { "lava", 0xff6a00 },         { "metal", 0x7d90c4 },
  { "rock", 0x3f3a48 },        { "roof tiles", 0xe87f66 },   { "rust", 0x761800 },
  { "sand", 0xe8de8c },        { "snow and ice", 0xfdf0f2 }, { "tiles", 0x1cc8ac },
  { "water", 0x1d5fd6 },       { "wood", 0xd69a3c },
};

static const Material *
material_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (materials); i++)
    if (g_ascii_strcasecmp (materials[i].name, name) == 0)
      return &materials[i];
  return NULL;
}

guint32
map_color_generated (int i)
{
  const double hue = fmod (0.13 + i * 0.618033988749895, 1.0) * 6.0;
  const double value = i % 2 ? 0.62 : 0.95, saturation = i / 2 % 2 ? 0.55 : 0.9;
  guint32 rgb = 0;

  for (int c = 0; c < 3; c++) {
    static const double shift[3] = { 5.0, 3.0, 1.0 };
    double k = fmod (shift[c] + hue, 6.0);
    double level = value - value * saturation * CLAMP (MIN (k, 4.0 - k), 0.0, 1.0);
    rgb = rgb << 8 | (guint32) lround (255.0 * level);
  }
  return rgb;
}

void
map_colors (const adm_model *model, guint32 *colors)
{
  gboolean known = TRUE;

  for (int i = 0; i < model->class_count && known; i++) {
    const Material *material = material_of (model->class_names[i]);
    known = material != NULL;
    if (known)
      colors[i] = material->color;
    for (int k = 0; k < i && known; k++) /* two of one name */
      known = colors[k] != colors[i];
  }
  for (int i = 0; i < model->class_count && !known; i++)
    colors[i] = map_color_generated (i);
}

/* ---- legends --------------------------------------------------------------------------------- */

char *
map_legend_write (const adm_model *model, const guint32 *colors)
{
  g_autoptr (yyjson_mut_doc) document = yyjson_mut_doc_new (NULL);
  yyjson_mut_val *root = yyjson_mut_obj (document), *classes = yyjson_mut_obj (document);
  gboolean ok = root && classes && yyjson_mut_obj_add_strcpy (document, root, "model", model->id)
                && yyjson_mut_obj_add_val (document, root, "classes", classes);

  yyjson_mut_doc_set_root (document, root);
  for (int i = 0; i < model->class_count && ok; i++) {
    char color[8];
    g_snprintf (color, sizeof color, "#%06x", colors[i] & 0xffffff);
    ok = yyjson_mut_obj_add (classes, yyjson_mut_strcpy (document, model->class_names[i]),
                             yyjson_mut_strcpy (document, color));
  }
  return ok ? json_text (document) : NULL;
}

/* "#rrggbb" as a number, or −1. */
static gint32
parse_color (const char *text)
{
  guint64 value;

  return text && *text == '#' && strlen (text) == 7
                 && g_ascii_string_to_unsigned (text + 1, 16, 0, 0xffffff, &value, NULL)
             ? (gint32) value
             : -1;
}

gboolean
map_legend_read (const char *text, gsize length, const adm_model *model, gint32 *colors)
{
  g_autoptr (yyjson_doc) document = yyjson_read (text, length, YYJSON_READ_NOFLAG);
  yyjson_val *classes = yyjson_obj_get (yyjson_doc_get_root (document), "classes");
  gboolean ok = yyjson_is_obj (classes);

  for (int i = 0; i < model->class_count; i++)
    colors[i]
        = ok ? parse_color (yyjson_get_str (yyjson_obj_get (classes, model->class_names[i]))) : -1;
  return ok;
}
