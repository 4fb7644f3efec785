/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The classes of one model as the chooser lists them: what they go by, the artist's marks, and the
 * order for a query. */
#ifndef UI_CLASS_ENTRIES_H
#define UI_CLASS_ENTRIES_H

#include "backend.h"
#include "class-search.h"
#include "store.h"

/* In the place of an index: "(no class)", or no such class. */
enum { UI_NO_CLASS = -1 };

typedef struct UiClassEntry {
  UiClassWords words;
  char *value;              /* as in UiSettings */
  gboolean favourite, twin; /* twin: another class has the same name */
  gboolean own;             /* the artist taught it */
  GdkPixbuf *picture;       /* of an own one, or NULL */
  int recent;               /* 1 is the newest; 0: not recent */
} UiClassEntry;

typedef struct UiClassFound {
  int index;
  UiClassMatch how; /* length 0: it does not matter; else the shorter one is the nearer */
} UiClassFound;

GArray *ui_class_entries_new (void); /* of UiClassEntry; to be unreferenced */
UiClassEntry *ui_class_entry (GArray *entries, int index);
/* ENTRIES become the classes of MODEL (copied), without marks. NULL: none. */
void ui_class_entries_fill (GArray *entries, const UiModel *model);
/* Recents and favourites of MODEL, an id, as STORE has them. */
void ui_class_entries_read_marks (GArray *entries, UiStore *store, const char *model);

/* The class of this value, or UI_NO_CLASS. */
int ui_class_entries_by_value (GArray *entries, const char *value);
/* By value, name in any case, number or synonym, or UI_NO_CLASS. */
int ui_class_entries_find (GArray *entries, const char *class_name);
/* The classes that answer what was TYPED, the best first, else in a fixed order, as
 * UiClassFound; to be unreferenced. NO_CLASS: what "no class" is called in the list, NULL: it is
 * not offered. */
GArray *ui_class_entries_search (GArray *entries, const char *typed, const char *no_class);

/* What stands beside the square of FOUND: the name; its number where the name alone does not tell
 * or NUMBERED; the synonym that was found, without which the name would not tell why it is there.
 * BOLD: it is the class chosen, which is seen so also in themes whose selection hardly shows. To be
 * freed. */
char *ui_class_found_markup (GArray *entries, const UiClassFound *found, gboolean bold,
                             gboolean numbered);
/* What a screen reader says of it: the name, the note, and what its signs mean. To be freed. */
char *ui_class_found_spoken (GArray *entries, const UiClassFound *found);

#endif
