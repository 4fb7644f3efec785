/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG files through libpng's simplified interface: see png_file.h. */
#include "cli/png_file.h"

#include "cli/program.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

adm_status
png_file_write (const char *temporary, const char *path, const uint8_t *pixels,
                const uint8_t *alpha, int width, int height, adm_error *error)
{
  png_image image = {
    .version = PNG_IMAGE_VERSION,
    .width = (png_uint_32) width,
    .height = (png_uint_32) height,
    .format = alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB,
  };
  size_t count = (size_t) width * (size_t) height;
  uint8_t *both = alpha ? calloc (count, 4) : NULL;
  if (alpha && !both)
    return program_fail (error, ADM_ERROR_MEMORY,
                         "no memory to write a picture; close other programs");
  for (size_t i = 0; both && i < count; i++) {
    memcpy (both + 4 * i, pixels + 3 * i, 3);
    both[4 * i + 3] = alpha[i];
  }
  FILE *file = fopen (temporary, "wb");
  adm_status status
      = file ? ADM_OK
             : program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", path, strerror (errno));
  errno = 0;
  if (file && !png_image_write_to_stdio (&image, file, 0, both ? both : pixels, 0, NULL))
    status = program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", path,
                           errno ? strerror (errno) : image.message);
  if (file && fclose (file) != 0 && !status)
    status = program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", path, strerror (errno));
  free (both);
  return status;
}
