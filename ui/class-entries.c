/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chooser's classes: see class-entries.h. */
#include "class-entries.h"

#include "i18n.h"

#include <string.h>

UiClassEntry *
ui_class_entry (GArray *entries, int index)
{
  return &g_array_index (entries, UiClassEntry, index);
}

static void
clear_entry (gpointer data)
{
  UiClassEntry *entry = data;

  ui_class_words_clear (&entry->words);
  g_clear_object (&entry->picture);
  g_free (entry->value);
}

GArray *
ui_class_entries_new (void)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (UiClassEntry));

  g_array_set_clear_func (entries, clear_entry);
  return entries;
}

int
ui_class_entries_by_value (GArray *entries, const char *value)
{
  for (guint i = 0; i < entries->len; i++) {
    if (g_str_equal (ui_class_entry (entries, (int) i)->value, value)) {
      return (int) i;
    }
  }
  return UI_NO_CLASS;
}

/* A class goes by its name, or by its number where an earlier one has the same name or the name
 * could be taken for one. */
static char *
value_of (GArray *entries, const char *name, int same_name)
{
  gboolean digits = strspn (name, "0123456789") == strlen (name);

  return digits || same_name != UI_NO_CLASS ? g_strdup_printf ("%u", entries->len)
                                            : g_strdup (name);
}

void
ui_class_entries_fill (GArray *entries, const UiModel *model)
{
  g_array_set_size (entries, 0);
  for (gsize i = 0; model && i < model->n_classes; i++) {
    const char *name = model->class_names[i];
    int same = ui_class_entries_by_value (entries, name);
    gboolean own = i >= model->n_classes - model->n_own;
    GdkPixbuf *picture = own && model->own_pictures
                             ? model->own_pictures[i - (model->n_classes - model->n_own)]
                             : NULL;
    UiClassEntry entry
        = { .words = ui_class_words (name, model->class_synonyms ? model->class_synonyms[i] : ""),
            .value = value_of (entries, name, same),
            .twin = same != UI_NO_CLASS,
            .own = own,
            .picture = picture ? g_object_ref (picture) : NULL };

    if (same != UI_NO_CLASS) {
      ui_class_entry (entries, same)->twin = TRUE;
    }
    g_array_append_val (entries, entry);
  }
}

void
ui_class_entries_read_marks (GArray *entries, UiStore *store, const char *model)
{
  g_auto (GStrv) recents = ui_store_recents (store, model);
  g_auto (GStrv) favourites = ui_store_favourites (store, model);

  for (guint i = 0; i < entries->len; i++) {
    UiClassEntry *entry = ui_class_entry (entries, (int) i);

    entry->recent = 0;
    entry->favourite = g_strv_contains ((const char *const *) favourites, entry->value);
  }
  for (int i = 0; recents[i]; i++) {
    int index = ui_class_entries_by_value (entries, recents[i]);

    if (index != UI_NO_CLASS) {
      ui_class_entry (entries, index)->recent = i + 1;
    }
  }
}

int
ui_class_entries_find (GArray *entries, const char *class_name)
{
  /* old layers may go on with synonyms */
  g_autofree char *name = g_strndup (class_name, strcspn (class_name, ","));
  g_autofree char *folded = ui_class_fold (name);
  int index = ui_class_entries_by_value (entries, class_name);

  for (guint i = 0; i < entries->len && index == UI_NO_CLASS; i++) {
    if (g_str_equal (ui_class_entry (entries, (int) i)->words.folded_own, folded)) {
      index = (int) i;
    }
  }
  if (index == UI_NO_CLASS && strspn (class_name, "0123456789") == strlen (class_name)) {
    guint64 number = g_ascii_strtoull (class_name, NULL, 10);

    index = number < entries->len ? (int) number : UI_NO_CLASS;
  }
  for (guint i = 0; i < entries->len && index == UI_NO_CLASS; i++) {
    if (g_strv_contains (
            (const char *const *) ui_class_entry (entries, (int) i)->words.folded_synonyms,
            folded)) {
      index = (int) i;
    }
  }
  return index;
}

