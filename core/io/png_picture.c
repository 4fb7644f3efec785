/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG through libpng's simplified interface, which keeps its errors in the image: palettes are
 * looked up, grey becomes RGB, 16 bits are rounded to 8, transparent parts show white behind them,
 * colours of files with a gamma of their own are converted to sRGB. */
#include "io/picture.h"

#include <png.h>
#include <stdlib.h>

/* Of a PNG a file's byte may stand for two of the pixels' bytes: what compresses better is hardly a
 * picture, or small. */
enum { GAIN = 2 };

/* Begins to read FILE, whose size is allowed, into IMAGE. */
static adm_status
begin (adm_picture_file *file, png_image *image, adm_error *error)
{
  *image = (png_image) { .version = PNG_IMAGE_VERSION };
  rewind (file->stream);
  if (!png_image_begin_read_from_stdio (image, file->stream))
    return adm_picture_broken (file, "PNG", image->message, error);
  adm_status status
      = adm_picture_check_size (file, image->width, image->height,
                                image->format & PNG_FORMAT_FLAG_ALPHA ? 6 : 3, GAIN, error);
  if (status)
    png_image_free (image);
  return status;
}

/* Reads what IMAGE has begun: *OUT [height,width,CHANNELS] in FORMAT, on white where it has no
 * alpha. */
static adm_status
finish (const adm_picture_file *file, png_image *image, uint32_t format, size_t channels,
        uint8_t **out, adm_error *error)
{
  static const png_color white = { 255, 255, 255 };
  image->format = format;
  /* 16-bit files are sRGB too unless they say otherwise */
  image->flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
  *out = calloc ((size_t) image->width * image->height, channels);
  if (!*out) {
    png_image_free (image);
    return adm_picture_no_memory (file, error);
  }
  if (png_image_finish_read (image, &white, *out, 0, NULL))
    return ADM_OK;
  free (*out);
  *out = NULL;
  return adm_picture_broken (file, "PNG", image->message, error);
}

/* The transparency of FILE, which is read once more for it, so that the colours stay those of a
 * file read for them alone. */
static adm_status
read_alpha (adm_picture_file *file, adm_error *error)
{
  png_image image;
  uint8_t *grey;
  size_t count = (size_t) file->width * (size_t) file->height;
  adm_status status = begin (file, &image, error);
  if (status)
    return status;
  bool same = (size_t) image.width * image.height == count;
  status = finish (file, &image, PNG_FORMAT_GA, 2, &grey, error);
  if (status)
    return status;
  file->alpha = same ? calloc (count, 1) : NULL;
  for (size_t i = 0; file->alpha && i < count; i++)
    file->alpha[i] = grey[2 * i + 1];
  free (grey);
  if (!same)
    return adm_picture_broken (file, "PNG", "it changed while it was read", error);
  return file->alpha ? ADM_OK : adm_picture_no_memory (file, error);
}

adm_status
adm_png_read (adm_picture_file *file, adm_error *error)
{
  png_image image;
  adm_status status = begin (file, &image, error);
  if (status)
    return status;
  bool transparent = image.format & PNG_FORMAT_FLAG_ALPHA;
  file->width = (int) image.width;
  file->height = (int) image.height;
  if (file->size_only) {
    png_image_free (&image);
    return ADM_OK;
  }
  file->channels = file->straight ? 4 : 3;
  status = file->straight ? finish (file, &image, PNG_FORMAT_RGBA, 4, &file->pixels, error)
                          : finish (file, &image, PNG_FORMAT_RGB, 3, &file->pixels, error);
  if (!status && transparent && file->with_alpha)
    status = read_alpha (file, error);
  if (status) {
    free (file->pixels);
    file->pixels = NULL;
  }
  return status;
}
