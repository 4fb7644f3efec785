/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Class names in the artist's language. Files, metadata and arguments always keep a class's own
 * name. */
#ifndef UI_CLASS_NAMES_H
#define UI_CLASS_NAMES_H

/* NAME as it is shown: translated where a catalogue knows it, else NAME itself. Not to be freed. */
const char *ui_class_display_name (const char *name);

/* SYNONYMS, as in UiModel, in the artist's language: those of one class, whose number and order may
 * be others. Else SYNONYMS itself. Not to be freed. */
const char *ui_class_display_synonyms (const char *synonyms);

#endif
