/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one way the core reports failure. */
#ifndef ADM_BASE_ERROR_H
#define ADM_BASE_ERROR_H

#include "adm_error.h"

/* Fills ERROR with STATUS and a formatted line (control characters and what is not UTF-8 become
 * '?'), and returns STATUS:
 *   return adm_fail (error, ADM_ERROR_IO, "%s: cannot open: %s", path, strerror (errno)); */
adm_status adm_fail (adm_error *error, adm_status status, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
/* ADM_ERROR_IO for errno's CODE: "PATH: cannot be DONE: reason; what to do", DONE being opened,
 * read or written. */
adm_status adm_fail_file (adm_error *error, const char *path, const char *done, int code);

#endif
