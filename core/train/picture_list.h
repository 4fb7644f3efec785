/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pictures of a folder, and their classes. */
#ifndef ADM_TRAIN_PICTURE_LIST_H
#define ADM_TRAIN_PICTURE_LIST_H

#include "adm_error.h"

#include <stdint.h>
#include <stddef.h>

typedef struct adm_picture_entry {
  char *path;
  int label; /* ADM_NO_LABEL where there are no classes */
} adm_picture_entry;

typedef struct adm_picture_list {
  size_t count, capacity;
  adm_picture_entry *entry; /* sorted by path */
  int classes;
  char **class_name; /* sorted; labels are their numbers */
} adm_picture_list;

/* Files of FOLDER and below whose names end as PNG's and JPEG's do (their content decides when they
 * are read), none hidden. A class a subfolder; without subfolders, what comes before the first
 * underscore if every name has one; else none. ADM_ERROR_IO: no such folder, no picture in it,
 * pictures beside class folders. */
adm_status adm_picture_list_read (const char *folder, adm_picture_list *out, adm_error *error);
void adm_picture_list_clear (adm_picture_list *list);

#endif
