/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The taught classes that lie in folders, and which belong to a model's weights. */
#ifndef ADM_CATALOG_TAUGHT_LIST_H
#define ADM_CATALOG_TAUGHT_LIST_H

#include "adm_taught.h"

/* The folder in each folder of models where taught classes are kept. */
#define ADM_TAUGHT_FOLDER "taught"

/* One file. */
typedef struct adm_taught_entry {
  char *path;
  adm_taught_info info;
  bool used; /* by a model */
} adm_taught_entry;

typedef struct adm_taught_list {
  adm_taught_entry *entry; /* [count], owned */
  size_t count, capacity;
} adm_taught_list;

/* Adds the file PATH, which says INFO of itself; one that is there is not added again. False: no
 * memory. */
bool adm_taught_list_add (adm_taught_list *list, const char *path, const adm_taught_info *info);
/* Adds those of FOLDER, which need not be there; other files are passed over. False: no memory. */
bool adm_taught_list_read (adm_taught_list *list, const char *folder);
void adm_taught_list_clear (adm_taught_list *list);

/* MODEL gets those of LIST whose mark is its diffusion network's; the first of a name wins. Its
 * weights are opened only where LIST holds any. ADM_ERROR_MEMORY, or what is wrong with them. */
adm_status adm_taught_list_attach (adm_taught_list *list, adm_model *model, adm_error *error);

#endif
