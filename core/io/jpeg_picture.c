/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JPEG through libjpeg, whose errors jump back here instead of ending the process: grey, YCbCr, RGB
 * and (Adobe's inverted) CMYK become RGB, taken as sRGB; the orientation that a camera tells (Exif
 * 2.32, section 4.6.4, tag 274) is applied. What is cut short or damaged is refused, not filled
 * up. */
#include "io/picture.h"

/* libjpeg's headers want <stdio.h> first; setjmp's contract: what changes after it and is read
 * after the jump lives in a struct that outlasts it. */
#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
  /* Of a JPEG a file's byte may stand for 48 of the pixels' bytes: half a bit for a pixel, which
   * photographs of the poorest quality still take. */
  GAIN = 48,
  /* Several scans keep all coefficients, 16 bits a sample, beside the pixels. */
  SCANS_COST = 9,
  /* A scan costs time by the picture's size, not by its own: some ten are usual. */
  MAX_SCANS = 100,
  MAX_MARKER = 65533,
};

typedef struct decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf failed;
  const char *why; /* or NULL: libjpeg's own message */
  adm_picture_file *file;
  uint8_t *row; /* one row as libjpeg gives it */
  int orientation;
  uint8_t marker[MAX_MARKER]; /* the latest Exif marker */
} decoder;

/* ---- libjpeg's errors ------------------------------------------------------------------------ */

static void
fail (j_common_ptr jpeg)
{
  longjmp (((decoder *) jpeg->client_data)->failed, 1);
}

/* libjpeg's warnings mean missing or wrong pixels, but for these. */
static void
warn (j_common_ptr jpeg, int level)
{
  int code = jpeg->err->msg_code;
  if (level < 0 && code != JWRN_EXTRANEOUS_DATA && code != JWRN_ADOBE_XFORM
      && code != JWRN_JFIF_MAJOR)
    fail (jpeg);
}

static void
say_nothing (j_common_ptr jpeg)
{
  (void) jpeg;
}

static void
count_scans (j_common_ptr jpeg)
{
  decoder *d = jpeg->client_data;
  if (d->jpeg.input_scan_number <= MAX_SCANS)
    return;
  d->why = "too many scans";
  fail (jpeg);
}

/* ---- orientation ----------------------------------------------------------------------------- */

static unsigned int
number (const uint8_t *at, int bytes, bool little)
{
  unsigned int value = 0;
  for (int i = 0; i < bytes; i++)
    value = value << 8 | at[little ? bytes - 1 - i : i];
  return value;
}

/* The orientation, 1 … 8, that the TIFF directory in an Exif marker's DATA [LENGTH] tells; 1
 * without. */
static int
exif_orientation (const uint8_t *data, size_t length)
{
  enum { TIFF = 6, ENTRY = 12, TAG = 274, SHORT = 3 };
  if (length < TIFF + 8 || memcmp (data, "Exif\0\0", TIFF) != 0)
    return 1;
  const uint8_t *tiff = data + TIFF;
  size_t size = length - TIFF;
  bool little = tiff[0] == 'I';
  size_t at = number (tiff + 4, 4, little);
  if (at > size - 2)
    return 1;
  unsigned int entries = number (tiff + at, 2, little);
  for (at += 2; entries > 0 && size - at >= ENTRY; at += ENTRY, entries--) {
    unsigned int value = number (tiff + at + 8, 2, little);
    if (number (tiff + at, 2, little) == TAG && number (tiff + at + 2, 2, little) == SHORT)
      return value >= 1 && value <= 8 ? (int) value : 1;
  }
  return 1;
}

/* The next LENGTH bytes of the file. */
static void
take (j_decompress_ptr jpeg, uint8_t *out, size_t length)
{
  struct jpeg_source_mgr *source = jpeg->src;
  while (length > 0) {
    if (source->bytes_in_buffer == 0 && !source->fill_input_buffer (jpeg))
      ERREXIT (jpeg, JERR_CANT_SUSPEND);
    size_t n = length < source->bytes_in_buffer ? length : source->bytes_in_buffer;
    memcpy (out, source->next_input_byte, n);
    source->next_input_byte += n;
    source->bytes_in_buffer -= n;
    out += n;
    length -= n;
  }
}

/* What libjpeg calls for a marker of Exif's kind. Its own way keeps a copy of each, byte by byte;
 * a file of nothing else may have a thousand. */
static boolean
read_exif (j_decompress_ptr jpeg)
{
  decoder *d = jpeg->client_data;
  uint8_t length[2];
  take (jpeg, length, sizeof length);
  unsigned int size = number (length, 2, false);
  if (size < sizeof length)
    ERREXIT (jpeg, JERR_BAD_LENGTH);
  size -= sizeof length;
  if (d->orientation != 1) {
    jpeg->src->skip_input_data (jpeg, size);
    return TRUE;
  }
  take (jpeg, d->marker, size);
  d->orientation = exif_orientation (d->marker, size);
  return TRUE;
}

/* Where pixels of a stored picture of WIDTH x HEIGHT go: pixel (x, y) to start + x right + y down,
 * counted in pixels of the picture shown. */
