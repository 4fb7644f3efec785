/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Classes found by synonyms, in the artist's language and in English; what is shown and kept is the
 * class's name. With the catalogues' folder as argument the language is German. */
#include "../core/check.h"
#include "ui/class-chooser.h"

#include <libintl.h>

static const char *const names[]
    = { "rock", "cobblestone", "snow and ice", "granite", "moon", "crane", "crane" };
static const char *const synonyms[] = { "stone, cliff, boulder, granite, mountain",
                                        "cobbles, pavement, paving stones, setts, stone road",
                                        "snow, ice, frost, glacier, winter",
                                        "",
                                        "lunar <surface>,, dust & 7",
                                        "bird",
                                        "machine" };
static const UiModel model = { .id = "m",
                               .name = "M",
                               .class_names = names,
                               .class_synonyms = synonyms,
                               .n_classes = G_N_ELEMENTS (names) };

static GtkWidget *
entry (UiClassChooser *chooser)
{
  return ui_class_chooser_part (chooser, "class-entry");
}

/* What stands beside square N: the name, and two blanks before a synonym; NULL: there is no such
 * square. To be freed. */
static char *
row_text (UiClassChooser *chooser, int n)
{
  GtkTreeModel *rows
      = gtk_icon_view_get_model (GTK_ICON_VIEW (ui_class_chooser_part (chooser, "class-list")));
  g_autofree char *markup = NULL;
  GtkTreeIter iter;
  char *text = NULL;

  if (gtk_tree_model_iter_nth_child (rows, &iter, NULL, n)) {
    gtk_tree_model_get (rows, &iter, 1, &markup, -1);
    CHECK (pango_parse_markup (markup, -1, 0, NULL, &text, NULL, NULL));
  }
  return text;
}

/* QUERY finds FIRST, then SECOND; NULL: nothing more. */
static void
finds (UiClassChooser *chooser, const char *query, const char *first, const char *second)
{
  g_autofree char *one = NULL, *two = NULL;

  gtk_entry_set_text (GTK_ENTRY (entry (chooser)), query);
  one = row_text (chooser, 0);
  two = row_text (chooser, 1);
  if (!CHECK (g_strcmp0 (one, first) == 0 && g_strcmp0 (two, second) == 0)) {
    printf ("  \"%s\" finds %s, %s\n", query, one ? one : "nothing", two ? two : "nothing more");
  }
}

static void
sets (UiClassChooser *chooser, const char *name, const char *expected)
{
  CHECK (ui_class_chooser_set (chooser, name));
  CHECK_STR (ui_class_chooser_get (chooser), expected);
}

static void
test_english (UiClassChooser *chooser)
{
  finds (chooser, "rock", "rock", NULL);
  finds (chooser, "cliff", "rock  cliff", NULL);
  /* a whole synonym before a part of a name, whose row tells no synonym */
  finds (chooser, "STONE", "rock  stone", "cobblestone");
  finds (chooser, "bolder", "rock  boulder", NULL);
  finds (chooser, "granite", "granite", "rock  granite"); /* a name before a synonym */
  finds (chooser, "snow", "snow and ice", NULL);
  finds (chooser, "lunar surf", "moon  lunar <surface>", NULL);
  finds (chooser, "7", "moon  4 dust & 7", NULL);
  finds (chooser, "machine", "crane  6 machine", NULL);
  g_signal_emit_by_name (entry (chooser), "activate");
  /* of two of one name the second goes by number */
  CHECK_STR (ui_class_chooser_get (chooser), "6");
  finds (chooser, "mountain", "rock  mountain", NULL);
  g_signal_emit_by_name (entry (chooser), "activate");
  CHECK_STR (ui_class_chooser_get (chooser), "rock");
}

static void
test_german (UiClassChooser *chooser)
{
  finds (chooser, "Stein", "Fels  Stein", "Kopfsteinpflaster");
  finds (chooser, "stone", "Fels  stone", "Kopfsteinpflaster"); /* by its own name */
  finds (chooser, "Kopfsteine", "Kopfsteinpflaster  Kopfsteine", NULL);
  finds (chooser, "rock", "Fels", NULL);
  finds (chooser, "fels", "Fels", NULL);
  finds (chooser, "grani", "granite", "Fels  Granit"); /* in both languages: the artist's is told */
  finds (chooser, "lunar", "moon  lunar <surface>", NULL);
  finds (chooser, "Gebirge", "Fels  Gebirge", NULL);
  g_signal_emit_by_name (entry (chooser), "activate");
  CHECK_STR (ui_class_chooser_get (chooser), "rock");
  sets (chooser, "GLETSCHER", "snow and ice");
}

int
main (int argc, char **argv)
{
  UiStore *store = ui_store_new (NULL);
  UiModel without = model;
  UiBackend backend = { .user = NULL };
  UiClassChooser *chooser;

  gtk_init (&argc, &argv);
  if (argc > 1) {
    bindtextdomain ("plug-in-adm", argv[1]);
    bind_textdomain_codeset ("plug-in-adm", "UTF-8");
  }
  chooser = UI_CLASS_CHOOSER (
      g_object_ref_sink (ui_class_chooser_new (&backend, store, UI_TASK_GENERATE)));
  ui_class_chooser_set_model (chooser, &model);
  if (argc > 1) {
    test_german (chooser);
  } else {
    test_english (chooser);
  }
  sets (chooser, "granite", "granite");
  sets (chooser, "Boulder", "rock");
  sets (chooser, "0", "rock");
  /* the whole line */
  sets (chooser, "snow and ice, snow, ice, frost, glacier, winter", "snow and ice");
  CHECK (!ui_class_chooser_set (chooser, "boul"));

  without.class_synonyms = NULL;
  ui_class_chooser_set_model (chooser, &without);
  finds (chooser, "lunar", NULL, NULL);
  CHECK (!ui_class_chooser_set (chooser, "Boulder"));
  g_object_unref (chooser);
  ui_store_free (store);
  return check_summary ();
}
