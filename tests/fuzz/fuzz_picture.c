/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures from disk, PNG and JPEG. Changes of a PNG keep its chunks' sums right, or none would get
 * past the first chunk. */
#include "fuzz.h"
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t *pixels = NULL, *alpha = NULL;
  int width = 0, height = 0, told_width = 0, told_height = 0;
  bool is_picture = false;
  adm_error error;
  const char *path = fuzz_file (0, data, size);
  adm_status status = adm_picture_probe (path, &is_picture, &error);
  fuzz_check (status, &error);
  adm_status told = adm_picture_size (path, &told_width, &told_height, &error);
  fuzz_check (told, &error);
  status = adm_picture_read (path, &pixels, &alpha, &width, &height, &error);
  fuzz_check (status, &error);
  fuzz_require ((status == ADM_OK) == (pixels != NULL) && (is_picture || status),
                "pixels of a picture only");
  if (pixels) {
    fuzz_require (width > 0 && height > 0 && width <= ADM_PICTURE_MAX_SIDE
                      && height <= ADM_PICTURE_MAX_SIDE,
                  "a possible size");
    fuzz_require (told == ADM_OK && width == told_width && height == told_height, "the size told");
    pixels[3 * (size_t) width * (size_t) height - 1] ^= 1; /* all of it is there */
  }
  fuzz_require (pixels || !alpha, "transparency of a picture only");
  for (size_t i = 0; alpha && i < (size_t) width * (size_t) height; i += 1 + (size_t) width)
    alpha[i] = (uint8_t) ~alpha[i];
  free (pixels);
  free (alpha);
  return 0;
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  enum { SIGNATURE = 8, AROUND = 12 };
  size = LLVMFuzzerMutate (data, size, max_size);
  if (seed % 8 == 0 || size < SIGNATURE || data[0] != 0x89)
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