typedef struct placing {
  ptrdiff_t start, right, down;
} placing;

static placing
place (int orientation, int width, int height)
{
  ptrdiff_t w = width, h = height;
  switch (orientation) {
  case 2: /* mirrored */
    return (placing) { w - 1, -1, w };
  case 3: /* upside down */
    return (placing) { w * h - 1, -1, -w };
  case 4: /* both */
    return (placing) { (h - 1) * w, 1, -w };
  case 5: /* mirrored along the main diagonal */
    return (placing) { 0, h, 1 };
  case 6: /* its first row is the right side */
    return (placing) { h - 1, h, -1 };
  case 7: /* mirrored along the other diagonal */
    return (placing) { w * h - 1, -h, -1 };
  case 8: /* its first row is the left side, from below */
    return (placing) { (w - 1) * h, -h, 1 };
  default:
    return (placing) { 0, 1, w };
  }
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* One row of WIDTH pixels into OUT, STEP bytes apart. */
static void
write_row (const decoder *d, int width, uint8_t *out, ptrdiff_t step)
{
  if (d->jpeg.out_color_space == JCS_RGB) {
    for (int x = 0; x < width; x++, out += step)
      memcpy (out, d->row + 3 * x, 3);
    return;
  }
  bool inverted = d->jpeg.saw_Adobe_marker;
  for (int x = 0; x < width; x++, out += step) {
    const uint8_t *ink = d->row + 4 * x;
    int light = inverted ? ink[3] : 255 - ink[3];
    for (int c = 0; c < 3; c++)
      out[c] = (uint8_t) (((inverted ? ink[c] : 255 - ink[c]) * light + 127) / 255);
  }
}

static void
decode (decoder *d)
{
  adm_picture_file *file = d->file;
  int width = (int) d->jpeg.image_width, height = (int) d->jpeg.image_height;
  placing to = place (d->orientation, width, height);
  jpeg_start_decompress (&d->jpeg);
  for (int y = 0; y < height; y++) {
    JSAMPROW row = d->row;
    jpeg_read_scanlines (&d->jpeg, &row, 1);
    write_row (d, width, file->pixels + 3 * (to.start + y * to.down), 3 * to.right);
  }
  jpeg_finish_decompress (&d->jpeg);
}

/* Reads the header, and refuses what cannot be or is too much. */
static adm_status
begin (decoder *d, adm_error *error)
{
  adm_picture_file *file = d->file;
  jpeg_create_decompress (&d->jpeg);
  d->jpeg.progress = &d->progress;
  jpeg_stdio_src (&d->jpeg, file->stream);
  jpeg_set_marker_processor (&d->jpeg, JPEG_APP0 + 1, read_exif);
  jpeg_read_header (&d->jpeg, TRUE);
  J_COLOR_SPACE space = d->jpeg.jpeg_color_space;
  bool inks = space == JCS_CMYK || space == JCS_YCCK;
  if (!inks && space != JCS_GRAYSCALE && space != JCS_RGB && space != JCS_YCbCr)
    return adm_picture_broken (file, "JPEG", "its colours are of no known kind", error);
  d->jpeg.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  adm_status status
      = adm_picture_check_size (file, d->jpeg.image_width, d->jpeg.image_height,
                                jpeg_has_multiple_scans (&d->jpeg) ? SCANS_COST : 3, GAIN, error);
  bool transposed = d->orientation > 4;
  file->width = (int) (transposed ? d->jpeg.image_height : d->jpeg.image_width);
  file->height = (int) (transposed ? d->jpeg.image_width : d->jpeg.image_height);
  return status;
}

static adm_status
run (decoder *d, adm_error *error)
{
  adm_picture_file *file = d->file;
  if (setjmp (d->failed)) {
    char text[JMSG_LENGTH_MAX];
    if (!d->why && d->errors.msg_code == JERR_OUT_OF_MEMORY)
      return adm_picture_no_memory (file, error);
    d->errors.format_message ((j_common_ptr) &d->jpeg, text);
    return adm_picture_broken (file, "JPEG", d->why ? d->why : text, error);
  }
  adm_status status = begin (d, error);
  if (status || file->size_only)
    return status;
  file->pixels = calloc ((size_t) file->width * (size_t) file->height, 3);
  d->row = calloc (d->jpeg.image_width, 4);
  if (!file->pixels || !d->row)
    return adm_picture_no_memory (file, error);
  decode (d);
  return ADM_OK;
}

adm_status
adm_jpeg_read (adm_picture_file *file, adm_error *error)
{
  decoder *d = calloc (1, sizeof *d);
  if (!d)
    return adm_picture_no_memory (file, error);
  d->file = file;
  d->orientation = 1;
  d->jpeg.err = jpeg_std_error (&d->errors);
  d->errors.error_exit = fail;
  d->errors.emit_message = warn;
  d->errors.output_message = say_nothing;
  d->jpeg.client_data = d;
  d->progress.progress_monitor = count_scans;
  adm_status status = run (d, error);
  jpeg_destroy_decompress (&d->jpeg);
  free (d->row);
  free (d);
  if (status) {
    free (file->pixels);
    file->pixels = NULL;
  }
  return status;
}
