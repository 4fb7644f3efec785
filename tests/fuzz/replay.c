/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs a harness over every file of the folders given, and over some changes of each, the same in
 * every run. Stands in for libFuzzer where there is none. An absent or empty folder is a
 * failure. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CHANGES = 6, ROOM = 1 << 20 };

__attribute__ ((weak)) int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  (void) argc;
  (void) argv;
  return 0;
}

__attribute__ ((weak)) size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  (void) seed;
  return LLVMFuzzerMutate (data, size, max_size);
}

static uint32_t
random_number (void)
{
  static uint32_t state = 1;
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

/* Some bytes become others, or one is taken out or put in. */
size_t
LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size)
{
  static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, '(', 't', '.', '}', '9' };
  size_t at = size ? random_number () % size : 0;
  switch (random_number () % 4) {
  case 0:
    if (size > 1) {
      memmove (data + at, data + at + 1, size - at - 1);
      return size - 1;
    }
    break;
  case 1:
    if (size < max_size) {
      memmove (data + at + 1, data + at, size - at);
      data[at] = odd[random_number () % sizeof odd];
      return size + 1;
    }
    break;
  case 2:
    for (int i = 0; size && i < 4; i++)
      data[random_number () % size] = (uint8_t) random_number ();
    break;
  default:
    if (size)
      data[at] = random_number () % 2 ? odd[random_number () % sizeof odd]
                                      : (uint8_t) (data[at] ^ 1u << random_number () % 8);
  }
  return size;
}

/* The function under test gets memory of exactly the size, so that the sanitizers see a byte too
 * far. */
static void
try (const uint8_t *data, size_t size)
{
  uint8_t *exact = malloc (size ? size : 1);
  fuzz_require (exact != NULL, "memory");
  memcpy (exact, data, size);
  LLVMFuzzerTestOneInput (exact, size);
  free (exact);
}

static int
replay (const char *folder, int changes)
{
  static uint8_t whole[ROOM], changed[ROOM];
  struct dirent **entry = NULL;
  int files = 0, entries = scandir (folder, &entry, NULL, alphasort);
  for (int i = 0; i < entries; i++) {
    char path[1024];
    struct stat info;
    snprintf (path, sizeof path, "%s/%s", folder, entry[i]->d_name);
    free (entry[i]);
    if (stat (path, &info) || !S_ISREG (info.st_mode))
      continue;
    FILE *file = fopen (path, "rb");
    fuzz_require (file != NULL, path);
    size_t size = fread (whole, 1, sizeof whole, file);
    fuzz_require (size < sizeof whole, "a file of less than 1 MiB");
    fclose (file);
    try (whole, size);
    for (int k = 0; k < changes; k++) {
      memcpy (changed, whole, size);
      try (changed, LLVMFuzzerCustomMutator (changed, size, size + 1024 < ROOM ? size + 1024 : ROOM,
                                             random_number ()));
    }
    files++;
  }
  free (entry);
  return files;
}

int
main (int argc, char **argv)
{
  const char *wish = getenv ("FUZZ_CHANGES");
  int total = 0, changes = wish ? atoi (wish) : CHANGES;
  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++) {
    int files = replay (argv[i], changes);
    if (!files)
      fprintf (stderr, "%s: no corpus\n", argv[i]);
    total += files;
    if (!files)
      return 1;
  }
  printf ("%d files, %d changes of each\n", total, changes);
  return total == 0;
}
