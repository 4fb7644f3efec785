/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG files as 8-bit RGB, with their transparency beside it. Of any kind of PNG that is read:
 * palettes are looked up, grey becomes RGB, 16 bits are rounded to 8, transparent parts show white
 * behind them, colours of files with a gamma of their own are converted to sRGB. */
#ifndef ADM_CLI_PNG_FILE_H
#define ADM_CLI_PNG_FILE_H

#include "adm.h"

enum { PNG_MAX_SIDE = 32768, PNG_MAX_PIXELS = 100000000, PNG_SMALL_PIXELS = 12 << 20 };

/* Whether the file at PATH begins as a PNG does; ADM_ERROR_IO when it cannot be read. */
adm_status png_file_probe (const char *path, bool *is_png, adm_error *error);

/* Width and height as the header tells them. Refused: what is no PNG, more than PNG_MAX_SIDE or
 * PNG_MAX_PIXELS, and more than PNG_SMALL_PIXELS (half as many with transparency) in a file of less
 * than 3/2 bytes for each pixel beyond, for a few bytes can claim anything. */
adm_status png_file_size (const char *path, int *width, int *height, adm_error *error);

/* Reads PATH: *PIXELS [*HEIGHT,*WIDTH,3] is malloc'ed, freed by the caller with free (); so is
 * *ALPHA [*HEIGHT,*WIDTH], 0 transparent … 255, which is NULL when the file says nothing of
 * transparency (an alpha channel, a palette's, a colour that is transparent). ALPHA NULL: not
 * wanted. ADM_ERROR_FORMAT for what is no whole PNG or larger than png_file_size allows. */
adm_status png_file_read (const char *path, uint8_t **pixels, uint8_t **alpha, int *width,
                          int *height, adm_error *error);

/* Writes PIXELS [HEIGHT,WIDTH,3] as sRGB, with ALPHA [HEIGHT,WIDTH] (NULL: none), into the file
 * TEMPORARY, which messages call PATH. */
adm_status png_file_write (const char *temporary, const char *path, const uint8_t *pixels,
                           const uint8_t *alpha, int width, int height, adm_error *error);

#endif
