/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening files that may be anything. */
#ifndef ADM_BASE_READ_FILE_H
#define ADM_BASE_READ_FILE_H

#include <stdio.h>

/* Opens PATH for reading, without waiting when it is a pipe that nobody writes to; NULL, and errno,
 * when it cannot be opened. Whether it is a file is for the caller to see. */
FILE *adm_read_open (const char *path);

#endif
