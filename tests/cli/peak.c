/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * peak PROGRAM ARGUMENT… runs it and prints the most memory that the system held for it, in KiB;
 * its exit status is the program's. Small itself: a child's peak begins with its parent's. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main (int n, char **arguments)
{
  int status;
  struct rusage used;
  pid_t child = n > 1 ? fork () : -1;
  if (child == 0) {
    execv (arguments[1], arguments + 1);
    _exit (127);
  }
  if (child < 0 || wait4 (child, &status, 0, &used) != child)
    return 126;
  printf ("\n%ld\n", used.ru_maxrss);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 125;
}
