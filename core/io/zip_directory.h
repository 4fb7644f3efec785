/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How large the list of a zip's records is, before libzip is let near it. */
#ifndef ADM_IO_ZIP_DIRECTORY_H
#define ADM_IO_ZIP_DIRECTORY_H

#include "adm_error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <zip.h>

/* libzip builds a structure for every entry of the list of records before it can be asked how many
 * there are. What every possible end of the zip (the last 64 KiB may hold several) tells of that
 * list's size is therefore held against MOST bytes first. FILE has SIZE bytes, PATH names it. */
adm_status adm_zip_check_directory (FILE *file, uint64_t size, const char *path, uint64_t most,
                                    adm_error *error);

/* Whether libzip's PROBLEM is a lack of memory. */
bool adm_zip_exhausted (zip_error_t *problem);

#endif
