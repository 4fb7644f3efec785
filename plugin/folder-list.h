/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folders with models that the artist named, remembered in a file, one a line. */
#ifndef FOLDER_LIST_H
#define FOLDER_LIST_H

#include <glib.h>

/* Adds the folders in TEXT, what is not empty BETWEEN its separators, to BUILDER. */
void folder_list_split (const char *text, const char *between, GStrvBuilder *builder);

/* The folders that the file LIST names; none when it is not there or cannot be read. Free with
 * g_strfreev. */
char **folder_list_read (const char *list);

/* Writes FOLDER behind those in LIST, which may be a link to the file. FALSE with ERROR set when
 * LIST cannot be read or written: it is whole, then, and as it was. */
gboolean folder_list_add (const char *list, const char *folder, GError **error);

#endif
