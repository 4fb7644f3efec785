/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See file_set.h. */
#include "catalog/file_set.h"

#include <stdint.h>
#include <stdlib.h>

struct adm_file_id {
  dev_t device;
  ino_t inode;
  bool taken;
};

/* Where the file is in SET, or belongs. */
static struct adm_file_id *
place_of (const adm_file_set *set, dev_t device, ino_t inode)
{
  size_t at = (size_t) (((uint64_t) inode ^ (uint64_t) device << 40) * 0x9e3779b97f4a7c15u >> 20);
  for (;; at++) {
    struct adm_file_id *id = &set->file[at & (set->capacity - 1)];
    if (!id->taken || (id->device == device && id->inode == inode))
      return id;
  }
}

static bool
grow (adm_file_set *set)
{
  adm_file_set larger = { .capacity = set->capacity ? 2 * set->capacity : 64, .count = set->count };
  larger.file = calloc (larger.capacity, sizeof *larger.file);
  if (!larger.file)
    return false;
  for (size_t i = 0; i < set->capacity; i++)
    if (set->file[i].taken)
      *place_of (&larger, set->file[i].device, set->file[i].inode) = set->file[i];
  free (set->file);
  *set = larger;
  return true;
}

bool
adm_file_set_add (adm_file_set *set, dev_t device, ino_t inode, bool *added)
{
  *added = false;
  if (2 * (set->count + 1) > set->capacity && !grow (set))
    return false;
  struct adm_file_id *id = place_of (set, device, inode);
  *added = !id->taken;
  set->count += *added;
  *id = (struct adm_file_id) { device, inode, true };
  return true;
}

void
adm_file_set_clear (adm_file_set *set)
{
  free (set->file);
  *set = (adm_file_set) { 0 };
}
