/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JPEGs that are written here and read by the core: their colours, orientations, limits, and what
 * is broken. PNGs are tested through the program (tests/cli/test_pictures.py). */
#include "adm.h"
#include "check.h"
#include "said.h"

#include <jpeglib.h>
#include <stdlib.h>
#include <unistd.h>

enum { W = 24, H = 40 }; /* whole blocks of 8 and half ones of 16 */

/* Of eight-bit values, at quality 100: one rounding of the conversion, one of the transform. */
static const int TOLERANCE = 3;

static adm_error error;
static char path[] = "/tmp/adm-picture-XXXXXX";

/* How a test's file is written. */
typedef struct jpeg_case {
  int width, height, channels;
  J_COLOR_SPACE space; /* of the samples given */
  bool progressive, scans, plain_inks, motorola;
  int orientation; /* 0: no Exif */
} jpeg_case;

static uint8_t
sample (const jpeg_case *c, int x, int y, int channel)
{
  return (uint8_t) ((channel == 0   ? 9 * x + 20
                     : channel == 1 ? 5 * y + 30
                     : channel == 2 ? 200 - 3 * x - 2 * y
                                    : 90 + x + y)
                    * 255 / (9 * c->width + 5 * c->height + 255));
}

/* The marker a camera writes: one directory, another entry first. */
static unsigned int
write_exif (uint8_t *out, int orientation, bool motorola)
{
  const unsigned int value[] = { 42, 2, 0x0100, 4, 0x0112, 3 };
  uint8_t *tiff = out + 6;
  memset (out, 0, 64);
  memcpy (out, "Exif\0\0", 6);
  memcpy (tiff, motorola ? "MM" : "II", 2);
#define PUT(at, bytes, number)                                                                     \
  for (int i_ = 0; i_ < (bytes); i_++)                                                             \
  tiff[(at) + i_] = (uint8_t) ((number) >> 8 * (motorola ? (bytes) - 1 - i_ : i_))
  PUT (2, 2, value[0]);
  PUT (4, 4, 8u);
  PUT (8, 2, value[1]);
  PUT (10, 2, value[2]);
  PUT (12, 2, value[3]);
  PUT (14, 4, 1u);
  PUT (18, 4, 640u);
  PUT (22, 2, value[4]);
  PUT (24, 2, value[5]);
  PUT (26, 4, 1u);
  PUT (30, 2, (unsigned int) orientation);
#undef PUT
  return 6 + 38;
}

/* Writes C's picture, and returns its bytes. */
static unsigned long
write_jpeg (const jpeg_case *c, uint8_t **out)
{
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  jpeg_scan_info script[63 * 3 + 1];
  unsigned long size = 0;
  uint8_t *row = malloc ((size_t) c->width * 4), exif[64];
  *out = NULL;
  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_mem_dest (&jpeg, out, &size);
  jpeg.image_width = (JDIMENSION) c->width;
  jpeg.image_height = (JDIMENSION) c->height;
  jpeg.input_components = c->channels;
  jpeg.in_color_space = c->space;
  jpeg_set_defaults (&jpeg);
  jpeg_set_quality (&jpeg, 100, TRUE);
  jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
  if (c->progressive)
    jpeg_simple_progression (&jpeg);
  if (c->scans) {
    script[0] = (jpeg_scan_info) { c->channels, { 0, 1, 2 }, 0, 0, 0, 0 };
    for (int i = 0; i < 63 * c->channels; i++)
      script[i + 1] = (jpeg_scan_info) { 1, { i / 63 }, i % 63 + 1, i % 63 + 1, 0, 0 };
    jpeg.scan_info = script;
    jpeg.num_scans = 63 * c->channels + 1;
  }
  if (c->plain_inks)
    jpeg.write_Adobe_marker = FALSE;
  jpeg_start_compress (&jpeg, TRUE);
  if (c->orientation)
    jpeg_write_marker (&jpeg, JPEG_APP0 + 1, exif, write_exif (exif, c->orientation, c->motorola));
  for (int y = 0; y < c->height; y++) {
    for (int i = 0; i < c->width * c->channels; i++)
      row[i] = sample (c, i / c->channels, y, i % c->channels);
    JSAMPROW rows = row;
    jpeg_write_scanlines (&jpeg, &rows, 1);
  }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  free (row);
  return size;
}

static void
put (const uint8_t *data, size_t size)
{
  FILE *file = fopen (path, "wb");
  CHECK (file && fwrite (data, 1, size, file) == size && fclose (file) == 0);
}

/* What channel CHANNEL of the stored pixel (X, Y) must be shown as. */
static int
expected (const jpeg_case *c, int x, int y, int channel)
{
  if (c->channels == 1)
    return sample (c, x, y, 0);
  if (c->channels == 3)
    return sample (c, x, y, channel);
  double ink = sample (c, x, y, channel), black = sample (c, x, y, 3);
  return (int) (c->plain_inks ? (255 - ink) * (255 - black) / 255 : ink * black / 255);
}

/* Where the stored pixel (X, Y) is shown, as Exif's table words it: which side of the picture its
 * row 0 and its column 0 are. */
static void
shown (const jpeg_case *c, int x, int y, int *column, int *row)
{
  int right = c->width - 1 - x, bottom = c->height - 1 - y;
  const int at[9][2] = { { x, y },      { x, y },          { right, y }, { right, bottom },
                         { x, bottom }, { y, x }, /* row 0 the left side, column 0 the top */
                         { bottom, x }, { bottom, right }, { y, right } };
  *column = at[c->orientation][0];
  *row = at[c->orientation][1];
}

