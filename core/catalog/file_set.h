/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files told apart by what they are, whatever names they go by: a hash table with open addressing,
 * at most half full. */
#ifndef ADM_CATALOG_FILE_SET_H
#define ADM_CATALOG_FILE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct adm_file_set {
  struct adm_file_id *file; /* [capacity], owned */
  size_t count, capacity;   /* CAPACITY: a power of two, or 0 */
} adm_file_set;

/* Adds a file; *ADDED tells whether it was not in SET yet. False: no memory, and SET is as it
 * was. */
bool adm_file_set_add (adm_file_set *set, dev_t device, ino_t inode, bool *added);
void adm_file_set_clear (adm_file_set *set);

#endif
