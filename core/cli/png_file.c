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
#include <sys/stat.h>

adm_status
png_file_probe (const char *path, bool *is_png, adm_error *error)
{
  unsigned char start[8];
  struct stat there;
  if (stat (path, &there) == 0 && !S_ISREG (there.st_mode)) /* a pipe would hold us up */
    return program_fail (error, ADM_ERROR_IO, "%s: is not a file; give a picture", path);
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

/* Begins to read PATH, which is a PNG of a size allowed, into IMAGE. */
static adm_status
begin (const char *path, png_image *image, adm_error *error)
{
  struct stat there = { .st_size = 0 };
  *image = (png_image) { .version = PNG_IMAGE_VERSION };
  if (!png_image_begin_read_from_file (image, path) || stat (path, &there) != 0)
    return program_fail (error, ADM_ERROR_FORMAT, "%s: broken PNG (%s); save it again", path,
                         image->message);
  adm_status status = ADM_OK;
  uint64_t count = (uint64_t) image->width * image->height,
           cost = image->format & PNG_FORMAT_FLAG_ALPHA ? 2 * count : count;
  if (image->width > PNG_MAX_SIDE || image->height > PNG_MAX_SIDE || count > PNG_MAX_PIXELS)
    status = program_fail (error, ADM_ERROR_FORMAT,
                           "%s: %u x %u pixels are more than %d a side and %d in all; reduce it",
                           path, image->width, image->height, PNG_MAX_SIDE, PNG_MAX_PIXELS);
  else if (cost > PNG_SMALL_PIXELS && 3 * (cost - PNG_SMALL_PIXELS) > 2 * (uint64_t) there.st_size)
    status = program_fail (error, ADM_ERROR_FORMAT,
                           "%s: %u x %u pixels are too many for a file of %llu bytes; reduce it",
                           path, image->width, image->height, (unsigned long long) there.st_size);
  if (status)
    png_image_free (image);
  return status;
}

/* Reads what IMAGE has begun: *OUT [height,width,CHANNELS] in FORMAT, on white where it has no
 * alpha. */
static adm_status
finish (const char *path, png_image *image, uint32_t format, size_t channels, uint8_t **out,
        adm_error *error)
{
  static const png_color white = { 255, 255, 255 };
  image->format = format;
  /* 16-bit files are sRGB too unless they say otherwise */
  image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  *out = calloc ((size_t) image->width * image->height, channels);
  if (!*out) {
    png_image_free (image);
    return program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its pixels; reduce it", path);
  }
  if (png_image_finish_read (image, &white, *out, 0, NULL))
    return ADM_OK;
  free (*out);
  *out = NULL;
  return program_fail (error, ADM_ERROR_FORMAT, "%s: broken PNG (%s); save it again", path,
                       image->message);
}

/* The transparency of PATH, COUNT pixels; the file is read once more for it, so that the colours
 * stay those of a file read for them alone. */
static adm_status
read_alpha (const char *path, size_t count, uint8_t **alpha, adm_error *error)
{
  png_image image;
  uint8_t *grey;
  adm_status status = begin (path, &image, error);
  if (status)
    return status;
  bool same = (size_t) image.width * image.height == count;
  status = finish (path, &image, PNG_FORMAT_GA, 2, &grey, error);
  if (status)
    return status;
  *alpha = same ? calloc (count, 1) : NULL;
  for (size_t i = 0; *alpha && i < count; i++)
    (*alpha)[i] = grey[2 * i + 1];
  free (grey);
  if (!same)
    return program_fail (error, ADM_ERROR_IO, "%s: changed while it was read; try again", path);
  return *alpha ? ADM_OK
                : program_fail (error, ADM_ERROR_MEMORY, "%s: no memory for its pixels; reduce it",
                                path);
}

/* The same, of a file that may be anything. */
static adm_status
begin_any (const char *path, png_image *image, adm_error *error)
{
  bool is_png;
  adm_status status = png_file_probe (path, &is_png, error);
  if (!status && !is_png)
    status = program_fail (error, ADM_ERROR_FORMAT, "%s is no PNG; give a PNG", path);
  return status ? status : begin (path, image, error);
}

adm_status
png_file_size (const char *path, int *width, int *height, adm_error *error)
{
  png_image image;
  adm_status status = begin_any (path, &image, error);
  if (status)
    return status;
  *width = (int) image.width;
  *height = (int) image.height;
  png_image_free (&image);
  return ADM_OK;
}

adm_status
png_file_read (const char *path, uint8_t **pixels, uint8_t **alpha, int *width, int *height,
               adm_error *error)
{
  png_image image;
  uint8_t *colours, *transparency = NULL;
  adm_status status = begin_any (path, &image, error);
  if (status)
    return status;
  bool transparent = image.format & PNG_FORMAT_FLAG_ALPHA;
  status = finish (path, &image, PNG_FORMAT_RGB, 3, &colours, error);
  if (status)
    return status;
  if (alpha && transparent)
    status = read_alpha (path, (size_t) image.width * image.height, &transparency, error);
  if (status) {
    free (colours);
    return status;
  }
  *pixels = colours;
  if (alpha)
    *alpha = transparency;
  *width = (int) image.width;
  *height = (int) image.height;
  return ADM_OK;
}

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
