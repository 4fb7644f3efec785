/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG files as they are written; adm_picture_read reads them. */
#ifndef ADM_CLI_PNG_FILE_H
#define ADM_CLI_PNG_FILE_H

#include "adm.h"

/* Writes PIXELS [HEIGHT,WIDTH,3] as sRGB, with ALPHA [HEIGHT,WIDTH] (NULL: none), into the file
 * TEMPORARY, which messages call PATH. */
adm_status png_file_write (const char *temporary, const char *path, const uint8_t *pixels,
                           const uint8_t *alpha, int width, int height, adm_error *error);

#endif
