/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of the classes that the artist taught. A function that gives a text gives NULL where
 * all is well; the text, a sentence, is to be freed.
 */
#ifndef ADM_PLUGIN_TEACH_LIST_H
#define ADM_PLUGIN_TEACH_LIST_H

#include "adm.h"
#include "ui/teacher.h"

typedef struct TeachList TeachList;

TeachList *teach_list_new (void);
void teach_list_free (TeachList *list);
/* The classes taught to MODEL (NULL: none), *N of them, LIST's until it is read again. */
const UiOwnClass *teach_list_read (TeachList *list, const adm_model *model, gsize *n);

/* Why no class of MODEL can be called NAME. */
char *teach_list_refuse_name (const adm_model *model, const char *name);
char *teach_list_rename (const adm_model *model, const char *path, const char *name);
char *teach_list_copy (const char *from, const char *to);
/* The class of the file PATH, if it was taught to MODEL, into FOLDER. */
char *teach_list_import (const adm_model *model, const char *path, const char *folder);

/* The thumbnail of the class in the file PATH, or NULL. */
GdkPixbuf *teach_list_picture (const char *path);

#endif
