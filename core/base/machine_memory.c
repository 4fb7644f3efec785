/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See machine_memory.h. */
#include "base/machine_memory.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

void *
adm_block_new (uint64_t bytes)
{
  if (bytes == 0 || bytes > SIZE_MAX / 2)
    return NULL;
  void *block
      = mmap (NULL, (size_t) bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED)
    return NULL;
#ifdef MADV_HUGEPAGE
  /* only a wish: fewer TLB misses when the system grants it */
  madvise (block, (size_t) bytes, MADV_HUGEPAGE);
#endif
  return block;
}

void
adm_block_free (void *block, uint64_t bytes)
{
  if (block)
    munmap (block, (size_t) bytes);
}

/* Bytes of the machine; 0: not known. */
static uint64_t
total_bytes (void)
{
  long pages = sysconf (_SC_PHYS_PAGES), page = sysconf (_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (uint64_t) pages * (uint64_t) page : 0;
}

uint64_t
adm_memory_limit (uint64_t limit)
{
  return adm_memory_choose (limit, total_bytes (), 0, 0);
}

void
adm_machine_memory (uint64_t *total, uint64_t *available)
{
  unsigned long long kib;
  char line[128];
  *total = total_bytes ();
  *available = 0;
  FILE *file = fopen ("/proc/meminfo", "re");
  while (file && fgets (line, sizeof line, file))
    if (sscanf (line, "MemAvailable: %llu kB", &kib) == 1)
      *available = (uint64_t) kib << 10;
  if (file)
    fclose (file);
}

uint64_t
adm_memory_choose (uint64_t limit, uint64_t total, uint64_t available, uint64_t resident)
{
  uint64_t most = total ? total : UINT64_MAX;
  if (limit)
    return limit < most ? limit : most;
  return !available || available >= most || resident >= most - available ? most
                                                                         : available + resident;
}

uint64_t
adm_process_memory (void)
{
  unsigned long long all, resident = 0;
  long page = sysconf (_SC_PAGESIZE);
  FILE *file = fopen ("/proc/self/statm", "re");
  bool known = file && fscanf (file, "%llu %llu", &all, &resident) == 2;
  if (file)
    fclose (file);
  return known && page > 0 ? (uint64_t) resident * (uint64_t) page : 0;
}

uint64_t
adm_memory_allowed (uint64_t limit)
{
  uint64_t total, available;
  adm_machine_memory (&total, &available);
  return adm_memory_choose (limit, total, available, limit ? 0 : adm_process_memory ());
}

adm_word
adm_memory_word (uint64_t limit)
{
  return limit ? ADM_WORD_ALLOWED : ADM_WORD_FREE;
}
