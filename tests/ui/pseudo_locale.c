/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Long words on demand: takes the place of GLib's translation functions in the window program, so
 * that a layout can be seen in German, or with every other text a half longer than written. */
#include "pseudo_locale.h"

#include <glib.h>
#include <libintl.h>
#include <string.h>

static gboolean on;

static const struct {
  const char *text, *longer;
} known[] = {
  { "_Model", "_Modell" },
  { "Cl_ass", "Kl_asse" },
  { "Where", "Was bedeckt wird" },
  { "C_haracter", "_Wiedergabetreue" },
  { "varied", "abwechslungsreich" },
  { "typical", "klassentypisch" },
  { "Li_ve", "_Live rechnen" },
  { "Start _from", "Ausgehen _von" },
  { "Texture", "Oberfläche" },
  { "Ma_tch edges", "Ränder an_passen" },
  { "Se_ed", "Startwer_t" },
  { "_Pictures", "B_ilder" },
  { "_Quality", "_Qualität" },
  { "Mo_re", "Weite_re Einstellungen" },
  { "_Upsample to %d px", "Auf %d Bildpunkte h_ochrechnen" },
  { "Teach a Te_xture…", "Oberfläche bei_bringen…" },
  { "_In place", "An seiner _Stelle" },
  { "A_lone", "_Für sich allein" },
  { "_3 × 3", "_3 × 3" },
  { "_Before", "Vor_her" },
  { "_Generate", "Bilder _generieren" },
  { "St_op", "A_nhalten" },
  { "_Close", "S_chließen" },
  { "_Back", "Zurüc_k" },
  { "A_dd %d to %s", "%d zu %s hin_zufügen" },
  { "A_dd to %s", "Zu %s hin_zufügen" },
  { "Step %d of %d", "Schritt %d von %d" },
  { "Picture %d of %d · %s", "Bild %d von %d · %s" },
  { "about %d s", "etwa %d Sekunden" },
  { "%s left", "noch %s" },
  { "History", "Verlauf" },
  { "Search %d classes", "%d Klassen durchsuchen" },
  { "Anything", "Irgendetwas" },
  { "Balanced", "Ausgewogen" },
  { "Custom", "Benutzerdefiniert" },
  { "%s · character %s · seed %s", "%s · Charakter %s · Startwert %s" },
};

void
pseudo_locale_set (gboolean longer)
{
  on = longer;
}

static const char *
lengthen (const char *text)
{
  g_autofree char *padded = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    if (g_str_equal (known[i].text, text)) {
      return known[i].longer;
    }
  }
  padded = g_strdup_printf ("%s %.*s", text, (int) strlen (text) / 2,
                            "und noch um einiges mehr als im Original geschrieben steht");
  return g_intern_string (padded);
}

const char *
g_dgettext (const char *domain, const char *text)
{
  return on && !g_strcmp0 (domain, "plug-in-adm") ? lengthen (text) : dgettext (domain, text);
}

const char *
g_dngettext (const char *domain, const char *one, const char *many, gulong n)
{
  return on && !g_strcmp0 (domain, "plug-in-adm") ? lengthen (n == 1 ? one : many)
                                                  : dngettext (domain, one, many, n);
}

const char *
g_dpgettext2 (const char *domain, const char *context, const char *text)
{
  g_autofree char *both = g_strconcat (context, "\004", text, NULL);
  const char *found = on && !g_strcmp0 (domain, "plug-in-adm") ? both : dgettext (domain, both);

  return found == both ? g_dgettext (domain, text) : found;
}