static void
reads (const jpeg_case *c)
{
  uint8_t *data, *pixels, *alpha;
  int width, height, told_width, told_height, worst = 0;
  size_t size = write_jpeg (c, &data);
  bool is = false, turned = c->orientation > 4;
  put (data, size);
  free (data);
  CHECK (adm_picture_probe (path, &is, &error) == ADM_OK && is);
  if (!CHECK (adm_picture_read (path, &pixels, &alpha, &width, &height, &error) == ADM_OK)) {
    printf ("  %s\n", said (&error));
    return;
  }
  CHECK (alpha == NULL);
  CHECK (width == (turned ? c->height : c->width) && height == (turned ? c->width : c->height));
  CHECK (adm_picture_size (path, &told_width, &told_height, &error) == ADM_OK && told_width == width
         && told_height == height);
  for (int y = 0; y < c->height; y++)
    for (int x = 0; x < c->width; x++)
      for (int k = 0; k < 3; k++) {
        int column, row;
        shown (c, x, y, &column, &row);
        int off = abs (pixels[3 * (row * width + column) + k] - expected (c, x, y, k));
        worst = off > worst ? off : worst;
      }
  if (!CHECK (worst <= TOLERANCE))
    printf ("  off by %d: %d channels, orientation %d\n", worst, c->channels, c->orientation);
  free (pixels);
}

static void
refused (const uint8_t *data, size_t size, const char *says)
{
  uint8_t *pixels = (uint8_t *) 1, *alpha = (uint8_t *) 1;
  int width, height;
  put (data, size);
  if (CHECK (adm_picture_read (path, &pixels, &alpha, &width, &height, &error)
             == ADM_ERROR_FORMAT)) {
    CHECK (pixels == NULL && alpha == NULL);
    CHECK_CONTAINS (said (&error), path);
    CHECK_CONTAINS (said (&error), says);
  }
}

/* The first marker of kind MARKER in DATA. */
static size_t
find_marker (const uint8_t *data, size_t size, uint8_t marker)
{
  for (size_t i = 2; i + 3 < size; i += 2 + ((size_t) data[i + 2] << 8 | data[i + 3]))
    if (data[i + 1] == marker)
      return i;
  return 0;
}

static void
broken (bool progressive)
{
  const jpeg_case c = { W, H, 3, JCS_RGB, .progressive = progressive };
  uint8_t *data;
  size_t size = write_jpeg (&c, &data);
  for (size_t cut = 3; cut < size - 2; cut += 7)
    refused (data, cut, "broken JPEG");
  size_t frame = find_marker (data, size, progressive ? 0xc2 : 0xc0);
  uint8_t *side = data + frame + 5;
  if (CHECK (frame > 0)) {
    uint8_t before[4];
    memcpy (before, side, 4);
    memset (side, 0xff, 4);
    refused (data, size, "broken JPEG"); /* more than libjpeg knows */
    memcpy (side, (uint8_t[]) { 0x81, 0, 0, 1 }, 4);
    refused (data, size, "pixels are more than");
    memcpy (side, (uint8_t[]) { 0x20, 0, 0x20, 0 }, 4); /* 64 Mpx */
    refused (data, size, "too many for a file of");
    memcpy (side, (uint8_t[]) { 0x08, 0, 0x18, 0 }, 4); /* 12 Mi: any file may claim them */
    refused (data, size, progressive ? "too many for a file of" : "broken JPEG");
    memcpy (side, before, 4);
  }
  free (data);
}

/* A scan for each frequency of each colour is lawful, and too many; of grey it is not. */
static void
too_many_scans (void)
{
  uint8_t *data, *pixels;
  int width, height;
  size_t size = write_jpeg (&(jpeg_case) { W, H, 3, JCS_RGB, .scans = true }, &data);
  refused (data, size, "too many scans");
  free (data);
  size = write_jpeg (&(jpeg_case) { W, H, 1, JCS_GRAYSCALE, .scans = true }, &data);
  put (data, size);
  CHECK (adm_picture_read (path, &pixels, NULL, &width, &height, &error) == ADM_OK);
  free (pixels);
  free (data);
}

int
main (void)
{
  int file = mkstemp (path);
  bool is = true;
  if (!CHECK (file >= 0))
    return check_summary ();
  close (file);
  reads (&(jpeg_case) { W, H, 3, JCS_RGB });
  reads (&(jpeg_case) { 1, 1, 3, JCS_RGB });
  reads (&(jpeg_case) { W, H, 3, JCS_RGB, .progressive = true });
  reads (&(jpeg_case) { W, H, 1, JCS_GRAYSCALE });
  reads (&(jpeg_case) { W, H, 4, JCS_CMYK });
  reads (&(jpeg_case) { W, H, 4, JCS_CMYK, .plain_inks = true });
  for (int i = 0; i <= 8; i++) {
    reads (&(jpeg_case) { W, H, 3, JCS_RGB, .orientation = i });
    reads (&(jpeg_case) { W - 3, H, 3, JCS_RGB, .orientation = i, .motorola = true });
  }
  broken (false);
  broken (true);
  too_many_scans ();
  refused ((const uint8_t *) "no picture", 10, "is no PNG or JPEG");
  refused ((const uint8_t *) "\xff\xd8\xff", 3, "broken JPEG");
  put ((const uint8_t *) "\xff\xd8", 2);
  CHECK (adm_picture_probe (path, &is, &error) == ADM_OK && !is);
  unlink (path);
  CHECK (adm_picture_probe (path, &is, &error) == ADM_ERROR_IO);
  CHECK (adm_picture_probe ("/tmp", &is, &error) == ADM_ERROR_IO);
  return check_summary ();
}
