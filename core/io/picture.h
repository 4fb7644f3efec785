/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One reader a format of pictures. Each gets the open file at its beginning, and its size. */
#ifndef ADM_IO_PICTURE_H
#define ADM_IO_PICTURE_H

#include "adm_array.h"

#include <stdbool.h>
#include <stdio.h>

/* A picture being read. */
typedef struct adm_picture_file {
  const char *path;
  FILE *stream;
  uint64_t bytes;
  bool size_only;              /* width and height are wanted, nothing else */
  bool with_alpha;             /* transparency is wanted */
  bool straight;               /* … and the colours as they are beneath it, not on white */
  int width, height, channels; /* 3, of straight PNGs 4 */
  uint8_t *pixels;             /* [height,width,channels], malloc'ed; NULL on failure. */
  uint8_t *alpha;              /* [height,width], malloc'ed; NULL: wholly opaque, or not wanted */
} adm_picture_file;

/* Fill the fields from width on. On failure nothing is held. */
adm_status adm_png_read (adm_picture_file *file, adm_error *error);
adm_status adm_jpeg_read (adm_picture_file *file, adm_error *error);

/* Colours and transparency as the file has them: *RGBA [*HEIGHT,*WIDTH,4], sRGB, not multiplied and
 * on nothing, malloc'ed, freed by the caller with free (). All else is adm_picture_read's. */
adm_status adm_picture_read_straight (const char *path, uint8_t **rgba, int *width, int *height,
                                      adm_error *error);

/* Refuses more pixels than the limits, and sizes that the file's bytes cannot stand for: pixels
 * that cost COST bytes each to read, beyond the ADM_PICTURE_SMALL_PIXELS x 3 that any file may
 * claim, need a byte of file for each GAIN. */
adm_status adm_picture_check_size (const adm_picture_file *file, uint64_t width, uint64_t height,
                                   uint64_t cost, uint64_t gain, adm_error *error);

/* ADM_ERROR_IO when FILE's stream had failed, else ADM_ERROR_FORMAT: a broken KIND, and WHY. */
adm_status adm_picture_broken (const adm_picture_file *file, const char *kind, const char *why,
                               adm_error *error);
/* ADM_ERROR_MEMORY. */
adm_status adm_picture_no_memory (const adm_picture_file *file, adm_error *error);

#endif
