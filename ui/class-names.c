/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Class names for translation. The list serves the translators alone: it holds those of the model that comes with the
 * plug-in, and a test compares the two. Other models' names are shown as they are written. */
#include "class-names.h"

#include "i18n.h"

/* Translators: subjects that the model draws, as an artist would search for them. */
static const char *const known[] = {
  NC_ ("class", "animal"),
  NC_ ("class", "animal face"),
  NC_ ("class", "bird"),
  NC_ ("class", "building"),
  NC_ ("class", "clock"),
  NC_ ("class", "dessert"),
  NC_ ("class", "flag"),
  NC_ ("class", "flower"),
  NC_ ("class", "fruit"),
  NC_ ("class", "hand"),
  NC_ ("class", "heart"),
  NC_ ("class", "person"),
  NC_ ("class", "sea creature"),
  NC_ ("class", "sky"),
  NC_ ("class", "smiley face"),
  NC_ ("class", "vehicle"),
};

const char *
ui_class_display_name (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (known[i], name)) {
      return g_dpgettext2 (GETTEXT_PACKAGE, "class", known[i]);
    }
  }
  return name;
}
