/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading a checkpoint against the speed of the disk it lies on.
 *
 *   load FILE TRIES
 *
 * Each try reads FILE plainly, then loads it, both times after the system was asked to forget it.
 * Prints one JSON object a try: plain_seconds, load_seconds. Where a virtual machine's memory has
 * to be given by its host first, most tries take a second or two longer in the system: the best
 * counts. */
#include "adm.h"
#include "clock.h"
#include "said.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 1 << 17 }; /* bytes read at a time, as cat does */

static bool
forget (int file)
{
  return !fsync (file) && !posix_fadvise (file, 0, 0, POSIX_FADV_DONTNEED);
}

/* Seconds that reading the whole of FILE takes; negative when it cannot be read. */
static double
read_plainly (int file)
{
  static char piece[PIECE];
  ssize_t got;
  double began = now ();
  if (lseek (file, 0, SEEK_SET))
    return -1;
  while ((got = read (file, piece, sizeof piece)) > 0)
    ;
  return got < 0 ? -1 : now () - began;
}

int
main (int argc, char **argv)
{
  int file = argc == 3 ? open (argv[1], O_RDONLY) : -1;
  if (file < 0) {
    fprintf (stderr, "usage: load FILE TRIES\n");
    return 2;
  }
  for (int i = 0; i < atoi (argv[2]); i++) {
    adm_error error;
    adm_network *network;
    double plain = forget (file) ? read_plainly (file) : -1;
    if (plain < 0 || !forget (file)) {
      fprintf (stderr, "load: %s cannot be read afresh\n", argv[1]);
      return 1;
    }
    double began = now ();
    if (adm_network_load (argv[1], &(adm_options) { 0 }, NULL, NULL, &network, &error)) {
      fprintf (stderr, "load: %s\n", said (&error));
      return 1;
    }
    printf ("{\"plain_seconds\": %.3f, \"load_seconds\": %.3f}\n", plain, now () - began);
    adm_network_free (network);
  }
  close (file);
  return 0;
}
