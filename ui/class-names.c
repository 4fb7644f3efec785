/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Class names and synonyms for translation. The list serves the translators alone: it holds those
 * of the model that comes with the plug-in, and a test compares the two. Other models' names are
 * shown as they are written. */
#include "class-names.h"

#include "i18n.h"

/* Translators: materials that the model draws; and, with commas between them, what else artists of
 * your language search for them by: as many as it has, not word by word. None may be a class's name
 * or stand twice. */
static const struct {
  const char *name, *synonyms;
} known[] = {
  { NC_ ("class", "bark"), NC_ ("class synonyms", "tree bark, tree trunk, tree, cork") },
  { NC_ ("class", "brick"), NC_ ("class synonyms", "bricks, brick wall, masonry, brickwork") },
  { NC_ ("class", "clouds"), NC_ ("class synonyms", "sky, cloudscape, overcast, fog") },
  { NC_ ("class", "cobblestone"),
    NC_ ("class synonyms", "cobbles, pavement, paving stones, setts, stone road") },
  { NC_ ("class", "concrete"), NC_ ("class synonyms", "cement, plaster, stucco, mortar") },
  { NC_ ("class", "earth"), NC_ ("class synonyms", "soil, dirt, mud, ground, clay") },
  { NC_ ("class", "fabric"), NC_ ("class synonyms", "cloth, textile, linen, canvas, carpet") },
  { NC_ ("class", "forest floor"),
    NC_ ("class synonyms", "leaf litter, fallen leaves, undergrowth, woodland, moss") },
  { NC_ ("class", "grass"), NC_ ("class synonyms", "lawn, meadow, turf, pasture") },
  { NC_ ("class", "gravel"), NC_ ("class synonyms", "pebbles, rubble, scree, crushed stone") },
  { NC_ ("class", "lava"), NC_ ("class synonyms", "magma, volcano, molten rock, fire, embers") },
  { NC_ ("class", "metal"),
    NC_ ("class synonyms", "steel, iron, aluminium, sheet metal, metal plate") },
  { NC_ ("class", "rock"), NC_ ("class synonyms", "stone, cliff, boulder, granite, mountain") },
  { NC_ ("class", "roof tiles"),
    NC_ ("class synonyms", "roof, roofing, shingles, slates, terracotta") },
  { NC_ ("class", "rust"),
    NC_ ("class synonyms", "rusty metal, corrosion, corroded iron, patina") },
  { NC_ ("class", "sand"), NC_ ("class synonyms", "beach, desert, dunes") },
  { NC_ ("class", "snow and ice"), NC_ ("class synonyms", "snow, ice, frost, glacier, winter") },
  { NC_ ("class", "tiles"),
    NC_ ("class synonyms", "ceramic tiles, floor tiles, wall tiles, mosaic, bathroom") },
  { NC_ ("class", "water"), NC_ ("class synonyms", "sea, ocean, waves, river, lake") },
  { NC_ ("class", "wood"), NC_ ("class synonyms", "planks, boards, timber, lumber, parquet") },
};

const char *
ui_class_display_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (known[i].name, name)) {
      return g_dpgettext2 (GETTEXT_PACKAGE, "class", known[i].name);
    }
  }
  return name;
}

const char *
ui_class_display_synonyms (const char *synonyms)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (known[i].synonyms, synonyms)) {
      return g_dpgettext2 (GETTEXT_PACKAGE, "class synonyms", known[i].synonyms);
    }
  }
  return synonyms;
}
