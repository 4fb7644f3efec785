/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from disk, of any format that is read: told apart by their first bytes, held to the same
 * limits, in one form. */
#include "io/picture.h"

#include "base/error.h"
#include "base/read_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef adm_status (*picture_reader) (adm_picture_file *file, adm_error *error);

adm_status
adm_picture_check_size (const adm_picture_file *file, uint64_t width, uint64_t height,
                        uint64_t cost, uint64_t gain, adm_error *error)
{
  const uint64_t side = ADM_PICTURE_MAX_SIDE, most = ADM_PICTURE_MAX_PIXELS,
                 any = 3 * (uint64_t) ADM_PICTURE_SMALL_PIXELS;
  if (width > side || height > side || width * height > most)
    return ADM_FAIL (error, PICTURE_SIDES, file->path, width, height, ADM_PICTURE_MAX_SIDE,
                     ADM_PICTURE_MAX_PIXELS);
  uint64_t bytes = width * height * cost;
  if (bytes > any && (bytes - any) / gain > file->bytes)
    return ADM_FAIL (error, PICTURE_BOMB, file->path, width, height, file->bytes);
  return ADM_OK;
}

adm_status
adm_picture_broken (const adm_picture_file *file, const char *kind, const char *why,
                    adm_error *error)
{
  if (ferror (file->stream))
    return ADM_FAIL (error, PICTURE_DISK, file->path);
  return ADM_FAIL (error, PICTURE_BROKEN, file->path, kind, why);
}

adm_status
adm_picture_no_memory (const adm_picture_file *file, adm_error *error)
{
  return ADM_FAIL (error, PICTURE_MEMORY, file->path);
}

/* Opens PATH, to be closed by the caller; *READER NULL when it is no picture of a kind known. */
static adm_status
open_picture (const char *path, adm_picture_file *file, picture_reader *reader, adm_error *error)
{
  static const struct {
    const char *start;
    size_t length;
    picture_reader read;
  } kinds[] = { { "\x89PNG\r\n\x1a\n", 8, adm_png_read }, { "\xff\xd8\xff", 3, adm_jpeg_read } };
  char start[8];
  struct stat there;
  *reader = NULL;
  file->path = path;
  file->stream = adm_read_open (path);
  if (!file->stream)
    return ADM_FAIL (error, FILE_OPEN, path, errno);
  if (fstat (fileno (file->stream), &there) != 0 || !S_ISREG (there.st_mode)) {
    fclose (file->stream);
    return ADM_FAIL (error, FILE_KIND, path);
  }
  file->bytes = (uint64_t) there.st_size;
  size_t length = fread (start, 1, sizeof start, file->stream);
  if (ferror (file->stream) || fseek (file->stream, 0, SEEK_SET) != 0) {
    int code = errno;
    fclose (file->stream);
    return ADM_FAIL (error, FILE_READ, path, code);
  }
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (length >= kinds[i].length && memcmp (start, kinds[i].start, kinds[i].length) == 0)
      *reader = kinds[i].read;
  return ADM_OK;
}

static adm_status
read_picture (const char *path, adm_picture_file *file, adm_error *error)
{
  picture_reader reader;
  adm_status status = open_picture (path, file, &reader, error);
  if (status)
    return status;
  status = reader ? reader (file, error) : ADM_FAIL (error, PICTURE_KIND, path);
  fclose (file->stream);
  return status;
}

adm_status
adm_picture_probe (const char *path, bool *is_picture, adm_error *error)
{
  adm_picture_file file = { 0 };
  picture_reader reader;
  adm_status status = open_picture (path, &file, &reader, error);
  if (status)
    return status;
  fclose (file.stream);
  *is_picture = reader != NULL;
  return ADM_OK;
}

adm_status
adm_picture_size (const char *path, int *width, int *height, adm_error *error)
{
  adm_picture_file file = { .size_only = true };
  adm_status status = read_picture (path, &file, error);
  if (status)
    return status;
  *width = file.width;
  *height = file.height;
  return ADM_OK;
}

adm_status
adm_picture_read (const char *path, uint8_t **pixels, uint8_t **alpha, int *width, int *height,
                  adm_error *error)
{
  adm_picture_file file = { .with_alpha = alpha != NULL };
  adm_status status = read_picture (path, &file, error);
  *pixels = file.pixels;
  if (alpha)
    *alpha = file.alpha;
  if (status)
    return status;
  *width = file.width;
  *height = file.height;
  return ADM_OK;
}

/* FILE's three channels and an opaque fourth. */
static adm_status
make_opaque (adm_picture_file *file, adm_error *error)
{
  size_t count = (size_t) file->width * (size_t) file->height;
  uint8_t *rgba = malloc (4 * count);
  for (size_t i = 0; i < count && rgba; i++) {
    memcpy (rgba + 4 * i, file->pixels + 3 * i, 3);
    rgba[4 * i + 3] = 255;
  }
  free (file->pixels);
  file->pixels = rgba;
  return rgba ? ADM_OK : adm_picture_no_memory (file, error);
}

adm_status
adm_picture_read_straight (const char *path, uint8_t **rgba, int *width, int *height,
                           adm_error *error)
{
  adm_picture_file file = { .straight = true, .channels = 3 };
  adm_status status = read_picture (path, &file, error);
  if (!status && file.channels == 3)
    status = make_opaque (&file, error);
  *rgba = file.pixels;
  if (status)
    return status;
  *width = file.width;
  *height = file.height;
  return ADM_OK;
}