/* ---- for a query ----------------------------------------------------------------------------- */

/* In a fixed order, by number, no class last; a query's rank comes before all that. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const UiClassFound *one = a, *two = b;
  gboolean last = one->index == UI_NO_CLASS, two_last = two->index == UI_NO_CLASS;

  if (one->how.rank != two->how.rank || last != two_last) {
    return one->how.rank != two->how.rank ? one->how.rank - two->how.rank : last - two_last;
  }
  return one->how.length != two->how.length ? (one->how.length < two->how.length ? -1 : 1)
                                            : one->index - two->index;
}

GArray *
ui_class_entries_search (GArray *entries, const char *typed, const char *no_class)
{
  g_autofree char *query = ui_class_fold (typed);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (UiClassFound));
  gboolean by_length = *query && !g_ascii_isdigit (*query);

  for (guint i = 0; i < entries->len; i++) {
    UiClassFound found = { (int) i, ui_class_words_match (&ui_class_entry (entries, (int) i)->words,
                                                          query, (int) i) };

    if (!by_length) {
      found.how.length = 0;
    }
    if (found.how.rank >= 0) {
      g_array_append_val (all, found);
    }
  }
  if (no_class) {
    g_autofree char *words = ui_class_fold (no_class);
    UiClassFound found = { UI_NO_CLASS, { ui_class_rank (query, words, -1), 0, NULL } };

    if (found.how.rank >= 0 || g_str_equal (query, "none")
        || (*query && g_str_has_prefix ("no class", query))) {
      found.how.rank = MAX (found.how.rank, 0);
      g_array_append_val (all, found);
    }
  }
  g_array_sort (all, compare);
  return all;
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Of a class that the artist taught: a pencil. */
#define OWN_SIGN "\342\234\216"

char *
ui_class_found_markup (GArray *entries, const UiClassFound *found, gboolean bold, gboolean numbered)
{
  const UiClassEntry *entry;

  if (found->index == UI_NO_CLASS) {
    return g_markup_printf_escaped (bold ? "<b>%s</b>" : "%s", _ ("Anything"));
  }
  entry = ui_class_entry (entries, found->index);

  g_autofree char *digits
      = entry->twin || numbered ? g_strdup_printf ("%d", found->index) : g_strdup ("");
  const char *synonym = found->how.synonym ? found->how.synonym : "";
  /* before the name, where it is never cut off */
  g_autofree char *name = g_strconcat (entry->own ? OWN_SIGN " " : "", entry->words.name, NULL);
  g_autofree char *note = g_strconcat (digits, *digits && *synonym ? " " : "", synonym, NULL);

  if (!*note) {
    return g_markup_printf_escaped (bold ? "<b>%s</b>" : "%s", name);
  }
  return g_markup_printf_escaped (bold ? "<b>%s</b>  <span alpha=\"60%%\">%s</span>"
                                       : "%s  <span alpha=\"60%%\">%s</span>",
                                  name, note);
}

char *
ui_class_found_spoken (GArray *entries, const UiClassFound *found)
{
  const UiClassEntry *entry
      = found->index == UI_NO_CLASS ? NULL : ui_class_entry (entries, found->index);
  GString *text = g_string_new (entry ? entry->words.name : _ ("Anything"));

  if (entry && found->how.synonym) {
    g_string_append_printf (text, ", %s", found->how.synonym);
  }
  if (entry && entry->twin) {
    g_string_append_printf (text, ", %d", found->index);
  }
  if (entry && entry->own) {
    g_string_append_printf (text, ", %s", _ ("taught by you"));
  }
  if (entry && entry->favourite) {
    g_string_append_printf (text, ", %s", _ ("favourite"));
  }
  return g_string_free (text, FALSE);
}
