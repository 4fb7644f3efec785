/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program's PNG input. Changes keep the chunks' sums right, or none would get past the first
 * chunk. */
#include "cli/png_file.h"
#include "cli/program.h"
#include "fuzz.h"
#include "mutate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As in the program, which has its main () beside it. */
adm_status
program_fail (adm_error *error, adm_status status, const char *format, ...)
{
  va_list args;
  error->status = status;
  va_start (args, format);
  vsnprintf (error->message, sizeof error->message, format, args);
  va_end (args);
  return status;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t *pixels = NULL, *alpha = NULL;
  int width = 0, height = 0;
  bool is_png = false;
  adm_error error;
  const char *path = fuzz_file (0, data, size);
  adm_status status = png_file_probe (path, &is_png, &error);
  fuzz_check (status, &error);
  status = png_file_read (path, &pixels, &alpha, &width, &height, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (pixels != NULL) && (is_png || status),
                "pixels of a PNG only");
  if (pixels)
    fuzz_require (width > 0 && height > 0 && width <= PNG_MAX_SIDE && height <= PNG_MAX_SIDE,
                  "a possible size");
  fuzz_require (pixels || !alpha, "transparency of a PNG only");
  for (size_t i = 0; alpha && i < (size_t) width * (size_t) height; i += 1 + (size_t) width)
    alpha[i] = (uint8_t) ~alpha[i]; /* all of it is there */
  free (pixels);
  free (alpha);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  enum { SIGNATURE = 8, AROUND = 12 };
  size = LLVMFuzzerMutate (data, size, max_size);
  if (seed % 8 == 0)
    return size;
  for (size_t at = SIGNATURE; at <= size && size - at >= AROUND;) {
    uint8_t *chunk = data + at;
    size_t length
        = (size_t) chunk[0] << 24 | (size_t) chunk[1] << 16 | (size_t) chunk[2] << 8 | chunk[3];
    if (length > size - at - AROUND) {
      length = size - at - AROUND;
      for (int i = 0; i < 4; i++)
        chunk[i] = (uint8_t) (length >> (24 - 8 * i));
    }
    uint32_t crc = mutate_crc32 (chunk + 4, 4 + length);
    for (int i = 0; i < 4; i++)
      chunk[8 + length + (size_t) i] = (uint8_t) (crc >> (24 - 8 * i));
    at += AROUND + length;
  }
  return size;
}
