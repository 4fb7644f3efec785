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
png_file_probe (const char *path, bool *is_png, adm_error *error)
{
  unsigned char start[8];
  FILE *file = fopen (path, "rb");
  if (!file)
    return program_fail (error, ADM_ERROR_IO, "%s: cannot open: %s", path, strerror (errno));
  size_t length = fread (start, 1, sizeof start, file);
  bool failed = ferror (file) != 0;
  int reason = errno;
  fclose (file);
  if (failed)
    return program_fail (error, ADM_ERROR_IO, "%s: cannot read: %s", path, strerror (reason));
  *is_png = length == sizeof start && png_sig_cmp (start, 0, sizeof start) == 0;
  return ADM_OK;
}

adm_status
png_file_read (const char *path, uint8_t **pixels, int *width, int *height, adm_error *error)
{
  static const png_color white = { 255, 255, 255 };
  png_image image = { .version = PNG_IMAGE_VERSION };
  bool is_png;
  adm_status status = png_file_probe (path, &is_png, error);
  if (status)
    return status;
  if (!is_png)
    return program_fail (error, ADM_ERROR_FORMAT, "%s is no PNG; give a PNG", path);
  if (!png_image_begin_read_from_file (&image, path))
    return program_fail (error, ADM_ERROR_FORMAT, "%s: broken PNG (%s); save it again", path, image.message);
  uint64_t count = (uint64_t) image.width * image.height;
  if (image.width > PNG_MAX_SIDE || image.height > PNG_MAX_SIDE || count > PNG_MAX_PIXELS) {
    status = program_fail (error, ADM_ERROR_FORMAT, "%s: %u x %u pixels are more than %d a side and %d in all; reduce it", path, image.width,
                           image.height, PNG_MAX_SIDE, PNG_MAX_PIXELS);
    png_image_free (&image);
    return status;
  }
  image.format = PNG_FORMAT_RGB;
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB; /* 16-bit files are sRGB too unless they say otherwise */
  uint8_t *out = calloc ((size_t) count, 3);
  if (!out) {
    png_image_free (&image);
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its pixels; reduce it", path);
  }
  if (!png_image_finish_read (&image, &white, out, 0, NULL)) {
    status = program_fail (error, ADM_ERROR_FORMAT, "%s: broken PNG (%s); save it again", path, image.message);
    free (out);
    return status;
  }
  *pixels = out;
  *width = (int) image.width;
  *height = (int) image.height;
  return ADM_OK;
}

adm_status
png_file_write (const char *temporary, const char *path, const uint8_t *pixels, int width, int height, adm_error *error)
{
  png_image image = {
    .version = PNG_IMAGE_VERSION,
    .width = (png_uint_32) width,
    .height = (png_uint_32) height,
    .format = PNG_FORMAT_RGB,
  };
  FILE *file = fopen (temporary, "wb");
  if (!file)
    return program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", path, strerror (errno));
  adm_status status = ADM_OK;
  errno = 0;
  if (!png_image_write_to_stdio (&image, file, 0, pixels, 0, NULL))
    status = program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", path, errno ? strerror (errno) : image.message);
  if (fclose (file) != 0 && !status)
    status = program_fail (error, ADM_ERROR_IO, "%s: cannot write: %s", path, strerror (errno));
  return status;
}
