/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine's memory: how much of it this process may take, and large blocks of it. */
#ifndef ADM_BASE_MACHINE_MEMORY_H
#define ADM_BASE_MACHINE_MEMORY_H

#include "adm.h"

/* BYTES of zeroed memory, aligned to a page, or NULL when there are none. Freed with
 * adm_block_free, given the same BYTES. */
void *adm_block_new (uint64_t bytes);
void adm_block_free (void *block, uint64_t bytes);

/* The limit that holds: LIMIT, or the machine's memory. */
uint64_t adm_memory_limit (uint64_t limit);

/* Bytes that the process may take when something is loaded: LIMIT, at most the machine's memory;
 * with LIMIT 0 what is free of it (with what the system can take back from its caches) and what the
 * process holds already. To take more would push other programs out, or have this one killed with
 * work unsaved; who wants it all the same gives a limit. Decided anew at each load, and not
 * between: what is running goes on. */
uint64_t adm_memory_allowed (uint64_t limit);

/* The rule: of a machine with TOTAL bytes, AVAILABLE of them free (0: not known), RESIDENT held by
 * this process. */
uint64_t adm_memory_choose (uint64_t limit, uint64_t total, uint64_t available, uint64_t resident);

/* ALLOWED or FREE: what the bytes are called in a message. */
adm_word adm_memory_word (uint64_t limit);

#endif
